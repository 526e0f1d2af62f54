"""The monitor in virtual time: right runs hold their laws, and each damage is blamed on its own."""

import pytest

from tests.judge.model.exact_runs import Played, Word, damaged, upheld, verdict
from tests.judge.model.steps import (
    accept,
    check,
    close,
    monitor,
    open_,
    received,
    send,
    until,
    wall_jump,
)


def checked(at: int, stall: int, count: int, conn: str = "a") -> Word:
    return ("checked", at, conn, stall, count)


def warned(at: int, count: int, threshold: int = 2, conn: str = "a") -> Word:
    return ("warned", at, conn, count, threshold)


def beat(at: int, conn: str = "a") -> Word:
    return ("heartbeat_queued", at, conn)


def blocked(at: int = 0, conn: str = "a", number: int = 1) -> Played:
    return send(conn, number, 50, at=at), (
        ("lock_taken", at, conn, number),
        ("written", at, conn, number, at, 10),
    )


def cut(at: int, conn: str = "a", number: int = 1) -> tuple[Word, Word]:
    return ("closing", at, conn), ("send_ended", at, conn, number, "suppressed", False)


QUIET = False  # Heartbeats are not allowed on the connections that are not about them.
OPEN: Played = (open_("a", room=10, heartbeats=QUIET), ())

# The limit is 30 and the threshold 2: checks at the limit, 1 us beyond it, and twice more.
COUNTED: list[Played] = [
    OPEN,
    blocked(),
    (check(at=29), (checked(29, 29, 0),)),
    (check(at=30), (checked(30, 30, 0),)),
    (check(at=31), (checked(31, 31, 1), warned(31, 1))),
    (check(at=40), (checked(40, 40, 2), warned(40, 2))),
    (check(at=50), (checked(50, 50, 3), warned(50, 3))),
    (
        accept("a", 40, at=60),
        (("written", 60, "a", 1, 60, 40), ("send_ended", 60, "a", 1, "ok", False)),
    ),
    (check(at=61), (checked(61, 0, 0),)),
]
CLOSES = {"close_stalled": 1}
CLOSED: list[Played] = [
    OPEN,
    blocked(),
    (check(at=31), (checked(31, 31, 1), warned(31, 1))),
    (check(at=40), (checked(40, 40, 2), warned(40, 2), *cut(40))),
    (check(at=50), ()),
    (until(99), ()),
]
# Passes at 10, 20, ... : the first beyond the limit at 40, the second at 50; window (40, 50].
SCHEDULED: list[Played] = [
    OPEN,
    (monitor(10, at=0), ()),
    blocked(),
    (until(30), (checked(10, 10, 0), checked(20, 20, 0), checked(30, 30, 0))),
    (until(50), (checked(40, 40, 1), warned(40, 1), checked(50, 50, 2), warned(50, 2), *cut(50))),
    (until(99), ()),
]
# The send timeout of 25 is below the limit: the monitor never has a say.
SILENT: list[Played] = [
    OPEN,
    (monitor(10, at=0), ()),
    blocked(),
    (until(20), (checked(10, 10, 0), checked(20, 20, 0))),
    (until(25), (("send_ended", 25, "a", 1, "timeout", True), ("closing", 25, "a"))),
    (until(60), ()),
]
IDLE: list[Played] = [
    (open_("a"), ()),
    (check(at=0), (checked(0, 0, 0), beat(0))),
    (received("a", at=5), (("received", 5, "a"),)),
    (check(at=1005), (checked(1005, 0, 0),)),
    (check(at=1006), (checked(1006, 0, 0), beat(1006))),
]
BUSY: list[Played] = [
    (open_("a", room=10), ()),
    blocked(),
    (check(at=20), (checked(20, 20, 0),)),
    (check(at=31), (checked(31, 31, 1), warned(31, 1))),
]
TWO: list[Played] = [
    OPEN,
    (open_("b", heartbeats=QUIET), ()),
    blocked(),
    (check(at=10), (checked(10, 10, 0), checked(10, 0, 0, "b"))),
    (close("b", at=20), (("closing", 20, "b"),)),
    (open_("c", heartbeats=QUIET, at=21), ()),
    (check(at=25), (checked(25, 25, 0), checked(25, 0, 0, "c"))),
]
SUCCESSOR: list[Played] = [
    OPEN,
    blocked(),
    (check(at=31), (checked(31, 31, 1), warned(31, 1))),
    (close("a", at=35), cut(35)),
    (open_("a", room=10, heartbeats=QUIET, at=40), ()),
    blocked(40),
    (check(at=71), (checked(71, 31, 1), warned(71, 1))),
]
JUMPED: list[Played] = [
    (open_("a", room=10), ()),
    (received("a", at=0), (("received", 0, "a"),)),
    (monitor(10, at=0), ()),
    blocked(),
    (wall_jump(5000, at=5), ()),
    (until(10), (checked(10, 10, 0),)),
    (accept("a", 40, at=15), (("written", 15, "a", 1, 15, 40),
                              ("send_ended", 15, "a", 1, "ok", False))),
    (until(20), (checked(20, 0, 0),)),
]  # fmt: skip
ANOTHER: list[Played] = [
    OPEN,
    blocked(),
    (check(at=31), (checked(31, 31, 1), warned(31, 1))),
    (
        accept("a", 40, at=32),
        (("written", 32, "a", 1, 32, 40), ("send_ended", 32, "a", 1, "ok", False)),
    ),
    (send("a", 2, 50, at=33), (("lock_taken", 33, "a", 2),)),
    (check(at=64), (checked(64, 31, 1), warned(64, 1))),
]
LAW_OF_SENDS = {"SD-2", "SD-4", "SD-5", "SD-7", "SD-9", "SD-10", "SD-15", "CX-2", "CX-4", "CX-6"}


@pytest.mark.parametrize(
    ("played", "policy", "held"),
    [
        (COUNTED, {}, {"SC-1", "SC-2", "SC-3", "SC-4", "SC-5", "SC-10"}),
        (CLOSED, CLOSES, {"SC-1", "SC-2", "SC-3", "SC-4", "SC-6", "SC-7", "SC-8"}),
        (SCHEDULED, CLOSES, {"SC-1", "SC-2", "SC-3", "SC-4", "SC-6", "SC-7", "SC-8", "SC-9"}),
        (SILENT, {"send_timeout_us": 25}, {"SC-1", "CX-5"}),
        (IDLE, {}, {"SC-10"}),
        (BUSY, {}, {"SC-1", "SC-2", "SC-4", "SC-10", "SC-11"}),
        (TWO, {}, {"SC-1", "SC-10", "SC-12", "CX-3"}),
        (SUCCESSOR, {}, {"SC-1", "SC-2", "SC-4", "SC-12", "SC-13"}),
        (JUMPED, {}, {"SC-1", "SC-10", "SC-14"}),
        (ANOTHER, {}, {"SC-1", "SC-2", "SC-4", "SC-15"}),
    ],
)
def test_a_right_run_holds_what_it_puts_to_the_test(
    played: list[Played], policy: dict[str, int], held: set[str]
) -> None:
    """Nothing is blamed, and what was put to the test is held: no more and no less."""
    assert upheld(played, policy) - LAW_OF_SENDS == held


@pytest.mark.parametrize(
    ("played", "policy", "gone", "more", "broken"),
    [
        pytest.param(COUNTED, {}, [checked(61, 0, 0)], [(8, checked(61, 61, 4))], {"SC-1"},
                     id="a lock holder is left behind"),
        pytest.param(COUNTED, {}, [checked(30, 30, 0)],
                     [(3, checked(30, 30, 1)), (3, warned(30, 1))], {"SC-2"},
                     id="the limit itself is stalled"),
        pytest.param(COUNTED, {}, [checked(31, 31, 1), warned(31, 1)], [(4, checked(31, 31, 0))],
                     {"SC-2"}, id="1 us beyond the limit is not stalled"),
        pytest.param(COUNTED, {}, [checked(40, 40, 2), warned(40, 2)],
                     [(5, checked(40, 40, 3)), (5, warned(40, 3))], {"SC-3"}, id="it counts by 2"),
        pytest.param(COUNTED, {}, [checked(61, 0, 0)], [(8, checked(61, 0, 3))], {"SC-3"},
                     id="the count is never reset"),
        pytest.param(COUNTED, {}, [warned(40, 2)], (), {"SC-4"}, id="a warning is missing"),
        pytest.param(COUNTED, {}, (), [(8, warned(61, 0))], {"SC-4"}, id="a healthy one is warned"),
        pytest.param(COUNTED, {}, [warned(40, 2)], [(5, warned(40, 2, 3))], {"SC-4"},
                     id="a warning with another threshold"),
        pytest.param(COUNTED, {}, (), [(5, cut(40)[0]), (5, cut(40)[1])], {"SC-5"},
                     id="it closes although that is disabled"),
        pytest.param(CLOSED, CLOSES, (), [(2, cut(31)[0]), (2, cut(31)[1])], {"SC-6"},
                     id="it closes before the threshold"),
        pytest.param(CLOSED, CLOSES, cut(40), (), {"SC-7"}, id="it does not close"),
        pytest.param(CLOSED, CLOSES, (), [(4, ("closing", 50, "a"))], {"SC-8"},
                     id="it closes again"),
        pytest.param(SCHEDULED, CLOSES, [checked(20, 20, 0)], [(3, checked(21, 21, 0))], {"SC-9"},
                     id="a pass comes late"),
        pytest.param(SCHEDULED, CLOSES, cut(50), (), {"SC-7", "SC-9"},
                     id="the upper end passes without a close"),
        pytest.param(SCHEDULED, CLOSES, (), [(4, cut(40)[0]), (4, cut(40)[1])], {"SC-6", "SC-9"},
                     id="it closes at the lower end"),
        pytest.param(SILENT, {"send_timeout_us": 25}, (), [(3, warned(20, 1))], {"SC-4", "CX-5"},
                     id="it warns where the deadline works"),
        pytest.param(SILENT, {"send_timeout_us": 25, **CLOSES}, (), [(3, ("closing", 20, "a")),
                     (3, ("send_ended", 20, "a", 1, "suppressed", False))],
                     {"SC-6", "SC-9", "CX-5"}, id="it closes where the deadline works"),
        pytest.param(IDLE, {}, (), [(3, beat(1005))], {"SC-10"}, id="a heartbeat 1 us too early"),
        pytest.param(IDLE, {}, [beat(0)], (), {"SC-10"}, id="a new connection is not idle"),
        pytest.param(BUSY, {}, (), [(3, beat(31))], {"SC-10"}, id="a heartbeat to a stalled one"),
        pytest.param(BUSY, {}, (), [(2, beat(20))], {"SC-11"}, id="a heartbeat into a busy lock"),
        pytest.param(TWO, {}, [checked(25, 0, 0, "c")], (), {"SC-12"},
                     id="a newcomer is left out"),
        pytest.param(SUCCESSOR, {}, [checked(71, 31, 1), warned(71, 1)],
                     [(6, checked(71, 31, 2)), (6, warned(71, 2))], {"SC-13"},
                     id="a count is inherited"),
        pytest.param(JUMPED, {}, [checked(10, 10, 0)],
                     [(5, checked(10, 5010, 1)), (5, warned(10, 1))], {"SC-14"},
                     id="stall time by the wall clock"),
        pytest.param(JUMPED, {}, (), [(7, beat(20))], {"SC-14"}, id="idle by the wall clock"),
        pytest.param(JUMPED, {}, [checked(10, 10, 0)], [(4, checked(5, 5, 0))], {"SC-14"},
                     id="a schedule by the wall clock"),
        pytest.param(ANOTHER, {}, [checked(64, 31, 1), warned(64, 1)],
                     [(5, checked(64, 31, 2)), (5, warned(64, 2))], {"SC-15"},
                     id="two sends are counted as one"),
        pytest.param(TWO, {}, [checked(10, 0, 0, "b")], [(4, checked(10, 0, 0, "b"))], {"CX-3"},
                     id="a stalled connection delays a check"),
    ],
)  # fmt: skip
def test_a_damage_is_blamed_on_its_own_law(
    played: list[Played],
    policy: dict[str, int],
    gone: list[Word],
    more: list[tuple[int, Word]],
    broken: set[str],
) -> None:
    """Each mistake breaks exactly the requirements that forbid it."""
    assert verdict(damaged(played, gone, more), policy) == broken


def test_a_heartbeat_of_seed_into_a_busy_lock_leaves_the_rest_to_be_judged() -> None:
    """Seed sends it: SC-11 is blamed, and a mistake of seed after it all the same."""
    seed = damaged(BUSY, (), [(2, beat(20))])
    both = damaged(seed, [warned(31, 1)])
    assert verdict(both) == {"SC-11", "SC-4"}


def test_a_closed_connection_may_be_looked_at_as_long_as_nothing_is_found() -> None:
    """A check of a closed connection that finds nothing is nobody's business; a stall is."""
    assert verdict(damaged(CLOSED, (), [(4, checked(50, 0, 0))]), CLOSES) == set()
    assert verdict(damaged(CLOSED, (), [(4, checked(50, 50, 3))]), CLOSES) == {"SC-1"}
    assert verdict(damaged(CLOSED, (), [(4, checked(50, 0, 2))]), CLOSES) == {"SC-13"}
