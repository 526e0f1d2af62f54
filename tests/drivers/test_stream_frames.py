"""What frames say of streams: laid out as documented, read strictly, routed or reported."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stallproof.drivers.frame import FrameReader, FrameType, Incoming, Outgoing
from stallproof.drivers.stream_frames import (
    ERROR_MAX_BYTES,
    STOPS,
    Ack,
    Chunk,
    Notice,
    ack_header,
    chunk_header,
    error_payload,
    is_of_a_stream,
    notice_header,
    parsed,
    stream_id_of,
)
from stallproof.drivers.stream_routes import ENDED_KEPT, Streams
from stallproof.machines.stream import StreamOutcome

STREAMS = st.integers(0, 2**32 - 1)
OFFSETS = st.integers(0, 2**64 - 1)


def incoming(kind: int, header: bytes, payload: bytes = b"", stream_id: int = 0) -> Incoming:
    """Return a frame as it comes off the wire."""
    wire = b"".join(Outgoing(kind, 1, memoryview(payload), header, stream_id).rest(0, 1 << 20))
    (frame,) = FrameReader().feed(wire)
    return frame


def test_a_chunk_is_laid_out_as_documented() -> None:
    """The header length and the stream id stand in the prefix, the header before the payload."""
    header = chunk_header(0x12345, 0x0102030405060708, is_last=True)
    wire = b"".join(Outgoing(FrameType.DATA, 3, memoryview(b"ab"), header, 0x2345).rest(0, 100))
    prefix = struct.pack(">IHBBHHHH", 16 + 13 + 2, 13, 1, 0, 0, 0, 0x2345, 3)
    expected = prefix + bytes([0, 1, 0x23, 0x45, 1, 2, 3, 4, 5, 6, 7, 8, 1]) + b"ab"
    assert expected == wire


@given(st.binary(max_size=20), st.binary(min_size=1, max_size=20), st.data())
def test_the_rest_of_a_frame_with_a_header_continues_where_it_was_cut(
    payload: bytes, header: bytes, data: st.DataObject
) -> None:
    """However much was written, prefix, header and payload follow in one piece."""
    frame = Outgoing(FrameType.DATA, 7, memoryview(payload), header, 9)
    whole = b"".join(frame.rest(0, 1000))
    written = data.draw(st.integers(0, len(whole) - 1))
    assert whole[written:] == b"".join(frame.rest(written, 1000))


@given(STREAMS, OFFSETS, st.booleans(), st.binary(min_size=1, max_size=9))
def test_what_was_said_of_a_chunk_is_read(
    stream: int, offset: int, is_last: bool, payload: bytes
) -> None:
    """A chunk comes out of its frame as it went in."""
    header = chunk_header(stream, offset, is_last=is_last)
    frame = incoming(FrameType.DATA, header, payload, stream % 65536)
    assert is_of_a_stream(frame)
    assert Chunk(stream, offset, is_last, payload) == parsed(frame)


@given(STREAMS, OFFSETS, st.none() | st.text(max_size=20))
def test_what_was_said_in_an_ack_is_read(stream: int, offset: int, error: str | None) -> None:
    """An ACK comes out of its frame as it went in, with the error if it has one."""
    error = error if error is None else error.encode("utf-8", "replace").decode()
    header = ack_header(stream, offset, is_error=error is not None)
    payload = b"" if error is None else error_payload(error)
    frame = incoming(FrameType.ACK, header, payload, stream % 65536)
    assert Ack(stream, offset, error) == parsed(frame)


@pytest.mark.parametrize("outcome", STOPS)
def test_what_was_said_in_a_notice_is_read(outcome: StreamOutcome) -> None:
    """A notice names the stream and why its sender stopped."""
    frame = incoming(FrameType.NOTICE, notice_header(70000, outcome), stream_id=4464)
    assert Notice(70000, outcome) == parsed(frame)


@pytest.mark.parametrize("outcome", [StreamOutcome.DONE, StreamOutcome.ACK_ERROR])
def test_there_is_no_notice_of_what_nobody_is_told(outcome: StreamOutcome) -> None:
    """The receiver is never told of an error of its own, nor of a stream it has."""
    with pytest.raises(ValueError, match="not in tuple"):
        notice_header(1, outcome)


@pytest.mark.parametrize("over", [-1, 0, 1])
def test_a_long_error_is_cut_between_characters(over: int) -> None:
    """The text fits up to its limit, and never ends in half a character."""
    text = "x" * (ERROR_MAX_BYTES - 2 + over) + "é"
    expected = text if over <= 0 else text[:-1]
    assert expected.encode() == error_payload(text)


@pytest.mark.parametrize(
    ("kind", "header", "payload", "stream_id", "why"),
    [
        (FrameType.DATA, chunk_header(1, 0, is_last=False)[:-1], b"x", 1, "12 bytes"),
        (FrameType.DATA, chunk_header(1, 0, is_last=False) + b"x", b"x", 1, "14 bytes"),
        (FrameType.DATA, chunk_header(1, 0, is_last=False), b"x", 2, "stream id 2"),
        (FrameType.DATA, chunk_header(65536, 0, is_last=False), b"x", 1, "stream id 1"),
        (FrameType.DATA, chunk_header(1, 0, is_last=False)[:-1] + b"\2", b"x", 1, "flags 2"),
        (FrameType.DATA, chunk_header(1, 0, is_last=True), b"", 1, "without bytes"),
        (FrameType.ACK, b"", b"", 0, "0 bytes"),
        (FrameType.ACK, ack_header(1, 0, is_error=False), b"x", 1, "with a payload"),
        (FrameType.ACK, ack_header(1, 0, is_error=True)[:-1] + b"\3", b"x", 1, "flags 3"),
        (FrameType.NOTICE, b"\0\0\0\1\3", b"", 1, "reason 3"),
        (FrameType.NOTICE, b"\0\0\0\1\2", b"x", 1, "1 bytes"),
        (FrameType.NOTICE, b"\0\0\0\1", b"", 1, "4 bytes"),
    ],
)
def test_what_makes_no_sense_is_described_and_not_raised(
    kind: FrameType, header: bytes, payload: bytes, stream_id: int, why: str
) -> None:
    """Each broken rule is named in words, also by the connection that passes the frame over."""
    frame = incoming(kind, header, payload, stream_id)
    told = parsed(frame)
    assert isinstance(told, str)
    assert why in told
    assert told in str(Streams().take(frame))


@given(st.sampled_from([1, 2, 8]), st.binary(max_size=20), st.binary(max_size=9), st.integers(0, 9))
def test_no_frame_at_all_raises(kind: int, header: bytes, payload: bytes, stream_id: int) -> None:
    """Whatever the bytes, there is a meaning or a reason."""
    frame = incoming(kind, header, payload, stream_id)
    assert parsed(frame)
    assert is_of_a_stream(frame) == (kind != FrameType.DATA or header != b"")


@pytest.mark.parametrize(
    ("frame", "what"),
    [
        (incoming(FrameType.ACK, ack_header(5, 1, is_error=True), b"no", 5), "an ACK"),
        (incoming(FrameType.DATA, chunk_header(5, 0, is_last=True), b"x", 5), "a chunk"),
        (incoming(FrameType.NOTICE, notice_header(5, STOPS[0]), b"", 5), "a notice"),
    ],
)
def test_an_unknown_stream_is_reported_and_not_created(frame: Incoming, what: str) -> None:
    """What names no known stream changes nothing, and says so each time."""
    streams = Streams()
    for _ in range(2):
        assert f"{what} " in str(streams.take(frame))
        assert streams.senders.find(5) is None
        assert streams.receivers.find(5) is None


class Acked:
    """A sending end that keeps its ACKs."""

    def __init__(self) -> None:
        self.acks: list[object] = []

    def on_ack(
        self, raw_offset: object, *, origin: str | None = None, error: str | None = None
    ) -> None:
        self.acks.append((raw_offset, origin, error))

    def on_closed(self, why: str) -> None:
        self.acks.append(why)


def test_an_ack_goes_to_the_stream_that_it_names() -> None:
    """Streams whose numbers share their lower 16 bits are told apart by the header."""
    streams, one, other = Streams(), Acked(), Acked()
    streams.senders.add(1, one)
    streams.senders.add(65537, other)
    header = ack_header(65537, 9, is_error=False)
    assert streams.take(incoming(FrameType.ACK, header, b"", stream_id_of(65537))) is None
    assert [] == one.acks
    assert [(9, None, None)] == other.acks


def test_a_stream_exists_once_and_is_remembered_for_a_while() -> None:
    """A number that is in use is refused; one that ended is forgotten when others have ended."""
    streams, end = Streams(), Acked()
    streams.senders.add(1, end)
    with pytest.raises(ValueError, match="stream 1 exists"):
        streams.senders.add(1, Acked())
    streams.senders.retire(1)
    for number in range(2, ENDED_KEPT + 1):
        streams.senders.add(number, Acked())
        streams.senders.retire(number)
    assert end is streams.senders.find(1)
    streams.senders.add(0, Acked())
    streams.senders.retire(0)
    assert streams.senders.find(1) is None
    streams.senders.add(1, end)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ("\ud800x", b"?x"), ("x" * 1024, b"x" * 1024), ("x" * 1025, b"x" * 1024),
        ("x" * 1023 + "ä", b"x" * 1023), ("x" * 1022 + "ä", b"x" * 1022 + b"\xc3\xa4"),
    ],
)  # fmt: skip
def test_the_text_of_an_error_fits_whatever_it_is(error: str, expected: bytes) -> None:
    """1024 bytes, cut between characters; what has no bytes is a question mark."""
    assert expected == error_payload(error)


@pytest.mark.parametrize(
    ("payload", "expected"),
    [(b"\xff", "\ufffd"), (b"x" * 1025, "x" * 1024), (b"", "")],
)
def test_an_error_that_is_no_text_is_read_all_the_same(payload: bytes, expected: str) -> None:
    """As far as it goes, and not more of it than an error can have."""
    header = ack_header(7, 3, is_error=True)
    assert Ack(7, 3, expected) == parsed(Incoming(FrameType.ACK, 7, 0, header, payload))
