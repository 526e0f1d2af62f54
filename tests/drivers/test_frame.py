"""Frames: the prefix, the pieces of an outgoing frame, the assembly of incoming ones."""

import mmap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stallproof.drivers.frame import (
    FRAME_MAX_BYTES,
    PREFIX,
    PREFIX_BYTES,
    RECEIVED_MAX_BYTES,
    FrameError,
    FrameReader,
    FrameType,
    Outgoing,
    payload_view,
)


def wire(kind: int, sequence: int, payload: bytes) -> bytes:
    """Return a whole frame as it goes on the wire."""
    return b"".join(Outgoing(kind, sequence, payload_view(payload)).rest(0, 1 << 30))


def test_the_prefix_is_laid_out_as_documented() -> None:
    """Length, header length, type, reserved, flags, app, stream and sequence, all big-endian."""
    frame = wire(FrameType.PING, 0x0102, b"abc")
    expected = bytes([0, 0, 0, 19, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 1, 2]) + b"abc"
    assert expected == frame


@given(st.binary(max_size=64), st.integers(0, 79), st.integers(1, 100))
def test_the_rest_of_a_frame_is_exactly_what_follows(
    payload: bytes, written: int, limit: int
) -> None:
    """Whatever was written, the rest continues there and is never longer than the limit."""
    whole = wire(FrameType.DATA, 7, payload)
    written = min(written, len(whole) - 1)
    limit = max(limit, PREFIX_BYTES)
    rest = b"".join(Outgoing(FrameType.DATA, 7, payload_view(payload)).rest(written, limit))
    assert whole[written : written + limit] == rest


def test_the_payload_is_not_copied() -> None:
    """The pieces of an outgoing frame share the memory of the caller's payload."""
    payload = bytearray(b"abc")
    pieces = Outgoing(FrameType.DATA, 1, payload_view(payload)).rest(0, 100)
    payload[0:1] = b"X"
    assert b"Xbc" == bytes(pieces[1])


@given(
    st.lists(st.tuples(st.integers(0, 255), st.integers(0, 65535), st.binary(max_size=40))),
    st.lists(st.integers(1, 30), min_size=1),
)
def test_frames_are_put_together_from_any_pieces(
    frames: list[tuple[int, int, bytes]], cuts: list[int]
) -> None:
    """However the stream is cut, the same frames come out, and nothing is left over."""
    stream = b"".join(wire(*frame) for frame in frames)
    reader = FrameReader()
    got = []
    at = turn = 0
    while at < len(stream):
        size = cuts[turn % len(cuts)]
        got += [(f.kind, f.sequence, f.payload) for f in reader.feed(stream[at : at + size])]
        at, turn = at + size, turn + 1
    assert frames == got
    assert reader.torn_bytes == 0


def test_a_header_is_kept_apart_from_the_payload() -> None:
    """The header length splits what follows the prefix."""
    (frame,) = FrameReader().feed(PREFIX.pack(21, 2, 1, 9, 3) + b"hhppp")
    assert (b"hh", b"ppp", 9, 3) == (frame.header, frame.payload, frame.stream_id, frame.sequence)


@pytest.mark.parametrize(
    ("length", "header", "sound"),
    [(15, 0, False), (16, 0, True), (17, 1, True), (17, 2, False), (0, 0, False)],
)
def test_a_length_that_makes_no_sense_is_refused(length: int, header: int, sound: bool) -> None:
    """A frame is at least as long as its prefix and its header."""
    stream = PREFIX.pack(length, header, 1, 0, 0) + b"x" * max(0, length - PREFIX_BYTES)
    if sound:
        assert len(list(FrameReader().feed(stream))) == 1
    else:
        with pytest.raises(FrameError):
            list(FrameReader().feed(stream))


def test_a_frame_longer_than_a_reader_believes_is_refused_at_its_prefix() -> None:
    """The longest length is still believed, one byte more is not, before any of it came in."""
    assert [] == list(FrameReader().feed(PREFIX.pack(RECEIVED_MAX_BYTES, 0, 1, 0, 0)))
    with pytest.raises(FrameError):
        list(FrameReader().feed(PREFIX.pack(RECEIVED_MAX_BYTES + 1, 0, 1, 0, 0)))


def test_a_payload_that_no_length_field_can_state_is_refused() -> None:
    """A frame of 2^32 bytes does not fit its length field; nothing is allocated to find out."""
    block = memoryview(bytes(1 << 16))
    assert len(payload_view(block)) == 1 << 16
    with pytest.raises(TypeError):
        payload_view("text")  # type: ignore[arg-type]
    assert FRAME_MAX_BYTES == 0xFFFFFFFF


@pytest.mark.parametrize("header_bytes", [0, 13])
def test_the_longest_frame_has_prefix_header_and_payload_in_its_length(header_bytes: int) -> None:
    """The greatest payload fits, and one byte more does not; its memory is never touched."""
    most_bytes = 2**32 - 1 - 16 - header_bytes
    with mmap.mmap(-1, most_bytes + 1) as pages, memoryview(pages) as whole:
        with payload_view(whole[:most_bytes], header_bytes) as view:
            assert most_bytes == len(view)
        with pytest.raises(ValueError, match=f"a payload of {most_bytes + 1} bytes does not fit"):
            payload_view(whole, header_bytes)


def test_the_limits_are_those_of_the_layout() -> None:
    """Four bytes of length on the wire, and a gibibyte that a reader believes in."""
    assert (16, 2**32 - 1, 2**30) == (PREFIX_BYTES, FRAME_MAX_BYTES, RECEIVED_MAX_BYTES)
    assert [1, 2, 4, 5, 6, 7, 8] == [int(kind) for kind in FrameType]
