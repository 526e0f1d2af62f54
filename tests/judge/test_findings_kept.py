"""Which findings a report keeps of very many, and what it says of the others."""

import pytest

from stallproof.judge.places import places_of
from stallproof.judge.report import Judgement
from stallproof.wire.event import Transport
from stallproof.wire.events import Closing, Requested, SendEnded
from tests.judge.closing import closed_while_blocked, delivered
from tests.judge.verdicts import verdicts_of


def _broken(unix: int, tcp: int) -> Judgement:
    """Return SD-9, broken so often on each transport: a frame came, and its send said error."""
    on: list[Transport] = ["unix" if n < unix else "tcp" for n in range(unix + tcp)]
    return verdicts_of(*(delivered(outcome="error", transport=one) for one in on))["SD-9"]


@pytest.mark.parametrize(("unix", "tcp"), [(6, 0), (7, 1), (8, 9)])
def test_a_few_findings_of_each_transport_are_kept(unix: int, tcp: int) -> None:
    """However many there are on one of them, the other is not hidden."""
    judgement = _broken(unix, tcp)
    kept = [one.transports for one in judgement.findings if one.tells == "violation"]
    assert [["unix"]] * min(unix, 6) + [["tcp"]] * min(tcp, 6) == kept
    notes = [one.explanation for one in judgement.findings if one.tells == "note"]
    assert (max(unix - 6, 0) + max(tcp - 6, 0) > 0) == bool(notes)


def test_what_is_left_out_is_told_by_kind_and_place() -> None:
    """A reader knows where to look, and the trace has it."""
    (note,) = (one for one in _broken(8, 7).findings if one.tells == "note")
    left = "3 more findings of kind violation, in delivered #7, #8, #15"
    assert f"Left out: {left}; the trace has them all." == note.explanation


@pytest.mark.parametrize(
    ("scenarios", "told"),
    [
        (["a #1"], "a #1"),
        (["a #1", "a #2"], "a #1, #2"),
        (["a #1", "a #1", "a #2", "a #3", "a #3"], "a #1 to #3"),
        (["a #1", "a #2", "a #4"], "a #1, #2, #4"),
        (["a #10", "a #9", "a #8"], "a #8 to #10"),
        ([f"a #{n}" for n in (1, 3, 5, 7, 9, 11, 13)], "a #1, #3, #5, #7, #9, #11, ..."),
        (["a #1", "b #1", "a #2", "b #x"], "a #1, #2, b #1"),
        (["a/1", "a/1"], "a/1"),
        (["a #1", "b #1", "c #1", "d #1", "e #1"], "a #1, b #1, c #1, d #1 and 1 other"),
    ],
)
def test_repetitions_are_a_range_only_where_they_are_one(scenarios: list[str], told: str) -> None:
    """Numbers that are missing in between are not claimed."""
    assert told == places_of(scenarios)


def test_what_ended_wrongly_while_closing_is_shown_with_the_closing() -> None:
    """The request and the word of it stand before the end: they are what decides."""
    (finding, *_) = verdicts_of(closed_while_blocked(outcome="ok"))["SD-10"].findings
    kinds = [type(one) for one in sorted(finding.events, key=lambda event: event.at_us)]
    asked = [one for one in finding.events if isinstance(one, Requested) and one.op == "close"]
    assert 1 == len(asked)
    assert kinds.index(Closing) < kinds.index(SendEnded)
