"""Which runs a page takes from traces, and which event of a finding it marks."""

import os
import tempfile
from pathlib import Path

import pytest

from stallproof import cli
from stallproof.judge.report import Contradiction, Finding
from stallproof.reports.elements import written
from stallproof.reports.evidence import Evidence, run_of
from stallproof.reports.timeline.axis import Axis
from stallproof.reports.timeline.figure import figure
from stallproof.reports.timeline.marked import Mark, mark_of
from stallproof.reports.timeline.streams import waits_of
from stallproof.wire import events as ev
from stallproof.wire.codec import write_trace
from stallproof.wire.events import AnyEvent

HEADER = ev.TraceBegun(
    at_us=0, schema="stallproof.trace/1", profile="hardened", selected=["SD-3"],
    implementation={"name": "demo"}, features=["unix"],
)  # fmt: skip


def begun(name: str, repetition: int = 1, **policy: int) -> ev.ScenarioBegun:
    """Return the first line of a run."""
    return ev.ScenarioBegun(
        at_us=0, name=name, repetition=repetition, requirements=["SD-3"], policy=policy, grace_us=0
    )


def traced(path: Path, *events: AnyEvent) -> Path:
    """Write a trace of `events` below its header, and return its file."""
    write_trace(path, [HEADER, *events])
    return path


def test_only_the_runs_that_are_asked_for_are_kept(tmp_path: Path) -> None:
    """A repetition is a run of its own, and what lies between two that are kept is not."""
    note = ev.Noted(at_us=1, text="here")
    lines = [each for n in (1, 2, 3) for each in (begun("a", n), note)]
    trace = traced(tmp_path / "t.jsonl", begun("b"), note, *lines)
    runs = Evidence([trace]).runs({"a #1", "a #3"})
    assert [1, 3] == [run.begun.repetition for run in runs]
    assert [[note], [note]] == [run.events for run in runs]


def test_no_trace_is_read_where_no_run_is_asked_for(tmp_path: Path) -> None:
    """A page without findings needs no trace, not even one that is there."""
    assert [] == Evidence([tmp_path / "none.jsonl"]).runs(set())


def test_runs_of_one_name_are_told_apart_by_the_events(tmp_path: Path) -> None:
    """Of two traces with a run of one name the finding lies where its events are."""
    first, second = (ev.Noted(at_us=7, text=text) for text in ("one", "two"))
    traces = [
        traced(tmp_path / f"{number}.jsonl", begun("a"), note)
        for number, note in enumerate((first, second))
    ]
    runs = Evidence(traces).runs({"a #1"})
    assert runs[1] is run_of(Finding(scenario="a #1", explanation="", events=[second]), runs)
    lost = Finding(scenario="a #1", explanation="", events=[first, second])
    assert run_of(lost, runs) is None


def ended(at_us: int, send: int) -> ev.SendEnded:
    """Return the end of a send."""
    return ev.SendEnded(at_us=at_us, conn="a", send=send, outcome="timeout")


def test_what_the_accused_did_last_is_marked() -> None:
    """A later word of another send, and what the peer saw afterwards, are not it."""
    asked = ev.Requested(at_us=1, id=1, op="send", conn="a", send=1)
    peer = ev.PeerSawHangup(at_us=30, conn="a")
    events: list[AnyEvent] = [peer, asked, ended(20, 1), ended(21, 2)]
    finding = Finding(scenario="s #1", explanation="", events=events)
    assert Mark(20, events[2]) == mark_of(finding)


def test_what_the_judge_says_is_marked_and_nothing_else() -> None:
    """A contradiction names its moment, with its event or with none where nothing came."""
    events: list[AnyEvent] = [ended(20, 1), ended(21, 1)]
    told = Finding(
        scenario="s #1", explanation="", events=events,
        contradiction=Contradiction(at_us=20, event=0),
    )  # fmt: skip
    missing = Finding(
        scenario="s #1", explanation="", events=events, contradiction=Contradiction(at_us=19)
    )
    assert Mark(20, events[0]) == mark_of(told)
    assert Mark(19, None) == mark_of(missing)
    assert mark_of(Finding(scenario="s #1", explanation="")) is None


@pytest.mark.parametrize(
    ("acked", "expected"),
    [(9, [(5, None)]), (10, [(5, 8)]), (11, [(5, 8)])],
    ids=["before", "at", "after"],
)
def test_a_wait_ends_when_no_more_than_the_window_is_outstanding(
    acked: int, expected: list[tuple[int, int | None]], tmp_path: Path
) -> None:
    """With 30 bytes sent and a window of 20, an ACK of 10 is the first that lets the next go."""
    asked = ev.Requested(at_us=1, id=1, op="stream", conn="a", stream=1, total_bytes=40)
    events: list[AnyEvent] = [
        begun("a", window_bytes=20), asked,
        ev.ChunkReady(at_us=2, conn="a", stream=1, chunk_bytes=30),
        ev.ChunkBegun(at_us=2, conn="a", stream=1, offset=30),
        ev.ChunkReady(at_us=5, conn="a", stream=1, chunk_bytes=10),
        ev.AckReceived(at_us=8, conn="a", stream=1, offset=acked, accepted=True),
    ]  # fmt: skip
    (run,) = Evidence([traced(tmp_path / "t.jsonl", *events)]).runs({"a #1"})
    waits = list(waits_of(run, next(iter(run.streams))))
    assert expected == [(wait.since_us, wait.until_us) for wait in waits]
    assert [8] == [wait.progress_us for wait in waits]


@pytest.mark.parametrize(
    ("until_us", "expected"),
    [
        (7, ["0.000 ms", "0.001 ms", "0.007 ms"]),
        (8, ["0.000 ms", "0.002 ms", "0.008 ms"]),
        (7_000_000, ["0 ms", "1,000 ms", "7,000 ms"]),
        (7_000_001, ["0 ms", "2,000 ms", "6,000 ms"]),
    ],
)
def test_ticks_are_round_and_eight_at_most(until_us: int, expected: list[str]) -> None:
    """A step is 1, 2 or 5 times a power of ten, and the words have the digits that it needs."""
    words = [words for _at_us, words in Axis(0, 0, until_us).ticks()]
    assert len(words) <= 8
    assert expected == [words[0], words[1], words[-1]]


def test_a_page_needs_no_trace_of_its_own_and_leaves_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where no trace is asked for, one is kept only until the page is written."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    asked = ("--clock", "virtual", "--vectors", "close-at-the-upper-end", "--html", "-")
    assert 0 == cli.run(["conform", *asked])
    out = capsys.readouterr().out
    assert out.startswith("<!doctype html>")
    assert out.endswith("</html>\n")
    assert [] == list(tmp_path.iterdir())


def test_what_a_pipe_brought_is_drawn_from_the_findings_alone(tmp_path: Path) -> None:
    """A trace that can be read but once is not waited for again."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert [] == Evidence([pipe]).runs({"a #1"})
    finding = Finding(scenario="a #1", explanation="", events=[ended(20, 1)])
    drawn = figure("SD-3", finding, None, "one")
    text = "".join(written(part) for part in drawn)
    assert "The trace of this run is not at hand" in text
    assert 'data-at-us="20"' in text


def test_a_long_run_is_clipped_to_what_is_around_the_mark(tmp_path: Path) -> None:
    """Of a thousand events 120 up to the marked one are shown, and as many after it."""
    notes = [ev.Noted(at_us=1_000 * number, text="tick", conn="a") for number in range(1_000)]
    trace = traced(tmp_path / "t.jsonl", begun("a"), *notes)
    (run,) = Evidence([trace]).runs({"a #1"})
    finding = Finding(scenario="a #1", explanation="", events=[notes[500]])
    text = "".join(written(part) for part in figure("SD-3", finding, run, "one"))
    # From 381 ms to 620 ms, and a twenty-fifth of that on either side.
    shown = "Shown: 371.440 ms to 629.560 ms of a run that lasted 999.000 ms"
    assert shown in text


def test_a_name_of_any_length_leaves_a_picture_small(tmp_path: Path) -> None:
    """A connection's name and a cause of 100 kB are cut wherever a track tells them."""
    name = "n" * 100_000
    mode = ev.PeerMode(at_us=1, conn=name, mode="stop")
    closing = ev.Closing(at_us=5, conn=name, cause=name)
    (run,) = Evidence([traced(tmp_path / "t.jsonl", begun("a"), mode, closing)]).runs({"a #1"})
    finding = Finding(scenario="a #1", explanation="", events=[closing])
    parts = figure("CX-2", finding, run, "one")
    assert sum(len(written(part)) for part in parts) < 10_000
