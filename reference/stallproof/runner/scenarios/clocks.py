"""Plays in which the wall clock of the implementation jumps while a bound runs: SD-17 and AP-15.

What meets the jump is played again beside it, begun after the jump: so whoever breaks the bound
without any jump is told apart. Both ways are plays of their own, and the next repetition jumps on
in the same direction.
"""

from functools import partial

from stallproof.runner.scenarios.blocking import send_stuck
from stallproof.runner.scenarios.context import Context, sleep_s
from stallproof.runner.scenarios.jumping import HOUR_US, jump
from stallproof.runner.scenarios.stream_flow import (
    ACK_EVERY_S,
    CHUNKS,
    STEP_BYTES,
    Flow,
    begin,
    side_by_side,
    watch_for_notices,
)

WAKING_BYTES = 256 * 1024
"""Read at once, so that a writer that waits is woken, and looks at its clock."""
WAKING_EVERY_US = 20_000
WAKING_S = 0.05
MORE_BYTES = 4 * WAKING_BYTES


def _begins(context: Context, blocked: str, queued: str) -> tuple[int, int]:
    """Have a send blocked on one connection, and one queued behind another on the other one."""
    send = send_stuck(context, blocked, MORE_BYTES)
    send_stuck(context, queued)
    return send, context.send(queued, context.big_bytes)


def _wake(context: Context, blocked: str, queued: str) -> None:
    """Have the one look at its clock with bytes left, and the other one take its lock."""
    context.peer.stop_after_frames(queued, 1)
    context.peer.mode(blocked, "trickle", piece_bytes=WAKING_BYTES, every_us=WAKING_EVERY_US)
    sleep_s(WAKING_S)
    context.peer.mode(blocked, "stop")


def sends(context: Context, by_us: int) -> None:
    """The clock jumps while one send is blocked and another one queued; two more begin after it."""
    conns = [context.open(name, mode="stop") for name in "aqbr"]
    met = _begins(context, *conns[:2])
    jump(context, by_us)
    _wake(context, *conns[:2])
    later = _begins(context, *conns[2:])
    _wake(context, *conns[2:])
    longest_s = context.knob_s("send_timeout_us") + context.patience_s
    for send in (*met, *later):
        context.ended(send, longest_s)
    sleep_s(3 * context.grace_us / 1e6)
    for conn in conns:
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
        flow.waits(jumps=False)
        return flow

    met = made("n"), made("p")
    jump(context, by_us)
    later = made("m"), made("o")
    side_by_side(
        *(partial(one.fails) for one, _ in (met, later)),
        *(partial(_progresses, one) for _, one in (met, later)),
    )
    watch_for_notices(context)


def sends_ahead(context: Context) -> None:
    sends(context, HOUR_US)


def sends_back(context: Context) -> None:
    sends(context, -HOUR_US)


def waits_ahead(context: Context) -> None:
    waits(context, HOUR_US)


def waits_back(context: Context) -> None:
    waits(context, -HOUR_US)
