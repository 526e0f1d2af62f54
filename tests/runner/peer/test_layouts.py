"""Every layout of frames: split anywhere, at the boundaries of its lengths, with hostile bytes."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stallproof.runner.peer.building import build
from stallproof.runner.peer.frames import Frame, FrameReader
from stallproof.wire.heads import HEAD_MAX_BYTES
from stallproof.wire.layout import FrameLayout, LengthField, TextLayout
from tests.runner.peer.forms import FORMS, MQTT, NATS, RESP, Form
from tests.runner.peer.peer_bench import payload

every = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)


def _read(layout: FrameLayout, pieces: list[bytes]) -> tuple[list[Frame], FrameReader]:
    reader = FrameReader(layout)
    return [frame for piece in pieces for frame in reader.feed(piece, 5)], reader


def _alike(frame: Frame) -> Frame:
    """Return `frame` without the words for what is wrong, which look at the piece at hand."""
    return frame._replace(wrong="" if frame.wrong else None)


def _cut(stream: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({0, len(stream), *(cut % (len(stream) + 1) for cut in cuts)})
    return [stream[a:b] for a, b in itertools.pairwise(places)]


@every
@settings(max_examples=40, deadline=None)
@given(
    sizes=st.lists(st.integers(0, 300), min_size=1, max_size=5),
    cuts=st.lists(st.integers(0, 4000), max_size=20),
)
def test_every_layout_is_read_whatever_the_pieces(
    form: Form, sizes: list[int], cuts: list[int]
) -> None:
    """Each frame is found once, with its size and whose it is, split anywhere."""
    stream = b"".join(
        form.write(payload(number, size)) + form.heartbeat for number, size in enumerate(sizes, 1)
    )
    frames, reader = _read(form.layout, _cut(stream, cuts))
    data, beats = frames[0::2], frames[1::2]
    assert (None, (0, None, None)) == (reader.garbage, reader.torn())
    assert sizes == [frame.size_bytes for frame in data]
    assert [None] * len(frames) == [frame.wrong for frame in frames]
    assert all(
        frame.send == number for number, frame in enumerate(data, 1) if sizes[number - 1] > 8
    )
    assert len(sizes) == len(beats)
    if form.layout.has_heartbeats:
        assert {"heartbeat"} == {frame.kind for frame in beats}


@every
@pytest.mark.parametrize("size", [126, 127, 128, 16_382, 16_383, 16_384, 2_097_151, 2_097_152])
def test_a_length_at_the_boundary_of_a_varint_is_read(form: Form, size: int) -> None:
    """A length of 127 takes one byte and 128 two: header and payload around each of these."""
    for header in (0, 3):
        frame = form.write(payload(9, size - header))
        frames, reader = _read(form.layout, _cut(frame, [1, 2, 3, 4, 5, size // 2, size]))
        assert None is reader.garbage
        assert [(size - header, 9, None)] == [(f.size_bytes, f.send, f.wrong) for f in frames]


@every
def test_what_may_be_read_at_once_is_never_more_than_the_frame(form: Form) -> None:
    """Who reads as many bytes as are needed stops at the last byte of each frame."""
    one = form.write(payload(1, 100))
    stream = one + form.heartbeat + form.write(payload(2, 41))
    reader = FrameReader(form.layout)
    ends, at = [], 0
    while at < len(stream):
        needed = reader.needed_bytes
        assert 1 <= needed <= len(stream) - at
        ends += [at + needed] * len(reader.feed(stream[at : at + needed], 1))
        at += needed
    assert [len(one), len(one) + len(form.heartbeat), len(stream)] == ends


@every
def test_a_frame_cut_in_half_is_torn(form: Form) -> None:
    """How much of it there is is told, and whose it is; its size where its head says it."""
    whole = form.write(payload(6, 4000))
    frames, reader = _read(form.layout, [form.heartbeat + whole[:3000]])
    assert 1 == len(frames)
    size = None if form.layout.text and form.layout.text.form == "line" else len(whole)
    assert (3000, size, 6) == reader.torn()


@every
def test_another_frame_in_the_middle_of_one_is_found(form: Form) -> None:
    """Half a frame, and then the beginning of another one, are never one intact frame."""
    one, two = form.write(payload(5, 4000)), form.write(payload(6, 4000))
    frames, _ = _read(form.layout, [one[:2000] + two[:2000] + one[2000:] + two[2000:]])
    assert frames[0].wrong is not None
    assert 5 == frames[0].send


@every
def test_a_single_wrong_byte_of_a_payload_is_found(form: Form) -> None:
    """Whatever the layout, also in the last byte, and in a line in its last digit."""
    for size in (100, 101):
        frame = form.write(payload(5, size))
        end = len(frame) - (len(form.layout.text.end) if form.layout.text else 0)
        for at in (end - 1, end - 40):
            other = b"0" if frame[at : at + 1] != b"0" else b"1"
            frames, _ = _read(form.layout, [frame[:at] + other + frame[at + 1 :]])
            assert frames[0].wrong is not None


@every
@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=300), cuts=st.lists(st.integers(0, 300), max_size=6))
def test_whatever_comes_in_is_read_alike_in_any_pieces(
    form: Form, data: bytes, cuts: list[int]
) -> None:
    """Hostile bytes raise nothing; their pieces change neither the frames nor the complaint."""
    at_once, whole = _read(form.layout, [data])
    in_pieces, pieces = _read(form.layout, _cut(data, cuts))
    assert list(map(_alike, at_once)) == list(map(_alike, in_pieces))
    assert (whole.garbage, whole.torn()) == (pieces.garbage, pieces.torn())


@pytest.mark.parametrize(
    ("layout", "data", "why"),
    [
        (MQTT, b"\x30\xff\xff\xff\xff", "has a varint of more than 4 bytes"),
        (FORMS["protobuf"].layout, b"\xff\xff\xff\xff\x7f", "announces a frame of 34359738372"),
        (NATS, b"PUB x -1\r\n", "its last word is no size"),
        (NATS, b"PUB x 1_0\r\n", "its last word is no size"),
        (NATS, b"PUB x 00000000010\r\n", "its last word is no size"),
        (NATS, b"PUB x 1073741824\r\n", "announces a frame of"),
        (NATS, b"PUB x 2\r\nabcd", "does not end where its head says"),
        (RESP, b"*0\r\n", "begins an array without parts"),
        (RESP, b"*2\r\n:3\r\n", "has a part without a size"),
        (RESP, b"*2\r\n$2\r\nSETT\r\n", "has a part that is longer than its size"),
        (RESP, b"*2\r\n$5000\r\n", "has a part of 5000 bytes before its payload"),
    ],
)
def test_a_head_that_makes_no_sense_is_garbage(layout: FrameLayout, data: bytes, why: str) -> None:
    """From there on nothing is parsed, and the reader asks for nothing more."""
    frames, reader = _read(layout, [b"", data])
    assert reader.garbage is not None
    assert why in reader.garbage
    assert 0 == reader.needed_bytes
    assert [] == reader.feed(data, 9)
    assert all(frame.wrong is not None for frame in frames)


@pytest.mark.parametrize("layout", [NATS, RESP], ids=["nats", "resp"])
def test_a_line_that_never_ends_is_bounded(layout: FrameLayout) -> None:
    """One byte below the greatest head is waited for, at it the line is garbage."""
    _, reader = _read(layout, [b"x" * (HEAD_MAX_BYTES - 1)])
    assert None is reader.garbage
    reader.feed(b"x", 1)
    assert reader.garbage is not None


@pytest.mark.parametrize("name", ["little", "protobuf", "mqtt", "nats", "lines"])
@pytest.mark.parametrize("size", [0, 124, 125, 127, 128, 16_383, 16_384])
def test_the_peer_writes_what_its_own_reader_reads(name: str, size: int) -> None:
    """A frame of the peer's own is one frame of the layout, with all of its payload."""
    layout = FORMS[name].layout
    content = payload(3, size)
    frames, reader = _read(layout, [build(layout, "data", content, 2)])
    # In a line the size counts digits, of which a byte has two.
    told = 2 * size if name == "lines" else size
    assert [(told, None)] == [(frame.size_bytes, frame.wrong) for frame in frames]
    assert None is reader.garbage


def test_the_peer_begins_its_frames_as_declared() -> None:
    """A server of RESP sends no array, and one of NATS says MSG where a client says PUB."""
    assert b"$3\r\nabc\r\n" == build(RESP, "data", b"abc", 1)
    text = TextLayout(form="sized", data=["PUB x "], heartbeat=["PING"], peer={"data": "MSG x 1 "})
    nats = FrameLayout(text=text)
    assert b"MSG x 1 3\r\nabc\r\n" == build(nats, "data", b"abc", 1)
    assert b"PING\r\n" == build(nats, "heartbeat", b"", 1)
    with pytest.raises(ValueError, match="has no opening for the kind 'ack'"):
        build(nats, "ack", b"", 1)


def test_a_length_without_room_is_refused() -> None:
    """255 bytes have room in one byte, and 256 have not; nor 128 in a varint of one."""
    one = FrameLayout(prefix_bytes=1, length=LengthField(at=0, bytes=1, counts_prefix=False))
    assert 256 == len(build(one, "data", bytes(255), 1))
    short = FrameLayout(
        prefix_bytes=1, length=LengthField(at=0, bytes=1, counts_prefix=False, varint=True)
    )
    assert 128 == len(build(short, "data", bytes(127), 1))
    for layout, size in ((one, 256), (short, 128)):
        with pytest.raises(ValueError, match="no room for its length"):
            build(layout, "data", bytes(size), 1)
