"""What every request has: its number, and what the table says of its operation.

Spec: `spec/protocol.md`, "Operations".
"""

from collections.abc import Mapping
from typing import ClassVar

import msgspec

from stallproof.wire.role import Role as Role

REFUSAL = ("knob", "value", "allowed")
"""What a refusal may hold besides its message."""
GIVE_UP = "give_up"
"""The feature of a harness whose callers can give up a send."""
LINGERING = "lingering"
"""The feature of a harness whose sends, where they are blocked, only the transport can let go."""
ACCEPTING = "accepting"
"""The feature of a harness that can be the side to which the peer connects."""
ANEW = "anew"
"""The feature of a harness whose process can be given another configuration, and begins anew."""
VIRTUAL_TIME = "virtual_time"
"""The feature of a harness that can live by the oracle's clock; every vector takes it."""


class Request(msgspec.Struct, frozen=True, kw_only=True, tag_field="op"):
    """A request of the oracle, told apart by `op`.

    `feature`: what a harness has to declare to be asked, `None` for nothing; `field_features`: what
    to be asked with a field. `answers`: the fields of the reply besides `id` and `ok`.
    `in_vectors`: whether a vector may hold it. `in_case`: whether it is part of a case, and not
    what comes before or after one. `is_quick`: it takes no time, so that a harness may carry it out
    on the thread that reads. `begins_bound`: a bound of the law counts from it, so that it matters
    by when the harness had read it.
    """

    id: int

    feature: ClassVar[str | None] = None
    field_features: ClassVar[Mapping[str, str]] = {}
    answers: ClassVar[tuple[str, ...]] = ()
    in_vectors: ClassVar[bool] = True
    in_case: ClassVar[bool] = True
    is_quick: ClassVar[bool] = True
    begins_bound: ClassVar[bool] = False

    def in_words(self) -> str:
        """Say what is asked for, for whoever reads of a failure and not of a protocol."""
        return str(self.__struct_config__.tag)
