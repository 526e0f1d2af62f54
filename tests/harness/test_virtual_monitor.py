"""The monitor in virtual time: stall time, threshold, heartbeats and schedule, each exactly."""

import pytest

from tests.harness.playing import Play

LIMIT = {"sfm_send_stall_timeout": 0.0001, "heartbeat_interval": 1}
L, H = 100, 1_000_000
"""The stall timeout and the heartbeat interval of these knobs."""
CLOSING = {
    **LIMIT, "sfm_close_stalled_connection": True, "sfm_send_stall_consecutive_checks": 2,
}  # fmt: skip


@pytest.mark.parametrize(("late", "count"), [(L - 1, 0), (L, 0), (L + 1, 1)])
def test_stalled_is_strict(late: int, count: int) -> None:
    """A check counts, and warns, only when the stall time is greater than the limit."""
    play = Play(**LIMIT).open(room=0).send(1, 5, at=7).do("check", 7 + late)
    assert play.told("checked", "stall_us", "count") == [(7 + late, late, count)]
    assert play.told("warned", "count", "threshold") == [(7 + late, 1, 3)] * count


def test_stall_time_counts_from_the_lock_and_is_none_when_idle() -> None:
    """A queued send does not add its time in the queue, and one that has ended leaves nothing."""
    play = Play(**LIMIT).open(room=0, heartbeats=False).send(1, 5).send(2, 5).accept(5, 50)
    play.do("check", 60).accept(5, 70).do("check", 80)
    assert play.told("checked", "stall_us", "count") == [(60, 10, 0), (80, 0, 0)]


def test_the_threshold_closes_once_and_frees_the_sender() -> None:
    """The second stalled check in a row closes, and further passes do not."""
    play = Play(**CLOSING).open(room=0).send(1, 5).do("check", 200).do("check", 201)
    play.do("check", 202)
    assert play.told("checked", "count") == [(200, 1), (201, 2)]
    assert play.told("warned", "count", "threshold") == [(200, 1, 2), (201, 2, 2)]
    assert play.told("closing", "conn") == [(201, "a")]
    assert play.ends() == [(201, 1, "suppressed")]


def test_warn_only_never_closes() -> None:
    """Without the switch the count goes on, and the connection stays."""
    play = Play(**LIMIT).open(room=0).send(1, 5)
    for at in range(200, 206):
        play.do("check", at)
    assert [count for _, count in play.told("checked", "count")] == [1, 2, 3, 4, 5, 6]
    assert play.events("closing") == []


def test_another_send_counts_from_one() -> None:
    """Two stalled sends in two checks in a row are two stalls."""
    play = Play(**CLOSING).open(room=0).send(1, 5).send(2, 5).do("check", 200).accept(5, 210)
    play.do("check", 400)
    assert play.told("checked", "count") == [(200, 1), (400, 1)]
    assert play.events("closing") == []


@pytest.mark.parametrize(("late", "beats"), [(H - 1, 0), (H, 0), (H + 1, 1)])
def test_a_heartbeat_is_due_after_the_interval(late: int, beats: int) -> None:
    """It counts from the last frame received, and is strict."""
    play = Play(**LIMIT).open().do("received", 7, conn="a").do("check", 7 + late)
    assert play.told("heartbeat_queued", "conn") == [(7 + late, "a")] * beats


def test_who_gets_no_heartbeat() -> None:
    """Neither a connection that is sending, nor one that forbids them, nor one that is closing."""
    play = Play(**LIMIT).open("idle").open("busy", room=0).open("shy", heartbeats=False)
    play.open("gone").send(1, 5, conn="busy").do("close", conn="gone").do("check", 5 * H)
    assert play.told("heartbeat_queued", "conn") == [(5 * H, "idle")]


@pytest.mark.parametrize("by", [-(10**12), -1, 1, 10**12])
def test_a_jump_of_the_wall_clock_changes_nothing(by: int) -> None:
    """Stall time, idle time and schedule are the same, and the jump is said."""
    play = Play(**LIMIT).open("a", room=0).open("b").do("received", 5, conn="b").send(1, 5, at=10)
    play.do("monitor", 20, period_us=50).do("wall_jump", 30, by_us=by).until(220)
    stalls = [(at, s) for at, c, s in play.told("checked", "conn", "stall_us") if c == "a"]
    assert stalls == [(70, 60), (120, 110), (170, 160), (220, 210)]
    assert play.events("heartbeat_queued") == []
    jumped = play.events("wall_jumped")[0]
    assert jumped["after_us"] - jumped["before_us"] == by


@pytest.mark.parametrize(("at", "passes"), [(56, []), (57, [57]), (106, [57]), (107, [57, 107])])
def test_a_schedule_never_drifts(at: int, passes: list[int]) -> None:
    """Passes come at the start plus multiples of the period, exactly."""
    play = Play(**LIMIT).open().do("monitor", 7, period_us=50).until(at)
    assert [at for (at,) in play.told("checked")] == passes


def test_a_schedule_can_be_changed_and_stopped() -> None:
    """A new period begins anew, and none at all makes no more passes."""
    play = Play(**LIMIT).open().do("monitor", 0, period_us=50).do("monitor", 60, period_us=20)
    play.do("monitor", 110, period_us=None).until(900)
    assert [at for (at,) in play.told("checked")] == [50, 80, 100]


def test_a_pass_goes_in_the_order_of_opening() -> None:
    """All connections are looked at in one pass, stalled or not."""
    play = Play(**LIMIT).open("b", room=0).open("a").send(1, 5, conn="b").do("check", 500)
    assert play.told("checked", "conn") == [(500, "b"), (500, "a")]


def test_a_name_that_comes_back_is_another_connection() -> None:
    """Its count begins anew, although no pass was made between the two."""
    play = Play(**CLOSING).open(room=0).send(1, 5).do("check", 200).do("close", 210, conn="a")
    play.until(220).open(room=0).send(2, 5).do("check", 500)
    assert play.told("checked", "count") == [(200, 1), (500, 1)]
    assert play.told("closing", "conn") == [(210, "a")]
