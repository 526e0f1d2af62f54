"""Traces are written and read without loss, and what is no trace is refused by file and line."""

import json
from pathlib import Path
from types import UnionType
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stallproof.wire import events
from stallproof.wire.codec import (
    LINE_MAX_BYTES,
    TraceError,
    decode,
    decode_implementation,
    decode_peer,
    encode,
    read_trace,
    schema,
    write_trace,
)
from stallproof.wire.event import ImplementationEvent, PeerEvent, RunnerEvent

EVERY: tuple[type[msgspec.Struct], ...] = get_args(events.AnyEvent)
SAID: tuple[type[msgspec.Struct], ...] = get_args(events.AnyImplementationEvent)
PEER: tuple[type[msgspec.Struct], ...] = get_args(events.AnyPeerEvent)

# JSON carries every whole number exactly up to 2**53, and text without lone surrogates.
WHOLE = st.integers(-(2**53), 2**53)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | WHOLE | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)


def values_of(kind: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for a field declared as `kind`."""
    if kind is Any:
        return ANY_JSON
    if isinstance(kind, UnionType):
        return st.one_of([values_of(each) for each in get_args(kind)])
    known: dict[Any, st.SearchStrategy[Any]] = {
        int: WHOLE,
        str: TEXT,
        float: st.floats(allow_nan=False, allow_infinity=False),
        list[str]: st.lists(TEXT, max_size=3),
        dict[str, Any]: st.dictionaries(TEXT, ANY_JSON, max_size=3),
        list[dict[str, Any]]: st.lists(st.dictionaries(TEXT, ANY_JSON, max_size=3), max_size=3),
        dict[str, str]: st.dictionaries(TEXT, TEXT, max_size=3),
        dict[str, int]: st.dictionaries(TEXT, WHOLE, max_size=3),
    }
    return known[kind] if kind in known else st.from_type(kind)


def events_of(kind: type[msgspec.Struct]) -> st.SearchStrategy[Any]:
    """Return a strategy for events of the class `kind`, every optional field now there, now not."""
    required: dict[str, st.SearchStrategy[Any]] = {}
    optional: dict[str, st.SearchStrategy[Any]] = {}
    for field in msgspec.structs.fields(kind):
        target = required if field.required else optional
        target[field.name] = values_of(field.type)
    return st.fixed_dictionaries(required, optional=optional).map(lambda given: kind(**given))


ANY_EVENT = st.one_of([events_of(kind) for kind in EVERY])


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__name__)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_every_event_survives_a_round_trip(kind: type[msgspec.Struct], data: st.DataObject) -> None:
    """Writing an event as one line and reading it again gives an equal event of the same class."""
    event = data.draw(events_of(kind))
    line = encode(event)
    assert b"\n" not in line
    again = decode(line)
    assert type(again) is kind
    assert event == again
    assert line == encode(again)


def test_every_event_has_a_name_of_its_own() -> None:
    """No two classes share the tag that tells them apart, and every class is in the union once."""
    tags = [kind.__struct_config__.tag for kind in EVERY]
    assert len(set(tags)) == len(tags)
    assert len(set(EVERY)) == len(EVERY)
    assert {*SAID, *PEER} < {*EVERY}


def test_each_event_belongs_to_the_eyes_that_saw_it() -> None:
    """What a harness may say, what the peer may say and the rest are three separate families."""
    assert all(issubclass(kind, ImplementationEvent) for kind in SAID)
    assert all(issubclass(kind, PeerEvent) for kind in PEER)
    assert all(issubclass(kind, RunnerEvent) for kind in {*EVERY} - {*SAID} - {*PEER})


@pytest.mark.parametrize("kind", SAID, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("eyes", ["lab", "oracle"])
@settings(max_examples=3, deadline=None)
@given(data=st.data())
def test_a_harness_cannot_borrow_other_eyes(
    kind: type[msgspec.Struct], eyes: str, data: st.DataObject
) -> None:
    """An event of a harness that claims to be seen by the peer or the oracle is refused."""
    forged = json.loads(encode(data.draw(events_of(kind)))) | {"seen_by": eyes}
    line = json.dumps(forged).encode()
    for read in (decode_implementation, decode):
        with pytest.raises(msgspec.ValidationError):
            read(line)


@settings(max_examples=60, deadline=None)
@given(event=ANY_EVENT)
def test_only_its_own_events_are_read_from_a_harness_and_from_the_peer(event: Any) -> None:
    """The reader of a harness takes only what a harness may say, the peer's only the peer's."""
    line = encode(event)
    for read, family in ((decode_implementation, SAID), (decode_peer, PEER)):
        if isinstance(event, family):
            assert read(line) == event
        else:
            with pytest.raises(msgspec.ValidationError):
                read(line)


@settings(max_examples=60, deadline=None)
@given(event=ANY_EVENT)
def test_an_unknown_field_is_refused(event: Any) -> None:
    """A misspelt or invented field is an error, never passed over in silence."""
    fields = json.loads(encode(event)) | {"extra_us": 1}
    with pytest.raises(msgspec.ValidationError, match="extra_us"):
        decode(json.dumps(fields).encode())


@pytest.mark.parametrize(
    "time",
    ["1", "1.5", "true", "null", '"1"', "1e400", "NaN", "[1]"],
    ids=lambda time: f"at {time}",
)
def test_a_time_is_a_whole_number(time: str) -> None:
    """Only an integer is a time: fractions, booleans, text, null and NaN are refused."""
    line = f'{{"event":"closed","at_us":{time},"conn":"a"}}'.encode()
    if time == "1":
        assert decode(line).at_us == 1
        return
    with pytest.raises(msgspec.MsgspecError):
        decode(line)


def test_a_trace_file_survives_a_round_trip(tmp_path: Path) -> None:
    """The events of a file come back in order; blank lines between them are passed over."""
    path = tmp_path / "trace.jsonl"
    expected = [events.Closed(at_us=at_us, conn="ä") for at_us in range(5)]
    write_trace(path, expected)
    assert expected == list(read_trace(path))
    path.write_bytes(path.read_bytes().replace(b"\n", b"\n\n  \n"))
    assert expected == list(read_trace(path))


GOOD = b'{"event":"closed","at_us":1,"conn":"a"}\n'


@pytest.mark.parametrize(
    "bad",
    [
        b"nonsense\n",
        b'{"event":"closed","at_us":1}\n',
        b'{"event":"no_such_event","at_us":1}\n',
        b'{"event":"closed","at_us":1,"conn":"a"',
        b'{"event":"closed","at_us":1,"conn":"\xff\xfe"}\n',
        b"\x00\n",
        b"[]\n",
        b"null\n",
    ],
    ids=["text", "missing field", "unknown event", "cut off", "no UTF-8", "zero", "list", "null"],
)
def test_a_bad_line_is_named_by_file_and_line(tmp_path: Path, bad: bytes) -> None:
    """The error of a bad third line names the file and line 3; the lines before it were read."""
    path = tmp_path / "bad.jsonl"
    path.write_bytes(GOOD + GOOD + bad)
    reading = read_trace(path)
    assert next(reading).at_us == 1
    assert next(reading).at_us == 1
    with pytest.raises(TraceError) as caught:
        next(reading)
    assert str(caught.value).startswith(f"{path}:3: ")


@pytest.mark.parametrize("beyond", [-1, 0, 1])
def test_the_longest_line(tmp_path: Path, beyond: int) -> None:
    """A line of the longest length, its newline included, is read; one byte more is refused."""
    path = tmp_path / "long.jsonl"
    padding = LINE_MAX_BYTES + beyond - len(GOOD)
    path.write_bytes(GOOD[:-1] + b" " * padding + b"\n" + GOOD)
    if beyond <= 0:
        assert len(list(read_trace(path))) == 2
        return
    with pytest.raises(TraceError, match=r":1: the line is longer"):
        list(read_trace(path))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A trace that is not there, or is a folder, is an error that names it."""
    for path in (tmp_path / "none.jsonl", tmp_path):
        with pytest.raises(TraceError, match=str(path)):
            list(read_trace(path))


def test_the_schema_knows_every_event() -> None:
    """The generated schema has one definition for each class of event."""
    assert {kind.__name__ for kind in EVERY} <= set(schema()["$defs"])


def test_times_beyond_what_a_float_can_hold_are_kept() -> None:
    """A time is never turned into a float on its way: large neighbours stay apart."""
    big = 2**53 + 1
    assert decode(encode(events.Closed(at_us=big, conn="a"))).at_us == big
