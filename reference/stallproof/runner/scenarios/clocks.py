"""Plays in which the wall clock of the implementation jumps while a bound runs: SD-17 and AP-15.

What meets the jump is played again beside it, begun after the jump: so whoever breaks the bound
without any jump is told apart. Both ways are plays of their own, and the next repetition jumps on
in the same direction.
"""

from functools import partial

from stallproof.runner.scenarios.blocking import send_blocked
from stallproof.runner.scenarios.context import Context, sleep_s
from stallproof.runner.scenarios.stream_flow import (
    ACK_EVERY_S,
    CHUNKS,
    STEP_BYTES,
    Flow,
    begin,
    side_by_side,
    watch_for_notices,
)

HOUR_US = 3_600_000_000
WOKEN_AFTER_S = 0.05
WAKING_BYTES = 256 * 1024
"""Read at once, so that a writer that waits is woken, and looks at its clock."""
WAKING_EVERY_US = 20_000
WAKING_S = 0.05
MORE_BYTES = 4 * WAKING_BYTES


def jump(context: Context, by_us: int) -> None:
    """Have the wall clock of the implementation jump, and wait until it has."""
    context.harness.request("wall_jump", by_us=by_us)


def _blocked(context: Context, name: str) -> tuple[str, int]:
    conn = context.open(name, mode="stop")
    return conn, send_blocked(context, conn, MORE_BYTES)


def _queued(context: Context, name: str) -> tuple[str, int, int]:
    conn = context.open(name, mode="stop")
    first = send_blocked(context, conn)
    return conn, first, context.send(conn, context.big_bytes)


def _wake(context: Context, blocked: tuple[str, int], queued: tuple[str, int, int]) -> None:
    """Have the one look at its clock with bytes left, and the other one take its lock."""
    context.peer.stop_after_frames(queued[0], 1)
    conn = blocked[0]
    context.peer.mode(conn, "trickle", piece_bytes=WAKING_BYTES, every_us=WAKING_EVERY_US)
    sleep_s(WAKING_S)
    context.peer.mode(conn, "stop")


def sends(context: Context, by_us: int) -> None:
    """The clock jumps while one send is blocked and another one queued; two more begin after it."""
    blocked, queued = _blocked(context, "a"), _queued(context, "q")
    sleep_s(WOKEN_AFTER_S)
    jump(context, by_us)
    later_blocked, later_queued = _blocked(context, "b"), _queued(context, "r")
    _wake(context, blocked, queued)
    _wake(context, later_blocked, later_queued)
    longest_s = context.knob_s("send_timeout_us") + context.patience_s
    for send in (blocked[1], queued[2], later_blocked[1], later_queued[2]):
        context.ended(send, longest_s)
    sleep_s(3 * context.grace_us / 1e6)
    for conn in (blocked[0], queued[0], later_blocked[0], later_queued[0]):
        context.drain_to_end(conn)


def _progresses(flow: Flow) -> None:
    """Progress without end, none of which ends the wait."""
    longest = round((flow.context.knob_s("ack_wait_us") + flow.context.patience_s) / ACK_EVERY_S)
    for step in range(1, longest):
        if flow.over(ACK_EVERY_S) is not None:
            return
        flow.ack(step * STEP_BYTES)
    flow.cancel()


def waits(context: Context, by_us: int) -> None:
    """The clock jumps during a wait without progress and one with it; two more begin after it."""

    def made(name: str) -> Flow:
        flow = begin(context, context.open(name, heartbeats=False), CHUNKS)
        flow.waits()
        return flow

    met = made("n"), made("p")
    jump(context, by_us)
    later = made("m"), made("o")
    side_by_side(
        *(partial(one.fails) for one, _ in (met, later)),
        *(partial(_progresses, one) for _, one in (met, later)),
    )
    watch_for_notices(context)


sends_ahead, sends_back = partial(sends, by_us=HOUR_US), partial(sends, by_us=-HOUR_US)
waits_ahead, waits_back = partial(waits, by_us=HOUR_US), partial(waits, by_us=-HOUR_US)
