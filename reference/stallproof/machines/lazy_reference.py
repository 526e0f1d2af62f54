"""Lazy references: who gets what by one, and what the intermediary holds meanwhile.

The stall it guards against: an intermediary that holds the payloads of all its senders runs out of
memory, and every connection through it stalls at once.

The intuition: the owner keeps its bytes until the consumer comes for them, with an id that nobody
else was given; only that has to pass.

The use: an owner keeps an `Entry` for each reference, for `on_asked` and `on_ended`. Intermediaries
count with `on_taken` and `on_let_go`; a consumer that waits asks `on_awaited`. Or `decide`.

The complication: a delivery may break off. Until its end is known the reference is as good as used;
one that was not exact gives it back.

Spec: `spec/lr.md`.
"""

from collections.abc import Sequence
from dataclasses import replace
from enum import Enum

from stallproof.machines.contracts import ensure, require
from stallproof.machines.states import state


class What(Enum):
    """What may happen to a reference."""

    ISSUED = "issued"
    TAKEN = "taken"
    PASSED = "passed"
    DIED = "died"
    AWAITED = "awaited"
    ASKED = "asked"
    ENDED = "ended"
    EXPIRED = "expired"
    GONE = "gone"


class Outcome(Enum):
    """What came of it; `NONE` where nobody asked for anything."""

    NONE = "none"
    DELIVER = "deliver"
    DELIVERED = "delivered"
    NOT_EXACT = "not-exact"
    OWNER_GONE = "owner-gone"
    UNKNOWN = "unknown-reference"
    USED = "used"
    EXPIRED = "expired"
    RECEIVED = "received"
    AWAITING = "awaiting"
    INTERMEDIARY_DIED = "intermediary-died"


class Stage(Enum):
    """How far the use of a reference has come."""

    OPEN = "open"
    UNDER_WAY = "under way"
    USED = "used"


@state
class Event:
    """One event of a history; which fields it needs is in the table of the specification."""

    what: What
    reference: str = ""
    item: str = ""
    who: str = ""
    size_bytes: int = 0
    exact: bool = True


@state
class Entry:
    """A reference as its owner keeps it: issued to `consumer` for an item of `size_bytes`."""

    item: str
    consumer: str
    size_bytes: int
    stage: Stage = Stage.OPEN
    is_expired: bool = False


@state
class Held:
    """What an intermediary holds."""

    references: int = 0
    payload_bytes: int = 0


@state
class LazyDecision:
    """The outcome, what the consumer gets with it, and what intermediaries hold."""

    outcome: Outcome
    item: str | None
    size_bytes: int
    held_references: int
    held_bytes: int


def is_forged(entry: Entry | None, *, item: str, who: str) -> bool:
    """Tell whether `who` has no right to `item` by this entry; `None`: the id was never issued."""
    return entry is None or entry.item != item or entry.consumer != who


@require(lambda entry, forged: forged or entry is not None)
@ensure(
    lambda entry, forged, is_gone, result: (
        (result[1] is Outcome.DELIVER)
        == (not (is_gone or forged or entry.is_expired) and entry.stage is Stage.OPEN)
    ),
    "LR-1: no delivery without an open reference for that item, to that consumer",
)
@ensure(
    lambda entry, result: result[1] is Outcome.DELIVER or result[0] is entry,
    "LR-1: a refusal uses nothing up",
)
@ensure(
    lambda forged, is_gone, result: is_gone or (result[1] is Outcome.UNKNOWN) == forged,
    "LR-1: a forged reference is unknown, whatever became of the true one",
)
def on_asked(entry: Entry | None, *, forged: bool, is_gone: bool) -> tuple[Entry | None, Outcome]:
    """Return the entry and the outcome after somebody asked by it; `forged`: see `is_forged`."""
    if is_gone:
        return entry, Outcome.OWNER_GONE
    if entry is None or forged:
        return entry, Outcome.UNKNOWN
    if entry.stage is not Stage.OPEN:
        return entry, Outcome.USED
    if entry.is_expired:
        return entry, Outcome.EXPIRED
    return replace(entry, stage=Stage.UNDER_WAY), Outcome.DELIVER


@ensure(
    lambda entry, size_bytes, exact, result: (
        (result[1] is Outcome.DELIVERED)
        == (entry.stage is Stage.UNDER_WAY and exact and size_bytes == entry.size_bytes)
    ),
    "LR-1: exactly the owner's bytes",
)
def on_ended(entry: Entry, *, size_bytes: int, exact: bool) -> tuple[Entry, Outcome]:
    """Return the entry and the outcome after its delivery ended, `exact` by its digest."""
    if entry.stage is not Stage.UNDER_WAY:
        return entry, Outcome.NONE
    if exact and size_bytes == entry.size_bytes:
        return replace(entry, stage=Stage.USED), Outcome.DELIVERED
    return replace(entry, stage=Stage.OPEN), Outcome.NOT_EXACT


@require(lambda size_bytes: size_bytes >= 0)
@ensure(lambda held, result: result.payload_bytes == held.payload_bytes, "LR-1: no payload")
def on_taken(held: Held, size_bytes: int) -> Held:
    """Return what is held with one more reference, whose payload has `size_bytes`."""
    return Held(held.references + 1, held.payload_bytes)


@require(lambda held: held.references >= 1)
@ensure(lambda held, result: result.references < held.references, "LR-1: what passed on is gone")
def on_let_go(held: Held) -> Held:
    """Return what is held after one reference was passed on."""
    return Held(held.references - 1, held.payload_bytes)


@ensure(
    lambda passed, died, result: (result is Outcome.INTERMEDIARY_DIED) == (died and not passed),
    "LR-1: a consumer is told, and not of a death that changes nothing",
)
def on_awaited(*, passed: bool, died: bool) -> Outcome:
    """Return what a consumer finds that waits for a reference from an intermediary."""
    if passed:
        return Outcome.RECEIVED
    return Outcome.INTERMEDIARY_DIED if died else Outcome.AWAITING


class _Past:
    """What a history has come to; made anew for each decision."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.is_gone = False
        self._dead: set[str] = set()
        self._holds, self._passed = set[tuple[str, str]](), set[tuple[str, str]]()

    def held(self) -> Held:
        held, nothing = Held(), Entry("", "", 0)
        for reference, _ in self._holds:
            held = on_taken(held, self.entries.get(reference, nothing).size_bytes)
        return held

    def on(self, event: Event) -> Outcome:
        at = (event.reference, event.who)
        if event.size_bytes < 0:
            raise ValueError("a size is never below 0")
        if event.what is What.AWAITED:
            return on_awaited(passed=at in self._passed, died=event.who in self._dead)
        if event.what not in (What.TAKEN, What.PASSED, What.DIED):
            return self._at_owner(event)
        if event.what is What.DIED:
            self._dead.add(event.who)
            self._holds = {(one, who) for one, who in self._holds if who != event.who}
        elif event.what is What.TAKEN and event.who not in self._dead:
            self._holds.add(at)
        elif event.what is What.PASSED and at in self._holds:
            self._holds.remove(at)
            self._passed.add(at)
        return Outcome.NONE

    def _at_owner(self, event: Event) -> Outcome:
        entry, outcome = self.entries.get(event.reference), Outcome.NONE
        self.is_gone = self.is_gone or event.what is What.GONE
        if event.what is What.ISSUED and entry is not None:
            raise ValueError("an id is issued once")
        if event.what is What.ISSUED:
            entry = Entry(event.item, event.who, event.size_bytes)
        elif event.what is What.ASKED:
            forged = is_forged(entry, item=event.item, who=event.who)
            entry, outcome = on_asked(entry, forged=forged, is_gone=self.is_gone)
        elif entry is not None and event.what is What.ENDED:
            entry, outcome = on_ended(entry, size_bytes=event.size_bytes, exact=event.exact)
        elif entry is not None and event.what is What.EXPIRED:
            entry = replace(entry, is_expired=True)
        if entry is not None:
            self.entries[event.reference] = entry
        return outcome


def decide(events: Sequence[Event]) -> LazyDecision:
    """Return what the last event comes to; raises `ValueError` for one that cannot be."""
    past, outcome = _Past(), Outcome.NONE
    for event in events:
        outcome = past.on(event)
    held, is_got = past.held(), outcome in (Outcome.DELIVER, Outcome.DELIVERED)
    if not is_got:
        return LazyDecision(outcome, None, 0, held.references, held.payload_bytes)
    got = past.entries[events[-1].reference]
    return LazyDecision(outcome, got.item, got.size_bytes, held.references, held.payload_bytes)
