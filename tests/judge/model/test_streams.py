"""Streams in virtual time: right runs hold their laws, and each damage is blamed on its own."""

from typing import Any

import pytest

from tests.judge.model.exact_runs import POLICY, Played, Word, damaged, upheld, verdict
from tests.judge.model.steps import ack, cancel, open_, stream, until

# Chunks of 10 bytes, a window of 20: three chunks leave at once, and the fourth has to wait.
# The progress timeout is 100, the ACK wait 250, the check interval 40.


def begun(at: int, *offsets: int) -> tuple[Word, ...]:
    return tuple(("chunk_begun", at, "a", 1, offset) for offset in offsets)


def end(at: int, outcome: str) -> Word:
    return ("stream_ended", at, "a", 1, outcome)


def taken(at: int, accepted: bool = True) -> Word:
    return ("ack_received", at, "a", 1, accepted)


def notice(at: int) -> Word:
    return ("notice_sent", at, "a", 1)


def told(at: int, offset: Any, accepted: bool = True, **more: Any) -> Played:
    return ack("a", 1, offset, at=at, **more), (taken(at, accepted),)


def watchdog(at: int, outcome: str = "no_progress") -> tuple[Word, ...]:
    return end(at, outcome), notice(at)


OPEN: Played = (open_("a"), ())
FILLED: Played = (stream("a", 1, 60, at=0), begun(0, 10, 20, 30))

SILENT: list[Played] = [OPEN, FILLED, (until(100), watchdog(100)), (until(400), ())]
# 1 byte of progress 60 in: 29 are outstanding, and the clock begins anew.
ADVANCED: list[Played] = [
    OPEN, FILLED, told(60, 1), (until(160), watchdog(160)), (until(400), ())
]  # fmt: skip
REPEATED: list[Played] = [
    OPEN, FILLED, told(20, 1), told(60, 1), (until(120), watchdog(120)), (until(400), ())
]  # fmt: skip
# Progress every 90 us, never enough: the wait of 250 is over first.
KEPT_UP: list[Played] = [
    OPEN, FILLED, told(90, 1), told(180, 2), (until(250), watchdog(250, "ack_wait")),
    (until(500), ()),
]  # fmt: skip
OPENED: list[Played] = [
    OPEN, FILLED, told(30, 9), told(60, 10),
    (until(60), ()),
]  # fmt: skip
OPENED[3] = (OPENED[3][0], (taken(60), *begun(60, 40)))
PAUSED: list[Played] = [
    OPEN,
    (stream("a", 1, 40, [0, 0, 0, 150], at=0), begun(0, 10, 20, 30)),
    (until(150), ()),
    (until(250), watchdog(250)),
    (until(500), ()),
]
SOURCE_PAUSED: list[Played] = [
    OPEN,
    (stream("a", 1, 30, [0, 0, 300], at=0), begun(0, 10, 20)),
    (until(300), (*begun(300, 30), end(300, "done"))),
    told(310, 30, accepted=False),
    (cancel("a", 1, at=320), ()),
    (until(500), ()),
]
STOPPED: list[Played] = [
    OPEN, FILLED, (ack("a", 1, None, error="full", at=30), (taken(30), end(30, "ack_error"))),
    (until(400), ()),
]  # fmt: skip
CANCELLED: list[Played] = [
    OPEN, FILLED, (cancel("a", 1, at=30), (end(30, "cancelled"), notice(30))), (until(400), ()),
]  # fmt: skip
UNTRUE: list[Played] = [
    OPEN, FILLED, told(30, 31, accepted=False), (until(100), watchdog(100)), (until(400), ()),
]  # fmt: skip
EXACTLY_SENT: list[Played] = [OPEN, FILLED, told(30, 30), (until(30), ())]
EXACTLY_SENT[2] = (EXACTLY_SENT[2][0], (taken(30), *begun(30, 40, 50, 60), end(30, "done")))
BOTH = {"ack_wait_us": 100}
CLAMPED = {
    "ack_check_interval_us": 10_000, "ack_check_interval_asked_us": 0,
    "ack_progress_timeout_us": 1_000_000, "ack_wait_us": 5_000_000,
}  # fmt: skip
LONG: list[Played] = [OPEN, FILLED, (until(1_000_000), watchdog(1_000_000))]


@pytest.mark.parametrize(
    ("played", "policy", "held"),
    [
        (SILENT, {}, {"AP-2", "AP-3", "AP-6", "AP-9", "AP-11", "AP-13", "AP-14"}),
        (ADVANCED, {}, {"AP-1", "AP-2", "AP-3", "AP-6", "AP-9", "AP-11", "AP-13"}),
        (REPEATED, {}, {"AP-1", "AP-2", "AP-3", "AP-6", "AP-9", "AP-11", "AP-13"}),
        (KEPT_UP, {}, {"AP-1", "AP-2", "AP-5", "AP-6", "AP-9", "AP-11", "AP-13", "AP-14"}),
        (OPENED, {}, {"AP-2", "AP-8", "AP-11"}),
        (PAUSED, {}, {"AP-2", "AP-3", "AP-4", "AP-6", "AP-9", "AP-11", "AP-13", "AP-14"}),
        (SOURCE_PAUSED, {}, {"AP-2", "AP-13"}),
        (STOPPED, {}, {"AP-2", "AP-9", "AP-11", "AP-12", "AP-13"}),
        (CANCELLED, {}, {"AP-2", "AP-11", "AP-12", "AP-13"}),
        (UNTRUE, {}, {"AP-2", "AP-3", "AP-6", "AP-9", "AP-10", "AP-11", "AP-13", "AP-14"}),
        (EXACTLY_SENT, {}, {"AP-2", "AP-8", "AP-10", "AP-11", "AP-13"}),
        (SILENT, BOTH, {"AP-2", "AP-3", "AP-5", "AP-6", "AP-9", "AP-11", "AP-13", "AP-14"}),
        (LONG, CLAMPED, {"AP-2", "AP-3", "AP-6", "AP-7", "AP-9", "AP-11", "AP-13"}),
    ],
)
def test_a_right_run_holds_what_it_puts_to_the_test(
    played: list[Played], policy: dict[str, int], held: set[str]
) -> None:
    """Nothing is blamed, and what was put to the test is held: no more and no less."""
    assert upheld(played, policy) == held


def fails(step: int, at: int, outcome: str = "no_progress") -> list[tuple[int, Word]]:
    """A failure by the watchdog that comes at `at`."""
    return [(step, word) for word in watchdog(at, outcome)]


@pytest.mark.parametrize(
    ("played", "policy", "gone", "more", "broken"),
    [
        pytest.param(REPEATED, {}, watchdog(120), fails(-1, 160), {"AP-1"},
                     id="a repeated ACK moves the clock"),
        pytest.param(ADVANCED, {}, watchdog(160), fails(3, 100), {"AP-1"},
                     id="progress does not count"),
        pytest.param(SOURCE_PAUSED, {}, [*begun(300, 30), end(300, "done"), taken(310, False)],
                     fails(2, 100), {"AP-2"}, id="the watchdog runs while the source pauses"),
        pytest.param([OPEN, FILLED], {}, begun(0, 30), (), {"AP-2"},
                     id="a full window is a wait"),
        pytest.param(SILENT, {}, watchdog(100), (), {"AP-3"}, id="the watchdog never looks"),
        pytest.param(SILENT, {}, watchdog(100), fails(2, 99), {"AP-3"}, id="1 us too early"),
        pytest.param(PAUSED, {}, watchdog(250), fails(3, 190), {"AP-4"},
                     id="the pause counts as silence"),
        pytest.param(SILENT, BOTH, watchdog(100), fails(2, 100, "ack_wait"), {"AP-5"},
                     id="the less telling reason wins"),
        pytest.param(KEPT_UP, {}, watchdog(250, "ack_wait"), (), {"AP-5"},
                     id="a wait without an end"),
        pytest.param(KEPT_UP, {}, watchdog(250, "ack_wait"), fails(4, 249, "ack_wait"), {"AP-5"},
                     id="the wait ends 1 us too early"),
        pytest.param(SILENT, {}, watchdog(100), fails(3, 141), {"AP-6"},
                     id="more than one interval late"),
        pytest.param(SILENT, {}, watchdog(100), fails(3, 140), {"AP-14"},
                     id="found at the next look"),
        pytest.param(OPENED, {}, begun(60, 40), [(4, begun(80, 40)[0])], {"AP-8"},
                     id="the opening is slept through"),
        pytest.param(STOPPED, {}, [end(30, "ack_error")], (), {"AP-9", "AP-12"},
                     id="an error ACK does not stop"),
        pytest.param(STOPPED, {}, (), [(2, notice(30))], {"AP-9"}, id="the receiver is told back"),
        pytest.param(SILENT, {}, [notice(100)], (), {"AP-9"}, id="nobody is told"),
        pytest.param(SILENT, {}, (), [(2, notice(100))], {"AP-9"}, id="told twice"),
        pytest.param(UNTRUE, {}, [taken(30, False)], [(2, taken(30))], {"AP-10"},
                     id="an ACK beyond what was sent is accepted"),
        pytest.param(UNTRUE, {}, watchdog(100), (), {"AP-3"}, id="never fails, whatever came"),
        pytest.param(UNTRUE, {}, watchdog(100), [(2, begun(30, 40)[0])], {"AP-10"},
                     id="an untrue ACK opens the window"),
        pytest.param(EXACTLY_SENT, {}, [taken(30), *begun(30, 40, 50, 60), end(30, "done")],
                     [(2, taken(30, False))], {"AP-10"}, id="a true ACK is refused"),
        pytest.param(SILENT, {}, watchdog(100), [(1, begun(0, 40)[0])], {"AP-11"},
                     id="a chunk more than the window"),
        pytest.param(OPENED, {}, begun(60, 40), [(2, begun(30, 40)[0])], {"AP-11"},
                     id="1 byte short is enough"),
        pytest.param(CANCELLED, {}, [end(30, "cancelled"), notice(30)],
                     [(3, end(40, "cancelled"))], {"AP-12"}, id="a cancel waits for the next look"),
        pytest.param(SOURCE_PAUSED, {}, (), [(4, end(320, "cancelled"))], {"AP-13"},
                     id="a second outcome"),
        pytest.param(SILENT, {}, (), [(3, begun(200, 40)[0])], {"AP-13"}, id="a chunk after it"),
        pytest.param(SOURCE_PAUSED, {}, [end(300, "done")], (), {"AP-13"}, id="no outcome"),
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


@pytest.mark.parametrize("offset", ["30", None, 1.5, [30], {"a": 1}, True, False, -1, 31])
def test_every_ack_that_cannot_be_true_is_told_from_one_that_can(offset: Any) -> None:
    """To refuse it holds AP-10, to accept it breaks it, and so does refusing its neighbour."""
    played = [OPEN, FILLED, told(30, offset, accepted=False)]
    assert "AP-10" in upheld(played)
    accepted = damaged(played, [taken(30, False)], [(2, taken(30))])
    assert verdict(accepted) == {"AP-10"}
    assert verdict([OPEN, FILLED, told(30, 0, accepted=False)]) == {"AP-10"}


def test_an_ack_from_somebody_else_changes_nothing() -> None:
    """Another origin's ACK is refused, an error of it too."""
    for error in (None, "full"):
        played = [OPEN, FILLED, told(30, 10, accepted=False, origin="other", error=error)]
        assert "AP-10" in upheld(played)
        stops = damaged(played, (), [(2, end(30, "ack_error"))])
        assert verdict(stops) == {"AP-10"}


def test_a_cancel_may_be_told_to_the_receiver_or_not() -> None:
    """The notice after a cancel is free, a second one is not."""
    assert upheld(CANCELLED) == upheld(damaged(CANCELLED, [notice(30)]))
    assert verdict(damaged(CANCELLED, (), [(2, notice(30))])) == {"AP-13"}


def test_whether_a_late_ack_is_accepted_is_left_open() -> None:
    """After its end a stream may call an ACK accepted or not."""
    either = damaged(SOURCE_PAUSED, [taken(310, False)], [(3, taken(310, True))])
    assert upheld(either) == upheld(SOURCE_PAUSED)


def test_what_is_found_within_an_interval_is_right_by_seed() -> None:
    """Only AP-14 is broken by it; the reason and AP-6 are held."""
    late = damaged(SILENT, watchdog(100), fails(3, 140))
    assert verdict(late) == {"AP-14"}
    assert POLICY["ack_check_interval_us"] == 40
