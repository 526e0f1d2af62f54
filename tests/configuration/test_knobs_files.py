"""The text of a file: strict JSON, numbers as they stand, and nothing that hangs or eats memory."""

import json
import resource
import time
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stallproof.configuration.knobs import (
    KNOBS,
    Configured,
    KnobRefused,
    as_json,
    configure,
    configure_file,
    examine,
    shown,
)
from stallproof.configuration.names import edit_distance, nearest
from tests.models import configuration as naive

SEND = "streaming_send_timeout"
INTERVAL = "streaming_ack_progress_check_interval"
CHECKS = "sfm_send_stall_consecutive_checks"


def refused(text: str | bytes, environment: dict[str, str] | None = None) -> KnobRefused:
    """Return how the text of a file is refused."""
    with pytest.raises(KnobRefused) as caught:
        configure_file(text, environment or {})
    return caught.value


def core(text: str, knob: str = SEND) -> int:
    """Return what a file with one knob sets, in core units."""
    found = examine(f'{{"{knob}": {text}}}', {})
    assert isinstance(found, Configured)
    value: int = getattr(found.policy, KNOBS[knob].field)
    return value


def test_a_file_is_read_as_written() -> None:
    """Numbers of a file keep every digit until their bound was judged."""
    assert 30_000_000 == core("30")
    assert 30_000_000 == core("3.0e1")
    assert 1 == core("0.000001000000000000000000000000000000000000000000001")
    assert "1000000.0000000000000000000000000000000001" == as_json(
        refused(f'{{"{SEND}": 1000000.0000000000000000000000000000000001}}').value
    )
    assert SEND == refused(f'{{"{SEND}": 0.00000099999999999999999999999999999999999}}').knob


@pytest.mark.parametrize("token", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1E+400"])
def test_what_is_not_finite_is_refused_as_it_stands(token: str) -> None:
    """The message names the knob, the token and what is allowed."""
    error = refused(f'{{"{SEND}": {token}}}')
    assert (SEND, token) == (error.knob, as_json(error.value))
    assert token in str(error)
    assert error.allowed in str(error)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("", 1, 1),
        ("\n\n  nonsense", 3, 3),
        ('{\n "heartbeat_interval": 1,\n}', 3, 1),
        ('{"a": 1} x', 1, 10),
        (" [1]", 1, 2),
        ("\n3", 2, 1),
        ("null", 1, 1),
        ("NaN", 1, 1),
        ("{'a': 1}", 1, 2),
        ('\ufeff{"a": 1}', 1, 1),
    ],
)
def test_what_is_no_object_is_refused_with_its_place(text: str, line: int, column: int) -> None:
    """Line and column say where to look."""
    error = refused(text)
    assert "comm_config.json" == error.knob
    assert f"line {line}, column {column}:" in str(error)
    assert error.allowed in str(error)


def test_bytes_that_are_no_text_are_refused_with_their_place() -> None:
    """A file in another encoding is none that can be read."""
    error = refused(b'{\n "\xc3\xa4": "\xff"}')
    assert "line 2, column 8: not UTF-8" in str(error)


def test_a_file_nested_without_end_is_refused() -> None:
    """It is neither a crash nor a hang."""
    assert "nested too deeply" in str(refused("[" * 1_000_000))
    assert "nested too deeply" in str(refused('{"internal":' + "[" * 1_000_000))


@pytest.mark.parametrize(
    "text",
    [
        '{"heartbeat_interval": 1, "heartbeat_interval": 2}',
        '{"heartbeat_interval": 1, "heartbeat_interval": 1}',
        '{"heartbeat_interval": null, "internal": 3, "heartbeat_interval": 1}',
        '{"heartbeat_interval": 1, "heartbeat_\\u0069nterval": 2}',
    ],
)
def test_a_knob_that_stands_there_twice_is_refused(text: str) -> None:
    """Readers take one of the two, and their writer meant the other."""
    error = refused(text)
    assert "heartbeat_interval" == error.knob
    assert "2 times" in str(error)


def test_keys_inside_others_are_not_looked_at() -> None:
    """What lies under a key of NVFlare is NVFlare's, also when it stands there twice."""
    text = '{"internal": {"a": 1, "a": NaN, "heartbeat_interval": 0, "heartbeat_intervall": 2}}'
    assert configure({}) == configure_file(text, {})


def test_other_keys_that_stand_there_twice_get_one_note() -> None:
    """They are nobody's business."""
    assert 1 == len(configure_file('{"x": 1, "x": 2, "internal": 1, "internal": 2}', {}).notes)


HOSTILE = [
    "9" * 1_000_000,
    "1e1000000000",
    "1e" + "9" * 1_000_000,
    "0." + "0" * 1_000_000 + "1",
    "1e-1000000000",
    "1e-" + "9" * 1_000_000,
    "1" * 500_000 + "." + "1" * 500_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("sign", ["", "-"])
def test_a_hostile_number_neither_hangs_nor_eats_memory(sign: str, text: str) -> None:
    """Numbers of any length and exponent are refused or clamped, at once."""
    began_s = time.process_time()
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    number = sign + text
    for knob in (SEND, "streaming_window_size", "streaming_ack_wait"):
        for refusal in (
            refused(f'{{"{knob}": {number}}}'),
            refused("{}", {"NVFLARE_" + knob.upper(): number}),
        ):
            assert knob == refusal.knob
            assert len(str(refusal)) < 500
            json.dumps(as_json(refusal.value))
    is_tiny = text.startswith(("0.", "1e-"))
    if sign or is_tiny:
        assert 10_000 == core(number, INTERVAL)
    else:
        assert INTERVAL == refused(f'{{"{INTERVAL}": {number}}}').knob
    if sign and text[:3] in ("999", "1e1", "1e9"):
        assert 1 == core(number, CHECKS)
    else:
        assert CHECKS == refused(f'{{"{CHECKS}": {number}}}').knob
    assert time.process_time() - began_s < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib < 200_000


@pytest.mark.parametrize("text", ["0e99999999999999999999", "-0.0", "0e-99999999999999999999"])
def test_zero_is_zero_however_it_is_written(text: str) -> None:
    """It is no timeout, it switches off, and it is below both clamps."""
    assert SEND == refused(f'{{"{SEND}": {text}}}').knob
    assert (10_000, 1) == (core(text, INTERVAL), core(text, CHECKS))
    assert 0 == core(text, "sfm_close_stalled_connection")


digits = st.text("0123456789", max_size=9)
powers = st.integers(-12, 12)


@pytest.mark.requirement("CF-1", "CF-3")
@given(st.sampled_from(["", "-"]), digits, digits, powers, st.booleans())
def test_seconds_agree_with_exact_fractions(
    sign: str, whole: str, decimals: str, power: int, in_environment: bool
) -> None:
    """A timeout is accepted exactly in its range, and taken to a nearest microsecond."""
    value = naive.value_of(sign, whole, decimals, power)
    # JSON wants a digit on either side of the point, and none of the leading zeros.
    text = f"{sign}{int(whole or '0')}.{decimals or '0'}e{power}"
    name = "NVFLARE_" + SEND.upper()
    found = examine("{}", {name: text}) if in_environment else examine(f'{{"{SEND}":{text}}}', {})
    assert naive.seconds_allowed(value) is isinstance(found, Configured)
    if isinstance(found, Configured):
        assert naive.is_nearest(found.policy.send_timeout_us, value)


@given(st.integers(1, 10**12))
def test_every_microsecond_is_a_timeout_of_its_own(timeout_us: int) -> None:
    """Written in seconds, as a decimal or as the float that is reported, it comes back exactly."""
    exact = Fraction(timeout_us, 10**6)
    assert timeout_us == core(f"{exact.numerator // exact.denominator}.{timeout_us % 10**6:06}")
    found = configure({SEND: timeout_us / 10**6})
    assert timeout_us == found.policy.send_timeout_us
    assert timeout_us == core(json.dumps(found.effective[SEND]))


short = st.text("abc_", max_size=6)


@given(short, short)
def test_the_edit_distance_is_that_of_the_definition(one: str, other: str) -> None:
    """The table of rows agrees with trying every first step."""
    assert naive.distance(one, other) == edit_distance(one, other)


@given(short, short, st.integers(0, 6))
def test_a_distance_is_exact_up_to_the_most_that_is_asked_for(
    one: str, other: str, most: int
) -> None:
    """Beyond it, some number beyond it is enough."""
    distance, found = naive.distance(one, other), edit_distance(one, other, most)
    assert min(distance, most + 1) == min(found, most + 1)


edits = st.lists(
    st.tuples(st.sampled_from("idr"), st.integers(0, 60), st.characters(codec="ascii")), max_size=3
)


@pytest.mark.requirement("CF-3")
@given(st.sampled_from(sorted(KNOBS)), edits)
def test_a_name_is_a_slip_exactly_up_to_distance_two(
    knob: str, slips: list[tuple[str, int, str]]
) -> None:
    """Whatever was inserted, deleted or replaced, the definition decides."""
    name = knob
    for what, at, mark in slips:
        at %= len(name) + 1
        name = name[:at] + (mark if what in "ir" else "") + name[at + (what in "dr") :]
    distances = {other: naive.distance(name, other) for other in KNOBS}
    found = nearest(name, KNOBS)
    assert (min(distances.values()) <= 2) is (found is not None)
    if found is not None:
        assert min(distances.values()) == distances[found]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=5,
    )
)
def test_whatever_a_file_says_gets_an_answer(value: object) -> None:
    """Effective values or refusals that can be told in JSON and in ASCII, never anything else."""
    text = json.dumps(dict.fromkeys([*KNOBS, "x"], value))
    found = examine(text, dict.fromkeys((f"NVFLARE_{name.upper()}" for name in KNOBS), str(value)))
    if not isinstance(found, Configured):
        for refusal in found:
            json.dumps(as_json(refusal.value), allow_nan=False)
            assert shown(refusal.value).isascii()
