"""The relations between knobs: each at its own edge, and in words that name what is wrong."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stallproof.configuration.relations import (
    Relation,
    Terms,
    bytes_text,
    case_text,
    relations_of,
    seconds_text,
)
from stallproof.machines.close_window import Case, Gaps, Ticks
from stallproof.machines.policy import Policy
from tests.models import configuration as naive

S = 1_000_000
MIB = 1 << 20
TERMS = Terms(Ticks(5 * S, 50_000), 50_000, {}, 0)
CLOSING = Policy(stall_timeout_us=75 * S, close_stalled=True)


def judged(policy: Policy, terms: Terms = TERMS) -> dict[str, Relation]:
    """Return the relations by name."""
    return {relation.name: relation for relation in relations_of(policy, terms)}


def broken(policy: Policy, terms: Terms = TERMS) -> set[str]:
    """Return the names of those that do not hold."""
    return {name for name, relation in judged(policy, terms).items() if not relation.holds}


def test_the_defaults_and_the_advised_values_hold() -> None:
    """Nothing is broken in the defaults, nor with closing enabled at 75 s."""
    assert set() == broken(Policy())
    assert set() == broken(CLOSING)
    assert 7 == len(judged(Policy()))


@pytest.mark.requirement("CF-5", kind="boundary")
@pytest.mark.parametrize(
    ("name", "at_edge", "beyond"),
    [
        (
            "no_warning",
            Policy(send_timeout_us=44_950_000),
            Policy(send_timeout_us=44_950_001),
        ),
        (
            "no_close",
            replace(CLOSING, send_timeout_us=84_900_000),
            replace(CLOSING, send_timeout_us=84_900_001),
        ),
        (
            "progress_before_ack_wait",
            Policy(ack_progress_timeout_us=300 * S),
            Policy(ack_progress_timeout_us=300 * S + 1),
        ),
        (
            "ack_interval_in_window",
            Policy(ack_interval_bytes=16 * MIB),
            Policy(ack_interval_bytes=16 * MIB + 1),
        ),
        (
            "window_holds_chunk",
            Policy(chunk_bytes=16 * MIB),
            Policy(chunk_bytes=16 * MIB + 1),
        ),
        (
            "close_window_defined",
            Policy(stall_timeout_us=5_050_000, send_timeout_us=S, close_stalled=True),
            Policy(stall_timeout_us=5_049_999, send_timeout_us=S, close_stalled=True),
        ),
    ],
)
def test_a_relation_breaks_one_beyond_its_edge(name: str, at_edge: Policy, beyond: Policy) -> None:
    """At the edge it holds, one microsecond or byte further it does not."""
    assert name not in broken(at_edge)
    assert name in broken(beyond)


@pytest.mark.parametrize(
    ("outer_us", "expected"), [(92_049_999, True), (92_050_000, True), (92_050_001, False)]
)
def test_an_outer_timeout_at_the_end_is_too_short(outer_us: int, expected: bool) -> None:
    """Equal to the upper end plus the margin is broken, 1 us more holds."""
    terms = replace(TERMS, outer_timeouts_us={"task": outer_us, "job": 10**12}, margin_us=2 * S)
    assert expected is ("outer_timeouts" in broken(CLOSING, terms))


def test_the_form_of_the_window_counts() -> None:
    """The same outer timeout outlasts the window of one form and not that of the other."""
    gaps = replace(TERMS, schedule=Gaps(5 * S, 5 * S), outer_timeouts_us={"task": 90 * S + 1})
    assert set() == broken(CLOSING, gaps)
    assert {"outer_timeouts"} == broken(CLOSING, replace(gaps, schedule=TERMS.schedule))


def test_a_disabled_closing_breaks_no_relation_of_the_window() -> None:
    """In warn-only mode nothing is closed, however the values lie."""
    policy = Policy(stall_timeout_us=1, close_stalled=False)
    terms = replace(TERMS, outer_timeouts_us={"task": 1})
    assert {"no_warning"} == broken(policy, terms)


@pytest.mark.parametrize(
    ("policy", "terms", "name", "named"),
    [
        (
            Policy(send_timeout_us=50 * S),
            TERMS,
            "no_warning",
            [
                "streaming_send_timeout (50 s)",
                "sfm_send_stall_timeout (45 s)",
                "(0.05 s)",
                "warned",
            ],
        ),
        (
            Policy(stall_timeout_us=20 * S, close_stalled=True),
            TERMS,
            "no_close",
            [
                "(30 s)",
                "29.95 s",
                "sfm_send_stall_timeout 20 s",
                "_checks 3",
                "before the deadline",
            ],
        ),
        (
            Policy(ack_progress_timeout_us=400 * S),
            TERMS,
            "progress_before_ack_wait",
            ["_ack_progress_timeout (400 s)", "streaming_ack_wait (300 s)", "never seen"],
        ),
        (
            Policy(ack_interval_bytes=32 * MIB),
            TERMS,
            "ack_interval_in_window",
            [
                "streaming_ack_interval (33554432 bytes, 32 MiB)",
                "(16777216 bytes",
                "stalls for good",
            ],
        ),
        (
            Policy(chunk_bytes=32 * MIB),
            TERMS,
            "window_holds_chunk",
            [
                "streaming_chunk_size (33554432 bytes",
                "streaming_window_size (16777216",
                "waits for",
            ],
        ),
        (
            CLOSING,
            Terms(TERMS.schedule, 0, {"task": 60 * S, "job": 1000 * S}, 5 * S),
            "outer_timeouts",
            ["task (60 s)", "95.05 s", "(5 s)", "gives up before"],
        ),
        (
            Policy(stall_timeout_us=3 * S, close_stalled=True),
            TERMS,
            "close_window_defined",
            ["sfm_send_stall_timeout (3 s)", "5.05 s", "not promised"],
        ),
    ],
)
def test_a_broken_relation_names_knobs_values_and_what_follows(
    policy: Policy, terms: Terms, name: str, named: list[str]
) -> None:
    """An operator learns which knobs, which values, and what to expect."""
    text = judged(policy, terms)[name].text
    assert [] == [words for words in named if words not in text]


def test_only_what_is_too_short_is_named() -> None:
    """An outer timeout that is long enough is not blamed."""
    terms = replace(TERMS, outer_timeouts_us={"task": 60 * S, "job": 1000 * S})
    assert "job" not in judged(CLOSING, terms)["outer_timeouts"].text


@pytest.mark.parametrize(
    ("policy", "case", "words"),
    [
        (Policy(), Case.SILENT, "never warns and never closes"),
        (Policy(stall_timeout_us=25 * S), Case.WARNS_ONLY, "can warn, and never closes"),
        (Policy(stall_timeout_us=20 * S), Case.MAY_CLOSE, "is false"),
        (Policy(stall_timeout_us=20 * S, close_stalled=True), Case.MAY_CLOSE, "can close before"),
    ],
)
def test_the_case_is_told_in_words(policy: Policy, case: Case, words: str) -> None:
    """Silent, warns only, may close."""
    found, text = case_text(policy, TERMS)
    assert case is found
    assert words in text


@pytest.mark.parametrize(
    ("span_us", "expected"),
    [(0, "0 s"), (1, "0.000001 s"), (50_000, "0.05 s"), (75 * S, "75 s"), (10**12, "1000000 s")],
)
def test_seconds_are_shown_without_noise(span_us: int, expected: str) -> None:
    """Exact to the microsecond, with no digit too many."""
    assert expected == seconds_text(span_us)


@pytest.mark.parametrize(
    ("size_bytes", "expected"),
    [
        (1, "1 byte"),
        (1023, "1023 bytes"),
        (1024, "1024 bytes, 1 KiB"),
        (16 * MIB, "16777216 bytes, 16 MiB"),
        (MIB + MIB // 2, "1572864 bytes, 1.5 MiB"),
        (3 << 30, "3221225472 bytes, 3 GiB"),
    ],
)
def test_sizes_are_shown_in_bytes_and_in_a_unit_for_people(size_bytes: int, expected: str) -> None:
    """Bytes are exact; the unit beside them is for reading."""
    assert expected == bytes_text(size_bytes)


small = st.integers(1, 30)


@pytest.mark.requirement("CX-5", "CF-5")
@given(
    policy=st.builds(
        Policy, send_timeout_us=small, ack_progress_timeout_us=small, stall_timeout_us=small,
        close_stalled=st.booleans(), checks_max=st.integers(1, 4), ack_wait_us=small,
        window_bytes=small, chunk_bytes=small, ack_interval_bytes=small,
    ),
    period_us=st.integers(3, 6),
    late_us=st.integers(0, 2),
    grace_us=st.integers(0, 4),
    outer_us=st.dictionaries(st.sampled_from("ab"), st.integers(1, 60)),
    margin_us=st.integers(0, 4),
)  # fmt: skip
def test_every_relation_agrees_with_the_naive_reading(
    policy: Policy,
    period_us: int,
    late_us: int,
    grace_us: int,
    outer_us: dict[str, int],
    margin_us: int,
) -> None:
    """Over small numbers, where edges are met all the time."""
    terms = Terms(Ticks(period_us, late_us), grace_us, outer_us, margin_us)
    expected = naive.broken(
        policy, period_us=period_us, late_us=late_us, grace_us=grace_us, outer_us=outer_us,
        margin_us=margin_us,
    )  # fmt: skip
    assert expected == broken(policy, terms)
