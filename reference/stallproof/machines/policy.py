"""The knobs in core units: what every machine is told about time and size.

All times are integer microseconds, all sizes bytes, all counts plain integers. Turning what an
operator writes (seconds, files, environment) into a `Policy` is the business of `knobs`.

Source: `spec/cf.md`; origin, "The six knobs".
"""

from stallproof.machines.states import state

MICROSECONDS = 1_000_000
TIMEOUT_MAX_US = 10**6 * MICROSECONDS
"""The longest timeout a knob can state: 10^6 s."""
CHECK_INTERVAL_MIN_US = 10_000
"""The shortest time between two looks of the ACK watchdog: 10 ms."""


@state
class Policy:
    """The limits in force on one connection.

    `send_timeout_us`: guardrail A, one deadline for a whole frame. `ack_progress_timeout_us`,
    `ack_check_interval_us`, `ack_wait_us`, `window_bytes`, `chunk_bytes`, `ack_interval_bytes`:
    guardrail B (group AP). `stall_timeout_us`, `checks_max`, `close_stalled`: guardrail C (group
    SC); `close_stalled` false is warn-only. `heartbeat_interval_us`, `monitor_period_us`: the
    monitor beside it.
    """

    send_timeout_us: int = 30 * MICROSECONDS
    ack_progress_timeout_us: int = 60 * MICROSECONDS
    ack_check_interval_us: int = 5 * MICROSECONDS
    stall_timeout_us: int = 45 * MICROSECONDS
    close_stalled: bool = False
    checks_max: int = 3
    ack_wait_us: int = 300 * MICROSECONDS
    window_bytes: int = 16 * 1024 * 1024
    chunk_bytes: int = 1024 * 1024
    ack_interval_bytes: int = 4 * 1024 * 1024
    heartbeat_interval_us: int = 60 * MICROSECONDS
    monitor_period_us: int = 5 * MICROSECONDS


def is_timeout(value_us: int) -> bool:
    """Tell whether `value_us` is a timeout a knob can state: 1 us to 10^6 s, both included."""
    return 1 <= value_us <= TIMEOUT_MAX_US


def is_well_formed(policy: Policy) -> bool:
    """Tell whether every limit lies in its range after clamping."""
    return (
        is_timeout(policy.send_timeout_us)
        and is_timeout(policy.ack_progress_timeout_us)
        and CHECK_INTERVAL_MIN_US <= policy.ack_check_interval_us <= TIMEOUT_MAX_US
        and is_timeout(policy.stall_timeout_us)
        and policy.checks_max >= 1
        and is_timeout(policy.ack_wait_us)
        and policy.window_bytes >= 1
        and policy.chunk_bytes >= 1
        and policy.ack_interval_bytes >= 1
        and is_timeout(policy.heartbeat_interval_us)
        and is_timeout(policy.monitor_period_us)
    )
