"""What a play puts to the test, at both sides of each bound: who holds it has shown something.

A play here is right, and the question is whether it could have gone wrong in the way that the
requirement forbids. Where it could not, nothing is held.
"""

import pytest

from tests.judge.model.exact_runs import Played, run_of, told, upheld, verdict
from tests.judge.model.steps import (
    accept,
    ack,
    cancel,
    check,
    close,
    fail,
    monitor,
    open_,
    received,
    send,
    stream,
    until,
    wall_jump,
)
from tests.judge.model.test_monitor import CLOSES, OPEN, beat, blocked, checked, cut, warned
from tests.judge.model.test_sends import STALLED, ended, lock, wrote
from tests.judge.model.test_streams import FILLED, begun, end, taken, watchdog
from tests.judge.model.test_streams import OPEN as STREAMING
from tests.judge.model.test_streams import told as acked


def holds(requirement: str, played: list[Played], policy: dict[str, int] | None = None) -> bool:
    """Tell whether a right play holds a requirement."""
    return requirement in upheld(played, policy)


# --- sends ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("at_us", "expected"), [(98, False), (99, True)])
def test_a_whole_frame_shows_sd_4_from_1_us_before_its_deadline(at_us: int, expected: bool) -> None:
    """Before that nobody could have taken the deadline for past."""
    played: list[Played] = [
        *STALLED[:2],
        (accept("a", 40, at=at_us), (wrote(at_us, 40), ended(at_us, "ok"))),
    ]
    assert expected is holds("SD-4", played)


@pytest.mark.parametrize(("at_us", "expected"), [(110, False), (111, True)])
def test_a_send_that_waited_shows_sd_4_once_it_is_older_than_the_timeout(
    at_us: int, expected: bool
) -> None:
    """The second is asked for at 10, and has its lock since 80: at 110 it is exactly 100 old."""
    played: list[Played] = [
        *STALLED[:2],
        (send("a", 2, 50, at=10), ()),
        (accept("a", 40, at=80), (wrote(80, 40), ended(80, "ok"), lock(80, 2))),
        (accept("a", 50, at=at_us), (wrote(at_us, 50, 2), ended(at_us, "ok", 2))),
    ]
    assert expected is holds("SD-4", played)


@pytest.mark.parametrize("is_queued", [True, False])
@pytest.mark.parametrize("is_woken", [True, False])
def test_an_expiry_shows_what_could_have_moved_it(is_queued: bool, is_woken: bool) -> None:
    """Progress or a wake could have moved the deadline; a queue needs the lock."""
    played: list[Played] = [*STALLED[:2]]
    words = [ended(100, "timeout"), ("closing", 100, "a")]
    if is_queued:
        played.append((send("a", 2, 5, at=10), ()))
        words.append(ended(100, "suppressed", 2))
    if is_woken:
        played.append((fail("a", "EAGAIN", at=50), ()))
    found = upheld([*played, (until(100), tuple(words))])
    assert (is_queued, is_woken) == ("SD-3" in found, "SD-1" in found)
    assert is_queued is ("SD-13" in found) is ("CX-1" in found)


@pytest.mark.parametrize(
    ("late_us", "wrote_bytes", "held"),
    [
        (0, 40, {"SD-9", "SD-4"}), (1, 40, {"SD-9", "SD-4", "SD-2"}),
        (0, 39, set()), (1, 39, {"SD-1", "SD-2", "SD-5", "SD-7"}),
    ],
)  # fmt: skip
def test_a_write_that_returns_at_the_deadline_shows_what_is_due(
    late_us: int, wrote_bytes: int, held: set[str]
) -> None:
    """1 us before it only a whole frame shows something: that it is OK, and no TIMEOUT."""
    at_us = 99 + late_us
    words = [wrote(at_us, wrote_bytes, began=99)]
    if wrote_bytes == 40:
        words.append(ended(at_us, "ok"))
    elif late_us:
        words += [ended(at_us, "timeout"), ("closing", at_us, "a")]
    step = accept("a", wrote_bytes, late=late_us, at=99)
    assert held == upheld([*STALLED[:2], (step, tuple(words))]) - {"CX-4"}


@pytest.mark.parametrize(
    ("cause", "outcome"),
    [
        ("zero", "closed"), ("EPIPE", "closed"), ("ECONNRESET", "closed"), ("ENOTCONN", "closed"),
        ("ECONNABORTED", "closed"), ("EBADF", "closed"), ("ESHUTDOWN", "closed"),
        ("EIO", "error"), ("ENOBUFS", "error"), ("ETIMEDOUT", "timeout"),
    ],
)  # fmt: skip
def test_each_row_of_the_error_table_has_its_outcome(cause: str, outcome: str) -> None:
    """And the two others are blamed on SD-7."""
    for told_as in ("closed", "error", "timeout"):
        words = (ended(50, told_as), ("closing", 50, "a"))
        played: list[Played] = [*STALLED[:2], (fail("a", cause, at=50), words)]
        assert (set() if told_as == outcome else {"SD-7"}) == verdict(played), told_as
    assert "SD-7" in upheld(
        [*STALLED[:2], (fail("a", cause, at=50), (ended(50, outcome), ("closing", 50, "a")))]
    )


@pytest.mark.parametrize("cause", ["EAGAIN", "EWOULDBLOCK", "EINTR"])
def test_what_is_no_failure_is_none(cause: str) -> None:
    """The send goes on, and its deadline stays."""
    due = (ended(100, "timeout"), ("closing", 100, "a"))
    played: list[Played] = [*STALLED[:2], (fail("a", cause, at=50), ()), (until(100), due)]
    assert {"SD-1", "SD-7"} <= upheld(played)


@pytest.mark.parametrize("room", [0, 10])
def test_what_comes_after_a_closing_shows_what_could_still_happen(room: int) -> None:
    """A send that finds room could be written, and time goes on to the deadline that was cut."""
    first = (lock(0), wrote(0, room)) if room else (lock(0),)
    played: list[Played] = [
        (open_("a", room=room), ()),
        (send("a", 1, 50, at=0), first),
        (close("a", at=50), (("closing", 50, "a"), ended(50, "suppressed"))),
    ]
    # The room is used up: nobody could write.
    assert "SD-12" not in upheld([*played, (send("a", 2, 5, at=60), (ended(60, "suppressed", 2),))])
    roomy: list[Played] = [*played, (accept("a", 5, at=55), ())]
    after: Played = (send("a", 2, 5, at=60), (ended(60, "suppressed", 2),))
    assert {"SD-12", "CX-6"} <= upheld(roomy)
    assert {"SD-10", "SD-15", "SD-12", "CX-6"} <= upheld([*roomy, after])
    assert "SD-5" not in upheld([*played, (until(99), ())])
    assert {"SD-5", "CX-6"} <= upheld([*played, (until(100), ())])


def test_room_after_a_failure_revives_nobody() -> None:
    """Where a frame is left, room shows that; where everything left, it shows nothing."""
    failed: list[Played] = [
        (open_("a", room=0), ()),
        (send("a", 1, 50, at=0), (lock(0),)),
        (fail("a", "EIO", at=50), (ended(50, "error"),)),
        (accept("a", 50, at=60), ()),
    ]
    assert "CX-6" in upheld(failed)
    whole: list[Played] = [
        (open_("a", room=5), ()),
        (send("a", 1, 5, at=0), (lock(0), wrote(0, 5), ended(0, "ok"))),
        (accept("a", 50, at=60), ()),
    ]
    assert "CX-6" not in upheld(whole)


@pytest.mark.parametrize(("at_us", "expected"), [(0, False), (1, True)])
def test_a_send_beside_one_that_waits_since_earlier_shows_cx_3(at_us: int, expected: bool) -> None:
    """At the same instant nobody waits yet."""
    words = (lock(at_us, 2, "b"), wrote(at_us, 5, 2, "b"), ended(at_us, "ok", 2, "b"))
    played: list[Played] = [
        (open_("a", room=10), ()), (open_("b"), ()), STALLED[1],
        (send("b", 2, 5, at=at_us), words),
    ]  # fmt: skip
    assert expected is holds("CX-3", played)


# --- the monitor ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at_us", "held"),
    [(28, {"SC-1"}), (29, {"SC-1", "SC-2"}), (30, {"SC-1", "SC-2", "SC-4"}),
     (31, {"SC-1", "SC-2", "SC-4"})],
)  # fmt: skip
def test_a_check_shows_the_limit_from_1_us_before_it(at_us: int, held: set[str]) -> None:
    """At the limit nothing is stalled, and no warning is due."""
    words = [checked(at_us, at_us, int(at_us > 30))]
    if at_us > 30:
        words.append(warned(at_us, 1))
    played: list[Played] = [OPEN, blocked(), (check(at=at_us), tuple(words))]
    assert held == {one for one in upheld(played) if one.startswith("SC-")} - {"SC-10"}


@pytest.mark.parametrize(
    ("ended_us", "outcome", "expected"), [(0, "ok", False), (1, "ok", True), (0, "error", True)]
)
def test_an_idle_check_shows_sc_1_after_a_send_that_left_a_mark(
    ended_us: int, outcome: str, expected: bool
) -> None:
    """A send that began and ended at one instant with OK never had a stall time."""
    played: list[Played] = [(open_("a", room=5 if outcome == "ok" else 0, heartbeats=False), ())]
    if outcome == "error":
        played += [(fail("a", "EIO", at=0), ()), (send("a", 1, 5, at=0), (ended(0, "error"),))]
    elif ended_us:
        played += [
            (send("a", 1, 6, at=0), (lock(0), wrote(0, 5))),
            (accept("a", 1, at=1), (wrote(1, 1), ended(1, "ok"))),
        ]
    else:
        played += [(send("a", 1, 5, at=0), (lock(0), wrote(0, 5), ended(0, "ok")))]
    played.append((check(at=9), (checked(9, 0, 0),)))
    assert expected is holds("SC-1", played)


def scheduled(*, lock_us: int, since_us: int = 0, single_us: int | None = None) -> list[Played]:
    """A stall from `lock_us` on, closed by a schedule of 10 that runs since `since_us`."""
    played: list[Played] = [OPEN]
    steps = [(since_us, (monitor(10, at=since_us), ())), (lock_us, blocked(lock_us))]
    if single_us is not None:
        stall_us = max(0, single_us - lock_us) if single_us >= lock_us else 0
        steps.append((single_us, (check(at=single_us), (checked(single_us, stall_us, 0),))))
    played += [step for _at, step in sorted(steps, key=lambda step: step[0])]
    count = 0
    tick = since_us + 10
    while count < 2:
        stall_us = max(0, tick - lock_us)
        count = count + 1 if stall_us > 30 else 0
        words = [checked(tick, stall_us, count)]
        if count:
            words.append(warned(tick, count))
        if count == 2:
            words += cut(tick)
        if tick >= max(lock_us, single_us or 0):
            played.append((until(tick), tuple(words)))
        tick += 10
    return played


@pytest.mark.parametrize(
    ("lock_us", "since_us", "single_us", "expected"),
    [
        (5, 5, None, True), (5, 6, None, False), (5, 4, None, True),
        (5, 0, 4, True), (5, 0, 6, False), (5, 4, 5, False),
    ],
)  # fmt: skip
def test_a_close_shows_the_window_where_the_schedule_ran_all_the_time(
    lock_us: int, since_us: int, single_us: int | None, expected: bool
) -> None:
    """It runs since the lock was taken, and nobody asked for a pass beside it meanwhile."""
    played = scheduled(lock_us=lock_us, since_us=since_us, single_us=single_us)
    assert expected is holds("SC-9", played, CLOSES)


@pytest.mark.parametrize(("limit_us", "expected"), [(9, False), (10, True)])
def test_the_window_is_defined_where_the_limit_is_no_shorter_than_the_period(
    limit_us: int, expected: bool
) -> None:
    """Stalled since 0: found at 10 or 20, closed at the second."""
    first = 10 if limit_us < 10 else 20
    played: list[Played] = [OPEN, (monitor(10, at=0), ()), blocked()]
    if first == 20:
        played.append((until(10), (checked(10, 10, 0),)))
    played += [
        (until(first), (checked(first, first, 1), warned(first, 1))),
        (until(first + 10), (checked(first + 10, first + 10, 2), warned(first + 10, 2),
                             *cut(first + 10))),
    ]  # fmt: skip
    policy = {**CLOSES, "stall_timeout_us": limit_us}
    assert expected is holds("SC-9", played, policy)


@pytest.mark.parametrize(
    ("closes", "count", "held"),
    [
        (0, 1, set()), (0, 2, {"SC-5"}), (0, 3, {"SC-5"}),
        (1, 1, {"SC-6"}), (1, 2, {"SC-6", "SC-7"}),
    ],
)  # fmt: skip
def test_a_stalled_check_shows_what_the_threshold_forbids(
    closes: int, count: int, held: set[str]
) -> None:
    """Before it nothing may close; at it there is a close, or there never is one."""
    played: list[Played] = [OPEN, blocked()]
    for number in range(1, count + 1):
        at_us = 30 + number
        words = [checked(at_us, at_us, number), warned(at_us, number)]
        if closes and number == 2:
            words += cut(at_us)
        played.append((check(at=at_us), tuple(words)))
    found = upheld(played, {"close_stalled": closes})
    assert held == found & {"SC-5", "SC-6", "SC-7", "SC-9"}


@pytest.mark.parametrize(
    ("timeout_us", "closes", "expected"),
    [(30, 0, True), (31, 0, False), (40, 1, True), (41, 1, False), (40, 0, False)],
)
def test_an_expiry_shows_cx_5_where_deadline_and_monitor_cannot_both_speak(
    timeout_us: int, closes: int, expected: bool
) -> None:
    """Up to the limit nothing is ever warned, up to the lower end of the window nothing closed."""
    played: list[Played] = [OPEN, (monitor(9, at=0), ()), blocked()]
    # Ticks at 9, 18, 27, 36; with a limit of 30 and two checks the lower end is 39.
    for tick in range(9, timeout_us, 9):
        words = [checked(tick, tick, int(tick > 30))]
        if tick > 30:
            words.append(warned(tick, 1))
        played.append((until(tick), tuple(words)))
    due = (ended(timeout_us, "timeout"), ("closing", timeout_us, "a"))
    played.append((until(timeout_us), due))
    policy = {"send_timeout_us": timeout_us, "close_stalled": closes, "stall_timeout_us": 30}
    if closes:
        expected = timeout_us <= 39
    assert expected is holds("CX-5", played, policy)


@pytest.mark.parametrize(
    ("age_us", "jump_us", "is_due", "shows_jump"),
    [
        (1000, 0, False, False), (1001, 0, True, False),
        (1000, 1, False, True), (999, 1, False, False), (1001, -1, True, True),
        (1002, -1, True, False),
    ],
)  # fmt: skip
def test_an_idle_check_shows_the_clock_where_the_jump_makes_a_difference(
    age_us: int, jump_us: int, is_due: bool, shows_jump: bool
) -> None:
    """The last frame came at 5, the interval is 1000."""
    at_us = 5 + age_us
    played: list[Played] = [(open_("a"), ()), (received("a", at=5), (("received", 5, "a"),))]
    if jump_us:
        played.append((wall_jump(jump_us, at=6), ()))
    words = (checked(at_us, 0, 0), beat(at_us)) if is_due else (checked(at_us, 0, 0),)
    played.append((check(at=at_us), words))
    found = upheld(played)
    assert shows_jump is ("SC-14" in found)
    assert "SC-10" in found


@pytest.mark.parametrize("allowed", [True, False])
@pytest.mark.parametrize("heard_us", [None, 5])
@pytest.mark.parametrize("is_busy", [True, False])
def test_a_check_shows_whether_a_heartbeat_is_due(
    allowed: bool, heard_us: int | None, is_busy: bool
) -> None:
    """Idle or not, allowed or not, in flight or not: SC-10 and SC-11 each have their cases."""
    played: list[Played] = [(open_("a", room=10, heartbeats=allowed), ())]
    if heard_us is not None:
        played.append((received("a", at=heard_us), (("received", heard_us, "a"),)))
    if is_busy:
        played.append(blocked(6))
    words = [checked(9, 3 if is_busy else 0, 0)]
    idle = heard_us is None
    if idle and allowed and not is_busy:
        words.append(beat(9))
    found = upheld([*played, (check(at=9), tuple(words))])
    assert (idle and allowed and is_busy) is ("SC-11" in found)
    assert (not is_busy and (allowed or idle)) is ("SC-10" in found)


@pytest.mark.parametrize(("changes", "expected"), [([], False), (["open"], True), (["shut"], True)])
def test_a_pass_after_somebody_came_or_went_shows_sc_12(changes: list[str], expected: bool) -> None:
    """The first pass of all shows nothing: nobody can have been left out before."""
    played: list[Played] = [OPEN, (open_("b", heartbeats=False), ())]
    first = (checked(5, 0, 0), checked(5, 0, 0, "b"))
    assert "SC-12" not in upheld([*played, (check(at=5), first)])
    played.append((check(at=5), first))
    names = ["a", "b"]
    if "open" in changes:
        played.append((open_("c", heartbeats=False, at=6), ()))
        names.append("c")
    if "shut" in changes:
        played.append((close("b", at=6), (("closing", 6, "b"),)))
        names.remove("b")
    played.append((check(at=7), tuple(checked(7, 0, 0, name) for name in names)))
    assert expected is holds("SC-12", played)


@pytest.mark.parametrize(("at_us", "expected"), [(9, True), (10, True), (20, True), (31, False)])
def test_a_pass_within_a_period_of_a_jump_shows_sc_14(at_us: int, expected: bool) -> None:
    """The pass at 20 and the one at 30 follow a jump within the ten before them."""
    played: list[Played] = [(open_("a", heartbeats=False), ()), (monitor(10, at=0), ())]
    passes = [tick for tick in (10, 20, 30) if tick <= at_us]
    played += [(until(tick), (checked(tick, 0, 0),)) for tick in passes]
    played.append((wall_jump(5000, at=at_us), ()))
    following = 10 * (at_us // 10 + 1)
    if following > 30:
        assert "SC-14" not in upheld(played)
        return
    played.append((until(following), (checked(following, 0, 0),)))
    assert expected is holds("SC-14", played)
    # A whole period later the jump lies before the last pass.
    without = [*played[:-1], (until(following), (checked(following, 0, 0),))]
    assert holds("SC-14", without) is expected


# --- streams -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("pause_us", "expected"), [(250, False), (251, True)])
def test_a_chunk_after_a_long_pause_shows_that_a_pause_is_no_wait(
    pause_us: int, expected: bool
) -> None:
    """Longer than both timeouts with something outstanding; the longer one is 250."""
    played: list[Played] = [
        STREAMING,
        (stream("a", 1, 40, [0, pause_us], at=0), begun(0, 10)),
        (until(pause_us), begun(pause_us, 20, 30)),
    ]
    found = told(run_of(played), "held")
    # A full window is no wait either, and the third chunk leaves at one.
    assert "AP-2" in found
    short: list[Played] = [
        STREAMING,
        (stream("a", 1, 20, [0, pause_us], at=7), begun(7, 10)),
        (until(7 + pause_us), (*begun(7 + pause_us, 20), end(7 + pause_us, "done"))),
    ]
    assert expected is holds("AP-2", short)


@pytest.mark.parametrize(
    ("at_us", "outcome", "held"),
    [
        (99, None, set()),
        (100, "no_progress", {"AP-3", "AP-6", "AP-9", "AP-13"}),
    ],
)
def test_a_silence_shows_the_watchdog_when_it_is_due(
    at_us: int, outcome: str | None, held: set[str]
) -> None:
    """Not a microsecond before; a check interval of 100 finds it by itself, without AP-14."""
    words = watchdog(at_us) if outcome else ()
    played = [STREAMING, FILLED, (until(at_us), words)]
    policy = {"ack_check_interval_us": 100}
    assert held == upheld(played, policy) - {"AP-2", "AP-11"}
    if outcome:
        assert "AP-14" in upheld(played, {"ack_check_interval_us": 99})


@pytest.mark.parametrize("acked_us", [20, 40])
def test_a_cancel_shows_what_the_wait_lived_on_beyond(acked_us: int) -> None:
    """Progress at 40 moves the due moment from 100: at 100 nothing is shown, at 101 AP-1 is."""
    for at_us, expected in ((100, False), (101, True)):
        played = [
            STREAMING, FILLED, acked(acked_us, 1),
            (cancel("a", 1, at=at_us), (end(at_us, "cancelled"),)),
        ]  # fmt: skip
        assert expected is holds("AP-1", played)


def test_an_ack_after_the_end_shows_that_it_changes_nothing() -> None:
    """Also a second cancel: a stream has one outcome."""
    over: list[Played] = [
        STREAMING, FILLED, (cancel("a", 1, at=30), (end(30, "cancelled"),)),
    ]  # fmt: skip
    assert {"AP-2", "AP-11", "AP-12", "AP-13"} == upheld(over)
    late: Played = (ack("a", 1, 10, at=40), (taken(40, accepted=False),))
    assert {"AP-2", "AP-11", "AP-12", "AP-13"} == upheld([*over, late])


@pytest.mark.parametrize(("threshold", "expected"), [(2, True), (3, False)])
def test_the_last_pass_before_the_threshold_shows_that_it_is_no_close_yet(
    threshold: int, expected: bool
) -> None:
    """The first of two could have closed too early; the first of three is two passes away."""
    played: list[Played] = [
        OPEN, (monitor(10, at=0), ()), blocked(),
        (until(39), (checked(10, 10, 0), checked(20, 20, 0), checked(30, 30, 0))),
        (until(40), (checked(40, 40, 1), warned(40, 1, threshold))),
    ]  # fmt: skip
    assert expected is holds("SC-9", played, {**CLOSES, "checks_max": threshold})


def test_a_send_after_a_quiet_close_shows_that_it_is_suppressed() -> None:
    """Nothing was in flight when it closed, so that nothing else shows any of it."""
    closed: list[Played] = [(open_("a"), ()), (close("a", at=5), (("closing", 5, "a"),))]
    assert upheld(closed).isdisjoint({"SD-10", "SD-15", "SD-12", "CX-6"})
    after: Played = (send("a", 1, 5, at=6), (ended(6, "suppressed"),))
    assert {"SD-10", "SD-15", "SD-12", "CX-6"} <= upheld([*closed, after])


@pytest.mark.parametrize(("passed_us", "expected"), [(30, False), (31, True)])
def test_a_pass_after_a_local_close_shows_sc_8_where_the_stall_would_have_closed(
    passed_us: int, expected: bool
) -> None:
    """The send took the lock at 10 and was seen then; the limit is 30, and one check closes."""
    played: list[Played] = [
        OPEN, blocked(10), (check(at=11), (checked(11, 1, 0),)),
        (close("a", at=12), (("closing", 12, "a"), ended(12, "suppressed"))),
        (check(at=10 + passed_us), ()),
    ]  # fmt: skip
    assert expected is holds("SC-8", played, {**CLOSES, "checks_max": 1})
