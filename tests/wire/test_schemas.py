"""The schemas and the vocabulary in `spec/` say what the types say, to readers of their own."""

import json
import re
import typing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from stallproof.judge.report import Finding
from stallproof.reports import schemas
from stallproof.reports.json_report import encode_report
from stallproof.requirements.registry import find_spec
from stallproof.wire import codec
from stallproof.wire.events import AnyEvent, AnyImplementationEvent, AnyPeerEvent
from tests.reports.samples import make_finding, make_judgement, make_report

SPEC = find_spec()
EVENTS: dict[str, type[msgspec.Struct]] = {
    str(event.__struct_config__.tag): event for event in typing.get_args(AnyEvent)
}
TRACE = Draft202012Validator(schemas.trace_schema())
REPORT = Draft202012Validator(schemas.report_schema())
IN_EVERY_EVENT = {"at_us", "seen_by", "heard_us"}


def _values(kind: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for the types that events are made of."""
    origin = typing.get_origin(kind)
    if origin is typing.Literal:
        return st.sampled_from(typing.get_args(kind))
    if origin is list:
        return st.lists(_values(typing.get_args(kind)[0]), max_size=3)
    if origin is dict:
        return st.dictionaries(st.text(), _values(typing.get_args(kind)[1]), max_size=3)
    if typing.get_args(kind):
        kinds = [one for one in typing.get_args(kind) if one is not msgspec.UnsetType]
        return st.one_of([_values(one) for one in kinds])
    if kind is Any:
        return st.one_of(st.none(), st.integers(-(2**53), 2**53), st.text(), st.booleans())
    plain = {int: st.integers(0, 2**53), bool: st.booleans(), str: st.text(), type(None): st.none()}
    return plain[kind]


def _events(event: type[msgspec.Struct]) -> st.SearchStrategy[Any]:
    fields = msgspec.structs.fields(event)
    return st.builds(event, **{field.name: _values(field.type) for field in fields})


@pytest.mark.parametrize(
    ("name", "made"), [("trace", schemas.trace_schema()), ("report", schemas.report_schema())]
)
def test_the_schema_in_spec_is_what_the_types_make(name: str, made: dict[str, Any]) -> None:
    """`stallproof schema` prints exactly what lies in `spec/`; write it anew after a change."""
    assert schemas.encode_schema(made) == (SPEC / "schemas" / f"{name}.schema.json").read_bytes()


@pytest.mark.parametrize("made", [schemas.trace_schema(), schemas.report_schema()])
def test_the_schema_is_valid_json_schema_2020_12(made: dict[str, Any]) -> None:
    """A second reader of schemas accepts ours."""
    assert made["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(made)


@given(st.one_of([_events(event) for event in EVENTS.values()]))
@settings(deadline=None)
def test_every_event_that_can_be_written_fits_the_schema(event: AnyEvent) -> None:
    """What our encoder writes, the second reader accepts and our decoder takes back."""
    line = codec.encode(event)
    TRACE.validate(json.loads(line))
    assert event == codec.decode(line)


@pytest.mark.parametrize(
    "line",
    [
        "{}",
        "[]",
        '{"event":"nonsense","at_us":1}',
        '{"event":"closed","at_us":1}',
        '{"event":"closed","at_us":1,"conn":"a","unknown":1}',
        '{"event":"closed","at_us":"1","conn":"a"}',
        '{"event":"closed","at_us":1.5,"conn":"a"}',
        '{"event":"closed","at_us":1,"conn":"a","seen_by":"lab"}',
        '{"event":"send_ended","at_us":1,"conn":"a","send":1,"outcome":"OK"}',
    ],
)
def test_schema_and_decoder_refuse_the_same_lines(line: str) -> None:
    """What is no event for the decoder is none for the schema."""
    assert not TRACE.is_valid(json.loads(line))
    with pytest.raises(msgspec.MsgspecError):
        codec.decode(line.encode())


@given(st.lists(st.one_of([_events(event) for event in EVENTS.values()]), max_size=3))
@settings(deadline=None)
def test_reports_fit_the_schema(events: list[AnyEvent]) -> None:
    """A report with any evidence is accepted by the second reader."""
    finding = Finding(scenario="s/1", explanation="x", events=events)
    report = make_report(make_judgement(verdict="fail", findings=[finding, make_finding()]))
    REPORT.validate(json.loads(encode_report(report)))


def test_a_report_of_another_version_does_not_fit() -> None:
    """The schema pins the version that it describes."""
    report = json.loads(encode_report(make_report(make_judgement())))
    REPORT.validate(report)
    report["schema"] = "stallproof.report/2"
    assert not REPORT.is_valid(report)


def _tables() -> dict[str, tuple[set[str], set[str]]]:
    """Return required and optional fields of each event as the tables of trace.md name them."""
    rows = re.findall(
        r"^\| `(\w+)` \|([^|]*)\|([^|]*)\|[^|]+\|$", (SPEC / "trace.md").read_text(), re.MULTILINE
    )
    return {
        tag: (set(re.findall(r"`(\w+)`", fields)), set(re.findall(r"`(\w+)`", optional)))
        for tag, fields, optional in rows
    }


@pytest.mark.parametrize("tag", EVENTS)
def test_trace_md_names_every_event_with_its_fields(tag: str) -> None:
    """The prose for implementers has each event, and exactly its required and optional fields."""
    fields = [f for f in msgspec.structs.fields(EVENTS[tag]) if f.name not in IN_EVERY_EVENT]
    required = {field.name for field in fields if field.required}
    assert (required, {field.name for field in fields} - required) == _tables()[tag]


def test_trace_md_names_no_event_that_does_not_exist() -> None:
    """The prose has no event that a checker would refuse."""
    assert set(EVENTS) == set(_tables())


@pytest.mark.parametrize("tag", EVENTS)
def test_every_event_says_what_it_means(tag: str) -> None:
    """The schema carries a description of each event for readers who have nothing else."""
    name = EVENTS[tag].__name__
    assert schemas.trace_schema()["$defs"][name].get("description")


def test_trace_md_files_each_event_under_whose_eyes_saw_it() -> None:
    """The sections of the prose are the observers of the types."""
    text = (SPEC / "trace.md").read_text()
    said, peer, oracle = re.split(r"^## Seen by .*$", text, flags=re.MULTILINE)
    for event in EVENTS.values():
        place = (
            said
            if event in typing.get_args(AnyImplementationEvent)
            else peer
            if event in typing.get_args(AnyPeerEvent)
            else oracle
        )
        assert f"\n| `{event.__struct_config__.tag}` |" in place


def test_the_example_of_trace_md_is_a_trace(tmp_path: Path) -> None:
    """The example log can be read line by line, and fits the schema."""
    text = (SPEC / "trace.md").read_text()
    (example,) = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    path = tmp_path / "example.jsonl"
    path.write_text(example)
    assert len(list(codec.read_trace(path))) == len(example.splitlines())
    for line in example.splitlines():
        TRACE.validate(json.loads(line))
