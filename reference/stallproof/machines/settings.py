"""From whole numbers to a `Policy`: which source wins, what is in range, what is clamped.

The stall it guards against: a knob that is misread fails in silence. A check interval of zero is a
busy loop, a threshold of zero closes at a check that found nothing, and the wrong order of sources
makes the same file mean different things on two machines.

The intuition: reading text is the business of `knobs`; once a value is a whole number of
microseconds, bytes or checks, the rest is arithmetic that can be proved: a range, two clamps, and
one order of sources.

The complication: clamps come after ranges. What is below a clamp is taken to it, what is above the
upper bound is refused, and so whatever is in range makes a policy that every machine accepts.

Spec: `spec/cf.md`. Source: origin, "The six knobs".
"""

from enum import Enum
from typing import TypeVar

from stallproof.machines.contracts import ensure, require
from stallproof.machines.policy import (
    CHECK_INTERVAL_MIN_US,
    TIMEOUT_MAX_US,
    Policy,
    is_timeout,
    is_well_formed,
)

SIZE_MAX_BYTES = 2**53 - 1
"""The greatest size a knob can state: the greatest integer that every reader of JSON keeps."""
CHECKS_LIMIT = 10**6
"""The greatest number of consecutive checks a knob can state."""

_T = TypeVar("_T")


class Source(Enum):
    """Where an effective value came from. SET is what was given beside file and environment."""

    SET = "set"
    FILE = "file"
    ENVIRONMENT = "environment"
    DEFAULT = "default"


def is_size(value_bytes: int) -> bool:
    """Tell whether `value_bytes` is a size a knob can state: 1 to 2^53 - 1, both included."""
    return 1 <= value_bytes <= SIZE_MAX_BYTES


def is_interval(value_us: int) -> bool:
    """Tell whether `value_us` is a check interval a knob can state, before its clamp."""
    return value_us <= TIMEOUT_MAX_US


def is_checks(checks: int) -> bool:
    """Tell whether `checks` is a number of checks a knob can state, before its clamp."""
    return checks <= CHECKS_LIMIT


@require(lambda asked_us: is_interval(asked_us))
@ensure(lambda result: CHECK_INTERVAL_MIN_US <= result <= TIMEOUT_MAX_US, "CF-2, AP-7")
@ensure(
    lambda asked_us, result: (
        result == (asked_us if asked_us >= CHECK_INTERVAL_MIN_US else CHECK_INTERVAL_MIN_US)
    ),
    "CF-2: below 0.01 s it becomes 0.01 s, and anything else stays",
)
def clamped_interval_us(asked_us: int) -> int:
    """Return the check interval in force: 9999 us becomes 10000 us, 10000 us stays."""
    return max(CHECK_INTERVAL_MIN_US, asked_us)


@require(lambda asked: is_checks(asked))
@ensure(lambda result: 1 <= result <= CHECKS_LIMIT, "CF-2")
@ensure(
    lambda asked, result: result == (asked if asked >= 1 else 1),
    "CF-2: below 1 it becomes 1, and anything else stays",
)
def clamped_checks(asked: int) -> int:
    """Return the number of consecutive checks in force: 0 becomes 1, 1 stays."""
    return max(1, asked)


@ensure(lambda override, result: override is None or result == (override, Source.SET), "CF-4")
@ensure(
    lambda override, file, result: (
        override is not None or file is None or result == (file, Source.FILE)
    ),
    "CF-4: the file beats the environment",
)
@ensure(
    lambda override, file, environment, default, result: (
        override is not None
        or file is not None
        or result
        == ((default, Source.DEFAULT) if environment is None else (environment, Source.ENVIRONMENT))
    ),
    "CF-1, CF-4: the environment beats the default, which counts where no source sets it",
)
def chosen(
    file: _T | None, environment: _T | None, default: _T, *, override: _T | None = None
) -> tuple[_T, Source]:
    """Return the value that wins, and where it came from; `None` is a source without one.

    `override` is what somebody set by hand for this one time: it beats them all.
    """
    if override is not None:
        return override, Source.SET
    if file is not None:
        return file, Source.FILE
    if environment is not None:
        return environment, Source.ENVIRONMENT
    return default, Source.DEFAULT


@require(
    lambda send_timeout_us, ack_progress_timeout_us, stall_timeout_us: (
        is_timeout(send_timeout_us)
        and is_timeout(ack_progress_timeout_us)
        and is_timeout(stall_timeout_us)
    )
)
@require(
    lambda ack_wait_us, heartbeat_interval_us: (
        is_timeout(ack_wait_us) and is_timeout(heartbeat_interval_us)
    )
)
@require(
    lambda window_bytes, chunk_bytes, ack_interval_bytes: (
        is_size(window_bytes) and is_size(chunk_bytes) and is_size(ack_interval_bytes)
    )
)
@require(lambda ack_check_interval_us: is_interval(ack_check_interval_us))
@require(lambda checks_max: is_checks(checks_max))
@ensure(lambda result: is_well_formed(result), "CF-2, CF-3: what is in range makes a policy")
def policy_of(
    *,
    send_timeout_us: int,
    ack_progress_timeout_us: int,
    ack_check_interval_us: int,
    stall_timeout_us: int,
    close_stalled: bool,
    checks_max: int,
    ack_wait_us: int,
    window_bytes: int,
    chunk_bytes: int,
    ack_interval_bytes: int,
    heartbeat_interval_us: int,
) -> Policy:
    """Return the policy of eleven values in their ranges, with the two clamps applied.

    The monitor's period is no knob and keeps its constant.
    """
    return Policy(
        send_timeout_us=send_timeout_us,
        ack_progress_timeout_us=ack_progress_timeout_us,
        ack_check_interval_us=clamped_interval_us(ack_check_interval_us),
        stall_timeout_us=stall_timeout_us,
        close_stalled=close_stalled,
        checks_max=clamped_checks(checks_max),
        ack_wait_us=ack_wait_us,
        window_bytes=window_bytes,
        chunk_bytes=chunk_bytes,
        ack_interval_bytes=ack_interval_bytes,
        heartbeat_interval_us=heartbeat_interval_us,
    )
