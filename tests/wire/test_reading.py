"""Lines are read many at a time: to the same events, and to the same words about a wrong one."""

from collections.abc import Iterator
from io import BytesIO

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stallproof.wire import codec
from stallproof.wire.codec import LINE_MAX_BYTES, TraceError, blocks_of, decode, encode
from stallproof.wire.events import Answered, AnyEvent, PeerSawHangup

HANGUP = encode(PeerSawHangup(at_us=1, conn="a"))
ANSWER = encode(Answered(at_us=2, id=1, op="send", message="}\n{"))
PARTS = st.sampled_from(
    [
        *(HANGUP, ANSWER, HANGUP + b" " + HANGUP, HANGUP.replace(b",", b",\n"), b"{}", b"{", b"}"),
        *(b"", b" ", b"\r", b"\n", b"\n\n", b"\xff", b"[]", b"x" * 40, HANGUP + b"\r", b"\t"),
    ]
)


def one_by_one(text: bytes) -> Iterator[AnyEvent]:
    """Read `text` as it was always read: line after line."""
    file, number = BytesIO(text), 0
    while line := file.readline(LINE_MAX_BYTES + 1):
        number += 1
        if len(line) > LINE_MAX_BYTES:
            raise TraceError(f"t:{number}: the line is longer than {LINE_MAX_BYTES} bytes")
        if line.strip():
            try:
                yield decode(line)
            except (msgspec.MsgspecError, UnicodeDecodeError) as error:
                raise TraceError(
                    f"t:{number}: not an event of stallproof.trace/1: {error}"
                ) from None


def many_at_once(text: bytes) -> Iterator[AnyEvent]:
    """Read `text` as it is read now."""
    for block in blocks_of(BytesIO(text), "t"):
        yield from block


def told(events: Iterator[AnyEvent]) -> tuple[list[AnyEvent], str]:
    """Return the events that come before anything is wrong, and what is said of that."""
    found: list[AnyEvent] = []
    try:
        for event in events:
            found.append(event)
    except TraceError as error:
        return found, str(error)
    return found, ""


@settings(deadline=None, max_examples=400)
@given(st.lists(st.tuples(PARTS, st.sampled_from([b"\n", b"\n", b"\n", b""]))), st.integers(1, 400))
def test_lines_at_once_are_the_lines_one_by_one(
    parts: list[tuple[bytes, bytes]], block_bytes: int
) -> None:
    """Whatever they hold, and wherever a block ends."""
    text = b"".join(part + end for part, end in parts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(codec, "BLOCK_BYTES", block_bytes)
        wrong = told(many_at_once(text))
    assert told(one_by_one(text))[1] == wrong[1]
    if not wrong[1]:
        assert list(one_by_one(text)) == wrong[0]


@pytest.mark.parametrize("over", [-1, 0, 1])
@pytest.mark.parametrize("end", [b"\n", b""])
def test_a_line_may_be_as_long_as_the_longest(over: int, end: bytes) -> None:
    """With its line break; one byte more is refused, and the line before it is read."""
    least = len(encode(Answered(at_us=1, id=1, op="", message=""))) + len(end)
    text = "m" * (LINE_MAX_BYTES - least + over)
    line = encode(Answered(at_us=1, id=1, op="", message=text)) + end
    assert LINE_MAX_BYTES + over == len(line)
    events, wrong = told(many_at_once(HANGUP + b"\n" + line))
    assert (2 if over < 1 else 1) == len(events)
    assert ("" if over < 1 else f"t:2: the line is longer than {LINE_MAX_BYTES} bytes") == wrong
