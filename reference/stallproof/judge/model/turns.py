"""The turns of a run: one request, and what was said until its reply."""

from dataclasses import dataclass

from stallproof.judge.evidence.run import Run
from stallproof.judge.model.keys import SAID, Key
from stallproof.wire.events import Answered, AnyEvent, HarnessFailed, Requested
from stallproof.wire.operations import OPERATIONS

NOT_PLAYED = frozenset(op for op, kind in OPERATIONS.items() if not kind.in_case)
"""Requests that are no part of a script."""


@dataclass(slots=True)
class Turn:
    """One request with what was said until its reply."""

    asked: Requested | None
    said: list[tuple[Key, AnyEvent]]
    answered: Answered | None = None


def turns_of(run: Run) -> list[Turn]:
    """Return the requests of a run in order; what is said after the last has a turn of its own."""
    turns: list[Turn] = []
    asked: Requested | None = None
    said: list[tuple[Key, AnyEvent]] = []
    for event in run.events:
        kind = type(event)
        if (found := SAID.get(kind)) is not None:
            # Most of what a run holds are decisions.
            rank, fields = found
            said.append(((event.at_us, rank, *fields(event)), event))
        elif kind is Requested:
            if asked is not None:
                turns.append(Turn(asked, said))
                said = []
            asked = event  # type: ignore[assignment]
        elif kind is Answered:
            if asked is not None and asked.op not in NOT_PLAYED:
                turns.append(Turn(asked, said, event))  # type: ignore[arg-type]
            asked, said = None, []
        elif kind is HarnessFailed:
            # What it said last may be half of what it had to say.
            return turns
    if said or asked is not None:
        turns.append(Turn(asked, said))
    return turns
