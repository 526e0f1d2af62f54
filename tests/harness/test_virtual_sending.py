"""Sends in virtual time: each bound to the microsecond, on a transport that does as it is told."""

import pytest

from tests.harness.playing import Play

TIMEOUT = {"streaming_send_timeout": 0.001}
D = 1000
"""The deadline of a send at time 0 with this knob."""


@pytest.mark.parametrize(("at", "ended"), [(D - 1, []), (D, [(D, 1, "timeout")])])
def test_a_send_ends_at_its_deadline(at: int, ended: list[tuple[int, int, str]]) -> None:
    """With bytes left it goes on one microsecond before the deadline and is a TIMEOUT at it."""
    assert Play(**TIMEOUT).open(room=10).send(1, 20).until(at).ends() == ended


@pytest.mark.parametrize(("at", "how"), [(D - 1, "ok"), (D, "timeout"), (D + 1, "timeout")])
def test_room_at_the_deadline_comes_too_late(at: int, how: str) -> None:
    """What is due at an instant comes before what is asked for at that instant."""
    play = Play(**TIMEOUT).open(room=10).send(1, 20).accept(10, at)
    assert play.ends() == [(min(at, D), 1, how)]


def test_progress_never_moves_the_deadline() -> None:
    """A peer that takes a byte now and then gets no more time."""
    play = Play(**TIMEOUT).open(room=0).send(1, 20)
    for at in (1, 400, 800, D - 1):
        play.accept(1, at)
    assert play.until(5000).ends() == [(D, 1, "timeout")]


@pytest.mark.parametrize("late", [D - 10 - 1, D - 10, D - 10 + 1, 5 * D])
def test_a_last_byte_learnt_late_is_ok(late: int) -> None:
    """A write that began before the deadline and completes the frame is OK whenever it returns."""
    play = Play(**TIMEOUT).open(room=10).send(1, 20).accept(10, 10, late=late).until(9 * D)
    assert play.ends() == [(10 + late, 1, "ok")]
    assert play.told("written", "began_us", "wrote_bytes")[1:] == [(10 + late, 10, 10)]
    assert play.events("closing") == []


@pytest.mark.parametrize(
    ("late", "ended"),
    [(D - 10 - 1, D), (D - 10, D), (D - 10 + 1, D + 1), (5 * D, 5 * D + 10)],
)
def test_bytes_left_after_a_late_write_are_a_timeout(late: int, ended: int) -> None:
    """A late write that leaves a byte ends the send at its return, never before the deadline."""
    play = Play(**TIMEOUT).open(room=10).send(1, 20).accept(9, 10, late=late).until(9 * D)
    assert play.ends() == [(ended, 1, "timeout")]


def test_a_late_write_that_nobody_makes_is_only_more_room() -> None:
    """The clock stays, and no later write is late."""
    play = Play().open(room=0).accept(5, 10, late=40).send(1, 5, at=20).send(2, 9, at=20)
    assert play.accept(9, 30).ends() == [(20, 1, "ok"), (30, 2, "ok")]


def test_the_lock_is_served_in_order_and_time_in_the_queue_does_not_count() -> None:
    """Each send has its own deadline from the moment at which it took the lock."""
    play = Play(**TIMEOUT).open(room=0).send(1, 5).send(2, 5, at=100).send(3, 5, at=200)
    play.accept(5, 900).until(9 * D)
    assert play.ends() == [(900, 1, "ok"), (900 + D, 2, "timeout"), (900 + D, 3, "suppressed")]
    assert play.told("lock_taken", "send") == [(0, 1), (900, 2), (900 + D, 3)]


def test_a_timeout_closes_once_and_empties_the_queue_at_that_instant() -> None:
    """All that wait end at the deadline with nothing written, and a later one at its request."""
    play = Play(**TIMEOUT).open(room=10).send(1, 20).send(2, 5).send(3, 5).accept(99, 2 * D)
    play.send(4, 5, at=3 * D)
    assert play.ends() == [
        (D, 1, "timeout"), (D, 2, "suppressed"), (D, 3, "suppressed"), (3 * D, 4, "suppressed"),
    ]  # fmt: skip
    assert play.told("closing", "conn") == [(D, "a")]
    assert play.told("closed", "conn") == [(D, "a")]
    assert play.told("written", "send", "wrote_bytes") == [(0, 1, 10)]
    assert [e["raised"] for e in play.events("send_ended")] == [True, False, False, False]


def test_what_ends_at_once_ends_before_the_reply() -> None:
    """A frame that fits is written and over when its request is answered."""
    names = [line.get("event", "reply") for line in Play().open().send(1, 5).lines()]
    assert names == ["reply", "reply", "reply", "lock_taken", "written", "send_ended", "reply"]


@pytest.mark.parametrize(
    ("cause", "how"),
    [
        ("zero", "closed"),
        ("EPIPE", "closed"),
        ("ECONNRESET", "closed"),
        ("ECONNABORTED", "closed"),
        ("ENOTCONN", "closed"),
        ("EBADF", "closed"),
        ("ESHUTDOWN", "closed"),
        ("ETIMEDOUT", "timeout"),
        ("EIO", "error"),
        ("ENOBUFS", "error"),
        ("EACCES", "error"),
    ],
)
@pytest.mark.parametrize("torn", [False, True])
def test_the_error_table(cause: str, how: str, torn: bool) -> None:
    """Each cause has its outcome at that instant; it closes where a frame is torn or timed out."""
    play = Play().open(room=1 if torn else 0).send(1, 5).do("fail", 7, conn="a", cause=cause)
    play.accept(99, 8).send(2, 5, at=9)
    closes = torn or how == "timeout"
    assert play.ends() == [(7, 1, how), (9, 2, "suppressed" if closes else "ok")]
    assert play.told("closing", "conn") == ([(7, "a")] if closes else [])
    assert [e["raised"] for e in play.events("send_ended")] == [True, False]


@pytest.mark.parametrize(("at", "how"), [(D - 1, "closed"), (D, "timeout"), (D + 1, "timeout")])
def test_an_error_at_the_deadline_is_a_timeout(at: int, how: str) -> None:
    """The table counts up to one microsecond before the deadline."""
    play = Play(**TIMEOUT).open(room=0).send(1, 5).do("fail", at, conn="a", cause="EPIPE")
    assert play.ends() == [(min(at, D), 1, how)]


@pytest.mark.parametrize("cause", ["EAGAIN", "EINTR"])
def test_an_interrupted_write_is_made_again(cause: str) -> None:
    """It is no failure, neither with room nor without, and moves no deadline."""
    play = Play(**TIMEOUT).open(room=3).do("fail", conn="a", cause=cause).send(1, 5)
    play.do("fail", 5, conn="a", cause=cause)
    assert play.told("written", "wrote_bytes") == [(0, 3)]
    assert play.until(D).ends() == [(D, 1, "timeout")]


def test_a_failure_waits_for_the_next_write() -> None:
    """With nobody writing, the first write of the next send fails, whatever the room, and no more.

    A send that wrote nothing uses no sequence number.
    """
    play = Play().open().send(1, 5).do("fail", conn="a", cause="EPIPE").send(2, 5).send(3, 5)
    assert play.ends() == [(0, 1, "ok"), (0, 2, "closed"), (0, 3, "ok")]
    numbers = [e["sequence"] for e in play.events("send_ended")]
    assert numbers[1] is None
    assert numbers[2] == numbers[0] + 1


def test_closing_is_quiet_and_ends_everything_at_that_instant() -> None:
    """The send in flight and the queue are SUPPRESSED without an error; room comes too late."""
    play = Play().open(room=1).send(1, 5).send(2, 5).do("close", 7, conn="a").accept(99, 8)
    play.do("close", 9, conn="a")
    assert play.ends() == [(7, 1, "suppressed"), (7, 2, "suppressed")]
    assert [e["raised"] for e in play.events("send_ended")] == [False, False]
    assert play.told("closing", "conn") == [(7, "a")]
    assert play.told("written", "wrote_bytes") == [(0, 1)]


def test_connections_do_not_hold_each_other_up() -> None:
    """A stalled connection leaves another one, and its deadline, alone."""
    play = Play(**TIMEOUT).open("a", room=0).open("b", room=0).send(1, 5)
    play.send(2, 5, at=10, conn="b").send(3, 5, at=20, conn="b").accept(5, 30, conn="b")
    assert play.until(5000).ends() == [(30, 2, "ok"), (D, 1, "timeout"), (30 + D, 3, "timeout")]
