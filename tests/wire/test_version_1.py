"""Version 1 stays: a trace that was recorded by an earlier program is judged to the same verdicts.

The two files in `traces/` were recorded before the tables of operations and events were made, and
judged then. They stay as they are; a change that judges them otherwise breaks version 1.
"""

from pathlib import Path

import msgspec
import pytest

from stallproof.judge.offline import report_on
from stallproof.wire.codec import encode, read_trace
from stallproof.wire.events import AnyEvent, SendEnded

TRACES = Path(__file__).parent / "traces"
Verdicts = dict[str, tuple[str, int]]
REAL: Verdicts = {
    "SD-3": ("not-exercised", 1),
    "AP-8": ("not-exercised", 3),
    "SC-7": ("pass", 1),
    "CX-1": ("not-exercised", 0),
    "CF-1": ("pass", 2),
}
"""Verdict and number of witnessed situations, as the earlier program gave them."""
VIRTUAL: Verdicts = {
    "SD-3": ("pass", 1),
    "AP-8": ("pass", 1),
    "SC-7": ("pass", 1),
    "CX-1": ("pass", 2),
    "CF-1": ("pass", 1),
}


def _events(name: str) -> list[AnyEvent]:
    return list(read_trace(TRACES / f"version-1-{name}.jsonl"))


def _judged(events: list[AnyEvent]) -> Verdicts:
    return {
        one.id: (one.verdict, one.exercised)
        for one in report_on(events).requirements
        if one.selected
    }


@pytest.mark.parametrize(("name", "expected"), [("real", REAL), ("virtual", VIRTUAL)])
def test_a_recorded_trace_is_judged_as_it_was(name: str, expected: Verdicts) -> None:
    """The verdicts of the day on which it was recorded are those of today."""
    assert expected == _judged(_events(name))


@pytest.mark.parametrize("name", ["real", "virtual"])
def test_a_recorded_line_is_written_again_byte_for_byte(name: str) -> None:
    """What an earlier program wrote is what this one writes."""
    lines = (TRACES / f"version-1-{name}.jsonl").read_bytes().splitlines()
    assert lines == [encode(event) for event in _events(name)]


def test_a_microsecond_in_a_recorded_trace_decides() -> None:
    """The verdicts come from the lines: with a TIMEOUT that is 1 us late SD-3 is not shown."""
    events = _events("virtual")
    place = next(n for n, e in enumerate(events) if isinstance(e, SendEnded) and e.raised)
    events[place] = msgspec.structs.replace(events[place], at_us=events[place].at_us + 1)
    assert "not-exercised" == _judged(events)["SD-3"][0]
