"""The law of the knobs as the judge has it: every verdict with its situation and its part."""

from decimal import Decimal

import pytest

from stallproof.judge.evidence.arrange import runs_of
from stallproof.judge.evidence.configurations import (
    Configuration,
    configurations_of,
    read_file,
)
from stallproof.judge.rules.configured_answers import differs, in_core_units, not_in_force, shown
from stallproof.judge.rules.configured_law import KNOBS, OWN_KEYS, Reading, defaults_of
from stallproof.judge.rules.configured_parts import Parts
from stallproof.judge.rules.configured_reading import lawful, nearest
from stallproof.requirements.knobs import CONFIGURABLE
from tests.judge.configuring import DEFAULTS, Configured
from tests.judge.test_configured import in_environment, in_file
from tests.judge.verdicts import trace_of

SEND, INTERVAL, CHECKS = (
    "streaming_send_timeout", "streaming_ack_progress_check_interval",
    "sfm_send_stall_consecutive_checks",
)  # fmt: skip
WAIT, CHUNK, SWITCH = "streaming_ack_wait", "streaming_chunk_size", "sfm_close_stalled_connection"
BEAT, STALL = "heartbeat_interval", "sfm_send_stall_timeout"


def said(reading: Reading) -> tuple[str, str, str]:
    return reading.verdict, reading.situation, reading.part


def test_the_table_of_the_law_names_what_can_be_configured() -> None:
    """Who only writes configurations reads the names alone, in the same order."""
    assert tuple(KNOBS) == CONFIGURABLE


FINE = ("in force", "", "")
LARGE = "1.8e308"
BEYOND = "1.8000000000000001e308"


@pytest.mark.parametrize(
    ("knob", "token", "expected"),
    [
        (SEND, "NaN", ("refused", "not-finite", "NaN in the file")),
        (SEND, "Infinity", ("refused", "not-finite", "an infinity above in the file")),
        (SEND, "-Infinity", ("refused", "not-finite", "one below in the file")),
        (SEND, "1e999", ("refused", "not-finite", "an infinity above in the file")),
        (SEND, "-1e999", ("refused", "not-finite", "one below in the file")),
        (SEND, LARGE, ("refused", "out-of-range", "too long")),
        (SEND, BEYOND, ("refused", "not-finite", "an infinity above in the file")),
        (SEND, "-1", ("refused", "out-of-range", "negative")),
        (SEND, "0", ("refused", "out-of-range", "zero")),
        (SEND, "0.00000099", ("refused", "out-of-range", "too short")),
        (SEND, "0.000001", FINE), (SEND, "1000000", FINE),
        (SEND, "1000000.1", ("refused", "out-of-range", "too long")),
        (WAIT, "0.5", ("refused", "wrong-kind", "fraction")),
        (WAIT, "0", ("refused", "out-of-range", "zero")),
        (WAIT, "1", FINE), (WAIT, "1.0", FINE),
        (CHUNK, "0", ("refused", "out-of-range", "no size")),
        (CHUNK, "-1", ("refused", "out-of-range", "")),
        (CHUNK, "1", FINE), (CHUNK, "9007199254740991", FINE),
        (CHUNK, "9007199254740992", ("refused", "out-of-range", "too large")),
        (CHUNK, "1.5", ("refused", "wrong-kind", "fraction")),
        (CHUNK, "NaN", ("refused", "not-finite", "")),
        (INTERVAL, "0.009", ("clamped", "", "")), (INTERVAL, "0.01", FINE),
        (INTERVAL, "-5", ("clamped", "", "")), (INTERVAL, "-1e999", ("open", "", "")),
        (INTERVAL, f"-{LARGE}", ("clamped", "", "")),
        (INTERVAL, "-Infinity", ("refused", "not-finite", "")),
        (INTERVAL, "1e999", ("refused", "not-finite", "")),
        (INTERVAL, "1000000.1", ("refused", "out-of-range", "")),
        (CHECKS, "0", ("clamped", "", "")), (CHECKS, "1", FINE), (CHECKS, "1000000", FINE),
        (CHECKS, "1000001", ("refused", "out-of-range", "")),
        (CHECKS, "1.5", ("refused", "wrong-kind", "fraction")),
        (SEND, '"30"', ("refused", "wrong-kind", "text")),
        (SEND, "true", ("refused", "wrong-kind", "true")),
        (SEND, "false", ("refused", "wrong-kind", "false")),
        (SEND, "[1]", ("refused", "wrong-kind", "other")),
        (SWITCH, "true", FINE), (SWITCH, "2", FINE), (SWITCH, "0", FINE), (SWITCH, '"YES"', FINE),
        (SWITCH, "2.0", ("open", "", "")), (SWITCH, "1.5", ("refused", "wrong-kind", "fraction")),
        (SWITCH, "NaN", ("refused", "not-finite", "")),
        (SWITCH, "1e999", ("refused", "not-finite", "")),
        (SWITCH, '"on"', ("refused", "wrong-kind", "word")),
        (SWITCH, '" yes"', ("open", "", "")), (SWITCH, '"2"', ("open", "", "")),
        (SWITCH, "[1]", ("refused", "wrong-kind", "other")),
    ],
)  # fmt: skip
def test_a_value_of_a_file_has_its_verdict_situation_and_part(
    knob: str, token: str, expected: tuple[str, str, str]
) -> None:
    """As `spec/cf.md` has it; what no situation asks for has no part."""
    assert expected == said(in_file(knob, token))


@pytest.mark.parametrize(
    ("knob", "text", "expected"),
    [
        (SEND, "NaN", ("refused", "not-finite", "NaN in the environment")),
        (SEND, " inf", ("refused", "not-finite", "an infinity above in the environment")),
        (SEND, "-Infinity", ("refused", "not-finite", "one below in the environment")),
        (SEND, "+nan", ("refused", "not-finite", "NaN in the environment")),
        (SEND, "0x1", ("refused", "environment-number", "not a decimal")),
        (SEND, "", ("refused", "environment-number", "not a decimal")),
        (SEND, "1_0", ("refused", "environment-number", "not a decimal")),
        (SEND, " 3e1 ", FINE), (SEND, ".5", FINE), (SEND, "5.", FINE),
        (SEND, "0", ("refused", "out-of-range", "zero")),
        (SWITCH, "2", FINE), (SWITCH, "t", FINE), (SWITCH, "2.0", ("open", "", "")),
        (SWITCH, "1.5", ("refused", "wrong-kind", "fraction")),
        (SWITCH, "on", ("refused", "wrong-kind", "word")), (SWITCH, "no ", ("open", "", "")),
    ],
)  # fmt: skip
def test_a_variable_has_its_verdict_situation_and_part(
    knob: str, text: str, expected: tuple[str, str, str]
) -> None:
    """Everything is text there, and a decimal is a number."""
    assert expected == said(in_environment(knob, text))


@pytest.mark.parametrize(
    ("token", "values"), [("true", {1}), ("false", {0}), ("0", {0}), ("-1", {1}), ('"n"', {0})]
)
def test_the_switch_is_one_or_zero(token: str, values: set[int]) -> None:
    """Any integer but 0 is true."""
    assert values == in_file(SWITCH, token).values


@pytest.mark.parametrize(
    ("key", "knob", "distance"),
    [
        (SEND, SEND, 0), ("streaming_sent_timeout", SEND, 1), ("streaming_timeout", SEND, 5),
        ("heartbeat_intervall", BEAT, 1), ("sfm_send_stal_timout", STALL, 2),
    ],
)  # fmt: skip
def test_the_nearest_knob_is_the_one_with_the_least_distance(
    key: str, knob: str, distance: int
) -> None:
    """Wherever it stands in the table."""
    assert (knob, distance) == nearest(key)


def test_the_table_is_that_of_the_law() -> None:
    """Kinds, defaults in core units, ends and clamps, by hand from `spec/cf.md`."""
    mib = 1 << 20
    kinds = {name: knob.kind for name, knob in KNOBS.items()}
    assert {"seconds", "whole seconds", "bytes", "count", "switch"} == set(kinds.values())
    defaults = {name: {int(one) for one in defaults_of(knob)} for name, knob in KNOBS.items()}
    assert {
        SEND: {30_000_000}, "streaming_ack_progress_timeout": {60_000_000}, INTERVAL: {5_000_000},
        STALL: {45_000_000}, SWITCH: {0}, CHECKS: {3}, WAIT: {300_000_000},
        "streaming_window_size": {16 * mib, 64 * mib}, CHUNK: {mib},
        "streaming_ack_interval": {4 * mib, 16 * mib}, BEAT: {60_000_000},
    } == defaults  # fmt: skip
    assert {INTERVAL: Decimal("0.01"), CHECKS: Decimal(1)} == {
        name: knob.clamp for name, knob in KNOBS.items() if knob.clamp is not None
    }
    assert 26 == len(OWN_KEYS)
    assert all(read_file(f'{{"{key}": 1}}') for key in OWN_KEYS)


def configuration(effective: dict[str, object] | None, file: str = "{}") -> Configuration:
    """Return one configuration with its answer; `None`: it was refused."""
    story = Configured("CF-1")
    number = story.ask_for(file, {})
    if effective is None:
        story.answer(number, error="refused", message="No", knob=SEND)
    else:
        story.answer(number, effective=effective)
    _header, (run,) = runs_of(trace_of(story))
    (found,) = configurations_of(run)
    return found


def test_what_differs_is_said_with_what_is_in_force_and_what_should_be() -> None:
    """In the knob's own unit, exactly; what the law leaves open is named with both."""
    right = lawful(configuration(dict(DEFAULTS)))
    assert [None] * len(KNOBS) == [differs(right, name) for name in KNOBS]
    wrong = lawful(configuration({**DEFAULTS, SEND: 29.999999, SWITCH: True, CHUNK: 1}))
    told = {name: differs(wrong, name) or "" for name in (SEND, SWITCH, CHUNK)}
    assert "no source sets streaming_send_timeout, and 29.999999 is in force" in told[SEND]
    assert "The law wants 30 s." in told[SEND]
    assert "and True is in force. The law wants false." in told[SWITCH]
    assert "and 1 is in force. The law wants 1048576 bytes." in told[CHUNK]
    nothing = lawful(configuration({}))
    window = differs(nothing, "streaming_window_size", " here") or ""
    assert "and no effective value of it was reported." in window
    assert "The law wants 16777216 bytes or 67108864 bytes here." in window


@pytest.mark.parametrize(
    ("knob", "value", "expected"),
    [
        (SEND, 7.5, Decimal(7_500_000)), (CHUNK, 7, Decimal(7)), (SWITCH, True, Decimal(1)),
        (SWITCH, 1, None), (SEND, True, None), (SEND, "7", None), (SEND, None, None),
    ],
)  # fmt: skip
def test_a_reported_value_is_taken_exactly(
    knob: str, value: object, expected: Decimal | None
) -> None:
    """Seconds become microseconds; what is no value of the knob's kind is none."""
    assert expected == in_core_units(KNOBS[knob], value)


def test_values_are_shown_in_the_unit_of_their_knob() -> None:
    """Without noise."""
    assert ["0.000001 s", "30 s", "7 bytes", "3", "true", "false"] == [
        shown(KNOBS[name], Decimal(value))
        for name, value in ((SEND, 1), (SEND, 30_000_000), (CHUNK, 7), (CHECKS, 3), (SWITCH, 1),
                            (SWITCH, 0))
    ]  # fmt: skip


def test_a_refusal_that_names_a_knob_concerns_its_situations_alone() -> None:
    """All of them, where it names none of theirs; nothing where it is in force."""
    situations = {"one": [SEND], "two": [CHUNK]}
    named = list(not_in_force("CF-3", situations, configuration(None)))
    assert [("one", "broken")] == [(one.situation, one.tells) for one in named]
    others = {"two": [CHUNK], "three": [WAIT]}
    assert ["two", "three"] == [
        one.situation for one in not_in_force("CF-3", others, configuration(None))
    ]
    assert [] == list(not_in_force("CF-3", situations, configuration(dict(DEFAULTS))))


def test_a_situation_counts_once_every_part_was_kept() -> None:
    """A part that nobody needs shows nothing, nor does one twice; the first eight events show."""
    parts = Parts("CF-3", {"null": {"a", "b"}, "misspelt": {"c"}})
    one = configuration(dict(DEFAULTS))
    parts.keep("null", "a", one)
    parts.keep("null", "a", one)
    parts.keep("null", "z", one)
    assert [] == list(parts.whole())
    parts.keep("null", "b", one)
    (held,) = parts.whole()
    assert ("CF-3", "null", 2 * len(one.events)) == (
        held.requirement, held.situation, len(held.events)
    )  # fmt: skip
    many = Parts("CF-3", {"null": set("abcdefgh")})
    for part in "abcdefgh":
        many.keep("null", part, one)
    (held,) = many.whole()
    assert 8 == len(held.events)


def test_null_and_its_own_name_are_told_apart_from_others() -> None:
    """What the law sorts a key into: own, others, misspelt, null."""
    found = lawful(
        configuration(dict(DEFAULTS), f'{{"{SEND}": null, "internal": 1, "what": 2, "{BEAT}x": 3}}')
    )
    assert [SEND] == [one.name for one in found.nulls]
    assert ["internal"] == [one.name for one in found.own]
    assert ["what"] == [one.name for one in found.others]
    assert [("misspelt", "distance 1", BEAT)] == [
        (one.situation, one.part, one.knob) for one in found.faults
    ]
