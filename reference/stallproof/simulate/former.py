"""The processes as they were before the guardrails: the same code, with each guardrail taken away.

No send has a deadline that ever comes, no watchdog looks at the progress of a stream (the older
bound on a whole wait stays), no monitor looks at a connection, and a reply that is missing counts
as a success. All else is what ships. The knobs that are asked for stay those of
the file: who does not keep them breaks the law, and `stallproof check` says where.

Source: origin, "The problem" and the change to the start of a job.
"""

from collections.abc import Sequence
from dataclasses import replace

from stallproof.harness.adapter import Fields, Machines
from stallproof.harness.deciding import MACHINES
from stallproof.harness.reference import FEATURES, Reference
from stallproof.machines import start_gate
from stallproof.machines.policy import TIMEOUT_MAX_US
from stallproof.machines.start_gate import GateDecision, Phase, Reply
from stallproof.wire.protocol import ConfigRequest


def former_gate(
    phase: Phase,
    clients: Sequence[str],
    replies: Sequence[tuple[str, Reply]],
    min_sites: int,
    required_sites: Sequence[str],
    strict: bool,
) -> GateDecision:
    """Decide as the gate of today would if who did not reply had succeeded."""
    said = {name for name, _ in replies}
    every = [*replies, *((name, Reply.OK) for name in clients if name not in said)]
    return start_gate.decide(phase, clients, every, min_sites, required_sites, strict)


FORMER_MACHINES: Machines = {**MACHINES, "start_gate": former_gate}


class Unguarded(Reference):
    """The reference without its guardrails."""

    name = "stallproof-reference-without-guardrails"
    features = tuple(one for one in FEATURES if one not in ("checks", "monitor"))
    machines = FORMER_MACHINES

    def config(self, request: ConfigRequest) -> Fields:
        """Take the knobs, and let no guardrail follow them."""
        fields = super().config(request)
        self._policy = replace(
            self._policy, send_timeout_us=TIMEOUT_MAX_US, ack_progress_timeout_us=TIMEOUT_MAX_US
        )
        return fields
