"""Streams in company in virtual time: who delays whom, and what a closing ends (CX-7, CX-9)."""

import pytest

from tests.judge.model.exact_runs import Played, Word, damaged, upheld, verdict
from tests.judge.model.steps import ack, cancel, close, fail, send, stream, until
from tests.judge.model.test_streams import CANCELLED, FILLED, OPEN, begun, end, notice, watchdog

# Chunks of 10 bytes, a window of 20; the progress timeout is 100, the ACK wait 250.


def sent(at: int, number: int = 1) -> tuple[Word, ...]:
    """A send of 5 bytes takes the lock, is written and ends at once."""
    return (
        ("lock_taken", at, "a", number),
        ("written", at, "a", number, at, 5),
        ("send_ended", at, "a", number, "ok", False),
    )


def of_second(*words: Word) -> tuple[Word, ...]:
    return tuple((*word[:3], 2, *word[4:]) for word in words)


SECOND = of_second(*begun(30, 10, 20), end(30, "done"))
BESIDE: list[Played] = [OPEN, FILLED, (send("a", 1, 5, at=30), sent(30)), (until(90), ())]
STREAMED: list[Played] = [OPEN, FILLED, (stream("a", 2, 20, at=30), SECOND), (until(90), ())]
AFTER: list[Played] = [*CANCELLED, (send("a", 1, 5, at=500), sent(500))]
CLOSED: list[Played] = [
    OPEN, FILLED, (stream("a", 2, 20, [0, 200], at=30), of_second(*begun(30, 10))),
    (close("a", at=50), (("closing", 50, "a"), end(50, "send_failed"),
                         *of_second(end(50, "send_failed")))),
    (until(400), ()),
]  # fmt: skip


def test_a_send_beside_a_waiting_stream_and_after_one_shows_cx_7() -> None:
    """Without a stream that waits or is over there is nothing to be shown."""
    assert "CX-7" in upheld(BESIDE)
    assert "CX-7" in upheld(STREAMED)
    assert "CX-7" in upheld(AFTER)
    assert "CX-7" not in upheld([OPEN, (send("a", 1, 5, at=30), sent(30)), FILLED])


@pytest.mark.parametrize("came_us", [None, 100])
def test_a_send_that_waits_for_a_stream_breaks_cx_7(came_us: int | None) -> None:
    """It never comes, or only when the stream has failed."""
    played = [*BESIDE[:3], (until(90), ()), (until(400), watchdog(100))]
    late = [] if came_us is None else [(4, word) for word in sent(came_us)]
    assert {"CX-7"} == verdict(damaged(played, list(sent(30)), late))


def test_a_stream_that_waits_for_another_breaks_cx_7() -> None:
    """Its first chunk waits; or only its second one, until the other one fails."""
    played = [*STREAMED, (until(400), watchdog(100))]
    assert {"CX-7"} == verdict(damaged(played, list(SECOND), []))
    late = of_second(*begun(100, 20), end(100, "done"))
    assert {"CX-7"} == verdict(damaged(played, list(SECOND[1:]), [(4, word) for word in late]))


def test_a_last_chunk_that_leaves_only_when_another_stream_fails_breaks_cx_7() -> None:
    """It had begun, and its end comes with that of the other one."""
    played = [*STREAMED, (until(400), watchdog(100))]
    late = of_second(end(100, "done"))
    assert {"CX-7"} == verdict(damaged(played, [SECOND[2]], [(4, late[0])]))
    assert {"AP-13"} == verdict(damaged(played, [SECOND[2]], []))


def test_a_closing_with_streams_shows_cx_9() -> None:
    """Where all of them are over it shows nothing."""
    assert {"CX-9", "AP-13"} <= upheld(CLOSED)
    over = [*CANCELLED, (close("a", at=500), (("closing", 500, "a"),))]
    assert "CX-9" not in upheld(over)


def test_a_closing_that_forgets_a_stream_breaks_cx_9() -> None:
    """It ends later, or never."""
    gone = [end(50, "send_failed")]
    assert {"CX-9"} == verdict(damaged(CLOSED, gone, []))
    late = [(4, word) for word in watchdog(100)]
    assert {"CX-9"} == verdict(damaged(CLOSED, gone, late))


def test_a_closing_that_ends_a_stream_twice_breaks_cx_9() -> None:
    """The one that it ended, and one that was over."""
    assert {"CX-9"} == verdict(damaged(CLOSED, [], [(3, end(50, "send_failed"))]))
    over = [*CANCELLED, (close("a", at=500), (("closing", 500, "a"),))]
    assert {"CX-9"} == verdict(damaged(over, [], [(4, end(500, "send_failed"))]))


@pytest.mark.parametrize(
    ("outcome", "broken"),
    [("cancelled", set()), ("done", {"AP-13"}), ("no_progress", {"AP-3"})],
)
def test_only_an_untrue_outcome_is_wrong(outcome: str, broken: set[str]) -> None:
    """A failed send and a cancel are both true, with a notice or without."""
    other = damaged(CLOSED, [end(50, "send_failed")], [(3, end(50, outcome))])
    assert broken == verdict(other)
    assert set() == verdict(damaged(CLOSED, [], [(3, notice(50))]))


def test_a_send_that_times_out_closes_upon_the_streams() -> None:
    """Its write met ETIMEDOUT; who began the closing does not matter."""
    cut = (
        ("lock_taken", 30, "a", 1),
        ("send_ended", 30, "a", 1, "timeout", True),
        ("closing", 30, "a"),
        end(30, "send_failed"),
    )
    played: list[Played] = [
        OPEN, FILLED, (fail("a", "ETIMEDOUT", at=30), ()), (send("a", 1, 5, at=30), cut[1:]),
        (ack("a", 1, 30, at=40), (("ack_received", 40, "a", 1, False),)),
        (cancel("a", 1, at=41), ()),
    ]  # fmt: skip
    assert "CX-9" in upheld(played)
    assert {"CX-9"} == verdict(damaged(played, [cut[3]], []))
