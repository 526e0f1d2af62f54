"""What is no trace is refused, naming the file and, where there is one, the line."""

import re
from pathlib import Path

import msgspec
import pytest

from stallproof.judge.offline import check_traces, report_on
from stallproof.requirements.registry import find_spec
from stallproof.wire.codec import TraceError, encode, write_trace
from stallproof.wire.events import AnyEvent
from tests.judge.closing import delivered
from tests.judge.verdicts import header, trace_of

TRACE = trace_of(delivered())


def _refused(*paths: Path) -> str:
    with pytest.raises(TraceError) as caught:
        check_traces(paths, profile=None, selected=None)
    return str(caught.value)


def _written(path: Path, events: list[AnyEvent]) -> Path:
    write_trace(path, events)
    return path


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"{", "truncated"),
        (b"<html>not a trace</html>", "malformed"),
        (b'{"event":"sent_a_letter","at_us":1}', "sent_a_letter"),
        (b'{"event":"lab_hangup","conn":"a"}', "at_us"),
        (b'{"event":"lab_hangup","conn":"a","at_us":1.5}', "int"),
        (b'{"event":"lab_hangup","conn":"a","at_us":1,"more":2}', "more"),
        (b'{"event":"lab_hangup","conn":"a","at_us":1,"seen_by":"oracle"}', "oracle"),
        (b"\xff\xfe", ""),
        (b"x" * (1024 * 1024 + 1), "longer than 1048576 bytes"),
    ],
)
def test_a_line_that_is_no_event_is_named(tmp_path: Path, line: bytes, why: str) -> None:
    """The third line of the file is wrong: file, line and reason are in the message."""
    path = tmp_path / "bad.jsonl"
    path.write_bytes(encode(TRACE[0]) + b"\n\n" + line + b"\n")
    message = _refused(path)
    assert f"{path}:3: " in message
    assert why in message


def test_a_trace_without_its_first_line_is_refused(tmp_path: Path) -> None:
    """Events of unknown origin are not judged."""
    path = _written(tmp_path / "headless.jsonl", TRACE[1:])
    assert re.match(rf"{re.escape(str(path))}: .*first line is not 'trace'", _refused(path))


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    """No line at all is no trace."""
    path = _written(tmp_path / "empty.jsonl", [])
    assert _refused(path) == f"{path}: the trace is empty"


def test_two_first_lines_are_refused(tmp_path: Path) -> None:
    """Two traces in one file are not one trace."""
    path = _written(tmp_path / "two.jsonl", [*TRACE, *TRACE])
    assert "a second line 'trace'" in _refused(path)


@pytest.mark.parametrize(
    "events", [[TRACE[0], TRACE[2]], [*TRACE, TRACE[2]]], ids=["before", "after"]
)
def test_an_event_outside_a_scenario_is_refused(tmp_path: Path, events: list[AnyEvent]) -> None:
    """What belongs to no run cannot be judged with any."""
    path = _written(tmp_path / "outside.jsonl", events)
    assert "an event before any line 'scenario', or after its end" in _refused(path)


def test_another_vocabulary_is_refused(tmp_path: Path) -> None:
    """A trace of another schema is not read as one of ours."""
    strange = [header(schema="stallproof.trace/2"), *TRACE[1:]]
    assert "stallproof.trace/2" in _refused(_written(tmp_path / "other.jsonl", strange))


def test_files_of_two_implementations_are_refused(tmp_path: Path) -> None:
    """The message names the file that does not belong to the first."""
    one = _written(tmp_path / "one.jsonl", TRACE)
    who = {"name": "another", "version": "1", "language": "none"}
    two = _written(tmp_path / "two.jsonl", trace_of(delivered(), implementation=who))
    assert _refused(one, two) == f"{two}: another implementation than in {one}"


def test_files_of_two_profiles_need_to_be_told_which(tmp_path: Path) -> None:
    """Without a word which profile counts, neither is guessed."""
    one = _written(tmp_path / "one.jsonl", TRACE)
    two = _written(tmp_path / "two.jsonl", trace_of(delivered(), profile="seed"))
    assert "different profiles" in _refused(one, two)
    assert "seed" == check_traces([one, two], profile="seed", selected=None).profile


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """The message names what could not be opened."""
    path = tmp_path / "nowhere.jsonl"
    assert _refused(path).startswith(f"{path}: ")


def test_no_file_is_refused() -> None:
    """Nothing to judge is no verdict."""
    assert "no trace file was given" in _refused()


def test_the_example_of_the_documentation_can_be_judged(tmp_path: Path) -> None:
    """The trace in `spec/trace.md` is one: it shows a TIMEOUT in time, and no probe."""
    text = (find_spec() / "trace.md").read_text(encoding="utf-8")
    example = text.split("```json\n")[1].split("```")[0]
    path = tmp_path / "example.jsonl"
    path.write_text(example, encoding="utf-8")
    report = check_traces([path], profile=None, selected=frozenset({"SD-4", "SD-5"}))
    assert set() == {j.id for j in report.requirements if j.verdict in ("fail", "inconclusive")}


def test_a_close_of_no_connection_breaks_nothing() -> None:
    """A request that names no connection is passed over."""
    story = delivered()
    story.told.append(msgspec.structs.replace(story.told[1], id=99, op="close", conn=None))
    assert "fail" not in {j.verdict for j in report_on(trace_of(story)).requirements}
