"""The turns of a run: one request, and what was said until its reply."""

from dataclasses import dataclass, field

from stallproof.judge.evidence.run import Run
from stallproof.judge.model.keys import Key, key_of
from stallproof.wire.events import Answered, AnyEvent, HarnessFailed, Requested
from stallproof.wire.operations import OPERATIONS

NOT_PLAYED = frozenset(op for op, kind in OPERATIONS.items() if not kind.in_case)
"""Requests that are no part of a script."""


@dataclass(slots=True)
class Turn:
    """One request with what was said until its reply."""

    asked: Requested | None
    said: list[tuple[Key, AnyEvent]] = field(default_factory=list)
    answered: Answered | None = None


def turns_of(run: Run) -> list[Turn]:
    """Return the requests of a run in order; what is said after the last has a turn of its own."""
    turns: list[Turn] = []
    turn = Turn(None)
    for event in run.events:
        # Most of what a run holds are decisions.
        if (key := key_of(event)) is not None:
            turn.said.append((key, event))
        elif isinstance(event, Requested):
            if turn.asked is not None:
                turns.append(turn)
                turn = Turn(None)
            turn.asked = event
        elif isinstance(event, Answered):
            turn.answered = event
            if turn.asked is not None and turn.asked.op not in NOT_PLAYED:
                turns.append(turn)
            turn = Turn(None)
        elif isinstance(event, HarnessFailed):
            # What it said last may be half of what it had to say.
            return turns
    if turn.said or turn.asked is not None:
        turns.append(turn)
    return turns
