"""The reference's answer to `config`: effective values, notes, and the relations between knobs.

Spec: `spec/protocol.md`, `spec/cf.md`.
"""

import msgspec

from stallproof.configuration.knobs import KnobRefused, as_json, configure, configure_file
from stallproof.configuration.relations import Terms, relations_of
from stallproof.harness.adapter import Fields, Refused
from stallproof.machines.close_window import Ticks
from stallproof.machines.policy import Policy
from stallproof.wire.protocol import ConfigRequest

REMEMBERED = 512
"""How many configurations are remembered before all are forgotten."""


def configuration_of(request: ConfigRequest, *, late_us: int) -> tuple[Policy, Fields]:
    """Return the policy that `request` asks for, and the fields of the answer.

    `late_us`: how late a check of the monitor may be, for the close window of SC-9, form (b).
    Raises `Refused` for the first thing that is not allowed, and `ValueError` for a request whose
    grace or margin is negative.
    """
    if request.grace_us < 0 or request.margin_us < 0:
        raise ValueError("grace and margin are not negative")
    try:
        if request.file is None:
            configured = configure(request.knobs, request.environment)
        else:
            configured = configure_file(request.file, request.environment)
    except KnobRefused as error:
        raise Refused(str(error), error.knob, as_json(error.value), error.allowed) from error
    policy = configured.policy
    terms = Terms(
        Ticks(policy.monitor_period_us, late_us),
        request.grace_us,
        request.outer_timeouts_us,
        request.margin_us,
    )
    return policy, {
        "effective": configured.effective,
        "notes": list(configured.notes),
        "monitor_period_us": policy.monitor_period_us,
        "relations": [
            {"relation": relation.name, "holds": relation.holds, "text": relation.text}
            for relation in relations_of(policy, terms)
        ],
    }


class Configurations:
    """Configurations that were read before, and what came of them.

    Reading one costs more than playing a case in virtual time, and most cases have one of a few.
    What comes of it depends on nothing but the request; a refusal is made anew each time.
    """

    def __init__(self, *, late_us: int) -> None:
        """Read with `late_us` as `configuration_of` does."""
        self._late_us = late_us
        self._known: dict[bytes, tuple[Policy, Fields]] = {}
        self._encode = msgspec.json.Encoder().encode

    def of(self, request: ConfigRequest) -> tuple[Policy, Fields]:
        """Return what `configuration_of` returns; raises what it raises."""
        # The text tells 1, 1.0 and true apart, as equality would not.
        key = self._encode(msgspec.structs.replace(request, id=0))
        known = self._known.get(key)
        if known is None:
            known = configuration_of(request, late_us=self._late_us)
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[key] = known
        return known
