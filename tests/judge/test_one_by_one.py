"""Runs are judged one after the other and let go, to the same report as when all are kept."""

import gc
import io
import os
import sys
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from stallproof.judge import one_by_one
from stallproof.judge.distinct import RECENT_MAX, Distinct
from stallproof.judge.evidence.arrange import Splitter
from stallproof.judge.evidence.channel import Channel
from stallproof.judge.model import observed
from stallproof.judge.model.case import Case
from stallproof.judge.offline import check_traces, report_on
from stallproof.judge.one_by_one import OneByOne
from stallproof.judge.report import Finding
from stallproof.judge.verdict import FINDINGS_MAX
from stallproof.wire.codec import TraceError, encode, write_trace
from stallproof.wire.events import AnyEvent
from tests.judge import sending, streaming
from tests.judge.cases import CASES
from tests.judge.closing import delivered
from tests.judge.model.exact_runs import run_of
from tests.judge.model.steps import open_, send
from tests.judge.story import MS, Story
from tests.judge.verdicts import JUDGED, header, trace_of

TRACE = trace_of(delivered())
TOLD: tuple[Callable[[], Story], ...] = (
    *(case.broken for case in CASES[::9]),
    *(case.kept for case in CASES[::20]),
    lambda: sending.stalled("trickles-tcp", late_us=300 * MS),
    lambda: sending.stalled("trickles-unix", late_us=-2),
)


def _kept(self: object, where: tuple[object, ...], finding: Finding) -> Finding:
    return finding


@pytest.mark.parametrize("times", [FINDINGS_MAX - 1, FINDINGS_MAX, FINDINGS_MAX + 1])
def test_what_is_only_counted_is_what_no_report_shows(times: int) -> None:
    """However often a thing breaks: the report is the one that keeps every finding whole."""
    trace = trace_of(*(tell() for _ in range(times) for tell in TOLD))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(one_by_one._Places, "_kept", _kept)
        patch.setattr(one_by_one, "_shorten_transports", lambda gathered: None)
        whole = report_on(trace)
    assert whole == report_on(trace)


def test_no_run_is_kept() -> None:
    """When one was judged, those before it are gone, whether anything broke in them or not."""
    stories = [sending.stalled("trickles-tcp", late_us=300 * MS), delivered()] * FINDINGS_MAX
    channels: list[weakref.ref[Channel]] = []
    alive: list[int] = []
    judged = OneByOne(profile="hardened", selected=frozenset(JUDGED), without=frozenset())
    for run in Splitter.of(trace_of(*stories)):
        channels.append(weakref.ref(run.channel))
        judged.add(run)
        gc.collect()
        alive.append(sum(channel() is not None for channel in channels))
    assert [1] * len(stories) == alive


@pytest.fixture
def no_search() -> Iterator[None]:
    """Let nobody look for what is part of a cycle."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_search")
def test_the_streams_of_a_run_are_gone_without_a_search() -> None:
    """What was made of a run knows it: so it is let go when the run was judged."""
    judged = OneByOne(profile="hardened", selected=frozenset(JUDGED), without=frozenset())
    (run,) = Splitter.of(trace_of(streaming.stalls()))
    streams = weakref.ref(run.streams)
    judged.add(run)
    del run
    assert streams() is None


@pytest.mark.usefixtures("no_search")
def test_the_case_of_a_run_is_gone_without_a_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """A case and its parts know each other: so they are let go when the run was judged."""
    cases: list[weakref.ref[Case]] = []

    class Seen(Case):
        def __init__(self, policy: Mapping[str, int]) -> None:
            super().__init__(policy)
            cases.append(weakref.ref(self))

    monkeypatch.setattr(observed, "Case", Seen)
    observed.observe(run_of([(open_("a"), ()), (send("a", 1, 5, at=3), ())]))
    # The others are those by which the difference was told.
    assert cases[0]() is None


def _after(path: Path, *events: AnyEvent) -> Path:
    write_trace(path, list(events))
    return path


def _refused(*paths: Path, profile: str | None = None) -> str:
    with pytest.raises(TraceError) as caught:
        check_traces(paths, profile=profile, selected=None)
    return str(caught.value)


def test_several_traces_are_judged_by_what_all_of_them_selected(tmp_path: Path) -> None:
    """What only the second one names counts for the runs of the first."""
    stalled = sending.stalled("trickles-tcp", late_us=300 * MS)
    first = _after(tmp_path / "a.jsonl", *trace_of(stalled, selected=["SC-1"]))
    second = _after(tmp_path / "b.jsonl", *trace_of(delivered(), selected=["SD-1"]))
    report = check_traces([first, second], profile=None, selected=None)
    assert ["SC-1", "SD-1"] == report.selected
    assert "fail" == next(one.verdict for one in report.requirements if one.id == "SD-1")


def test_a_wrong_line_is_told_before_traces_that_do_not_belong_together(tmp_path: Path) -> None:
    """In the order of the files, whichever of them speaks of somebody else."""
    other = [header(implementation={"name": "other"}), *TRACE[1:]]
    first = _after(tmp_path / "a.jsonl", *TRACE)
    second = _after(tmp_path / "b.jsonl", *other)
    assert f"{second}: another implementation than in {first}" == _refused(first, second)
    with first.open("ab") as file:
        file.write(b"nonsense\n")
    assert _refused(first, second).startswith(f"{first}:{len(TRACE) + 1}: ")
    third = _after(tmp_path / "c.jsonl")
    assert _refused(second, third, first) == f"{third}: the trace is empty"


def test_traces_of_several_profiles_need_one_to_be_judged_by(tmp_path: Path) -> None:
    """Given one, they are judged together."""
    both = [
        _after(tmp_path / f"{profile}.jsonl", *trace_of(delivered(), profile=profile))
        for profile in ("seed", "hardened")
    ]
    assert "say which one to judge by" in _refused(*both)
    assert "seed" == check_traces(both, profile="seed", selected=None).profile


class _Stdin:
    """Standard input that holds `events`, and then `more`."""

    def __init__(self, events: list[AnyEvent], more: bytes = b"") -> None:
        self.buffer = io.BytesIO(b"".join(encode(event) + b"\n" for event in events) + more)


def test_standard_input_is_judged_as_a_file_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Alone, and beside a file."""
    path = _after(tmp_path / "a.jsonl", *TRACE)
    for paths in ([path], [path, path]):
        monkeypatch.setattr(sys, "stdin", _Stdin(TRACE))
        want = check_traces(paths, profile=None, selected=None)
        assert want == check_traces([*paths[1:], Path("-")], profile=None, selected=None)


def test_a_wrong_line_of_standard_input_has_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """And an order that makes no sense has none."""
    monkeypatch.setattr(sys, "stdin", _Stdin(TRACE, b"{\n"))
    assert _refused(Path("-")).startswith(f"standard input:{len(TRACE) + 1}: not an event")
    monkeypatch.setattr(sys, "stdin", _Stdin(TRACE[1:]))
    assert _refused(Path("-")).startswith("standard input: the first line is not 'trace'")


def test_a_pipe_is_read_once_even_where_there_are_several_traces(tmp_path: Path) -> None:
    """Its first line is not lost when the others are looked at."""
    path, pipe = _after(tmp_path / "a.jsonl", *TRACE), tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=write_trace, args=(pipe, TRACE))
    writer.start()
    report = check_traces([pipe, path], profile=None, selected=None)
    writer.join()
    assert check_traces([path, path], profile=None, selected=None) == report


@pytest.mark.parametrize("extra", [-1, 0, 1])
def test_different_names_are_counted_each_once(extra: int) -> None:
    """Around the number at which those that came before are put away."""
    names = Distinct()
    for _ in range(2):
        for number in range(RECENT_MAX + extra):
            names.add(f"generated-{number}")
    assert RECENT_MAX + extra == len(names)
    names.add("another")
    assert RECENT_MAX + extra + 1 == len(names)
