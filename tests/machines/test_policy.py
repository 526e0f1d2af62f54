"""The limits in core units and their ranges."""

from dataclasses import fields
from typing import Any

import pytest

from stallproof.machines.policy import (
    CHECK_INTERVAL_MIN_US,
    TIMEOUT_MAX_US,
    Policy,
    is_timeout,
    is_well_formed,
)

TIMEOUTS = (
    "send_timeout_us",
    "ack_progress_timeout_us",
    "stall_timeout_us",
    "ack_wait_us",
    "heartbeat_interval_us",
    "monitor_period_us",
)
AT_LEAST_ONE = ("checks_max", "window_bytes", "chunk_bytes", "ack_interval_bytes")


def test_the_defaults_are_those_of_the_origin() -> None:
    """Every default is the documented one, in microseconds and bytes, and warn-only."""
    second, mebibyte = 1_000_000, 1024 * 1024
    expected = {
        "send_timeout_us": 30 * second,
        "ack_progress_timeout_us": 60 * second,
        "ack_check_interval_us": 5 * second,
        "stall_timeout_us": 45 * second,
        "close_stalled": False,
        "checks_max": 3,
        "ack_wait_us": 300 * second,
        "window_bytes": 16 * mebibyte,
        "chunk_bytes": mebibyte,
        "ack_interval_bytes": 4 * mebibyte,
        "heartbeat_interval_us": 60 * second,
        "monitor_period_us": 5 * second,
    }
    actual = {field.name: getattr(Policy(), field.name) for field in fields(Policy)}
    assert expected == actual
    assert is_well_formed(Policy())


@pytest.mark.parametrize(
    ("value_us", "expected"),
    [
        (-1, False),
        (0, False),
        (1, True),
        (TIMEOUT_MAX_US - 1, True),
        (TIMEOUT_MAX_US, True),
        (TIMEOUT_MAX_US + 1, False),
    ],
)
def test_a_timeout_is_one_microsecond_to_a_million_seconds(value_us: int, expected: bool) -> None:
    """Both ends are timeouts; what lies beyond either is none, for every timeout of the policy."""
    assert expected == is_timeout(value_us)
    for name in TIMEOUTS:
        changed: dict[str, Any] = {name: value_us}
        assert expected == is_well_formed(Policy(**changed))


@pytest.mark.parametrize(("value", "expected"), [(0, False), (1, True), (2, True)])
@pytest.mark.parametrize("name", AT_LEAST_ONE)
def test_counts_and_sizes_are_at_least_one(name: str, value: int, expected: bool) -> None:
    """A count or a size of zero makes no sense; one does."""
    changed: dict[str, Any] = {name: value}
    assert expected == is_well_formed(Policy(**changed))


@pytest.mark.parametrize(
    ("value_us", "expected"),
    [
        (CHECK_INTERVAL_MIN_US - 1, False),
        (CHECK_INTERVAL_MIN_US, True),
        (CHECK_INTERVAL_MIN_US + 1, True),
        (TIMEOUT_MAX_US, True),
        (TIMEOUT_MAX_US + 1, False),
    ],
)
def test_the_check_interval_is_at_least_ten_milliseconds(value_us: int, expected: bool) -> None:
    """Below 10 ms, or above the longest timeout, a check interval is out of range."""
    assert expected == is_well_formed(Policy(ack_check_interval_us=value_us))
