"""The knobs: names, units, ranges, clamps, sources, and refusals that say what is allowed."""

import math
from typing import Any

import pytest

from stallproof.configuration.knobs import (
    KNOBS,
    Configured,
    KnobRefused,
    configure,
    examine,
    written,
)
from stallproof.machines.policy import Policy, is_well_formed
from stallproof.machines.settings import Source

SECONDS = [
    "streaming_send_timeout",
    "streaming_ack_progress_timeout",
    "sfm_send_stall_timeout",
]
WHOLE_SECONDS = ["streaming_ack_wait", "heartbeat_interval"]
BYTES = ["streaming_window_size", "streaming_chunk_size", "streaming_ack_interval"]
INTERVAL = "streaming_ack_progress_check_interval"
CHECKS = "sfm_send_stall_consecutive_checks"
SWITCH = "sfm_close_stalled_connection"
NUMBERS = [*SECONDS, *WHOLE_SECONDS, *BYTES, INTERVAL, CHECKS]


def variable(knob: str) -> str:
    """Return the name of the environment variable of `knob`."""
    return "NVFLARE_" + knob.upper()


def core(configured: Configured, knob: str) -> int:
    """Return the value of `knob` in core units."""
    value: int = getattr(configured.policy, KNOBS[knob].field)
    return value


def refused(file: dict[str, object], environment: dict[str, str] | None = None) -> KnobRefused:
    """Return how `file` and `environment` are refused."""
    with pytest.raises(KnobRefused) as caught:
        configure(file, environment)
    assert caught.value.allowed in str(caught.value)
    return caught.value


def test_no_knobs_are_the_defaults() -> None:
    """Without any knob, and with null for one, every value is that of the table."""
    expected = {
        "streaming_send_timeout": 30,
        "streaming_ack_progress_timeout": 60,
        "streaming_ack_progress_check_interval": 5,
        "sfm_send_stall_timeout": 45,
        "sfm_close_stalled_connection": False,
        "sfm_send_stall_consecutive_checks": 3,
        "streaming_ack_wait": 300,
        "streaming_window_size": 16777216,
        "streaming_chunk_size": 1048576,
        "streaming_ack_interval": 4194304,
        "heartbeat_interval": 60,
    }
    for values in ({}, dict.fromkeys(expected)):
        configured = configure(values)
        assert Policy() == configured.policy
        assert expected == configured.effective
        assert ((), {Source.DEFAULT}) == (configured.notes, {*configured.sources.values()})


@pytest.mark.parametrize("name", SECONDS)
@pytest.mark.parametrize(
    ("value", "expected_us"),
    [
        (0.000001, 1),
        (0.0000014, 1),
        (0.0000016, 2),
        (0.1, 100_000),
        (1, 10**6),
        (0.123456, 123_456),
        (29.999999, 29_999_999),
        (30.000001, 30_000_001),
        (10**6, 10**12),
        (1e6, 10**12),
    ],
)
def test_seconds_are_exact_to_a_microsecond(name: str, value: float, expected_us: int) -> None:
    """From 1 us to 10^6 s, both included, to the nearest microsecond."""
    configured = configure({name: value})
    assert expected_us == core(configured, name)
    assert expected_us == round(configured.effective[name] * 10**6)
    assert is_well_formed(configured.policy)


@pytest.mark.parametrize("name", SECONDS)
@pytest.mark.parametrize("value", [0, 0.0, -1, 0.0000009, 1_000_000.000001, 10**6 + 1, 10**400])
def test_durations_out_of_range_are_refused(name: str, value: float) -> None:
    """Just below and just above the range there is no rounding into it."""
    error = refused({name: value})
    assert (name, value) == (error.knob, error.value)


@pytest.mark.parametrize(
    ("file", "environment", "expected"),
    [
        ({CHECKS: 1.5}, {}, f"{CHECKS} = 1.5 in the file is refused"),
        ({}, {variable(SWITCH): "maybe"}, f'{SWITCH} = "maybe" in the environment is refused'),
    ],
)
def test_a_refusal_names_the_knob_its_value_and_what_is_allowed(
    file: dict[str, object], environment: dict[str, str], expected: str
) -> None:
    """The message alone says it all, for who sees nothing else (CF-3)."""
    error = refused(file, environment)
    assert f"{expected}; allowed: {error.allowed}" == str(error)


@pytest.mark.parametrize("name", WHOLE_SECONDS)
@pytest.mark.parametrize(
    ("value", "expected_us"), [(1, 10**6), (2.0, 2 * 10**6), (10**6, 10**12), (1e6, 10**12)]
)
def test_whole_seconds_may_be_written_with_a_point(
    name: str, value: float, expected_us: int
) -> None:
    """1 to 1000000 s; 2.0 counts as 2, since some readers of JSON cannot tell."""
    assert expected_us == core(configure({name: value}), name)


@pytest.mark.parametrize("name", WHOLE_SECONDS)
@pytest.mark.parametrize("value", [0, -1, 0.5, 1.5, 10**6 + 1])
def test_whole_seconds_are_whole(name: str, value: float) -> None:
    """Fractions, zero and what is too long are refused."""
    assert name == refused({name: value}).knob


@pytest.mark.parametrize("name", BYTES)
def test_sizes_end_at_one_byte_and_where_json_does(name: str) -> None:
    """1 and 2^53 - 1 are accepted; 0, 2^53, a fraction and -1 are refused."""
    for value in (1, 1.0, 2, 2**53 - 1):
        assert value == core(configure({name: value}), name)
    for value in (0, 2**53, 1.5, -1, 10**400):
        assert value == refused({name: value}).value


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize(
    "value", [True, False, "1", "30", "", [], {}, math.nan, math.inf, -math.inf]
)
def test_what_is_no_number_is_refused(name: str, value: object) -> None:
    """Booleans, text in a file, NaN and infinities are no numbers."""
    assert name == refused({name: value}).knob


@pytest.mark.parametrize(
    ("value", "expected_us", "notes"),
    [
        (-(10**400), 10_000, 1),
        (-5, 10_000, 1),
        (0, 10_000, 1),
        (0.0099999, 10_000, 1),
        (0.009999, 10_000, 1),
        (0.01, 10_000, 0),
        (0.010001, 10_001, 0),
        (10**6, 10**12, 0),
    ],
)
def test_the_check_interval_is_clamped(value: float, expected_us: int, notes: int) -> None:
    """Below 10 ms it becomes 10 ms, and a note says so."""
    configured = configure({INTERVAL: value})
    assert (expected_us, notes) == (core(configured, INTERVAL), len(configured.notes))
    assert all(INTERVAL in note and "0.01" in note for note in configured.notes)


@pytest.mark.parametrize(
    ("value", "expected", "notes"),
    [
        (-(10**400), 1, 1),
        (-1, 1, 1),
        (0, 1, 1),
        (1, 1, 0),
        (2, 2, 0),
        (3.0, 3, 0),
        (10**6, 10**6, 0),
    ],
)
def test_the_number_of_checks_is_clamped(value: float, expected: int, notes: int) -> None:
    """Below 1 it becomes 1, and a note says so."""
    configured = configure({CHECKS: value})
    assert (expected, notes) == (core(configured, CHECKS), len(configured.notes))


def test_the_clamped_knobs_have_an_upper_end() -> None:
    """Beyond it they are refused, and so is half a check."""
    assert INTERVAL == refused({INTERVAL: 1_000_000.000001}).knob
    assert CHECKS == refused({CHECKS: 10**6 + 1}).knob
    assert CHECKS == refused({CHECKS: 0.5}).knob
    assert CHECKS == refused({CHECKS: -0.5}).knob


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *((word, True) for word in ("true", "T", "Yes", "y", "1", "YES")),
        *((word, False) for word in ("false", "F", "No", "n", "0")),
        *((True, True), (False, False), (1, True), (0, False), (2, True), (-1, True), (2.0, True)),
    ],
)
def test_switches_know_their_words(value: object, expected: bool) -> None:
    """Booleans, integers and the known words in any case."""
    assert expected is configure({SWITCH: value}).policy.close_stalled


@pytest.mark.parametrize("value", ["maybe", "", "2", " yes", "on", 0.5, [], math.nan, math.inf])
def test_unknown_words_are_no_switches(value: object) -> None:
    """What is no boolean is refused."""
    assert SWITCH == refused({SWITCH: value}).knob


@pytest.mark.parametrize(
    ("text", "expected_us"),
    [
        ("30", 30_000_000),
        ("3e1", 30_000_000),
        ("3.E+1", 30_000_000),
        ("+.5", 500_000),
        (" 5. ", 5_000_000),
        ("\t0.000001\n", 1),
        ("300000E-4", 30_000_000),
        ("1000000", 10**12),
        ("00000000000000000000000000000000000000000000001", 10**6),
        ("1000000.0000000000000000000000000000000000000000", 10**12),
    ],
)
def test_a_number_of_the_environment_is_a_decimal(text: str, expected_us: int) -> None:
    """Sign, digits, point, exponent, blanks around."""
    name = "streaming_send_timeout"
    configured = configure({}, {variable(name): text})
    assert (expected_us, Source.ENVIRONMENT) == (core(configured, name), configured.sources[name])


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", ".", "+", "e1", "1e", "1e1.5", "1.2.3", "- 1", "1 2", "0x1e", "1_000", "1,5"),
        *(
            "nan",
            "NaN",
            "inf",
            "-Infinity",
            "true",
            "thirty",
            "\u0663",
            "\uff13",
            "\u00a030",
            "30s",
        ),
        *("0", "-1", "0.0000009", "1000000.000001", "1000000.0000000000000000000000000000001"),
    ],
)
def test_whatever_else_the_environment_says_is_refused(text: str) -> None:
    """Nothing else is a number, and the ranges are those of the file."""
    error = refused({}, {variable("streaming_send_timeout"): text})
    assert ("streaming_send_timeout", text) == (error.knob, error.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("YES", True), ("f", False), ("2", True), ("-3.0", True), (" 0 ", False), ("0e5", False)],
)
def test_a_switch_of_the_environment_is_a_word_or_an_integer(text: str, expected: bool) -> None:
    """The text of an integer counts as that integer."""
    assert expected is configure({}, {variable(SWITCH): text}).policy.close_stalled


@pytest.mark.parametrize("text", ["", "maybe", "0.5", "nan", "0x1", "1e400", "-1e400"])
def test_no_other_text_is_a_switch(text: str) -> None:
    """Unknown words, fractions and the empty text are refused."""
    assert SWITCH == refused({}, {variable(SWITCH): text}).knob


@pytest.mark.parametrize("name", NUMBERS)
def test_the_file_beats_the_environment_and_the_environment_the_default(name: str) -> None:
    """For each knob; null in the file leaves the environment in force."""
    both = configure({name: 7}, {variable(name): "8"})
    only = configure({name: None}, {variable(name): "8"})
    assert (7, Source.FILE) == (both.effective[name], both.sources[name])
    assert (8, Source.ENVIRONMENT) == (only.effective[name], only.sources[name])
    assert Source.DEFAULT is configure({}, {}).sources[name]


def test_the_order_of_sources_holds_for_the_switch() -> None:
    """False in the file is a value and beats true in the environment."""
    environment = {variable(SWITCH): "true"}
    assert configure({SWITCH: False}, environment).policy.close_stalled is False
    assert configure({}, environment).policy.close_stalled is True


def test_a_value_that_loses_is_not_read() -> None:
    """Nonsense in the environment does no harm where the file has a value."""
    name = "streaming_send_timeout"
    assert 7 == configure({name: 7}, {variable(name): "soon"}).effective[name]
    assert name == refused({name: None}, {variable(name): "soon"}).knob


def test_a_variable_of_another_name_is_none_of_ours() -> None:
    """Without the prefix nothing is looked at, and far names need no note."""
    environment = {
        "STREAMING_SEND_TIMEOUT": "x",
        "nvflare_STREAMING_SEND_TIMEOUT": "x",
        "NVFLARE_HOME": "/x",
        "NVFLARE_STREAMING_READ_TIMEOUT": "x",
    }
    configured = configure({}, environment)
    assert (Policy(), ()) == (configured.policy, configured.notes)


@pytest.mark.parametrize(
    ("key", "knob"),
    [
        ("streaming_send_timout", "streaming_send_timeout"),
        ("streaming_send_timeot", "streaming_send_timeout"),
        ("streaming_send_timeouts", "streaming_send_timeout"),
        ("Streaming_send_timeout", "streaming_send_timeout"),
        ("streaming-send-timeout", "streaming_send_timeout"),
        ("heartbeat_intervall", "heartbeat_interval"),
        ("heartbeat_intrval", "heartbeat_interval"),
        ("streaming_ack_wiat", "streaming_ack_wait"),
    ],
)
def test_a_misspelt_key_is_refused_and_the_knob_named(key: str, knob: str) -> None:
    """One or two slips away from a knob; the environment alike."""
    error = refused({key: 1})
    assert (knob, key) == (error.knob, error.value)
    assert key in str(error)
    assert knob in str(error)
    if key != key.lower():
        return
    misspelt = "NVFLARE_" + key.upper()
    if "-" not in key:
        assert misspelt == refused({}, {misspelt: "1"}).value


def test_a_variable_in_another_case_is_refused() -> None:
    """Nobody reads it, so that it would leave the default in force."""
    assert "heartbeat_interval" == refused({}, {"NVFLARE_heartbeat_interval": "5"}).knob


@pytest.mark.parametrize("key", ["streaming_send_tmt", "Streaming_Send_Timeout", "x", "", "\ud800"])
def test_a_key_far_from_every_knob_gets_a_note(key: str) -> None:
    """Three characters and more away it is taken for something else."""
    (note,) = configure({key: [1, {"streaming_send_timout": 1}]}).notes
    assert "is not a knob" in note
    assert note.isascii()


@pytest.mark.parametrize(
    "key",
    [
        *("internal", "backbone_conn_gen", "max_message_size", "allow_adhoc_conns", "backbone"),
        *("adhoc", "streaming_read_timeout", "subnet_heartbeat_interval", "use_aio_grpc"),
    ],
)
def test_a_key_of_nvflare_passes_in_silence(key: str) -> None:
    """Also the one at distance 2 from a knob: read for send."""
    values: dict[str, Any] = {key: {"streaming_send_timout": math.nan}}
    assert (Policy(), ()) == (configure(values).policy, configure(values).notes)


def test_everything_refused_is_told_at_once() -> None:
    """An operator mends a file in one go."""
    text = '{"heartbeat_interval": 0, "streaming_send_timout": 1, "streaming_ack_wait": "1"}'
    refusals = examine(text, {variable(SWITCH): "maybe"})
    assert not isinstance(refusals, Configured)
    assert ["streaming_send_timeout", SWITCH, "streaming_ack_wait", "heartbeat_interval"] == [
        one.knob for one in refusals
    ]


def test_what_is_set_by_hand_beats_them_all() -> None:
    """It is read as in the environment, and has to name knobs."""
    name = "heartbeat_interval"
    found = examine(f'{{"{name}": 7}}', {variable(name): "8"}, ((name, "9"),))
    assert isinstance(found, Configured)
    assert (9, Source.SET) == (found.effective[name], found.sources[name])
    for by_hand, why in [
        ((("heart", "9"),), "no knob"),
        (((name + "s", "9"),), f"did you mean {name}?"),
        (((name, "9"), (name, "9")), "2 times"),
        (((name, "soon"),), "--set"),
    ]:
        refusals = examine(None, {}, by_hand)
        assert not isinstance(refusals, Configured)
        assert [True] == [why in str(one) for one in refusals]


def test_what_is_written_is_read_back() -> None:
    """The effective values configure the same policy again."""
    policy = configure({"streaming_send_timeout": 0.3, "heartbeat_interval": 7}).policy
    assert policy == configure({name: written(name, policy) for name in KNOBS}).policy
