"""Frames of the peer in virtual time: received at their moment, also while a send is in flight."""

import pytest

from tests.judge.model.exact_runs import Played, Word, damaged, upheld, verdict
from tests.judge.model.steps import accept, close, open_, received, send, until

TAKEN: Word = ("received", 20, "a")
BLOCKED: list[Played] = [
    (open_("a", room=4), ()),
    (send("a", 1, 9, at=0), (("lock_taken", 0, "a", 1), ("written", 0, "a", 1, 0, 4))),
    (received("a", at=20), (TAKEN,)),
    (
        accept("a", 5, at=50),
        (("written", 50, "a", 1, 50, 5), ("send_ended", 50, "a", 1, "ok", False)),
    ),
    (until(90), ()),
]
IDLE: list[Played] = [(open_("a", room=4), ()), (received("a", at=20), (TAKEN,)), (until(90), ())]
CLOSED: list[Played] = [
    (open_("a", room=4), ()),
    (close("a", at=10), (("closing", 10, "a"),)),
    (received("a", at=20), ()),
]


def test_a_frame_that_arrives_while_a_send_is_in_flight_shows_cx_8() -> None:
    """With nobody in flight there is no lock to wait for."""
    assert "CX-8" in upheld(BLOCKED)
    assert "CX-8" not in upheld(IDLE)
    assert "CX-8" not in upheld(CLOSED)


@pytest.mark.parametrize("came_us", [None, 50])
def test_a_frame_that_is_received_when_the_send_has_ended_breaks_cx_8(came_us: int | None) -> None:
    """Or never."""
    late: list[tuple[int, Word]] = [] if came_us is None else [(3, ("received", came_us, "a"))]
    assert {"CX-8"} == verdict(damaged(BLOCKED, [TAKEN], late))


def test_a_word_that_is_missing_where_nobody_is_in_flight_accuses_nobody() -> None:
    """It has to be said all the same, so that the case is not judged any further."""
    assert {"CX-8"}.isdisjoint(verdict(damaged(IDLE, [TAKEN], [])))


def test_of_a_connection_that_is_closing_it_may_be_said() -> None:
    """And need not be."""
    assert set() == verdict(damaged(CLOSED, [], [(2, TAKEN)]))
