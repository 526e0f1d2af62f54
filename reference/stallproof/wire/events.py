"""The table of events: who may say which, and what counts of it, from the classes of each.

One class is one row. Its base class says whose eyes saw it, `decides` what counts of a decision,
and its fields how it is worded. Who adds an event adds a class.

Spec: `spec/trace.md`.
"""

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, TypeAlias

from stallproof.wire.event import Event, ImplementationEvent, PeerEvent, RunnerEvent
from stallproof.wire.implementation import *  # noqa: F403
from stallproof.wire.peer import *  # noqa: F403
from stallproof.wire.runner import *  # noqa: F403


def _rows(eyes: type[Event]) -> dict[str, type[Event]]:
    return {str(kind.__struct_config__.tag): kind for kind in eyes.__subclasses__()}


IMPLEMENTATION = _rows(ImplementationEvent)
"""What a harness may say, by the names of the events."""
PEER = _rows(PeerEvent)
"""What the peer may say."""
RUNNER = _rows(RunnerEvent)
"""What the oracle says itself."""
EVENTS = {**IMPLEMENTATION, **PEER, **RUNNER}
"""What a trace may hold."""

DECISIVE: dict[str, tuple[str, ...]] = {
    name: kind.decides
    for name, kind in IMPLEMENTATION.items()
    if issubclass(kind, ImplementationEvent) and kind.decides
}
"""The events that are decisions, each with the fields that count beside `at_us`."""

if TYPE_CHECKING:
    AnyImplementationEvent: TypeAlias = ImplementationEvent
    AnyPeerEvent: TypeAlias = PeerEvent
    AnyEvent: TypeAlias = ImplementationEvent | PeerEvent | RunnerEvent
else:
    AnyImplementationEvent = reduce(or_, IMPLEMENTATION.values())
    AnyPeerEvent = reduce(or_, PEER.values())
    AnyEvent = reduce(or_, EVENTS.values())
