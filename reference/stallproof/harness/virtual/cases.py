"""The reference in virtual time: one case after another, each from nothing.

The complication: reading a configuration costs more than playing a case, and most cases have one of
a few. What comes of a configuration depends on nothing but the request, so that it is remembered;
a refusal is made anew each time.

Spec: `spec/virtual.md`, rule 4.
"""

from collections.abc import Callable

import msgspec

from stallproof.drivers.recorder import Record
from stallproof.harness.adapter import Fields
from stallproof.harness.virtual.case import Case
from stallproof.machines.policy import Policy
from stallproof.wire.protocol import AnyRequest, ConfigRequest

Configured = tuple[Policy, Fields]
Configure = Callable[[ConfigRequest], Configured]
"""What puts knobs in force: the policy, and the fields of the answer. It may refuse."""
REMEMBERED = 512
"""How many configurations are remembered before all are forgotten."""


class Cases:
    """Case after case, on the thread of the caller."""

    def __init__(self, record: Record, configure: Configure) -> None:
        """Report events to `record`."""
        self._record = record
        self._configure = configure
        self._case = Case(record, Policy())
        self._known: dict[bytes, Configured] = {}
        self._encode = msgspec.json.Encoder().encode

    def carry_out(self, request: AnyRequest) -> Fields:
        """Do what `request` asks; a `config` ends the case, also one that is refused."""
        if not isinstance(request, ConfigRequest):
            return self._case.carry_out(request)
        policy = Policy()
        try:
            policy, fields = self._configured(request)
        finally:
            self._case = Case(self._record, policy)
        return fields

    def _configured(self, request: ConfigRequest) -> Configured:
        # The text tells 1, 1.0 and true apart, as equality would not.
        key = self._encode(msgspec.structs.replace(request, id=0))
        known = self._known.get(key)
        if known is None:
            known = self._configure(request)
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[key] = known
        return known
