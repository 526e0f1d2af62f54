"""The knobs: names, units, ranges, clamps, and refusals that say what is allowed."""

import math

import pytest

from stallproof.knobs import KNOBS, KnobRefused, configure, written
from stallproof.policy import Policy, is_well_formed

SECONDS = sorted(name for name, knob in KNOBS.items() if knob.field.endswith("_us"))
TIMEOUTS = [name for name in SECONDS if name != "streaming_ack_progress_check_interval"]
WHOLE = [
    "sfm_send_stall_consecutive_checks",
    "streaming_window_size",
    "streaming_chunk_size",
    "streaming_ack_interval",
]


def test_no_knobs_are_the_defaults() -> None:
    """Without any knob, and with null for one, the policy is the default one (CF-1)."""
    assert Policy() == configure({}).policy
    assert Policy() == configure({"streaming_send_timeout": None}).policy
    effective = configure({}).effective
    assert (30, 45, False, 3) == (
        effective["streaming_send_timeout"],
        effective["sfm_send_stall_timeout"],
        effective["sfm_close_stalled_connection"],
        effective["sfm_send_stall_consecutive_checks"],
    )


@pytest.mark.parametrize("name", TIMEOUTS)
@pytest.mark.parametrize(
    ("value", "expected_us"),
    [
        (0.000001, 1),
        (0.1, 100_000),
        (1, 10**6),
        (0.123456, 123_456),
        (10**6, 10**12),
        (1e6, 10**12),
    ],
)
def test_seconds_are_exact_to_a_microsecond(name: str, value: float, expected_us: int) -> None:
    """From 1 us to 10^6 s, both included, whole or fractional (CF-3)."""
    configured = configure({name: value})
    assert expected_us == getattr(configured.policy, KNOBS[name].field)
    assert value == configured.effective[name]
    assert is_well_formed(configured.policy)


@pytest.mark.parametrize("name", TIMEOUTS)
@pytest.mark.parametrize("value", [0, 0.0, -1, 0.0000009, 1_000_000.000001, 10**6 + 1])
def test_durations_out_of_range_are_refused(name: str, value: float) -> None:
    """Just below and just above the range there is no rounding into it (CF-3)."""
    with pytest.raises(KnobRefused) as caught:
        configure({name: value})
    assert (name, value) == (caught.value.knob, caught.value.value)
    assert caught.value.allowed in str(caught.value)


@pytest.mark.parametrize("name", [*SECONDS, *WHOLE])
@pytest.mark.parametrize("value", [True, False, "1", "", [], {}, math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_refused(name: str, value: object) -> None:
    """Booleans, text, NaN and infinities are no numbers (CF-3)."""
    with pytest.raises(KnobRefused):
        configure({name: value})


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("value", [1.5, 2.0])
def test_fractions_for_whole_numbers_are_refused(name: str, value: float) -> None:
    """A count or a size is a whole number (CF-3)."""
    with pytest.raises(KnobRefused):
        configure({name: value})


@pytest.mark.parametrize("name", WHOLE[1:])
def test_sizes_are_at_least_one_byte(name: str) -> None:
    """One byte is a size, none is not."""
    assert getattr(configure({name: 1}).policy, KNOBS[name].field) == 1
    with pytest.raises(KnobRefused):
        configure({name: 0})


@pytest.mark.parametrize(
    ("value", "expected_us", "notes"),
    [(-5, 10_000, 1), (0, 10_000, 1), (0.009, 10_000, 1), (0.01, 10_000, 0), (0.011, 11_000, 0)],
)
def test_the_check_interval_is_clamped(value: float, expected_us: int, notes: int) -> None:
    """Below 10 ms it becomes 10 ms, and a note says so (CF-2)."""
    configured = configure({"streaming_ack_progress_check_interval": value})
    assert (expected_us, notes) == (configured.policy.ack_check_interval_us, len(configured.notes))


@pytest.mark.parametrize(
    ("value", "expected", "notes"), [(-1, 1, 1), (0, 1, 1), (1, 1, 0), (2, 2, 0)]
)
def test_the_number_of_checks_is_clamped(value: int, expected: int, notes: int) -> None:
    """Below 1 it becomes 1, and a note says so (CF-2)."""
    configured = configure({"sfm_send_stall_consecutive_checks": value})
    assert (expected, notes) == (configured.policy.checks_max, len(configured.notes))


@pytest.mark.parametrize(
    ("value", "expected"),
    [(True, True), (False, False), ("Yes", True), ("T", True), ("n", False), (1, True), (0, False)],
)
def test_switches_know_their_words(value: object, expected: bool) -> None:
    """Booleans, numbers and the known words in any case."""
    configured = configure({"sfm_close_stalled_connection": value})
    assert expected is configured.policy.close_stalled


@pytest.mark.parametrize("value", ["maybe", "", 1.0, [], math.nan])
def test_unknown_words_are_no_switches(value: object) -> None:
    """What is no boolean is refused (CF-3)."""
    with pytest.raises(KnobRefused):
        configure({"sfm_close_stalled_connection": value})


def test_a_key_that_is_no_knob_gets_a_note() -> None:
    """Other keys of the same file pass, and are named."""
    (note,) = configure({"max_message_size": 1}).notes
    assert "max_message_size" in note


def test_what_is_written_is_read_back() -> None:
    """The effective values configure the same policy again."""
    policy = configure({"streaming_send_timeout": 0.3, "heartbeat_interval": 7}).policy
    assert policy == configure({name: written(name, policy) for name in KNOBS}).policy
