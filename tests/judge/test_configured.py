"""What the rules of CF make of answers: exact values, refusals that say enough, nothing free."""

from decimal import Decimal
from typing import Any

import pytest

from stallproof.judge.evidence.configurations import (
    Given,
    configurations_of,
    decimal_of,
    exact,
    numbers_in,
    read_file,
)
from stallproof.judge.evidence.run import Run
from stallproof.judge.rules.configured_law import KNOBS, OWN_KEYS, read
from stallproof.judge.rules.configured_reading import edit_distance, lawful, nearest
from stallproof.wire import events as ev
from tests.judge import configuring as told
from tests.judge.configuring import (
    ACK_WAIT,
    BEAT,
    CHECKS,
    CHUNK,
    DEFAULTS,
    INTERVAL,
    MIB,
    SEND,
    STALL,
    SWITCH,
    WINDOW,
    Configured,
)
from tests.judge.story import T0_US
from tests.judge.verdicts import failing, verdicts_of


def in_file(knob: str, token: str) -> Any:
    """Return what the law makes of `token` in a file."""
    file = read_file(f'{{"{knob}": {token}}}')
    assert file is not None
    return read(KNOBS[knob], file[knob])


def in_environment(knob: str, text: str) -> Any:
    """Return what the law makes of `text` in the environment."""
    return read(KNOBS[knob], Given(f"NVFLARE_{knob.upper()}", "environment", "text", text, text))


@pytest.mark.parametrize(
    ("knob", "token", "values"),
    [
        (SEND, "0.000001", {1}),
        (SEND, "0.0000014", {1}),
        (SEND, "0.0000015", {1, 2}),
        (SEND, "0.0000016", {2}),
        (SEND, "1000000", {10**12}),
        (SEND, "3e1", {30_000_000}),
        (ACK_WAIT, "1", {1_000_000}),
        (ACK_WAIT, "3.0", {3_000_000}),
        (WINDOW, "1", {1}),
        (WINDOW, "9007199254740991", {2**53 - 1}),
        (INTERVAL, "0.01", {10_000}),
        (INTERVAL, "0.010001", {10_001}),
        (CHECKS, "1", {1}),
        (CHECKS, "1000000", {1_000_000}),
        (SWITCH, "true", {1}),
        (SWITCH, "2", {1}),
        (SWITCH, "-1", {1}),
        (SWITCH, "0", {0}),
        (SWITCH, '"YES"', {1}),
        (SWITCH, '"F"', {0}),
    ],
)
def test_what_is_allowed_is_in_force_in_core_units(knob: str, token: str, values: set[int]) -> None:
    """Exactly, to the nearest microsecond; exactly between two either one is right."""
    reading = in_file(knob, token)
    assert ("in force", {Decimal(v) for v in values}) == (reading.verdict, set(reading.values))


@pytest.mark.parametrize(
    ("knob", "token", "value"),
    [
        (INTERVAL, "0.009999", 10_000),
        (INTERVAL, "0.00999999", 10_000),
        (INTERVAL, "-1e300", 10_000),
        (CHECKS, "0", 1),
        (CHECKS, "-5", 1),
    ],
)
def test_below_a_clamp_is_the_clamp(knob: str, token: str, value: int) -> None:
    """Any finite value below one of the two clamps becomes the clamp."""
    reading = in_file(knob, token)
    assert ("clamped", {Decimal(value)}) == (reading.verdict, set(reading.values))


@pytest.mark.parametrize(
    ("knob", "token", "situation"),
    [
        (SEND, "0.0000009", "out-of-range"),
        (SEND, "1000000.000001", "out-of-range"),
        (SEND, "0", "out-of-range"),
        (SEND, "NaN", "not-finite"),
        (SEND, "1e999", "not-finite"),
        (SEND, '"30"', "wrong-kind"),
        (SEND, "true", "wrong-kind"),
        (SEND, "[30]", "wrong-kind"),
        (ACK_WAIT, "0", "out-of-range"),
        (ACK_WAIT, "0.5", "wrong-kind"),
        (ACK_WAIT, "1.5", "wrong-kind"),
        (WINDOW, "0", "out-of-range"),
        (WINDOW, "9007199254740992", "out-of-range"),
        (INTERVAL, "1000000.000001", "out-of-range"),
        (INTERVAL, "-Infinity", "not-finite"),
        (CHECKS, "1000001", "out-of-range"),
        (CHECKS, "-0.5", "wrong-kind"),
        (SWITCH, '"maybe"', "wrong-kind"),
        (SWITCH, '""', "wrong-kind"),
        (SWITCH, "0.5", "wrong-kind"),
    ],
)
def test_what_is_not_allowed_is_to_be_refused(knob: str, token: str, situation: str) -> None:
    """One step beyond each end, and what is of another kind."""
    reading = in_file(knob, token)
    assert ("refused", situation) == (reading.verdict, reading.situation)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        *[(text, "in force") for text in ("30", "3e1", " +30. ", ".5", "5E-1", "0030")],
        *[(text, "refused") for text in ("0x1e", "", " ", "3,5", "1_0", "3 0", "1e", ".", "--1")],
        *[(text, "refused") for text in ("nan", "-INF", "infinity", "true", "\uff13\uff10")],
    ],
)
def test_a_number_in_the_environment_is_a_decimal(text: str, verdict: str) -> None:
    """Sign, digits with one point, exponent, blanks around: nothing else."""
    assert verdict == in_environment(SEND, text).verdict


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        *(("-1", "in force"), ("YES", "in force"), ("0.5", "refused"), (" y", "open")),
        *(("2.0", "open"), ("3e1", "open"), (" 2 ", "open"), ("1e400", "refused")),
        *(("-1e999", "refused"), ("1" + "0" * 400, "refused"), ("5e-1", "refused")),
    ],
)
def test_what_the_law_does_not_say_is_left_open(text: str, verdict: str) -> None:
    """A switch in the environment is a word or an integer; blanks around it are left to readers."""
    assert verdict == in_environment(SWITCH, text).verdict


def test_an_infinity_below_a_clamp_is_left_open_when_it_may_be_finite() -> None:
    """-1e999 is finite for one reader and infinite for another; both may be right."""
    assert "open" == in_file(CHECKS, "-1e999").verdict
    assert "refused" == in_file(SEND, "-1e999").verdict


@pytest.mark.parametrize(
    ("key", "knob", "distance"),
    [
        ("streaming_send_timeout", SEND, 0),
        ("streaming_send_timout", SEND, 1),
        ("Streaming_send_timeout", SEND, 1),
        ("streaming_ack_wiat", ACK_WAIT, 2),
        ("streaming_read_timeout", SEND, 2),
        ("streaming_send_time", SEND, 3),
    ],
)
def test_the_edit_distance_counts_single_characters(key: str, knob: str, distance: int) -> None:
    """Inserted, deleted or replaced; one of NVFlare's own keys is as near as a slip."""
    assert (knob, distance) == nearest(key)
    assert edit_distance(key, knob) == edit_distance(knob, key)


def test_an_own_key_is_never_misspelt() -> None:
    """A key of NVFlare's own is at distance 2 from a knob, and passes."""
    assert "streaming_read_timeout" in OWN_KEYS
    assert set() == set(OWN_KEYS) & set(KNOBS)


def test_numbers_are_read_as_they_were_written() -> None:
    """No digit is lost, in the file, in a reply and in a message."""
    assert Decimal("0.0000009") == exact(9e-07)
    assert None is exact(True)
    assert Decimal("Infinity") == decimal_of("1e99999999999999999999999")
    text = "at most 9007199254740991 or 9,007,199,254,740,992, not 9e-07."
    assert {Decimal(2**53 - 1), Decimal(2**53), Decimal("9e-7")} <= numbers_in(text)


@pytest.mark.parametrize("text", ["[]", "{", '{"a": 1, "a": 2}', "[" * 100_000])
def test_a_file_that_is_no_object_is_not_judged(text: str) -> None:
    """The oracle asks for none like it, and a trace that has one says nothing."""
    assert None is read_file(text)


def test_a_value_that_loses_is_not_read() -> None:
    """A bad value in the environment is no fault where the file has its own; null is none."""
    story = Configured("CF-3")
    story.ask_for({SEND: 20, STALL: None}, {"NVFLARE_STREAMING_SEND_TIMEOUT": "nan", "HOME": "/"})
    run = Run(story.events()[0], story.told, 0, None, 0)  # type: ignore[arg-type]
    read_so = lawful(configurations_of(run)[0])
    assert [] == read_so.faults
    assert {SEND} == set(read_so.winners)
    assert {SEND} == set(read_so.losers)


# --- refusals -------------------------------------------------------------------------------------


def refusal(file: str, environment: dict[str, str] | None = None, **fields: Any) -> set[str]:
    """Return what one refusal breaks."""
    story = Configured("CF-3")
    number = story.ask_for(file, environment or {})
    return failing(story.answer(number, error="refused", **fields))


FOREIGN = ['{"internal": NaN}', '{"x": {"y": [1, -Infinity]}}', '{"internal": 1e999}']


@pytest.mark.parametrize("requirement", ["CF-1", "CF-2", "CF-3", "CF-4", "CF-5"])
@pytest.mark.parametrize("file", FOREIGN)
def test_a_file_that_is_no_json_may_be_refused_by_its_place(file: str, requirement: str) -> None:
    """Whatever the key, it is refused as a whole; one that names no place breaks CF-3 alone."""
    for message, breaks in (("unexpected token at line 1 column 14", set()), ("no", {"CF-3"})):
        story = Configured(requirement)
        number = story.ask_for(file, {})
        told = story.answer(number, error="refused", message=message)
        assert breaks & {requirement} == failing(told)


@pytest.mark.parametrize("requirement", ["CF-1", "CF-3", "CF-4", "CF-5"])
def test_a_file_that_is_json_is_not_refused_by_a_place(requirement: str) -> None:
    """A key that is no knob holds a number of JSON: nothing is to be refused there."""
    story = Configured(requirement)
    number = story.ask_for('{"internal": 1e99}', {})
    assert {requirement} == failing(story.answer(number, error="refused", message="line 1"))


NAN, SHORT = f'{{"{SEND}": NaN}}', f'{{"{SEND}": 0.0000009}}'


@pytest.mark.parametrize(
    ("file", "fields"),
    [
        (SHORT, {"knob": SEND, "value": 9e-07, "allowed": "1 us at least"}),
        (SHORT, {"message": f"{SEND}=0.0000009: expected a number from 0.000001"}),
        (SHORT, {"message": f"{SEND} must be at least 1, got 9e-07"}),
        (SHORT, {"knob": SEND, "value": "9e-7", "message": "not positive enough"}),
        (NAN, {"knob": SEND, "message": "NaN is not finite"}),
        (NAN, {"knob": SEND, "value": "NaN", "allowed": "seconds"}),
        (NAN, {"message": "Invalid JSON: unexpected token at line 1 column 28"}),
        (f'{{"{SEND}": 1e999}}', {"message": "Number out of range (byte 27)"}),
        (f'{{"{SEND}": 1e999}}', {"knob": SEND, "message": "got Infinity, want a finite number"}),
        (f'{{"{SEND}": true}}', {"knob": SEND, "value": True, "allowed": "seconds"}),
        (f'{{"{SEND}": "30"}}', {"knob": SEND, "value": "30", "allowed": "seconds"}),
        (f'{{"{SEND}": [30]}}', {"message": f"{SEND}: expected a number, got a list"}),
        (f'{{"{SWITCH}": ""}}', {"knob": SWITCH, "value": "", "allowed": "yes or no"}),
        (f'{{"{SWITCH}": ""}}', {"message": f"{SWITCH} is empty, and has to be true or false"}),
        ('{"streaming_send_timout": 1}', {"message": f"streaming_send_timout? {SEND} is meant"}),
        ('{"streaming_send_timout": 1}', {"knob": "streaming_send_timout", "allowed": SEND}),
    ],
)
def test_a_refusal_may_say_it_in_any_words(file: str, fields: dict[str, Any]) -> None:
    """The fields or the message name the knob, the value and what is allowed."""
    assert set() == refusal(file, **fields)


@pytest.mark.parametrize(
    ("file", "fields"),
    [
        (SHORT, {}),
        (SHORT, {"message": "bad configuration"}),
        (SHORT, {"knob": STALL, "value": 9e-07, "allowed": "1 us at least"}),
        (SHORT, {"knob": SEND, "value": 9e-06, "allowed": "1 us at least"}),
        (SHORT, {"knob": SEND, "value": 9e-07}),
        (SHORT, {"knob": SEND, "value": 9e-07, "allowed": " ", "message": "9e-07 is wrong"}),
        (SHORT, {"message": "Invalid value at line 1 column 28"}),
        (NAN, {"knob": SEND, "value": None, "allowed": "seconds"}),
        (NAN, {"message": "Invalid JSON"}),
        (f'{{"{SEND}": true}}', {"knob": SEND, "value": 1, "allowed": "seconds"}),
        (f'{{"{SWITCH}": ""}}', {"knob": SWITCH, "allowed": "yes or no"}),
        ('{"streaming_send_timout": 1}', {"knob": "streaming_send_timout", "allowed": "a knob"}),
        ('{"streaming_send_timout": 1}', {"knob": SEND, "allowed": SEND}),
    ],
)
def test_a_refusal_that_leaves_something_out_breaks_the_law(
    file: str, fields: dict[str, Any]
) -> None:
    """The knob, the value, what is allowed: each of them has to be named."""
    assert {"CF-3"} == refusal(file, **fields)


def test_a_refused_variable_may_be_named_as_variable_or_knob() -> None:
    """Either name tells the operator where to look."""
    there = {"NVFLARE_STREAMING_SEND_TIMEOUT": "0x1e"}
    for knob in (SEND, "NVFLARE_STREAMING_SEND_TIMEOUT"):
        assert set() == refusal("{}", there, knob=knob, value="0x1e", allowed="a decimal")
    assert {"CF-3"} == refusal("{}", there, knob=STALL, value="0x1e", allowed="a decimal")


# --- nothing for free -----------------------------------------------------------------------------


@pytest.mark.parametrize("requirement", ["CF-1", "CF-2", "CF-3", "CF-4"])
def test_refusing_what_is_allowed_breaks_the_law(requirement: str) -> None:
    """Every refusal has an accepted neighbour, so that who refuses everything fails."""
    story = Configured(requirement)
    file = {INTERVAL: 0.01, BEAT: 30}
    number = story.ask_for(file, {"NVFLARE_HEARTBEAT_INTERVAL": "31"})
    story.answer(number, error="refused", knob=BEAT, value=30, allowed="nothing", message="no")
    assert {requirement} == failing(story)


@pytest.mark.parametrize("answered", [True, False])
def test_a_crash_or_a_failure_is_no_refusal(answered: bool) -> None:
    """Neither kept nor broken: the requirement cannot pass by it, and the harness is not judged."""
    story = told.not_finite()
    assert isinstance(story, Configured)
    story.failed(f'{{"{SEND}": -Infinity}}', answered=answered)
    judged = verdicts_of(story, told.out_of_range())["CF-3"]
    assert "fail" != judged.verdict
    alone = Configured("CF-3").failed(NAN, answered=answered)
    assert 1 == verdicts_of(alone)["CF-3"].situations["not-finite"]
    others = [c.kept() for c in told.CASES if c.situation != "not-finite"]
    assert "inconclusive" == verdicts_of(alone, *others)["CF-3"].verdict


def test_a_configuration_that_is_not_in_force_leaves_cf_1_open() -> None:
    """An allowed configuration that brings a failure is neither kept nor broken."""
    story = told.each_set()
    assert isinstance(story, Configured)
    story.failed("{}", answered=True)
    assert "inconclusive" == verdicts_of(story)["CF-1"].verdict


@pytest.mark.parametrize("case", told.CASES, ids=str)
def test_each_part_of_a_situation_is_needed(case: Any) -> None:
    """Without any one of its configurations a situation that takes several is not witnessed."""
    story = case.kept()
    asked = [e for e in story.told if isinstance(e, ev.ConfigurationAsked)]
    for left_out in asked if len(asked) > 1 else ():
        part = case.kept()
        part.told = [e for e in part.told if getattr(e, "id", None) != left_out.id]
        assert 0 == verdicts_of(part)[case.requirement].situations[case.situation]


@pytest.mark.parametrize("case", told.CASES, ids=str)
def test_silence_witnesses_nothing(case: Any) -> None:
    """Configurations that nobody was asked for, or that nobody answered, keep no law."""
    story = case.kept()
    story.told = [e for e in story.told if not isinstance(e, ev.ConfigurationAnswered)]
    assert "pass" != verdicts_of(story)[case.requirement].verdict
    assert [] == [
        f for f in verdicts_of(story)[case.requirement].findings if f.tells == "violation"
    ]


def test_a_knob_that_is_not_reported_fails() -> None:
    """An implementation reports every effective value."""
    story = Configured("CF-1")
    effective = {name: value for name, value in DEFAULTS.items() if name != BEAT}
    story.answer(story.ask_for("{}", {}), effective=effective, monitor_period_us=told.PERIOD_US)
    assert {"CF-1"} == failing(story)


@pytest.mark.parametrize(("came", "broken"), [(True, set()), (1, {"CF-1"}), ("true", {"CF-1"})])
def test_the_switch_is_reported_as_a_boolean(came: Any, broken: set[str]) -> None:
    """A number or a word for it is not what `effective` holds."""
    assert broken == failing(told.each_set(**{SWITCH: came}))


@pytest.mark.parametrize(
    ("window", "interval", "broken"),
    [
        (16 * MIB, 4 * MIB, set()),
        (64 * MIB, 16 * MIB, set()),
        (64 * MIB, 4 * MIB, {"CF-1"}),
        (16 * MIB, 16 * MIB, {"CF-1"}),
        (32 * MIB, 8 * MIB, {"CF-1"}),
    ],
)
def test_either_pair_of_defaults_is_right_and_a_mix_is_not(
    window: int, interval: int, broken: set[str]
) -> None:
    """Window and ACK interval come from one release."""
    changed = {WINDOW: window, told.ACK_INTERVAL: interval}
    assert broken == failing(told.defaults(changed))


def test_pairs_do_not_change_from_one_configuration_to_the_next() -> None:
    """One release here and the other one there is a mix as well."""
    story = Configured("CF-1").accepted("{}", {})
    later = {WINDOW: 64 * MIB, told.ACK_INTERVAL: 16 * MIB}
    assert {"CF-1"} == failing(story.accepted("{}", later))


@pytest.mark.parametrize(
    ("period_us", "declared_us", "broken"),
    [
        (5_000_000, 5_000_000, set()),
        (4_999_999, 5_000_000, {"CF-1"}),
        (None, 5_000_000, {"CF-1"}),
        (4_000_000, 4_000_000, set()),
        (None, None, set()),
    ],
)
def test_the_period_is_the_declared_one(
    period_us: int | None, declared_us: int | None, broken: set[str]
) -> None:
    """Where there is a monitor, its period is reported as it was declared."""
    story = told.defaults(period_us=period_us)
    assert broken == failing(story, monitor_period_us=declared_us)


PLACED = "invalid character 'N' looking for beginning of value (byte 14)"


def refused_whole(requirement: str, file: str, message: str = PLACED, **fields: Any) -> set[str]:
    """Return the requirements that fail when `file` is refused."""
    story = Configured(requirement)
    number = story.ask_for(file, {})
    return failing(story.answer(number, error="refused", message=message, **fields))


@pytest.mark.parametrize("requirement", ["CF-1", "CF-2", "CF-3", "CF-4", "CF-5"])
@pytest.mark.parametrize(
    "file",
    [
        '{"internal": NaN}',
        '{"internal": 1e999}',
        '{"somebodys_key": {"deep": [-Infinity]}}',
        f'{{"internal": NaN, "{INTERVAL}": 0, "{SEND}": 20}}',
        f'{{"internal": NaN, "{SEND}": 0}}',
    ],
)
def test_who_refuses_a_file_that_is_no_json_is_accused_of_nothing(
    requirement: str, file: str
) -> None:
    """A strict reader names the place, and has read no key: whose number it was does not count."""
    assert set() == refused_whole(requirement, file)


@pytest.mark.parametrize(
    ("file", "message", "fields"),
    [
        ('{"internal": 1e308}', PLACED, {}),
        ('{"internal": "NaN"}', PLACED, {}),
        ('{"internal": NaN}', "no", {}),
        ('{"internal": NaN}', PLACED, {"knob": "internal"}),
    ],
)
def test_who_refuses_what_is_allowed_is_accused_all_the_same(
    file: str, message: str, fields: dict[str, Any]
) -> None:
    """The file is JSON, or the refusal does not speak of a place: there is no excuse then."""
    assert {"CF-3"} == refused_whole("CF-3", file, message, **fields)


def test_a_note_at_the_clamp_fails() -> None:
    """Nothing was clamped, so that there is nothing to note."""
    story = told.below_clamp()
    assert isinstance(story, Configured)
    story.accepted({CHECKS: 1}, {CHECKS: 1}, notes=[f"{CHECKS} becomes 1"])
    assert {"CF-3"} == failing(story)


def test_what_loses_and_is_refused_all_the_same_fails() -> None:
    """A value in the environment that the file beats is not read."""
    story = Configured("CF-3")
    number = story.ask_for({SEND: 20}, {"NVFLARE_STREAMING_SEND_TIMEOUT": "nan"})
    story.answer(number, error="refused", knob=SEND, value="nan", allowed="seconds", message="no")
    assert {"CF-3"} == failing(story)


def test_configurations_belong_to_the_requirements_of_their_scenario() -> None:
    """A play for CF-1 says nothing of CF-3, whatever came of it."""
    story = Configured("CF-1").accepted(f'{{"{SEND}": NaN}}', {})
    assert set() == failing(story)


def test_seed_leaves_strict_reading_alone() -> None:
    """In seed a bad value that is put in force is not judged."""
    judged = verdicts_of(told.wrong_kind(slips=True), profile="seed")["CF-3"]
    assert "not-exercised" == judged.verdict


# --- relations ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", told.NAMES)
def test_each_relation_is_judged_on_both_sides_of_its_edge(name: str) -> None:
    """Broken where it holds at its edge is as wrong as left out."""
    assert {"CF-5"} == failing(told.at_edge(broken=name))
    assert {"CF-5"} == failing(told.at_edge(leaves_out=name))


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        (told.WAITS, set()),
        (told.WAITS.replace("8388609", "8192 KiB"), {"CF-5"}),
        (told.WAITS.replace(CHUNK, "the chunk"), {"CF-5"}),
        (f"{CHUNK} 8388609 > {WINDOW} 8388608", {"CF-5"}),
    ],
)
def test_a_broken_relation_is_explained(text: str, broken: set[str]) -> None:
    """With the knobs, their values, and what follows."""
    assert broken == failing(told.each_broken(waits=text))


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        (told.LATE.replace("50 ms", "0.05 s"), set()),
        (told.LATE.replace("50 ms", "50000 us"), set()),
        (told.LATE.replace("50 ms", "some"), {"CF-5"}),
    ],
)
def test_the_grace_that_was_used_is_told(text: str, broken: set[str]) -> None:
    """Whose grace broke the relation can be seen from the report."""
    assert broken == failing(told.each_broken(late=text))


@pytest.mark.parametrize(
    ("in_force_s", "said_s", "broken"),
    [
        (0.000001, "0.000001", set()),
        (0.000002, "0.000002", set()),
        (0.000002, "0.000001", {"CF-5"}),
        (0.000001, "0.000002", {"CF-5"}),
    ],
)
def test_between_two_microseconds_the_value_in_force_is_the_one_to_say(
    in_force_s: float, said_s: str, broken: set[str]
) -> None:
    """1.5 us may become 1 or 2, and the report of a relation speaks of what it became."""
    file = {**told.EDGE, STALL: 0.0000015, SWITCH: False}
    words = f"{SEND} 4.96 s and 50 ms exceed {STALL} {said_s} s so that a good send is warned about"
    story = told.related(
        Configured("CF-5"), file, {"no_warning": words}, effective={STALL: in_force_s}
    )
    assert broken == failing(story)


@pytest.mark.parametrize(
    ("limit_s", "broken"), [(5.01, {"no_close"}), (5.009999, {"no_close", "close_window_defined"})]
)
def test_the_close_window_follows_the_declared_form(limit_s: float, broken: set[str]) -> None:
    """With gaps of 5 s to 5.01 s (form a) the lower end of one check is the limit itself."""
    file = {**told.EDGE, STALL: limit_s, SEND: round(limit_s - 0.049999, 6)}
    words = f"{SEND} {file[SEND]} s and 50 ms exceed {STALL} {limit_s} s so that it is hit"
    reports = {name: words for name in (*broken, "no_warning")}
    story = told.related(Configured("CF-5"), file, reports)
    judged = failing(story, monitor_form="a", monitor_slack_us=told.SLACK_US)
    # Where the window is not defined, the law does not say what its ends are worth.
    assert set() == judged


def test_without_a_monitor_the_close_window_is_not_judged() -> None:
    """No form and no period: nobody can say where the window would be."""
    story = told.at_edge(broken="no_close")
    assert set() == failing(story, monitor_form=None, monitor_period_us=None)


def test_relations_of_misread_values_are_not_judged() -> None:
    """Where other values are in force, the requirement that they break tells so."""
    story = Configured("CF-5")
    number = story.ask_for(told.EDGE, {}, grace_us=told.GRACE_US)
    story.answer(number, effective=dict(DEFAULTS), monitor_period_us=told.PERIOD_US, relations=[])
    judged = verdicts_of(story)["CF-5"]
    assert "not-exercised" == judged.verdict


def test_answers_belong_to_the_request_before_them() -> None:
    """Ids begin anew with each process, so that order tells whose answer it is."""
    story = Configured("CF-1")
    for effective in ({**DEFAULTS, BEAT: 61}, DEFAULTS):
        story._id = 2
        story.answer(story.ask_for("{}", {}), effective=effective)
    run = Run(story.events()[0], story.told, 0, None, 0)  # type: ignore[arg-type]
    reported = [c.answered.effective[BEAT] for c in configurations_of(run) if c.answered]
    assert [61, 60] == reported
    late = ev.ConfigurationAnswered(at_us=T0_US, id=9, effective={})
    run.events = [story.told[0], late]
    assert None is configurations_of(run)[0].answered
