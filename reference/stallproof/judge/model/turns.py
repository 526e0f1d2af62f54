"""The turns of a run: one request, and what was said until its reply."""

from collections.abc import Iterator
from dataclasses import dataclass

from stallproof.judge.evidence.run import Run
from stallproof.judge.model.keys import SAID, Key
from stallproof.wire.events import Answered, AnyEvent, HarnessFailed, Requested
from stallproof.wire.operations import OPERATIONS

NOT_PLAYED = frozenset(op for op, kind in OPERATIONS.items() if not kind.in_case)
"""Requests that are no part of a script."""


@dataclass(slots=True)
class Turn:
    """One request with what was said until its reply: the keys, and the event of each."""

    asked: Requested | None
    keys: list[Key]
    events: list[AnyEvent]
    answered: Answered | None = None

    @property
    def said(self) -> Iterator[tuple[Key, AnyEvent]]:
        """What was said, each key with its event."""
        return zip(self.keys, self.events, strict=True)


def turns_of(run: Run) -> list[Turn]:
    """Return the requests of a run in order; what is said after the last has a turn of its own."""
    turns: list[Turn] = []
    asked: Requested | None = None
    keys: list[Key] = []
    events: list[AnyEvent] = []
    for event in run.events:
        kind = type(event)
        if (found := SAID.get(kind)) is not None:
            # Most of what a run holds are decisions.
            rank, fields = found
            keys.append((event.at_us, rank, *fields(event)))
            events.append(event)
        elif kind is Requested:
            if asked is not None:
                turns.append(Turn(asked, keys, events))
                keys, events = [], []
            asked = event  # type: ignore[assignment]
        elif kind is Answered:
            if asked is not None and asked.op not in NOT_PLAYED:
                turns.append(Turn(asked, keys, events, event))  # type: ignore[arg-type]
            asked, keys, events = None, [], []
        elif kind is HarnessFailed:
            # What it said last may be half of what it had to say.
            return turns
    if keys or asked is not None:
        turns.append(Turn(asked, keys, events))
    return turns
