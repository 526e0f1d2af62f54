"""Damages that lie close to another law than the one that they break, and what is said of them.

Every number of an explanation is worked out by hand: milliseconds, bytes, counts.
"""

import pytest

from stallproof.judge import model
from stallproof.requirements.vectors.format import Step
from tests.judge.model.exact_runs import Played, Word, damaged, run_of, told, verdict
from tests.judge.model.exact_runs import said as event_of
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
from tests.judge.model.test_monitor import (
    BUSY,
    CLOSED,
    CLOSES,
    COUNTED,
    IDLE,
    JUMPED,
    OPEN,
    SCHEDULED,
    TWO,
    beat,
    blocked,
    checked,
    cut,
    warned,
)
from tests.judge.model.test_sends import CLOSED as ASKED_TO_CLOSE
from tests.judge.model.test_sends import (
    CLOSING,
    DUE,
    HANDED_OVER,
    LATE_IN_PART,
    LATE_TO_THE_END,
    QUEUED,
    STALLED,
    TORN,
    TRICKLED,
    UNWRITTEN,
    ended,
    lock,
    wrote,
)
from tests.judge.model.test_streams import (
    ADVANCED,
    CANCELLED,
    FILLED,
    KEPT_UP,
    REPEATED,
    SILENT,
    SOURCE_PAUSED,
    STOPPED,
    begun,
    end,
    fails,
    notice,
    taken,
    watchdog,
)
from tests.judge.model.test_streams import OPEN as STREAMING
from tests.judge.model.test_streams import told as acked
from tests.models.download_retry import decision

Said = dict[str, str]
"""What is broken, and a part of what is said of it."""


def found(
    played: list[Played], policy: dict[str, int] | None = None, until_us: int | None = None
) -> Said:
    """Return what a play breaks, with the explanations."""
    run = run_of(played, policy, until_us=until_us)
    return {one.requirement: one.explanation for one in model.observe(run) if one.tells == "broken"}


def check_said(expected: Said, said: Said) -> None:
    """Require exactly these requirements, and in each explanation the part that is expected."""
    assert set(expected) == set(said), said
    assert [] == [part for name, part in expected.items() if part not in said[name]], said


# --- the monitor ---------------------------------------------------------------------------------

# Ticks at 13, 23, 33; "b" is closed before the first.
GONE: list[Played] = [
    OPEN,
    (open_("b", heartbeats=False), ()),
    (monitor(10, at=3), ()),
    (close("b", at=5), (("closing", 5, "b"),)),
    (until(40), (checked(13, 0, 0), checked(23, 0, 0), checked(33, 0, 0))),
]
# The lock is taken at 5: the window is (45, 55], and the second stalled pass comes at 50.
FROM_5: list[Played] = [
    OPEN,
    (monitor(10, at=0), ()),
    blocked(5),
    (until(49), (checked(10, 5, 0), checked(20, 15, 0), checked(30, 25, 0), checked(40, 35, 1),
                 warned(40, 1))),
    (until(50), (checked(50, 45, 2), warned(50, 2), *cut(50))),
    (until(99), ()),
]  # fmt: skip
# It is freed at 33, between two passes.
FREED: list[Played] = [
    OPEN,
    (monitor(10, at=0), ()),
    blocked(),
    (until(29), (checked(10, 10, 0), checked(20, 20, 0))),
    (until(32), (checked(30, 30, 0),)),
    (accept("a", 40, at=33), (("written", 33, "a", 1, 33, 40), ("send_ended", 33, "a", 1, "ok",
                                                               False))),
    (until(45), (checked(40, 0, 0),)),
]  # fmt: skip
NAMED: list[Played] = [
    OPEN, (open_("b", heartbeats=False), ()),
    (check(at=7), (checked(7, 0, 0), checked(7, 0, 0, "b"))),
]  # fmt: skip
# "a" is stalled twice, "b" once, and "c" for the first time.
THREE: list[Played] = [
    OPEN, (open_("b", room=10, heartbeats=False), ()), (open_("c", room=10, heartbeats=False), ()),
    blocked(),
    (check(at=31), (checked(31, 31, 1), warned(31, 1), checked(31, 0, 0, "b"),
                    checked(31, 0, 0, "c"))),
    blocked(40, "b", 2),
    blocked(41, "c", 3),
    (check(at=71), (checked(71, 71, 2), warned(71, 2), checked(71, 31, 1, "b"),
                    warned(71, 1, conn="b"), checked(71, 30, 0, "c"))),
    (check(at=72), (checked(72, 72, 3), warned(72, 3), checked(72, 32, 2, "b"),
                    warned(72, 2, conn="b"), checked(72, 31, 1, "c"), warned(72, 1, conn="c"))),
]  # fmt: skip
# Ten frames of silence by the wall clock, and none by the other.
SET_BACK: list[Played] = [
    (open_("a"), ()), (received("a", at=5), (("received", 5, "a"),)), (wall_jump(-100, at=10), ()),
    (check(at=1006), (checked(1006, 0, 0), beat(1006))),
    (check(at=1105), (checked(1105, 0, 0), beat(1105))),
    (check(at=1106), (checked(1106, 0, 0), beat(1106))),
]  # fmt: skip
SET_FORWARD: list[Played] = [
    (open_("a"), ()), (received("a", at=5), (("received", 5, "a"),)), (wall_jump(100, at=10), ()),
    (check(at=905), (checked(905, 0, 0),)), (check(at=906), (checked(906, 0, 0),)),
]  # fmt: skip
SHUT: list[Played] = [OPEN, (check(at=7), (checked(7, 0, 0),))]
DEAD = {"send_timeout_us": 30}
LAST = [*BUSY[:3], (check(at=30), (checked(30, 30, 0),)), BUSY[3]]


def late(step: int, at: int) -> list[tuple[int, Word]]:
    return [(step, checked(at, at, 0))]


@pytest.mark.parametrize(
    ("played", "policy", "gone", "more", "said"),
    [
        pytest.param(
            GONE, {}, [checked(13, 0, 0), checked(23, 0, 0), checked(33, 0, 0)], (),
            {"SC-12": "due at 0.013 ms, and none came: b had gone, and the others are checked."},
            id="no pass comes any more once one had gone"),
        pytest.param(
            GONE, {}, [checked(13, 0, 0)], (),
            {"SC-12": "due at 0.013 ms, and the next one came at 0.023 ms: b had gone"},
            id="a whole pass is left out once one had gone"),
        pytest.param(
            GONE, {}, GONE[4][1], [(4, checked(at, 0, 0)) for at in (14, 23, 33)],
            {"SC-9": "came at 0.014 ms: the declared schedule is a promise."},
            id="a pass comes late, and one had gone by chance"),
        pytest.param(
            NAMED, {}, NAMED[2][1], (),
            {"SC-1": "A pass was due at 0.007 ms, and none came: no stall time was found for a, b"},
            id="a pass on demand finds nothing"),
        pytest.param(
            NAMED, {}, [checked(7, 0, 0, "b")], (),
            {"SC-12": "A pass at 0.007 ms checked a, and not b: no connection keeps"},
            id="one is left out for ever"),
        pytest.param(
            JUMPED, {}, [checked(10, 10, 0)], (),
            {"SC-14": "due at 0.01 ms, and the next one came at 0.02 ms: the wall clock had been"},
            id="a pass that the jump swallowed"),
        pytest.param(
            JUMPED, {}, [checked(20, 0, 0)], (),
            {"SC-9": "due at 0.02 ms, and none came: the declared schedule is a promise."},
            id="a pass a whole period after the jump"),
        pytest.param(
            FREED, {}, [checked(30, 30, 0)], [(5, checked(33, 0, 0))],
            {"SC-11": "next one came at 0.033 ms: a send was blocked, and a pass never waits."},
            id="a pass waits for the send"),
        pytest.param(
            FREED, {}, [checked(30, 30, 0)], [(4, checked(32, 32, 1)), (4, warned(32, 1))],
            {"SC-9": "the next one came at 0.032 ms: the declared schedule"},
            id="a pass comes late before the send ended"),
        pytest.param(
            SHUT, {}, (), [(1, checked(7, 0, 0))],
            {"SC-3": "The check of a at 0.007 ms found 0 us and counted 0, once more at one pass."},
            id="a check is told twice"),
        pytest.param(
            CLOSED, CLOSES, (), [(4, checked(50, 50, 3))],
            {"SC-1": "found 50 us and counted 3; it had been closing since 0.04 ms."},
            id="a stall of a connection that closes"),
        pytest.param(
            CLOSED, CLOSES, (), [(4, checked(50, 0, 2))],
            {"SC-13": "found 0 us and counted 2; it had been closing since 0.04 ms."},
            id="a count of a connection that closes"),
        pytest.param(
            COUNTED, {}, [checked(31, 31, 1)], [(4, checked(31, 32, 1))],
            {"SC-1": "found 32 us and counted 1; the lock was taken at 0.0 ms, so that the stall "
             "time was 31 us."}, id="the stall time is 1 us too long"),
        pytest.param(
            COUNTED, {}, [checked(40, 40, 2), warned(40, 2)], [(5, checked(40, 40, 4))],
            {"SC-3": "the limit is 30 us and the count was 1 before, so that it is 2."},
            id="it counts by 3"),
        pytest.param(
            THREE, {}, [checked(71, 31, 1, "b")], [(7, checked(71, 31, 3, "b"))],
            {"SC-13": "the count was 0 before, so that it is 1: the rest was counted on another"},
            id="two of another connection are counted along"),
        pytest.param(
            THREE, {}, [checked(72, 31, 1, "c")], [(8, checked(72, 31, 6, "c"))],
            {"SC-13": "counted 6; the limit is 30 us and the count was 0 before, so that it is 1"},
            id="those of both others are counted along"),
        pytest.param(
            THREE, {}, [checked(72, 31, 1, "c")], [(8, checked(72, 31, 5, "c"))],
            {"SC-3": "counted 5; the limit is 30 us and the count was 0 before, so that it is 1."},
            id="some that nobody has are counted along"),
        pytest.param(
            COUNTED, {}, (), [(5, warned(40, 2))],
            {"SC-4": "A warning of a came at 0.04 ms with 2/2, a second one for one check."},
            id="one check warns twice"),
        pytest.param(
            [*SCHEDULED[:3], (until(20), (checked(10, 10, 0), checked(20, 20, 0))),
             (until(29), ())], DEAD, (), [(3, warned(20, 1))],
            {"SC-4": "no check had found it stalled.", "CX-5": "at 0.02 ms with 1/2, where no"},
            id="a warning where the two timeouts are equal"),
        pytest.param(
            [*SCHEDULED[:3], (until(20), (checked(10, 10, 0), checked(20, 20, 0))),
             (until(29), ())], {"send_timeout_us": 31}, (), [(3, warned(20, 1))],
            {"SC-4": "no check had found it stalled."},
            id="a warning where a send can outlast the limit by 1 us"),
        pytest.param(
            SET_BACK, {}, [beat(1006)], (),
            {"SC-14": "due at the check at 1.006 ms: the last frame came 1001 us before, and the "
             "wall clock had been moved."}, id="a heartbeat waits by the wall clock"),
        pytest.param(
            SET_BACK, {}, [beat(1105)], (),
            {"SC-14": "the last frame came 1100 us before, and the wall clock had been moved."},
            id="exactly the interval by the wall clock is not idle"),
        pytest.param(
            SET_BACK, {}, [beat(1106)], (),
            {"SC-10": "the last frame came 1101 us before, more than the interval of 1000 us."},
            id="idle by both clocks"),
        pytest.param(
            LAST, {}, (), [(3, beat(30))],
            {"SC-11": "A heartbeat of a was due to nobody at 0.03 ms: send 1 is in flight."},
            id="a heartbeat at the limit of the stall"),
        pytest.param(
            COUNTED, {}, (), [(2, beat(29))],
            {"SC-10": "at 0.029 ms: heartbeats are not allowed on it, and the interval is 1000 us"},
            id="a heartbeat where none are allowed"),
        pytest.param(
            IDLE, {}, (), [(3, beat(1005))],
            {"SC-10": "at 1.005 ms: the last frame came 1000 us before, and the interval is 1000"},
            id="a heartbeat at the interval itself"),
        pytest.param(
            TWO, {}, (), [(6, checked(25, 0, 0, "b"))], {}, id="a look at one that had gone"),
        pytest.param(
            JUMPED, {}, [checked(10, 10, 0)], [(5, checked(10, 11, 0))],
            {"SC-1": "found 11 us and counted 0; the lock was taken at 0.0 ms, so that the stall"},
            id="a stall time that no jump explains"),
        pytest.param(
            SET_FORWARD, {}, (), [(3, beat(905))],
            {"SC-10": "the last frame came 900 us before, and the interval is 1000 us."},
            id="exactly the interval by a clock that was set forward"),
        pytest.param(
            SET_FORWARD, {}, (), [(4, beat(906))],
            {"SC-14": "the last frame came 901 us before, and the wall clock had been moved."},
            id="more than the interval by a clock that was set forward"),
    ],
)  # fmt: skip
def test_what_is_said_of_the_monitor(
    played: list[Played], policy: dict[str, int], gone: list[Word], more: list[tuple[int, Word]],
    said: Said,
) -> None:  # fmt: skip
    """Each right play breaks nothing; damaged it breaks exactly this, with these numbers."""
    assert {} == found(played, policy)
    check_said(said, found(damaged(played, gone, more), policy))


@pytest.mark.parametrize(
    ("closed_us", "until_us", "said"),
    [
        (None, 99, {"SC-7": "at 0.05 ms, and did so never", "SC-9": "The stall on a began at 0.005 "
                    "ms; no closing had begun at 0.055 ms, the upper end"}),
        (None, 56, {"SC-7": "and did so never", "SC-9": "no closing had begun at 0.055 ms"}),
        (None, 55, {"SC-7": "a had to begin closing at 0.05 ms, and did so never: its count "
                    "reached the threshold of 2."}),
        (55, 99, {"SC-7": "did so only at 0.055 ms"}),
        (56, 99, {"SC-7": "did so only at 0.056 ms", "SC-9": "at 0.055 ms, the upper end"}),
    ],
)  # fmt: skip
def test_a_missing_close_breaks_the_window_only_beyond_its_upper_end(
    closed_us: int | None, until_us: int, said: Said
) -> None:
    """At the upper end there was still time."""
    assert {} == found(FROM_5, CLOSES)
    words = () if closed_us is None else cut(closed_us)
    played = [*damaged(FROM_5, cut(50))[:5], (until(until_us), words)]
    check_said(said, found(played, CLOSES))


@pytest.mark.parametrize(
    ("timeout_us", "broken"), [(40, {"SC-6", "SC-9", "CX-5"}), (41, {"SC-6", "SC-9"})]
)
def test_a_close_before_the_window_breaks_cx_5_where_no_send_outlasts_its_lower_end(
    timeout_us: int, broken: set[str]
) -> None:
    """The lower end is 40: a send timeout of 40 ends every send by then, and one of 41 does not."""
    played = [*SCHEDULED[:3], (until(30), SCHEDULED[3][1])]
    early = damaged(played, (), [(3, cut(30)[0]), (3, cut(30)[1])])
    assert broken == verdict(early, {**CLOSES, "send_timeout_us": timeout_us})


# --- sends and connections -----------------------------------------------------------------------

NO_FAILURE: list[Played] = [*STALLED[:2], (fail("a", "EINTR", at=50), ()), (until(90), ())]
BESIDE_STALLED: list[Played] = [
    *STALLED[:2], (open_("b", room=2, at=5), ()),
    (send("b", 2, 5, at=10), (lock(10, 2, "b"), wrote(10, 2, 2, "b"))),
    (accept("b", 1, at=20), (wrote(20, 1, 2, "b"),)),
    (until(90), ()),
]  # fmt: skip


@pytest.mark.parametrize(
    ("played", "gone", "more", "said"),
    [
        pytest.param(
            STALLED, [CLOSING], [(3, ("closing", 150, "a"))],
            {"SD-5": "a had to begin closing at 0.1 ms, and did so only at 0.15 ms: a send ended "
             "with TIMEOUT."}, id="the closing comes late"),
        pytest.param(
            TORN, [("closing", 50, "a")], (),
            {"SD-6": "at 0.05 ms, and did so never: a send failed with part of its frame"},
            id="a torn frame stays open"),
        pytest.param(
            ASKED_TO_CLOSE, [("closing", 50, "a")], (),
            {"CX-2": "a had to begin closing at 0.05 ms, and did so never: it was asked to close."},
            id="a close is not heard"),
        pytest.param(
            NO_FAILURE, (), [(2, ("closing", 50, "a"))],
            {"SD-7": "Closing of a began at 0.05 ms: what the write met is no failure."},
            id="an interruption closes"),
        pytest.param(
            NO_FAILURE, (), [(2, ended(50, "error"))],
            {"SD-7": "Send 1 on a ended at 0.05 ms with 'error': what its write met is no failure"},
            id="an interruption ends the send"),
        pytest.param(
            NO_FAILURE, (), [(3, ended(51, "error"))],
            {"SD-7": "Send 1 on a ended at 0.051 ms with 'error', and no write had failed."},
            id="it ends 1 us after the interruption"),
        pytest.param(
            UNWRITTEN, (), [(2, ("closing", 50, "a"))],
            {"SD-8": "a send failed with nothing written, which does not close."},
            id="an unwritten failure closes"),
        pytest.param(
            LATE_TO_THE_END, (), [(2, CLOSING)],
            {"SD-9": "Closing of a began at 0.1 ms: a send ended with OK, which does not close."},
            id="a success closes"),
        pytest.param(
            STALLED, (), [(2, lock(50))],
            {"CX-6": "Send 1 on a took the lock at 0.05 ms, which it had taken at 0.0 ms already."},
            id="the lock is taken twice"),
        pytest.param(
            ASKED_TO_CLOSE, (), [(3, lock(60))],
            {"CX-6": "Send 1 on a took the lock at 0.06 ms, and the connection was closing."},
            id="the lock is taken after the closing"),
        pytest.param(
            QUEUED, (), [(2, lock(10, 2))],
            {"CX-1": "Send 2 on a took the lock at 0.01 ms, and send 1 was in flight."},
            id="two have the lock"),
        pytest.param(
            QUEUED, (), [(2, wrote(10, 5, 2))],
            {"CX-1": "Send 2 on a wrote 5 bytes at 0.01 ms, and send 1 was in flight."},
            id="two write"),
        pytest.param(
            LATE_IN_PART, [wrote(101, 39, began=99)], [(2, wrote(101, 39, began=100))],
            {"SD-2": "wrote 39 bytes at 0.101 ms: that write began at 0.1 ms, and its deadline was "
             "0.1 ms."}, id="a write begins at the deadline"),
        pytest.param(
            LATE_IN_PART, [wrote(101, 39, began=99)], [(2, wrote(101, 38, began=99))],
            {"SD-9": "wrote 38 bytes at 0.101 ms, where there was room for 39: the bytes differ."},
            id="a byte less than there was room for"),
        pytest.param(
            STALLED, [lock(0), wrote(0, 10)], [(2, lock(20)), (2, wrote(20, 10))],
            {"CX-4": "Send 1 on a was next for the lock at 0.0 ms, and it did so only at 0.02 ms: "
             "with nobody ahead"}, id="a send waits for nobody"),
        pytest.param(
            BESIDE_STALLED, [lock(10, 2, "b"), wrote(10, 2, 2, "b"), wrote(20, 1, 2, "b")], (),
            {"CX-3": "Send 2 on b was next for the lock at 0.01 ms, and it never did, while"},
            id="a send waits for another connection"),
        pytest.param(
            BESIDE_STALLED, [wrote(20, 1, 2, "b")], [(5, wrote(30, 1, 2, "b"))],
            {"CX-3": "There was room for 1 bytes of send 2 on b at 0.02 ms, and it wrote only at "
             "0.03 ms, while another"}, id="a write waits for another connection"),
        pytest.param(
            TRICKLED, [wrote(60, 5)], (),
            {"SD-9": "room for 5 bytes of send 1 on a at 0.06 ms, and it wrote nothing: a peer"},
            id="room that is not used"),
        pytest.param(
            TRICKLED, [wrote(60, 5)], [(3, wrote(70, 5))],
            {"SD-9": "at 0.06 ms, and it wrote only at 0.07 ms: a peer that reads gets the frame."},
            id="room that is used late"),
        pytest.param(
            STALLED, (), [(2, DUE[0])],
            {"CX-6": "Send 1 on a had ended, and ended once more at 0.1 ms ('timeout')"},
            id="a send ends twice at once"),
        pytest.param(
            TORN, [ended(50, "closed"), ("closing", 50, "a")], (),
            {"SD-7": "A write of send 1 on a failed at 0.05 ms, and the send did not end with "
             "'closed'."}, id="a failure is not noticed"),
        pytest.param(
            LATE_TO_THE_END, [ended(100, "ok")], [(2, ended(100, "ok", raised=True))],
            {"SD-9": "ended at 0.1 ms with 'ok', and raised all the same: its last byte was"},
            id="a success raises"),
        pytest.param(
            LATE_IN_PART, [ended(101, "timeout")], [(2, ended(101, "error"))],
            {"SD-2": "with 'error'; it came back with bytes left after its deadline at 0.1 ms"},
            id="a late write ends otherwise"),
        pytest.param(
            LATE_TO_THE_END, [ended(100, "ok")], [(3, ended(150, "ok"))],
            {"SD-3": "could be written at 0.1 ms, and it ended only at 0.15 ms with 'ok': the lock "
             "has to be free"}, id="a whole frame keeps the lock beyond the deadline"),
        pytest.param(
            LATE_TO_THE_END, [ended(100, "ok")], (),
            {"SD-9": "written at 0.1 ms, and it never ended: the last byte makes it OK."},
            id="a whole frame never ends"),
        pytest.param(
            STALLED, [DUE[0]], [(2, ended(100, "ok"))],
            {"SD-10": "with 'ok', and 40 of its 50 bytes were never taken."},
            id="a part is called OK"),
        pytest.param(
            QUEUED, (), [(4, ended(50, "timeout", 2))],
            {"SD-4": "Send 2 on a ended with TIMEOUT at 0.05 ms, and it did not have the lock yet "
             "(asked for at 0.01 ms)."}, id="a queued send times out"),
        pytest.param(
            STALLED, (), [(2, ended(50, "ok"))],
            {"SD-10": "ended at 0.05 ms with 'ok', and 40 of its 50 bytes were not taken yet."},
            id="OK comes before the bytes"),
        pytest.param(
            ASKED_TO_CLOSE, [ended(70, "suppressed", 2)], [(-1, ended(99, "suppressed", 2))],
            {"CX-2": "Send 2 was asked for at 0.07 ms on a, closing since 0.05 ms, and ended only "
             "at 0.099 ms: it cannot be sent"}, id="a send after the closing ends late"),
        pytest.param(
            ASKED_TO_CLOSE, [ended(50, "suppressed")], (),
            {"CX-2": "Send 1 on a was left when closing began at 0.05 ms, and never ended: closing "
             "ends a blocked send."}, id="a send is left behind"),
        pytest.param(
            HANDED_OVER, [lock(80, 2), ended(180, "timeout", 2), ("closing", 180, "a")],
            [(4, lock(90, 2)), (4, ended(190, "timeout", 2)), (4, ("closing", 190, "a"))],
            {"CX-4": "Send 2 on a was next for the lock at 0.08 ms, and it did so only at 0.09 ms"},
            id="the lock is handed over late"),
    ],
)  # fmt: skip
def test_what_is_said_of_sends(
    played: list[Played], gone: list[Word], more: list[tuple[int, Word]], said: Said
) -> None:
    """Each right play breaks nothing; damaged it breaks exactly this, with these numbers."""
    assert {} == found(played)
    check_said(said, found(damaged(played, gone, more)))


@pytest.mark.parametrize(
    ("played", "until_us", "requirement"),
    [(STALLED, 100, "SD-2"), (STALLED, 101, "SD-3"), (TRICKLED, 100, "SD-1")],
)
def test_a_case_that_ends_at_the_deadline_shows_that_it_is_inclusive(
    played: list[Played], until_us: int, requirement: str
) -> None:
    """1 us later it shows that the lock is not free, and after a wake that the wake moved it."""
    short = [*damaged(played, DUE)[:-2], (until(until_us), ())]
    said = found(short)
    assert {requirement} == set(said)
    assert f"it had not ended at {until_us / 1000:g} ms, the end of the case" in said[requirement]


# --- streams -------------------------------------------------------------------------------------

TWICE: list[Played] = [
    STREAMING, FILLED, acked(30, 1), acked(60, 2), (until(160), watchdog(160)), (until(400), ()),
]  # fmt: skip
LATE_ACK: list[Played] = [
    STREAMING, FILLED, acked(20, 1), acked(90, 1), (until(120), watchdog(120)),
]  # fmt: skip
# The fourth chunk is ready at 150, an ACK came at 120: the wait begins at 150.
BEFORE_THE_WAIT: list[Played] = [
    STREAMING,
    (stream("a", 1, 40, [0, 0, 0, 150], at=0), begun(0, 10, 20, 30)),
    acked(120, 1),
    (until(250), watchdog(250)),
    (until(500), ()),
]


@pytest.mark.parametrize(
    ("played", "gone", "more", "said"),
    [
        pytest.param(
            ADVANCED, watchdog(160), fails(3, 140),
            {"AP-1": "failed at 0.14 ms with 'no_progress', which was due at 0.16 ms: the progress "
             "at 0.06 ms did not count."}, id="found a whole interval after the older clock"),
        pytest.param(
            ADVANCED, watchdog(160), fails(3, 141), {"AP-3": "which was due at 0.16 ms."},
            id="1 us more than an interval after the older clock"),
        pytest.param(
            ADVANCED, watchdog(160), fails(3, 99), {"AP-3": "failed at 0.099 ms"},
            id="1 us before the older clock"),
        pytest.param(
            TWICE, watchdog(160), fails(4, 130), {"AP-1": "the progress at 0.06 ms did not count."},
            id="the last of two progresses does not count"),
        pytest.param(
            TWICE, watchdog(160), fails(4, 129), {"AP-3": "failed at 0.129 ms"},
            id="1 us before the clock of the first of two"),
        pytest.param(
            BEFORE_THE_WAIT, watchdog(250), fails(3, 220),
            {"AP-4": "due at 0.25 ms: the wait began at 0.15 ms, and what was before is no stall."},
            id="the clock of seed"),
        pytest.param(
            BEFORE_THE_WAIT, watchdog(250), fails(3, 219), {"AP-3": "failed at 0.219 ms"},
            id="1 us before the clock of seed"),
        pytest.param(
            REPEATED, watchdog(120), fails(-1, 200),
            {"AP-1": "ended only at 0.2 ms: the ACK of 1 at 0.06 ms is no progress, and does not "
             "move the clock."}, id="found a whole interval after the clock that was moved"),
        pytest.param(
            REPEATED, watchdog(120), fails(-1, 201),
            {"AP-6": "ended only at 0.201 ms, more than one check interval later."},
            id="1 us more than an interval after the clock that was moved"),
        pytest.param(
            SILENT, watchdog(100), fails(2, 100, "done"), {"AP-3": "no_progress', and told 'done'"},
            id="the watchdog tells something else"),
        pytest.param(
            KEPT_UP, watchdog(250, "ack_wait"), fails(4, 250, "done"),
            {"AP-5": "due to fail at 0.25 ms with 'ack_wait', and told 'done'."},
            id="the end of the wait tells something else"),
        pytest.param(
            KEPT_UP, watchdog(250, "ack_wait"), fails(5, 290, "ack_wait"),
            {"AP-14": "and ended only at 0.29 ms: it is found when it is due"},
            id="the end of the wait is found at the next look"),
        pytest.param(
            KEPT_UP, watchdog(250, "ack_wait"), fails(5, 291, "ack_wait"),
            {"AP-6": "and ended only at 0.291 ms, more than one check interval later."},
            id="the end of the wait is found later than that"),
        pytest.param(
            CANCELLED, [end(30, "cancelled")], [(2, end(30, "done"))],
            {"AP-12": "stream 1 on a was cancelled at 0.03 ms, and ended with 'done'."},
            id="a cancel tells something else"),
        pytest.param(
            STOPPED, [end(30, "ack_error")], [(3, end(31, "ack_error"))],
            {"AP-9": "at 0.03 ms, and it ended only at 0.031 ms with 'ack_error'.",
             "AP-12": "It was waiting."}, id="an error ACK stops late"),
        pytest.param(
            SILENT, (), [(1, end(0, "cancelled"))],
            {"AP-13": "stream 1 on a ended at 0.0 ms with 'cancelled', and nothing called for it."},
            id="an end that nothing called for"),
        pytest.param(
            SILENT, [begun(0, 30)[0]], [(1, begun(0, 29)[0])],
            {"AP-11": "A chunk up to 29 of stream 1 on a began at 0.0 ms; a chunk is 10 bytes, and "
             "this one ends at 30."}, id="a chunk that is too short"),
        pytest.param(
            SOURCE_PAUSED, (), [(4, notice(320))],
            {"AP-13": "sent at 0.32 ms: nothing but its chunks is sent of such a stream."},
            id="a stream that is done is told of"),
        pytest.param(
            CANCELLED, (), [(2, notice(30))],
            {"AP-13": "at 0.03 ms, more than the one that a cancel allows."},
            id="a cancel is told of twice"),
    ],
)  # fmt: skip
def test_what_is_said_of_streams(
    played: list[Played], gone: list[Word], more: list[tuple[int, Word]], said: Said
) -> None:
    """Each right play breaks nothing; damaged it breaks exactly this, with these numbers."""
    assert {} == found(played)
    check_said(said, found(damaged(played, gone, more)))


@pytest.mark.parametrize(("until_us", "requirement"), [(189, "AP-1"), (190, "AP-3")])
def test_a_clock_that_an_ack_moved_explains_a_silence_until_it_is_due(
    until_us: int, requirement: str
) -> None:
    """The repeated ACK at 90 would move the clock to 190; whoever never fails by then has none."""
    assert {requirement} == verdict(damaged(LATE_ACK, watchdog(120)), until_us=until_us)


@pytest.mark.parametrize(("acked_us", "requirement"), [(140, "AP-14"), (141, "AP-3")])
def test_an_ack_within_an_interval_may_still_have_ended_the_wait(
    acked_us: int, requirement: str
) -> None:
    """After that a look by the check interval had to find it."""
    played = [
        *SILENT[:2],
        (until(130), ()),
        (ack("a", 1, 10, at=acked_us), (taken(acked_us), *begun(acked_us, 40))),
        (cancel("a", 1, at=300), (end(300, "cancelled"),)),
    ]
    said = found(played)
    assert {requirement} == set(said)
    assert ("an ACK could still end the wait" in said[requirement]) is (requirement == "AP-14")


# --- one advance, and what nothing calls for -----------------------------------------------------

# One long advance, with every pass of it inside.
AT_ONCE: list[Played] = [
    OPEN,
    (monitor(10, at=0), ()),
    blocked(),
    (until(99), (
        checked(10, 10, 0), checked(20, 20, 0), checked(30, 30, 0),
        checked(40, 40, 1), warned(40, 1), checked(50, 50, 2), warned(50, 2), *cut(50),
    )),
]  # fmt: skip


def test_a_pass_that_comes_early_within_one_advance_is_blamed_on_the_schedule() -> None:
    """The model just before it knows the passes before it, however long ago time was asked for."""
    (*before, (step, words)) = AT_ONCE
    early = [*words[:5], checked(45, 45, 2), *words[6:]]
    assert set() == verdict(AT_ONCE, CLOSES)
    assert {"SC-9"} == verdict([*before, (step, tuple(early))], CLOSES)


@pytest.mark.parametrize("is_busy", [True, False])
@pytest.mark.parametrize("has_schedule", [True, False])
def test_a_closing_that_nothing_called_for_breaks_the_schedule_where_both_are(
    is_busy: bool, has_schedule: bool
) -> None:
    """Without a schedule no requirement says when it may come; a send that it cuts off fails."""
    played: list[Played] = [OPEN if is_busy else (open_("a", heartbeats=False), ())]
    if has_schedule:
        played.append((monitor(10, at=0), ()))
    if is_busy:
        played.append(blocked())
    closing = ("closing", 5, "a")
    ends = ("send_ended", 5, "a", 1, "suppressed", False)
    played.append((until(9), (closing, ends) if is_busy else (closing,)))
    run = run_of(played, CLOSES, requirements=["SC-9"])
    cut_off = {"SC-9"} if has_schedule else {"SD-7"}
    assert (cut_off if is_busy else set()) == told(run, "broken")
    assert (set() if is_busy else {"SC-9"}) == told(run, "unsure")


# --- what seed keeps, and what is put to the test ------------------------------------------------


def test_a_frame_that_is_whole_by_its_own_word_is_blamed_for_its_bytes() -> None:
    """What was written before counts along: 10 and 40 are all of 50."""
    more: list[tuple[int, Word]] = [(2, wrote(60, 40)), (2, ended(60, "ok"))]
    said = found(damaged(TRICKLED, [wrote(60, 5)], more))
    check_said({"SD-9": "wrote 40 bytes at 0.06 ms, where there was room for 5"}, said)
    one_less: list[tuple[int, Word]] = [(2, wrote(60, 39)), (2, ended(60, "ok"))]
    said = found(damaged(TRICKLED, [wrote(60, 5)], one_less))
    check_said({"SD-10": "with 'ok', and 35 of its 50 bytes were not taken yet."}, said)


@pytest.mark.parametrize(
    ("played", "gone", "more", "also"),
    [
        (ASKED_TO_CLOSE, ended(50, "suppressed"), (2, ended(50, "closed", raised=False)), "CX-2"),
        (QUEUED, ended(100, "suppressed", 2), (4, ended(100, "closed", 2, raised=False)), "SD-13"),
        (ASKED_TO_CLOSE, ended(70, "suppressed", 2), (4, ended(70, "closed", 2, raised=False)),
         "CX-6"),
    ],
)  # fmt: skip
def test_who_ends_in_time_and_quietly_with_the_word_of_seed_shows_the_rest(
    played: list[Played], gone: Word, more: tuple[int, Word], also: str
) -> None:
    """SUPPRESSED is missing, and what cut the send off is held: close, time-out, or closed."""
    run = run_of(damaged(played, [gone], [more]))
    assert {"SD-10"} == told(run, "broken")
    assert {"SD-15", also} <= told(run, "held")


@pytest.mark.parametrize("offset", [7, 8, 9])
def test_an_ack_one_byte_short_puts_the_window_to_the_test(offset: int) -> None:
    """With 21 of 20 outstanding, and no more: who sleeps through the next ACK is found out."""
    held = told(run_of([STREAMING, FILLED, acked(30, offset)]), "held")
    assert (offset == 9) is ("AP-8" in held)


# --- decisions of machines -----------------------------------------------------------------------

ASKS = {"max_retries": 3, "outcomes": ["timeout", "timeout"]}


def decides(decision: dict[str, object], machine: str = "download_retry", at: int = 5) -> Played:
    step = Step(at_us=at, do={"op": "decide", "machine": "download_retry", "input": ASKS})
    return step, (("decided", at, machine, ASKS, decision),)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({}, {}),
        ({"action": "go_on", "wait_us": 0}, {"RT-1": "download_retry"}),
        ({"wait_us": 1}, {"RT-2": "download_retry"}),
    ],
)
def test_a_decision_is_blamed_on_the_law_of_its_machine(
    wrong: dict[str, object], said: Said
) -> None:
    """The right one holds the wait, another action breaks RT-1, and another wait RT-2."""
    played = [decides({**decision(3, ["timeout", "timeout"]), **wrong})]
    check_said(said, found(played))
    if not wrong:
        assert {"RT-2"} == told(run_of(played), "held")


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("the metadata have no job_clients", {}),
        ("missing job_clients in job meta", {}),
        ("KeyError", {"MD-1": "job_metadata"}),
    ],
)
def test_a_reason_may_have_other_words_that_say_as_much(reason: str, said: Said) -> None:
    """In virtual time as on the real clock; a decision is held by the words that count."""
    asks: dict[str, object] = {"metadata": {}}
    step = Step(at_us=5, do={"op": "decide", "machine": "job_metadata", "input": asks})
    word = {"action": "refuse", "clients": [], "reason": reason}
    played: list[Played] = [(step, (("decided", 5, "job_metadata", asks, word),))]
    check_said(said, found(played))
    if not said:
        assert {"MD-1"} == told(run_of(played), "held")


def test_a_decision_that_nobody_asked_for_leaves_the_case_open() -> None:
    """Neither right nor wrong: nobody knows what it is about. None at all is no better."""
    right = decision(3, ["timeout", "timeout"])
    (asks, (word,)) = decides(right)
    for played in ([(asks, ())], [decides(right), (until(9), (("decided", 9, *word[2:]),))]):
        run = run_of(played, requirements=["RT-1"])
        assert (set(), {"RT-1"}) == (told(run, "broken"), told(run, "unsure"))


# --- before and after what can be judged ---------------------------------------------------------


def test_a_word_before_any_request_leaves_the_case_open() -> None:
    """Nobody asked for it; and what follows is judged no more."""
    run = run_of(STALLED, requirements=["SD-2"])
    run.events.insert(0, event_of(("closing", 0, "a")))
    assert (set(), {"SD-2"}) == (told(run, "broken"), told(run, "unsure"))


def test_a_word_after_the_last_reply_is_judged_too() -> None:
    """Nothing called for it, and nobody asked for anything any more."""
    run = run_of(TORN, requirements=["SD-6"])
    run.events.append(event_of(("closing", 300, "a")))
    assert {"CX-6"} == told(run, "broken")


def test_a_number_that_was_not_said_leaves_the_next_one_its_place() -> None:
    """The second frame on the wire has the second number, whatever the first one had."""
    played: list[Played] = [
        (open_("a"), ()),
        *(
            (send("a", number, 5, at=number),
             (lock(number, number), wrote(number, 5, number), ended(number, "ok", number)))
            for number in (1, 2, 3)
        ),
    ]  # fmt: skip
    for second, third, expected in ((8, 9, set()), (8, 10, {"SD-14"})):
        run = run_of(played)
        for number, sequence in ((2, second), (3, third)):
            end = event_of(ended(number, "ok", number))
            run.events[run.events.index(end)] = event_of(
                ended(number, "ok", number), sequence=sequence
            )
        assert expected == told(run, "broken")


@pytest.mark.parametrize("ended_us", [None, 140])
def test_what_seed_finds_in_time_is_held(ended_us: int | None) -> None:
    """At the next look it is found by seed; where the case ends before it, nobody knows."""
    more = [] if ended_us is None else fails(2, ended_us)
    played = [*SILENT[:2], (until(140), ())]
    run = run_of(damaged(played, (), more))
    assert {"AP-14"} == told(run, "broken")
    assert (ended_us is not None) is ({"AP-3", "AP-6"} <= told(run, "held"))
    assert ended_us is not None or told(run, "held").isdisjoint({"AP-3", "AP-6"})
