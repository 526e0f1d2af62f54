"""What a conformance vector is: a script of timed requests, and the decisions expected at each.

A script is what an oracle asks for; it is played in virtual time, where every decision is exact, or
on the real clock. A vector is a script with a name, the requirements it is for, why it exists, and
what is expected after each step.

Spec: `spec/vectors/README.md`, `spec/virtual.md`.
"""

from collections.abc import Iterable
from typing import Any, Literal

import msgspec

from stallproof.requirements import knobs
from stallproof.wire.operations import MACHINES, OPERATIONS, AnyRequest
from stallproof.wire.request import VIRTUAL_TIME

VECTOR_SCHEMA = "stallproof.vector/1"

KNOBS = knobs.DEFAULTS
"""What a script leaves unsaid is set to this, so that nobody's defaults come into it."""


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One request at one moment; `do` is the request as the protocol has it, without its id.

    Before it the clock is advanced to `at_us`. `do` is `None` where nothing is asked but to let
    time pass. `expect`: every decision since the step before, in order of time, each an object with
    `event`, `at_us` and the fields of `DECISIVE`; of a `config` step the answer (`answer`).
    """

    at_us: int
    do: dict[str, Any] | None = None
    expect: list[dict[str, Any]] = []
    answer: dict[str, Any] | None = None

    def request(self, ident: int) -> AnyRequest | None:
        """Return the typed request; raises `msgspec.ValidationError` for what is none."""
        if self.do is None:
            return None
        # One that is known by its own class: a union would be worked out for each request anew.
        kind = OPERATIONS.get(self.do["op"], AnyRequest)
        request: AnyRequest = msgspec.convert({"id": ident, **self.do}, kind)
        return request


class Vector(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One vector. `knobs` are in the origin's names and units; what it leaves out is in `KNOBS`.

    `needs`: the features that it takes beside `virtual_time`. `reason`: which bug it hunts, and
    what that bug does to a user. `found`: where a generated one comes from (seed and the like).
    """

    schema: Literal["stallproof.vector/1"]
    name: str
    requirements: list[str]
    profile: Literal["seed", "hardened"]
    needs: list[str]
    reason: str
    knobs: dict[str, Any]
    steps: list[Step]
    found: str | None = None


def features_of(steps: Iterable[Step]) -> set[str]:
    """Return the features that the requests of `steps` take beside `virtual_time`."""
    taken: set[str | None] = set()
    for do in (step.do for step in steps if step.do is not None):
        kind = OPERATIONS[do["op"]]
        taken |= {kind.feature, *(kind.field_features.get(name) for name in do)}
        taken |= {do["machine"]} & {*MACHINES} if do["op"] == "decide" else set()
    return {one for one in taken if one is not None} - {VIRTUAL_TIME}
