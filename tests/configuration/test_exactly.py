"""What is told to the last digit, and where it stops: numbers, texts, names, units, advice."""

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from stallproof.configuration.kinds import BYTES, COUNT, INTERVAL, SECONDS, SWITCH, WHOLE_SECONDS
from stallproof.configuration.knobs import (
    KNOBS,
    Configured,
    KnobRefused,
    configure_file,
    examine,
)
from stallproof.configuration.names import OWN_KEYS, nearest
from stallproof.configuration.relations import Relation, Terms, relations_of
from stallproof.configuration.values import (
    Written,
    as_json,
    decimal_of,
    is_whole,
    number_of,
    shown,
)
from stallproof.machines.close_window import Ticks
from stallproof.machines.policy import Policy
from stallproof.machines.settings import SIZE_MAX_BYTES

LAW = (Path(__file__).resolve().parents[2] / "spec" / "cf.md").read_text("utf-8")
S = 1_000_000
TERMS = Terms(Ticks(5 * S, 50_000), 50_000, {}, 0)


# --- numbers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (2**53 - 1, 2**53 - 1), (2**53, 2**53), (2**53 + 1, "9007199254740993"),
        (-(2**53), -(2**53)), (-(2**53) - 1, "-9007199254740993"),
        (0.5, 0.5), (-1e300, -1e300),
        (float("inf"), "inf"), (float("-inf"), "-inf"), (float("nan"), "nan"),
        (None, None), (True, True), (False, False),
        ("x" * 120, "x" * 120), ("x" * 121, "x" * 120 + "..."), ("ä", "ä"),
        ([1], "a list"), ({}, "an object"),
        (Written("7"), 7), (Written("-7"), -7), (Written("0.25"), 0.25),
        (Written("9007199254740992"), 2**53), (Written("9007199254740993"), "9007199254740993"),
        (Written("-9007199254740993"), "-9007199254740993"),
        (Written("0.1000000000000000000001"), "0.1000000000000000000001"),
        (Written("7." + "0" * 118), 7.0), (Written("7." + "0" * 119), f"7.{'0' * 118}..."),
        (Written("1e999"), "1e999"), (Written("NaN"), "NaN"),
    ],
)  # fmt: skip
def test_a_reply_has_the_value_or_its_text_where_readers_would_lose_it(
    value: object, expected: object
) -> None:
    """Integers up to 2^53 on either side, floats that are finite, and texts of 120 characters."""
    told = as_json(value)
    assert (type(expected), expected) == (type(told), told)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (2**4096 - 1, Decimal(2**4096 - 1)), (2**4096, Decimal("1e9999")),
        (-(2**4096) + 1, Decimal(-(2**4096) + 1)), (-(2**4096), Decimal("-1e9999")),
        (7, Decimal(7)), (0.1, Decimal("0.1")), (float("inf"), None), (float("nan"), None),
        (True, None), ("7", None), (None, None), ([7], None), (Written("7"), Decimal(7)),
    ],
)  # fmt: skip
def test_a_number_is_exact_until_it_is_out_of_every_range(
    value: object, expected: Decimal | None
) -> None:
    """An integer of more than 4096 bits is as good as endless, with its own sign."""
    assert expected == number_of(value)


@pytest.mark.parametrize(
    ("text", "exponent"),
    [
        ("1e" + "9" * 17, 10**17 - 1), ("1e1" + "0" * 17, 10**17), ("1e" + "9" * 18, 10**17),
        ("1e-" + "9" * 17, -(10**17) + 1), ("1e-" + "9" * 18, -(10**17)),
        ("1e000000000000000000007", 7), ("1e0", 0), ("1", 0),
    ],
)  # fmt: skip
def test_an_exponent_is_exact_up_to_seventeen_digits(text: str, exponent: int) -> None:
    """A longer one is taken to the longest, and its leading zeros count for nothing."""
    number = decimal_of(text)
    assert number is not None
    assert (0, (1,), exponent) == number.as_tuple()


@pytest.mark.parametrize("text", ["", ".", "+", "e5", "1e", "1.2.3", "1_0", "0x1", "--1", "٣"])
def test_what_is_no_decimal_is_none(text: str) -> None:
    """Neither nothing nor half of one, nor what other languages write."""
    assert decimal_of(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [(" 1 ", 1), ("\t\n\r\f\v1", 1), (".5", Decimal("0.5")), ("5.", 5), ("-0.0", 0), ("+3", 3)],
)
def test_blanks_and_points_at_the_ends_are_let_through(text: str, expected: object) -> None:
    """As the law writes decimals."""
    assert expected == decimal_of(text)


@pytest.mark.parametrize("text", ["0", "-0.0", "+000.", "0e999", "-.0e-99999999999999999999"])
def test_zero_is_the_same_zero_however_it_is_written(text: str) -> None:
    """Without a sign, and without an exponent that somebody would have to carry along."""
    number = decimal_of(text)
    assert number is not None
    assert (0, (0,), 0) == number.as_tuple()


def test_whole_is_what_has_no_fraction() -> None:
    """However many zeros it is written with."""
    assert [True, True, False] == [is_whole(Decimal(t)) for t in ("3.0", "-2e3", "3.000001")]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (2**256 - 1, str(2**256 - 1)), (2**256, "an integer of 257 bits"),
        ("x" * 118, f'"{"x" * 118}"'), ("x" * 119, f'"{"x" * 119}...'),
        ("ä\n", '"\\u00e4\\n"'), (True, "true"), (None, "null"), (1.5, "1.5"), ([], "a list"),
        ({"a": 1}, "an object"), (Written("1e5"), "1e5"),
    ],
)  # fmt: skip
def test_what_is_shown_fits_on_a_line(value: object, expected: str) -> None:
    """120 characters with the quotes, and integers of 256 bits, are shown whole."""
    assert expected[:120] + ("..." if len(expected) > 120 else "") == shown(value)


# --- knobs and names -----------------------------------------------------------------------------


def test_units_and_kinds_are_those_of_the_table_of_the_law() -> None:
    """Each knob is read as the law's table says, and its effective value is told in that unit."""
    names = dict(re.findall(r"^\| ([\w ]+?)(?: \([^|]*\))? \| `(\w+)` \|$", LAW, re.M))
    kinds_row = (
        r"^\| ([\w ]+?) \| ([a-z ]+?)(?:, at the receiver)? \| \S[^|]* \| [^|]* \| [^|]* \| "
    )
    rows = {names[one]: kind for one, kind in re.findall(kinds_row, LAW, re.M) if one in names}
    kinds = {"seconds": SECONDS, "whole seconds": WHOLE_SECONDS, "bytes": BYTES, "count": COUNT,
             "switch": SWITCH}  # fmt: skip
    interval = "streaming_ack_progress_check_interval"
    expected = {name: INTERVAL if name == interval else kinds[row] for name, row in rows.items()}
    assert expected == {name: knob.kind for name, knob in KNOBS.items()}
    units = {"seconds": "s", "whole seconds": "s", "bytes": "bytes", "count": "checks"}
    assert {name: units.get(row, "switch") for name, row in rows.items()} == {
        name: knob.kind.unit for name, knob in KNOBS.items()
    }


@pytest.mark.parametrize(
    ("knob", "ends"),
    [
        ("streaming_send_timeout", ("seconds", "0.000001", "1000000")),
        ("streaming_ack_progress_check_interval", ("seconds", "1000000", "0.01")),
        ("streaming_ack_wait", ("whole", "seconds", "1", "1000000")),
        ("streaming_chunk_size", ("whole", "bytes", "1", str(SIZE_MAX_BYTES))),
        ("sfm_send_stall_consecutive_checks", ("whole", "1000000", "1")),
        ("sfm_close_stalled_connection", ("true", "yes", "f", "0", "whole")),
    ],
)
def test_what_is_allowed_is_said_with_both_ends(knob: str, ends: tuple[str, ...]) -> None:
    """An operator reads there what to write."""
    assert [] == [word for word in ends if word not in KNOBS[knob].kind.allowed]


def test_the_keys_of_nvflare_are_those_of_the_law() -> None:
    """Every one passes without a note, where one that is not among them gets one."""
    told = LAW.partition("**NVFlare's own keys** are ")[2].partition(".\n")[0].partition(". ")[0]
    keys = re.findall(r"`([\w-]+)`", told)
    assert 26 == len(keys)
    assert set(keys) == OWN_KEYS
    text = "{" + ", ".join(f'"{key}": 1' for key in [*keys, "internal_"]) + "}"
    found = examine(text, {})
    assert isinstance(found, Configured)
    assert ('"internal_" is not a knob and is passed over',) == found.notes


def test_the_nearest_knob_is_meant_and_of_two_the_first() -> None:
    """Nearer beats earlier, and earlier beats the alphabet."""
    assert "bb" == nearest("bbx", ["bx_x", "bb"])
    assert "abc" == nearest("abd", ["abcde", "abc"])
    assert "zb" == nearest("cb", ["zb", "ab"])
    assert nearest("abcxyz", ["abc"]) is None
    assert "abc" == nearest("abcxy", ["abc"])


@pytest.mark.parametrize(
    ("name", "knob", "hint"),
    [("streaming_sent_timeout", "streaming_send_timeout", True), ("a_word", "a_word", False)],
)
def test_what_is_set_by_hand_and_is_no_knob_is_refused(name: str, knob: str, hint: bool) -> None:
    """The refusal speaks of the knob that was meant, or else of the name as it stands."""
    (refusal,) = _refused(by_hand=((name, "7"),))
    assert (knob, name, "the name of a knob") == (refusal.knob, refusal.value, refusal.allowed)
    assert hint is (f"did you mean {knob}?" in str(refusal))
    assert "--set" in str(refusal)


def _refused(by_hand: tuple[tuple[str, object], ...]) -> tuple[KnobRefused, ...]:
    found = examine(None, {}, by_hand)
    assert not isinstance(found, Configured)
    return found


def test_a_switch_has_no_note() -> None:
    """It has no clamp, whichever way it is set."""
    for value in ("true", "false", "1", "0"):
        assert () == configure_file(f'{{"sfm_close_stalled_connection": {value}}}', {}).notes


# --- relations -----------------------------------------------------------------------------------


def judged(policy: Policy, terms: Terms = TERMS) -> dict[str, Relation]:
    """Return the relations by name."""
    return {one.name: one for one in relations_of(policy, terms)}


def test_relations_come_in_the_order_of_the_law() -> None:
    """As the rows of its table."""
    assert [
        "no_warning", "no_close", "progress_before_ack_wait", "ack_interval_in_window",
        "window_holds_chunk", "outer_timeouts", "close_window_defined",
    ] == [one.name for one in relations_of(Policy(), TERMS)]  # fmt: skip


CLOSES = Policy(stall_timeout_us=20 * S, close_stalled=True)
OUTER = replace(TERMS, outer_timeouts_us={"task": 60 * S}, margin_us=5 * S)


@pytest.mark.parametrize(
    ("name", "policy", "terms", "advice", "followed"),
    [
        ("no_warning", Policy(send_timeout_us=50 * S), TERMS,
         "set sfm_send_stall_timeout to at least 50.05 s",
         (Policy(send_timeout_us=50 * S, stall_timeout_us=50_050_000), TERMS)),
        ("no_close", CLOSES, TERMS, "set sfm_send_stall_timeout to at least 20.1 s",
         (replace(CLOSES, stall_timeout_us=20_100_000), TERMS)),
        ("outer_timeouts", CLOSES, OUTER, "set each outer timeout to more than 40.05 s",
         (CLOSES, replace(OUTER, outer_timeouts_us={"task": 40_050_001}))),
    ],
)  # fmt: skip
def test_advice_that_is_followed_mends_what_is_broken(
    name: str, policy: Policy, terms: Terms, advice: str, followed: tuple[Policy, Terms]
) -> None:
    """The number advised is the least that does."""
    is_broken = judged(policy, replace(terms, outer_timeouts_us={"task": 40_050_000}))[name]
    assert not is_broken.holds
    assert advice in is_broken.text
    assert judged(*followed)[name].holds
    if name != "outer_timeouts":
        nearly = replace(followed[0], stall_timeout_us=followed[0].stall_timeout_us - 1)
        assert not judged(nearly)[name].holds


@pytest.mark.parametrize(
    ("policy", "terms", "name", "text"),
    [
        (Policy(), TERMS, "no_warning",
         "streaming_send_timeout (30 s) plus grace (0.05 s) is 30.05 s, at most "
         "sfm_send_stall_timeout (45 s): a send that ends by its own deadline is never warned "
         "about."),
        (replace(CLOSES, stall_timeout_us=75 * S), TERMS, "no_close",
         "streaming_send_timeout (30 s) plus grace (0.05 s) is 30.05 s, at most the lower end of "
         "the close window, 84.95 s (from sfm_send_stall_timeout 75 s, "
         "sfm_send_stall_consecutive_checks 3, with sfm_close_stalled_connection true): the "
         "deadline ends a send before the monitor can close its connection."),
        (CLOSES, OUTER, "outer_timeouts",
         "task (60 s): more than 40.05 s, the upper end of the close window (35.05 s, from "
         "sfm_send_stall_timeout 20 s, sfm_send_stall_consecutive_checks 3, with "
         "sfm_close_stalled_connection true) plus the margin (5 s), so that the connection is "
         "closed before callers give up."),
        (CLOSES, TERMS, "outer_timeouts",
         "No outer timeout was given; each has to be more than 35.05 s, the upper end of the "
         "close window (35.05 s, from sfm_send_stall_timeout 20 s, "
         "sfm_send_stall_consecutive_checks 3, with sfm_close_stalled_connection true) plus the "
         "margin (0 s)."),
        (CLOSES, TERMS, "close_window_defined",
         "sfm_send_stall_timeout (20 s) is at least the longest time between two checks "
         "(5.05 s): the ends of the close window are promised."),
        (Policy(), TERMS, "ack_interval_in_window",
         "streaming_ack_interval (4194304 bytes, 4 MiB) is at most streaming_window_size "
         "(16777216 bytes, 16 MiB): the receiver owes an ACK before the sender waits."),
        (Policy(), TERMS, "window_holds_chunk",
         "streaming_chunk_size (1048576 bytes, 1 MiB) is at most streaming_window_size "
         "(16777216 bytes, 16 MiB): more than one chunk can be on its way."),
        (Policy(), TERMS, "progress_before_ack_wait",
         "streaming_ack_progress_timeout (60 s) is at most streaming_ack_wait (300 s): a "
         "receiver that gets nowhere ends as NO_PROGRESS."),
    ],
)  # fmt: skip
def test_a_relation_that_holds_says_so_with_all_its_numbers(
    policy: Policy, terms: Terms, name: str, text: str
) -> None:
    """Word for word: each number is worked out by hand, and stands beside its own knob."""
    assert (True, text) == (judged(policy, terms)[name].holds, judged(policy, terms)[name].text)
