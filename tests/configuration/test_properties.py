"""Any file and any environment at once: what is in force is what the table says.

The table of knobs stands here a second time, from `spec/cf.md`. Values are drawn in core units and
written as an operator writes them.
"""

from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stallproof.configuration.knobs import KnobRefused, configure_file
from tests.no_deadline import NO_DEADLINE

US = 10**6
LONGEST_US = 10**6 * US
SIZES = st.sampled_from([1, 2, 2**53 - 1]) | st.integers(1, 2**53 - 1)
SPANS = st.sampled_from([1, 2, LONGEST_US - 1, LONGEST_US]) | st.integers(1, LONGEST_US)
WHOLE = (st.sampled_from([1, 2, 10**6]) | st.integers(1, 10**6)).map(lambda seconds: seconds * US)

# Knob, field of the report in core units, values in core units, default, what stands for one
# of the unit that an operator writes, and the clamp.
TABLE = (
    ("streaming_send_timeout", "send_timeout_us", SPANS, 30 * US, US, None),
    ("streaming_ack_progress_timeout", "ack_progress_timeout_us", SPANS, 60 * US, US, None),
    (
        "streaming_ack_progress_check_interval", "ack_check_interval_us",
        st.sampled_from([-US, 0, 1, 9_999, 10_000, 10_001]) | st.integers(-US, LONGEST_US),
        5 * US, US, 10_000,
    ),
    ("sfm_send_stall_timeout", "stall_timeout_us", SPANS, 45 * US, US, None),
    ("sfm_close_stalled_connection", "close_stalled", st.integers(0, 1), 0, 1, None),
    (
        "sfm_send_stall_consecutive_checks", "checks_max",
        st.sampled_from([-1, 0, 1, 2]) | st.integers(-10, 10**6), 3, 1, 1,
    ),
    ("streaming_ack_wait", "ack_wait_us", WHOLE, 300 * US, US, None),
    ("streaming_window_size", "window_bytes", SIZES, 16 * 2**20, 1, None),
    ("streaming_chunk_size", "chunk_bytes", SIZES, 2**20, 1, None),
    ("streaming_ack_interval", "ack_interval_bytes", SIZES, 4 * 2**20, 1, None),
    ("heartbeat_interval", "heartbeat_interval_us", WHOLE, 60 * US, US, None),
)  # fmt: skip
PERIOD_US = 5 * US


def in_unit(value: int, unit: int) -> str:
    """Write `value` as a decimal in a unit that is worth `unit` of the core's."""
    if unit == 1:
        return str(value)
    sign, size = ("-" if value < 0 else ""), abs(value)
    return f"{sign}{size // unit}.{size % unit:06}" if size % unit else f"{sign}{size // unit}"


sources = st.fixed_dictionaries(
    {row[0]: st.tuples(st.none() | row[2], st.none() | row[2], st.booleans()) for row in TABLE}
)


@pytest.mark.requirement("CF-1", "CF-2", "CF-4")
@given(drawn=sources)
@NO_DEADLINE
def test_every_knob_is_in_force_under_its_name_from_its_strongest_source(
    drawn: dict[str, tuple[int | None, int | None, bool]],
) -> None:
    """All eleven at once, each from file, environment or default."""
    in_file, environment, expected, clamped = [], {}, {"monitor_period_us": PERIOD_US}, 0
    for knob, field, _, default, unit, clamp in TABLE:
        file, variable, is_null = drawn[knob]
        if file is not None:
            in_file.append(f'"{knob}": {in_unit(file, unit)}')
        elif is_null:
            in_file.append(f'"{knob}": null')
        if variable is not None:
            environment["NVFLARE_" + knob.upper()] = in_unit(variable, unit)
        value = next(v for v in (file, variable, default) if v is not None)
        clamped += clamp is not None and value < clamp
        expected[field] = value if clamp is None else max(clamp, value)
    configured = configure_file("{" + ", ".join(in_file) + "}", environment)
    assert expected == asdict(configured.policy)
    assert clamped == len(configured.notes)


# One row for each kind of knob: what it is, and values just outside of what it allows.
BAD = {
    "streaming_send_timeout": ["0", "-1", "0.0000009", "1000000.000001", "NaN", "true", '"30"'],
    "streaming_ack_wait": ["0", "0.5", "1.5", "1000001", "Infinity", "false", '"300"', "[]"],
    "streaming_window_size": ["0", "-1", "1.5", "9007199254740992", "NaN", "true", '"1"', "{}"],
    "sfm_send_stall_consecutive_checks": ["0.5", "1000001", "-Infinity", "true", '"3"'],
    "streaming_ack_progress_check_interval": ["1000000.000001", "NaN", "true", '"5"'],
    "sfm_close_stalled_connection": ['"maybe"', "0.5", '""', "[]"],
}
bad_ones = st.sampled_from([(knob, text) for knob, texts in BAD.items() for text in texts])
GOOD = {
    "streaming_send_timeout": "0.000001",
    "streaming_ack_wait": "1",
    "streaming_window_size": "9007199254740991",
    "sfm_send_stall_consecutive_checks": "2",
    "streaming_ack_progress_check_interval": "0.01",
    "sfm_close_stalled_connection": "true",
}
good_ones = st.sets(st.sampled_from(sorted(GOOD)))


@pytest.mark.requirement("CF-3")
@given(bad=bad_ones, beside=good_ones)
@NO_DEADLINE
def test_one_bad_value_is_refused_by_name_whatever_stands_beside_it(
    bad: tuple[str, str], beside: set[str]
) -> None:
    """Just outside is refused with its knob and what is allowed; good ones are not."""
    knob, text = bad
    good = [f'"{name}": {GOOD[name]}' for name in sorted(beside) if name != knob]
    configure_file("{" + ", ".join(good) + "}", {})
    with pytest.raises(KnobRefused) as caught:
        configure_file("{" + ", ".join([*good, f'"{knob}": {text}']) + "}", {})
    assert knob == caught.value.knob
    assert knob in str(caught.value)
    assert caught.value.allowed in str(caught.value)
