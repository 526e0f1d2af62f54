"""Turns are taken in one pass over a run: a plain reading of the same events is beside it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stallproof.judge.evidence.arrange import runs_of
from stallproof.judge.evidence.run import Run
from stallproof.judge.model.turns import NOT_PLAYED, turns_of
from stallproof.wire import events as ev
from stallproof.wire.events import DECISIVE, AnyEvent
from tests.judge.model.exact_runs import run_of, said
from tests.judge.verdicts import header

AT_US = 7
CHOICES: tuple[AnyEvent, ...] = (
    ev.Requested(at_us=AT_US, id=1, op="send", conn="a", send=1),
    ev.Requested(at_us=AT_US, id=2, op="advance", to_us=9),
    ev.Requested(at_us=AT_US, id=3, op=min(NOT_PLAYED)),
    ev.Answered(at_us=AT_US, id=1, op="send"),
    ev.Answered(at_us=AT_US, id=2, op="advance", error="failed"),
    said(("lock_taken", AT_US, "a", 1)),
    said(("written", AT_US, "a", 1, 6, 5)),
    said(("closing", 8, "b")),
    ev.SendStarted(at_us=AT_US, conn="a", send=1),
    ev.HarnessFailed(at_us=AT_US, what="died", detail=""),
)
UNSUPPORTED = ev.Unsupported(at_us=AT_US, feature="streams", requirements=["AP-1"])

Plain = tuple[AnyEvent | None, list[AnyEvent], AnyEvent | None]


def holding(events: list[AnyEvent]) -> Run:
    """Return a run in virtual time that holds `events` and nothing else."""
    run = run_of(())
    run.events[:] = events
    run.memo = {}
    return run


def plainly(events: list[AnyEvent]) -> list[Plain]:
    """Return the turns of `events` by the words of the law, one event at a time."""
    turns: list[Plain] = []
    asked: AnyEvent | None = None
    words: list[AnyEvent] = []
    for event in events:
        if isinstance(event, ev.HarnessFailed):
            return turns
        if isinstance(event, ev.Requested):
            if asked is not None:
                turns.append((asked, words, None))
                words = []
            asked = event
        elif isinstance(event, ev.Answered):
            if isinstance(asked, ev.Requested) and asked.op not in NOT_PLAYED:
                turns.append((asked, words, event))
            asked, words = None, []
        elif event.__struct_config__.tag in DECISIVE:
            words = [*words, event]
    return [*turns, (asked, words, None)] if words or asked is not None else turns


@given(st.lists(st.sampled_from(CHOICES), max_size=12))
def test_turns_are_those_of_a_plain_reading(events: list[AnyEvent]) -> None:
    """Each request with what was said until its reply, whatever is missing or comes too often."""
    turns = turns_of(holding(events))
    assert plainly(events) == [(one.asked, one.events, one.answered) for one in turns]
    assert [len(one.events) for one in turns] == [len(one.keys) for one in turns]
    assert all(key[0] == event.at_us for one in turns for key, event in one.said)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_run_holds_what_it_holds_at_any_place(place: int) -> None:
    """The first event counts as the last one does; a type of which there is none is not held."""
    events: list[AnyEvent] = [CHOICES[0], CHOICES[3]]
    events.insert(place, CHOICES[-1])
    run = holding(events)
    expected: list[Any] = [True, True, False, False]
    assert expected == [
        run.holds(ev.HarnessFailed),
        run.holds(ev.Unsupported, ev.HarnessFailed),
        run.holds(ev.Unsupported),
        run.holds(),
    ]


def test_what_is_added_to_a_run_is_held() -> None:
    """What was found of fewer events is found anew."""
    run = holding([CHOICES[0]])
    assert not run.holds(ev.HarnessFailed)
    run.events.append(CHOICES[-1])
    assert run.holds(ev.HarnessFailed)
    assert [CHOICES[-1]] == run.of(ev.HarnessFailed)


@pytest.mark.parametrize(
    ("told", "expected"),
    [(CHOICES[-1], ([CHOICES[-1]], [])), (UNSUPPORTED, ([], [UNSUPPORTED]))],
    ids=["broken", "unsupported"],
)
def test_what_kept_a_run_from_being_played_is_known(
    told: AnyEvent, expected: tuple[list[AnyEvent], list[AnyEvent]]
) -> None:
    """A run in virtual time is not sorted, and what nobody may miss is found all the same."""
    begun = run_of(()).begun
    _header, (run,) = runs_of([header(), begun, CHOICES[0], told])
    assert expected == (run.broken, run.unsupported)
