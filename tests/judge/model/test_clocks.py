"""What a jump of the wall clock is blamed for in virtual time, and what is left to others."""

import pytest

from tests.judge.model.exact_runs import Played, Word, upheld, verdict
from tests.judge.model.steps import accept, ack, open_, send, stream, until, wall_jump

FAR = 10_000
"""A jump by more than any bound of these plays: a send timeout of 100, a progress timeout of 100,
an ACK wait of 250, a check interval of 40."""


def expired(at: int, number: int = 1) -> tuple[Word, Word]:
    return ("send_ended", at, "a", number, "timeout", True), ("closing", at, "a")


def wrote(at: int, taken: int, number: int = 1) -> Word:
    return ("written", at, "a", number, at, taken)


def in_flight(by: int, *ends: Word, woken: bool = True, jumped_at: int = 20) -> list[Played]:
    """Lock at 5 and deadline at 105; the clock jumps, room for 3 bytes at 50, then the ends."""
    at_once = [word for word in ends if word[1] == 50]
    wakes: list[Played] = [(accept("a", 3, at=50), (wrote(50, 3), *at_once))] if woken else []
    return [
        (open_("a", room=10), ()),
        (send("a", 1, 50, at=5), (("lock_taken", 5, "a", 1), wrote(5, 10))),
        (wall_jump(by, at=jumped_at), ()),
        *wakes,
        (until(300), [word for word in ends if word not in at_once]),
    ]


def in_the_queue(by: int, *ends: Word, jumped_at: int = 20) -> list[Played]:
    """Asked for at 10, lock at 60 and deadline at 160; the clock jumps, room at 90."""
    at_once = [word for word in ends if word[1] == 90]
    played: list[Played] = [
        (open_("a", room=0), ()),
        (send("a", 1, 50, at=5), (("lock_taken", 5, "a", 1),)),
        (send("a", 2, 50, at=10), ()),
        (wall_jump(by, at=jumped_at), ()),
        (
            accept("a", 60, at=60),
            (
                wrote(60, 50), ("send_ended", 60, "a", 1, "ok", False),
                ("lock_taken", 60, "a", 2), wrote(60, 10, 2),
            ),
        ),
        (accept("a", 3, at=90), (wrote(90, 3, 2), *at_once)),
        (until(300), [word for word in ends if word not in at_once]),
    ]  # fmt: skip
    return sorted(played, key=lambda one: one[0].at_us)


@pytest.mark.parametrize(
    ("played", "broken"),
    [
        pytest.param(in_flight(FAR, *expired(50)), {"SD-17"}, id="woken after a jump ahead"),
        pytest.param(in_flight(54, *expired(50)), {"SD-4"}, id="1 us too short a jump"),
        pytest.param(in_flight(55, *expired(50)), {"SD-17"}, id="just as long as it takes"),
        pytest.param(in_flight(-FAR, *expired(50)), {"SD-4"}, id="the other way"),
        pytest.param(
            in_flight(FAR, *expired(50), jumped_at=5), {"SD-17"}, id="at the instant of the lock"
        ),
        pytest.param(in_flight(30, *expired(75)), {"SD-17"}, id="by a timer on the wall"),
        pytest.param(in_flight(30, *expired(74)), {"SD-4"}, id="1 us before it"),
        pytest.param(in_the_queue(-FAR, *expired(90, 2)), {"SD-17"}, id="queued at a jump back"),
        pytest.param(in_the_queue(-69, *expired(90, 2)), {"SD-4"}, id="1 us too short"),
        pytest.param(in_the_queue(FAR, *expired(90, 2)), {"SD-4"}, id="queued at one ahead"),
        pytest.param(in_the_queue(FAR), {"SD-17"}, id="never after one ahead"),
        pytest.param(in_the_queue(40, *expired(200, 2)), {"SD-17"}, id="so much later"),
        pytest.param(
            in_the_queue(FAR, *expired(110, 2), jumped_at=70), {"SD-4"}, id="from the request"
        ),
        pytest.param(
            in_the_queue(FAR, *expired(111, 2), jumped_at=70), {"SD-17"}, id="and 1 us later"
        ),
        pytest.param(in_flight(-FAR), {"SD-17"}, id="never after a jump back"),
        pytest.param(in_flight(-FAR, woken=False), {"SD-17"}, id="never, and not woken"),
        pytest.param(in_flight(-30, *expired(135)), {"SD-17"}, id="as late as the clock went back"),
        pytest.param(in_flight(-30, *expired(134)), {"SD-1"}, id="1 us less late"),
        pytest.param(in_flight(-30, *expired(134), woken=False), {"SD-3"}, id="with no wake"),
        pytest.param(in_flight(-195, woken=False), {"SD-3"}, id="by the wall it was due as well"),
        pytest.param(in_flight(-196, woken=False), {"SD-17"}, id="by the wall it was not due yet"),
        pytest.param(in_flight(-FAR, *expired(150)), {"SD-1"}, id="moved by the wake"),
        pytest.param(in_flight(FAR), {"SD-1"}, id="never after a jump ahead"),
    ],
)
def test_a_deadline_that_moved_is_of_the_wall_clock_only_if_that_explains_it(
    played: list[Played], broken: set[str]
) -> None:
    """The jump explains a time-out from the moment at which by the wall the deadline came."""
    assert broken == verdict(played)


def failed(at: int, outcome: str = "no_progress") -> tuple[Word, ...]:
    return ("stream_ended", at, "a", 1, outcome), ("notice_sent", at, "a", 1)


def waiting(by: int, *ends: Word, jumped_at: int = 20) -> list[Played]:
    """The wait begins at 5: NO_PROGRESS is due at 105, and ACK_WAIT at 255."""
    begun = [("chunk_begun", 5, "a", 1, end) for end in (10, 20, 30)]
    return [
        (open_("a"), ()),
        (stream("a", 1, 60, at=5), begun),
        (wall_jump(by, at=jumped_at), ()),
        (until(400), ends),
    ]


@pytest.mark.parametrize(
    ("played", "broken"),
    [
        pytest.param(waiting(FAR, *failed(45)), {"AP-15"}, id="at a look after a jump ahead"),
        pytest.param(waiting(59, *failed(45)), {"AP-3"}, id="1 us too short a jump"),
        pytest.param(waiting(60, *failed(45)), {"AP-15"}, id="just as long as it takes"),
        pytest.param(waiting(FAR, *failed(45, "ack_wait")), {"AP-15"}, id="for the other reason"),
        pytest.param(waiting(209, *failed(45, "ack_wait")), {"AP-5"}, id="and 1 us too short"),
        pytest.param(waiting(-FAR, *failed(45)), {"AP-3"}, id="the other way"),
        pytest.param(waiting(-FAR), {"AP-15"}, id="never after a jump back"),
        pytest.param(waiting(-30, *failed(135)), {"AP-15"}, id="within a check interval"),
        pytest.param(waiting(-30, *failed(134)), {"AP-14"}, id="and 1 us less late"),
        pytest.param(waiting(-60, *failed(165)), {"AP-15"}, id="as late as the clock went back"),
        pytest.param(waiting(-60, *failed(164)), {"AP-6"}, id="1 us less late"),
        pytest.param(waiting(FAR), {"AP-3"}, id="never after a jump ahead"),
    ],
)
def test_a_failure_that_moved_is_of_the_wall_clock_only_if_that_explains_it(
    played: list[Played], broken: set[str]
) -> None:
    """The jump explains a failure from the moment at which by the wall it was due."""
    assert broken == verdict(played)


@pytest.mark.parametrize(
    ("played", "shows"),
    [
        (in_flight(FAR, *expired(105)), True),
        (in_flight(-1, *expired(105)), True),
        (in_flight(FAR, *expired(105), jumped_at=5), True),
        (in_the_queue(FAR, *expired(160, 2)), True),
        ([in_flight(FAR)[0], (wall_jump(FAR, at=5), ()), *in_flight(FAR)[1:2],
          (until(300), expired(105))], False),
    ],
)  # fmt: skip
def test_a_deadline_shows_the_clock_where_that_jumped_after_the_request(
    played: list[Played], shows: bool
) -> None:
    """A jump at the same instant counts if it was asked for behind the send."""
    assert shows is ("SD-17" in upheld(played))


@pytest.mark.parametrize(("by", "shows"), [(54, False), (55, True), (-FAR, False)])
def test_a_wake_shows_the_clock_where_by_the_wall_the_deadline_had_come(
    by: int, shows: bool
) -> None:
    """It ends well, so that nothing but the wake shows anything."""
    played = in_flight(by)[:-1]
    done = (wrote(60, 37), ("send_ended", 60, "a", 1, "ok", False))
    assert shows is ("SD-17" in upheld([*played, (accept("a", 37, at=60), done)]))


@pytest.mark.parametrize(("by", "shows"), [(-1, True), (1, True), (FAR, True)])
def test_a_failure_shows_the_clock_where_that_jumped_in_the_wait(by: int, shows: bool) -> None:
    """Before the wait it shows nothing."""
    assert shows is ("AP-15" in upheld(waiting(by, *failed(105))))
    before: list[Played] = [(wall_jump(by, at=1), ()), *waiting(by)[1:2]]
    played = [waiting(by)[0], *before, (until(400), failed(105))]
    assert "AP-15" not in upheld(played)


@pytest.mark.parametrize(("by", "shows"), [(54, False), (55, True), (-FAR, False)])
def test_an_ack_shows_the_clock_where_by_the_wall_the_wait_was_over(by: int, shows: bool) -> None:
    """The wait ends well, 55 before it was due to fail."""
    opened = (("ack_received", 50, "a", 1, True), ("chunk_begun", 50, "a", 1, 40))
    played = [*waiting(by)[:-1], (ack("a", 1, 10, at=50), opened)]
    assert shows is ("AP-15" in upheld(played))
