"""What holds for every story: clocks, shifts, the order of lines, and the way through a file."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stallproof.judge.offline import check_traces, report_on
from stallproof.reports.json_report import encode_report
from stallproof.wire import events as ev
from stallproof.wire.codec import write_trace
from stallproof.wire.event import ImplementationEvent
from stallproof.wire.events import AnyEvent
from tests.judge import closing, monitored, sending, suspended, talking, windows
from tests.judge.cases import CASES
from tests.judge.story import GRACE_US, MS, NOISE_US, Story
from tests.judge.verdicts import trace_of, verdicts_of

Told = Callable[[], Story]
EDGES: tuple[Told, ...] = (
    lambda: sending.stalled(late_us=GRACE_US + NOISE_US),
    lambda: sending.stalled(late_us=-2),
    lambda: sending.write_begins_after_deadline(3),
    lambda: windows.close_window(windows.WINDOW_US[0] + 1),
    lambda: monitored.another_send(stall_us=700 * MS + 5),
    lambda: closing.closed_while_blocked(outcome="closed", late_us=5),
)
POOL: tuple[Told, ...] = (
    *(case.kept for case in CASES),
    *(case.broken for case in CASES),
    *EDGES,
)
stories = st.lists(st.sampled_from(POOL), min_size=1, max_size=3)
TIME_FIELDS = (
    "at_us", "heard_us", "began_us", "stopped_us", "continued_us", "done_us", "asked_us"
)  # fmt: skip


def _verdicts(told: list[Told], **changes: int) -> dict[str, str]:
    return {i: j.verdict for i, j in verdicts_of(*(tell() for tell in told), **changes).items()}


@pytest.mark.parametrize("told", [*(case.broken for case in CASES), *EDGES])
def test_a_coarser_clock_never_turns_a_verdict_round(told: Told) -> None:
    """Beside all that is kept of what it breaks, from a perfect clock to one a second off."""
    concerned = {i for i, verdict in _verdicts([told]).items() if verdict == "fail"}
    everything = [*(case.kept for case in CASES if case.requirement in concerned), told]
    before = _verdicts(everything, clock_uncertainty_us=0)
    for uncertainty_us in (1, 2, 5, 1_000_000):
        after = _verdicts(everything, clock_uncertainty_us=uncertainty_us)
        turned = {(i, before[i], after[i]) for i in before if after[i] != before[i]}
        assert [] == [t for t in turned if t[2] != "inconclusive"]
        before = after


@settings(deadline=None, max_examples=30)
@given(stories, st.integers(0, 20), st.integers(0, 2_000_000))
def test_widening_the_clock_uncertainty_only_adds_doubt(
    told: list[Told], narrow_us: int, more_us: int
) -> None:
    """A pass or a fail stays or becomes inconclusive; nothing else becomes a pass or a fail."""
    before = _verdicts(told, clock_uncertainty_us=narrow_us)
    after = _verdicts(told, clock_uncertainty_us=narrow_us + more_us)
    for requirement, verdict in before.items():
        if after[requirement] in ("pass", "fail"):
            assert verdict == after[requirement]


def _shifted(event: AnyEvent, by_us: int) -> AnyEvent:
    moved = {
        name: getattr(event, name) + by_us
        for name in TIME_FIELDS
        if isinstance(getattr(event, name, None), int)
    }
    return msgspec.structs.replace(event, **moved)


@settings(deadline=None, max_examples=30)
@given(stories, st.integers(-(10**12), 10**15))
def test_the_origin_of_the_clock_does_not_matter(told: list[Told], by_us: int) -> None:
    """All times moved by a constant: the same verdicts and the same words."""
    trace = trace_of(*(tell() for tell in told))
    here, there = report_on(trace), report_on([_shifted(e, by_us) for e in trace])
    for one, other in zip(here.requirements, there.requirements, strict=True):
        assert (one.verdict, one.situations) == (other.verdict, other.situations)
        assert [f.explanation for f in one.findings] == [f.explanation for f in other.findings]


@settings(deadline=None, max_examples=30)
@given(stories, st.permutations(("oracle", "lab", "implementation")))
def test_lines_of_different_observers_may_stand_in_any_order(
    told: list[Told], order: list[str]
) -> None:
    """Only the lines of one observer are in order; how they interleave in the file is nothing."""
    mixed = [tell() for tell in told]
    expected = {i: (j.verdict, j.situations) for i, j in verdicts_of(*mixed).items()}
    for story in mixed:
        story.told.sort(key=lambda event: order.index(event.seen_by))
    assert expected == {i: (j.verdict, j.situations) for i, j in verdicts_of(*mixed).items()}


@settings(deadline=None, max_examples=25)
@given(stories)
def test_hearing_later_never_breaks_what_does_not_count_time(told: list[Told]) -> None:
    """A millisecond between saying and hearing, for everyone alike, breaks nothing new."""
    kept = [tell() for tell in told if tell in POOL[: len(CASES)]]
    for story in kept:
        story.told = [_heard_later(event) for event in story.told]
    assert set() == {i for i, j in verdicts_of(*kept).items() if j.verdict == "fail"}


def _heard_later(event: AnyEvent) -> AnyEvent:
    """Return `event` as it comes over a slower channel, which keeps words and answers in order."""
    if isinstance(event, ev.Answered):
        return msgspec.structs.replace(event, at_us=event.at_us + MS)
    if isinstance(event, ImplementationEvent):
        return msgspec.structs.replace(event, heard_us=event.at_us + MS)
    return event


@settings(deadline=None, max_examples=15)
@given(stories)
def test_a_file_is_judged_like_the_run_itself(
    tmp_path_factory: pytest.TempPathFactory, told: list[Told]
) -> None:
    """Offline equals online, to the last byte of the JSON."""
    trace = trace_of(*(tell() for tell in told))
    path = tmp_path_factory.mktemp("traces") / "trace.jsonl"
    write_trace(path, trace)
    live, offline = report_on(trace), check_traces([path], profile=None, selected=None)
    assert live == offline
    assert encode_report(live) == encode_report(offline)


def test_two_files_are_judged_as_one_run(tmp_path: Path) -> None:
    """The runs of both count together, and what either was to judge is in scope."""
    paths = [tmp_path / "one.jsonl", tmp_path / "two.jsonl"]
    tales = (sending.stalled(), suspended.slept_before()), (sending.queued(),)
    for path, stories, selected in zip(paths, tales, (["SD-4"], ["SD-10"]), strict=True):
        write_trace(path, trace_of(*stories, selected=selected))
    report = check_traces(paths, profile=None, selected=None)
    assert ["SD-10", "SD-4"] == report.selected
    assert "pass" == {j.id: j.verdict for j in report.requirements}["SD-4"]


def test_a_file_can_be_judged_for_less_than_it_was_made_for(tmp_path: Path) -> None:
    """Profile and selection given by hand take the place of those of the first line."""
    path = tmp_path / "trace.jsonl"
    write_trace(path, trace_of(closing.contended(skip=1), talking.beats_midway()))
    report = check_traces([path], profile="seed", selected=frozenset({"SD-14", "CX-1"}))
    assert ("seed", ["CX-1", "SD-14"]) == (report.profile, report.selected)
    assert "pass" == report.verdict
