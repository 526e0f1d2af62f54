"""The wall clock jumps in the middle of a bound: in each play that has one, in some repetitions.

The intuition: code that reads the wall clock is right until that jumps, and it is anywhere: over
TLS alone, say, or in the monitor alone. So one repetition of each play is played as it is, one with
a jump ahead, and one with a jump back, where the implementation reads a wall clock at all.
"""

import threading

from stallproof.runner.scenarios.context import Context
from stallproof.wire.events import AnyEvent, Requested

HOUR_US = 3_600_000_000
WAYS = (-1, 0, 1)
"""Back, not at all, ahead: by the number of the repetition, of which the first is 1."""
_ONE_AT_A_TIME = threading.Lock()


def jump(context: Context, by_us: int) -> None:
    """Have the wall clock of the implementation jump, and wait until it has."""
    context.harness.request("wall_jump", by_us=by_us)


def jump_midway(context: Context) -> None:
    """Have it jump, if this is the first bound of a repetition in which it is to jump."""
    way = WAYS[context.repetition % len(WAYS)]
    if not way or not context.may_jump or "wall_jump" not in context.harness.hello.features:
        return
    with _ONE_AT_A_TIME:
        if context.record.wait_for(_is_jump, 0) is None:
            jump(context, way * HOUR_US)


def _is_jump(event: AnyEvent) -> bool:
    return isinstance(event, Requested) and event.op == "wall_jump"
