"""A step of a machine with its contracts on: what tests pay, and a driver that asks for them."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable

from stallproof.machines import ack_progress, close_window, send_deadline, stall_count
from stallproof.machines.close_window import Ticks
from stallproof.machines.policy import Policy
from stallproof.machines.stall_count import NEVER_CHECKED, Snapshot
from tests.benchmarks.row import Figure, Goal, Pace, Row

STEPS = 2_000
"""So many steps are one sample in full."""

_POLICY = Policy()
_SEND = send_deadline.on_lock_taken(_POLICY, 1000, now_us=5)
_STREAM = ack_progress.on_made(now_us=0)
_SEEN = Snapshot(1, 3, None, True, False)
_TICKS = Ticks(_POLICY.monitor_period_us, 1)

Call = Callable[[Callable[..., object]], object]

CASES: dict[str, tuple[Callable[..., object], Call]] = {
    "lock taken": (send_deadline.on_lock_taken, lambda step: step(_POLICY, 1000, now_us=5)),
    "written": (send_deadline.on_step, lambda step: step(_SEND, 10, closing=False, now_us=6)),
    "check": (stall_count.on_check, lambda step: step(_POLICY, NEVER_CHECKED, _SEEN, now_us=9)),
    "look at a stream": (ack_progress.on_look, lambda step: step(_POLICY, _STREAM, now_us=9)),
    "close window": (close_window.close_window, lambda step: step(_POLICY, _TICKS)),
}
"""Each step by its name: the decorated function, and one call of whatever takes its place."""


def us_a_step(step: Callable[..., object], call: Call, times: int) -> float:
    """Return the processor time of one call in microseconds, as the mean of `times`."""
    began_s = time.process_time()
    for _ in range(times):
        call(step)
    return (time.process_time() - began_s) / times * 1e6


def measure(pace: Pace) -> list[Figure]:
    """Measure each step with its contracts, beside the same step without them."""
    times = max(200, int(STEPS * pace.scale))
    figures = []
    for name, (step, call) in CASES.items():
        bare = inspect.unwrap(step)
        call(step)  # The function that evaluates the contracts is written at the first call.
        pairs = [
            (us_a_step(step, call, times), us_a_step(bare, call, times)) for _ in range(pace.pairs)
        ]
        figures.append(
            Figure(
                name, [on for on, _ in pairs], [off for _, off in pairs], is_ratio_of_pairs=False
            )
        )
    return figures


ROW = Row(
    number=5,
    name="step of a machine, contracts on, beside off",
    unit="us a step",
    measure=measure,
    goal=Goal(at_most=4.0),
    is_quick=True,
    is_more_better=False,
)
