"""The actions of a script on connections that carry sends, and those of the monitor.

Each takes what the draft has now and adds one step, or none where there is nothing to do. Sizes are
chosen around the room that there is, moments around what is due.
"""

from typing import Any

from stallproof.oracle.exact.lanes import Lane
from stallproof.oracle.virtual.draft import Draft
from stallproof.oracle.virtual.scripts_draws import Draws

ROOMS: tuple[int | None, ...] = (0, 0, 1, 10, 100, None)
SIZES = (1, 2, 10, 11, 50, 1000)
PERIODS_US = (100_000, 250_000, 400_000, 333_333)
CAUSES = (
    *("EPIPE", "ECONNRESET", "zero", "ETIMEDOUT", "EIO", "EAGAIN", "EINTR", "EWOULDBLOCK"),
    *("ENOBUFS", "EBADF", "ENOTCONN", "ECONNABORTED", "ESHUTDOWN", "ENOMEM", "EACCES"),
)
JUMPS_US = (3_600_000_000, -3_600_000_000, 500_000, -500_000, 2_000_000)


def knobs(draws: Draws) -> dict[str, Any]:
    """Return knobs under which sends expire, stall and are closed within a second or two."""
    return {
        "streaming_send_timeout": draws.pick((1.0, 0.5, 0.3, 2.0)),
        "sfm_send_stall_timeout": draws.pick((0.6, 0.2, 0.4, 1.5)),
        "sfm_close_stalled_connection": draws.pick((False, True, True)),
        "sfm_send_stall_consecutive_checks": draws.pick((1, 2, 3)),
        "heartbeat_interval": draws.pick((1, 2)),
    }


def knobs_monitored(draws: Draws) -> dict[str, Any]:
    """Return knobs under which most sends stall for long before they expire."""
    return {**knobs(draws), "streaming_send_timeout": draws.pick((5.0, 2.0, 0.8, 30.0))}


def begin(draws: Draws, draft: Draft) -> None:
    """Open the first connections."""
    for _ in range(draws.pick((1, 1, 2, 3))):
        _open(draws, draft, 0)


def begin_monitored(draws: Draws, draft: Draft) -> None:
    """Open the first connections, start the monitor or not, and begin a send or not."""
    begin(draws, draft)
    if "monitor" in draft.features and draws.chance(5):
        draft.ask(0, "monitor", period_us=draws.pick(PERIODS_US))
    if draws.chance(7):
        send(draws, draft)


def open_another(draws: Draws, draft: Draft) -> None:
    """Open one more connection, perhaps by the name of one that is closed."""
    _open(draws, draft, draws.moment(draft))


def _open(draws: Draws, draft: Draft, at_us: int) -> None:
    names = draft.free_names()
    if not names:
        return
    # Whether the name is free at `at_us` is known, whatever falls due until then.
    fields: dict[str, Any] = {"room_bytes": draws.pick(ROOMS)}
    if "heartbeats" not in draft.features or draws.chance(2):
        fields["heartbeats"] = False
    draft.ask(at_us, "open", conn=draws.pick(names), transport="virtual", **fields)


def _lane(draws: Draws, draft: Draft) -> Lane | None:
    lanes = draft.open_lanes()
    return draws.pick(lanes) if lanes else None


def send(draws: Draws, draft: Draft) -> None:
    """Ask for a send, of a size around the room that there is."""
    lane = _lane(draws, draft)
    if lane is None:
        return
    room = lane.room or 0
    sizes = SIZES if not room else (*SIZES, room - 1, room, room + 1)
    size = max(1, draws.pick(sizes))
    draft.sends += 1
    draft.ask(draws.moment(draft), "send", conn=lane.name, send=draft.sends, size_bytes=size)


def accept(draws: Draws, draft: Draft) -> None:
    """Make room, as much as the send in flight needs or nearly so."""
    lane = _lane(draws, draft)
    if lane is None or lane.room is None:
        return
    left = lane.flight.left_bytes if lane.flight is not None else 5
    wrote = max(1, draws.pick((left, left - 1, 1, left + 1, left + 5, 3)))
    draft.ask(draws.moment(draft), "accept", conn=lane.name, wrote_bytes=wrote)


def accept_late(draws: Draws, draft: Draft) -> None:
    """Make room by a write that returns late, around the deadline of its send."""
    waiting = [lane for lane in draft.open_lanes() if lane.flight is not None]
    if not waiting:
        return
    lane = draws.pick(waiting)
    draft.until(draws.moment(draft))
    frame = lane.flight
    if draft.is_over or frame is None or draft.case.lanes.get(lane.name) is not lane:
        return
    now_us = draft.now_us
    due_us = frame.deadline_us + draws.pick((0, -1, 1, 50_000, -50_000))
    late_us = due_us - now_us
    left = frame.left_bytes
    wrote = max(1, draws.pick((left, left - 1, left, 1)))
    if late_us > 0 and draft.is_quiet_until(due_us, lane):
        draft.ask(now_us, "accept", conn=lane.name, wrote_bytes=wrote, late_us=late_us)


def fail(draws: Draws, draft: Draft) -> None:
    """Have the next write of a connection fail."""
    lanes = [lane for lane in draft.open_lanes() if lane.armed is None]
    if lanes:
        at_us = draws.moment(draft)
        draft.ask(at_us, "fail", conn=draws.pick(lanes).name, cause=draws.pick(CAUSES))


def close(draws: Draws, draft: Draft) -> None:
    """Close a connection, perhaps one that is closed."""
    lane = _lane(draws, draft)
    if lane is not None:
        draft.ask(draws.moment(draft), "close", conn=lane.name)


def received(draws: Draws, draft: Draft) -> None:
    """Let a frame arrive."""
    lane = _lane(draws, draft)
    if lane is not None:
        draft.ask(draws.moment(draft), "received", conn=lane.name)


def check(draws: Draws, draft: Draft) -> None:
    """Make one to three passes of the monitor, one after the other."""
    at_us = draws.moment(draft)
    for number in range(draws.pick((1, 2, 3))):
        if not draft.is_over:
            draft.ask(at_us + 1_000 * number, "check")


def check_stalled(draws: Draws, draft: Draft) -> None:
    """Make passes when the limit of the longest send in flight is over, one for each threshold."""
    flights = [lane.flight for lane in draft.open_lanes() if lane.flight is not None]
    locked_us = min((flight.lock_us for flight in flights), default=draft.now_us)
    at_us = max(draft.now_us, locked_us + draft.policy["stall_timeout_us"])
    for number in range(draft.policy["checks_max"] + draws.pick((0, -1, 1))):
        if not draft.is_over:
            draft.ask(at_us + 1 + 5_000 * number, "check")


def succeed(draws: Draws, draft: Draft) -> None:
    """Let a send that was checked end, so that the next one takes over, and is checked as well."""
    waiting = [lane for lane in draft.open_lanes() if lane.flight is not None]
    if not waiting:
        return
    lane = draws.pick(waiting)
    if not lane.queue:
        draft.sends += 1
        at_us = draws.moment(draft)
        draft.ask(at_us, "send", conn=lane.name, send=draft.sends, size_bytes=10)
    if not draft.is_over and draws.chance(7):
        check_stalled(draws, draft)
    if not draft.is_over and lane.flight is not None and lane.closing_us is None:
        left = lane.flight.left_bytes + draws.pick((0, 1))
        draft.ask(draws.moment(draft), "accept", conn=lane.name, wrote_bytes=left)
    if not draft.is_over:
        check_stalled(draws, draft)


def monitor(draws: Draws, draft: Draft) -> None:
    """Start the monitor, with another period if it runs; sometimes stop it."""
    running = draft.case.monitor.period_us is not None
    stops = running and draws.chance(5)
    period_us = None if stops else draws.pick(PERIODS_US)
    draft.ask(draws.moment(draft), "monitor", period_us=period_us)


def jump(draws: Draws, draft: Draft) -> None:
    """Move the wall clock."""
    draft.ask(draws.moment(draft), "wall_jump", by_us=draws.pick(JUMPS_US))


def wait(draws: Draws, draft: Draft) -> None:
    """Let time pass."""
    draft.until(draws.moment(draft) + draws.pick((0, 0, 300_000, 1_000_000)))
