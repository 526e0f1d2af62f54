"""Settings as whole numbers: ranges, clamps, which source wins, and what policy comes of it."""

from dataclasses import asdict
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icontract import ViolationError

from stallproof.machines.policy import CHECK_INTERVAL_MIN_US, TIMEOUT_MAX_US, Policy, is_well_formed
from stallproof.machines.settings import (
    CHECKS_LIMIT,
    SIZE_MAX_BYTES,
    Source,
    chosen,
    clamped_checks,
    clamped_interval_us,
    is_checks,
    is_interval,
    is_size,
    policy_of,
)
from tests.models import configuration as naive

KNOBS = {name: value for name, value in asdict(Policy()).items() if name != "monitor_period_us"}


@pytest.mark.requirement("AP-7", "CF-2", kind="boundary")
@pytest.mark.parametrize(
    ("asked_us", "expected_us"),
    [
        (-1_000_000, 10_000),
        (0, 10_000),
        (9_999, 10_000),
        (10_000, 10_000),
        (10_001, 10_001),
        (TIMEOUT_MAX_US, TIMEOUT_MAX_US),
    ],
)
def test_the_check_interval_is_at_least_ten_milliseconds(asked_us: int, expected_us: int) -> None:
    """Below, at and above the clamp."""
    assert expected_us == clamped_interval_us(asked_us)


@pytest.mark.parametrize(
    ("asked", "expected"), [(-1, 1), (0, 1), (1, 1), (2, 2), (CHECKS_LIMIT, CHECKS_LIMIT)]
)
def test_the_number_of_checks_is_at_least_one(asked: int, expected: int) -> None:
    """Below, at and above the clamp."""
    assert expected == clamped_checks(asked)


def test_what_is_out_of_range_breaks_the_contract() -> None:
    """The upper ends are no clamps: what lies beyond them has to be refused before."""
    with pytest.raises(ViolationError):
        clamped_interval_us(TIMEOUT_MAX_US + 1)
    with pytest.raises(ViolationError):
        clamped_checks(CHECKS_LIMIT + 1)
    with pytest.raises(ViolationError):
        policy_of(**{**KNOBS, "window_bytes": 0})


@pytest.mark.parametrize(
    ("size", "expected"),
    [(0, False), (1, True), (2, True), (2**53 - 2, True), (2**53 - 1, True), (2**53, False)],
)
def test_sizes_have_two_ends(size: int, expected: bool) -> None:
    """One byte to 2^53 - 1, both included."""
    assert expected is is_size(size)
    assert SIZE_MAX_BYTES == 2**53 - 1


def test_the_clamped_knobs_have_an_upper_end_only() -> None:
    """At the upper end, and one beyond it."""
    assert (True, True, False) == tuple(
        is_interval(us) for us in (-(10**18), TIMEOUT_MAX_US, TIMEOUT_MAX_US + 1)
    )
    assert (True, True, False) == tuple(is_checks(n) for n in (-(10**18), 10**6, 10**6 + 1))


maybe = st.none() | st.integers(-3, 3)


@pytest.mark.requirement("CF-4")
@given(file=maybe, environment=maybe, default=st.integers(-3, 3), by_hand=maybe)
def test_the_strongest_source_with_a_value_wins(
    file: int | None, environment: int | None, default: int, by_hand: int | None
) -> None:
    """By hand, file, environment, default, in this order; zero is a value."""
    value, source = chosen(file, environment, default, override=by_hand)
    assert naive.winner(file, environment, default, by_hand) == (value, source.value)


def test_equal_values_still_tell_their_source() -> None:
    """The file is the source although the environment says the same."""
    assert (7, Source.FILE) == chosen(7, 7, 7)
    assert (7, Source.ENVIRONMENT) == chosen(None, 7, 7)


spans = st.sampled_from([1, 2, 30_000_000, TIMEOUT_MAX_US - 1, TIMEOUT_MAX_US])
sizes = st.sampled_from([1, 2, 1 << 20, 2**53 - 2, 2**53 - 1])


@pytest.mark.requirement("CF-1", "CF-2")
@given(
    st.fixed_dictionaries(
        {
            **dict.fromkeys(
                (
                    "send_timeout_us", "ack_progress_timeout_us", "stall_timeout_us",
                    "ack_wait_us", "heartbeat_interval_us",
                ),
                spans,
            ),
            **dict.fromkeys(("window_bytes", "chunk_bytes", "ack_interval_bytes"), sizes),
            "ack_check_interval_us": st.integers(-5, TIMEOUT_MAX_US),
            "checks_max": st.integers(-5, CHECKS_LIMIT),
            "close_stalled": st.booleans(),
        }
    )
)  # fmt: skip
def test_whatever_is_in_range_makes_a_policy(fields: dict[str, int]) -> None:
    """Each value is in force as given, but for the two clamps."""
    policy = policy_of(**cast("dict[str, Any]", fields))
    assert is_well_formed(policy)
    clamps = {"ack_check_interval_us": CHECK_INTERVAL_MIN_US, "checks_max": 1}
    expected = {name: max(value, clamps.get(name, value)) for name, value in fields.items()}
    assert expected == {name: asdict(policy)[name] for name in fields}


def test_the_defaults_make_the_default_policy() -> None:
    """Eleven defaults and the period, which is no knob."""
    assert Policy() == policy_of(**KNOBS)
    assert 5_000_000 == policy_of(**KNOBS).monitor_period_us


@pytest.mark.parametrize("name", sorted(set(KNOBS) - {"close_stalled"}))
def test_each_value_alone_that_is_out_of_range_makes_no_policy(name: str) -> None:
    """Beyond its upper end no other value makes up for it; below, all but the clamped ones."""
    above = 2**53 if name.endswith("_bytes") else 10**6 * (1 if name == "checks_max" else 10**6) + 1
    values = [above] if name in ("checks_max", "ack_check_interval_us") else [above, 0]
    for value in values:
        with pytest.raises(ViolationError):
            policy_of(**{**KNOBS, name: value})
