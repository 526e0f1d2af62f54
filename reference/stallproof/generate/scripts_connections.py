"""The actions of a script on connections that carry sends, and those of the monitor.

Each takes what the draft has now and adds one step, or none where there is nothing to do. Sizes are
chosen around the room that there is, moments around what is due.
"""

from typing import Any

from stallproof.generate.builder import Builder
from stallproof.generate.scripts_draws import Draws
from stallproof.judge.model.connections import ModelConnection
from stallproof.wire.request import LINGERING

ROOMS: tuple[int | None, ...] = (0, 0, 1, 10, 100, None)
SIZES = (1, 2, 10, 11, 50, 1000)
LINGERS_US = (1, 400_001, 1_500_001)
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


def begin(draws: Draws, builder: Builder) -> None:
    """Open the first connections."""
    for _ in range(draws.pick((1, 1, 2, 3))):
        _open(draws, builder, 0)


def begin_monitored(draws: Draws, builder: Builder) -> None:
    """Open the first connections, start the monitor or not, and begin a send or not."""
    begin(draws, builder)
    if "monitor" in builder.features and draws.chance(5):
        builder.ask(0, "monitor", period_us=draws.pick(PERIODS_US))
    if draws.chance(7):
        send(draws, builder)


def open_another(draws: Draws, builder: Builder) -> None:
    """Open one more connection, perhaps by the name of one that is closed."""
    _open(draws, builder, draws.moment(builder))


def _open(draws: Draws, builder: Builder, at_us: int) -> None:
    names = builder.free_names()
    if not names:
        return
    # Whether the name is free at `at_us` is known, whatever falls due until then.
    fields: dict[str, Any] = {"room_bytes": draws.pick(ROOMS)}
    if "heartbeats" not in builder.features or draws.chance(2):
        fields["heartbeats"] = False
    # Who looks at a send that outlasts its closing is a monitor.
    if {LINGERING, "checks"} <= set(builder.features) and draws.chance(6):
        fields["linger_us"] = draws.pick(LINGERS_US)
    builder.ask(at_us, "open", conn=draws.pick(names), transport="virtual", **fields)


def _connection(draws: Draws, builder: Builder) -> ModelConnection | None:
    connections = builder.open_connections()
    return draws.pick(connections) if connections else None


def send(draws: Draws, builder: Builder) -> None:
    """Ask for a send, of a size around the room that there is."""
    connection = _connection(draws, builder)
    if connection is None:
        return
    room = connection.room or 0
    sizes = SIZES if not room else (*SIZES, room - 1, room, room + 1)
    size = max(1, draws.pick(sizes))
    builder.sends += 1
    builder.ask(
        draws.moment(builder), "send", conn=connection.name, send=builder.sends, size_bytes=size
    )


def give_up(draws: Draws, builder: Builder) -> None:
    """Give up a send, mostly one that is in flight or waits."""
    connection = _connection(draws, builder)
    if connection is None or not connection.frames:
        return
    going_on = [one.number for one in connection.frames.values() if one.ended_us is None]
    numbers = going_on if going_on and draws.chance(8) else list(connection.frames)
    builder.ask(draws.moment(builder), "give_up", conn=connection.name, send=draws.pick(numbers))


def accept(draws: Draws, builder: Builder) -> None:
    """Make room, as much as the send in flight needs or nearly so."""
    connection = _connection(draws, builder)
    if connection is None or connection.room is None:
        return
    left = connection.flight.left_bytes if connection.flight is not None else 5
    wrote = max(1, draws.pick((left, left - 1, 1, left + 1, left + 5, 3)))
    builder.ask(draws.moment(builder), "accept", conn=connection.name, wrote_bytes=wrote)


def accept_late(draws: Draws, builder: Builder) -> None:
    """Make room by a write that returns late, around the deadline of its send."""
    waiting = [
        connection for connection in builder.open_connections() if connection.flight is not None
    ]
    if not waiting:
        return
    connection = draws.pick(waiting)
    builder.until(draws.moment(builder))
    frame = connection.flight
    if (
        builder.is_over
        or frame is None
        or builder.case.connections.get(connection.name) is not connection
    ):
        return
    now_us = builder.now_us
    due_us = frame.deadline_us + draws.pick((0, -1, 1, 50_000, -50_000))
    late_us = due_us - now_us
    left = frame.left_bytes
    wrote = max(1, draws.pick((left, left - 1, left, 1)))
    if late_us > 0 and builder.is_quiet_until(due_us, connection):
        builder.ask(now_us, "accept", conn=connection.name, wrote_bytes=wrote, late_us=late_us)


def fail(draws: Draws, builder: Builder) -> None:
    """Have the next write of a connection fail, where that is no stream's."""
    connections = [
        connection
        for connection in builder.open_connections()
        if connection.armed is None and not builder.case.streams_on(connection.name)
    ]
    if connections:
        at_us = draws.moment(builder)
        builder.ask(at_us, "fail", conn=draws.pick(connections).name, cause=draws.pick(CAUSES))


def close(draws: Draws, builder: Builder) -> None:
    """Close a connection, perhaps one that is closed."""
    connection = _connection(draws, builder)
    if connection is not None:
        builder.ask(draws.moment(builder), "close", conn=connection.name)


def received(draws: Draws, builder: Builder) -> None:
    """Let a frame arrive."""
    connection = _connection(draws, builder)
    if connection is not None:
        builder.ask(draws.moment(builder), "received", conn=connection.name)


def check(draws: Draws, builder: Builder) -> None:
    """Make one to three passes of the monitor, one after the other."""
    at_us = draws.moment(builder)
    for number in range(draws.pick((1, 2, 3))):
        if not builder.is_over:
            builder.ask(at_us + 1_000 * number, "check")


def check_stalled(draws: Draws, builder: Builder) -> None:
    """Make passes when the limit of the longest send in flight is over, one for each threshold."""
    flights = [
        connection.flight
        for connection in builder.open_connections()
        if connection.flight is not None
    ]
    locked_us = min((flight.lock_us for flight in flights), default=builder.now_us)
    at_us = max(builder.now_us, locked_us + builder.policy["stall_timeout_us"])
    for number in range(builder.policy["checks_max"] + draws.pick((0, -1, 1))):
        if not builder.is_over:
            builder.ask(at_us + 1 + 5_000 * number, "check")


def succeed(draws: Draws, builder: Builder) -> None:
    """Let a send that was checked end, so that the next one takes over, and is checked as well."""
    waiting = [
        connection for connection in builder.open_connections() if connection.flight is not None
    ]
    if not waiting:
        return
    connection = draws.pick(waiting)
    if not connection.queue:
        builder.sends += 1
        at_us = draws.moment(builder)
        builder.ask(at_us, "send", conn=connection.name, send=builder.sends, size_bytes=10)
    if not builder.is_over and draws.chance(7):
        check_stalled(draws, builder)
    if not builder.is_over and connection.flight is not None and connection.closing_us is None:
        left = connection.flight.left_bytes + draws.pick((0, 1))
        builder.ask(draws.moment(builder), "accept", conn=connection.name, wrote_bytes=left)
    if not builder.is_over:
        check_stalled(draws, builder)


def monitor(draws: Draws, builder: Builder) -> None:
    """Start the monitor, with another period if it runs; sometimes stop it."""
    running = builder.case.monitor.period_us is not None
    stops = running and draws.chance(5)
    period_us = None if stops else draws.pick(PERIODS_US)
    builder.ask(draws.moment(builder), "monitor", period_us=period_us)


def jump(draws: Draws, builder: Builder) -> None:
    """Move the wall clock."""
    builder.ask(draws.moment(builder), "wall_jump", by_us=draws.pick(JUMPS_US))


def wait(draws: Draws, builder: Builder) -> None:
    """Let time pass."""
    builder.until(draws.moment(builder) + draws.pick((0, 0, 300_000, 1_000_000)))
