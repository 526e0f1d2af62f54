"""Finding frames in a stream of bytes, whatever the pieces it arrives in.

The layout is the one that the implementation declared. What is checked of a frame is checked as its
bytes arrive, so that a large one costs no more at its end than a small one.
"""

from typing import NamedTuple

from stallproof.runner.peer.payload import NAMING_BYTES, Owner, find_wrong, owner_of
from stallproof.wire.event import Kind
from stallproof.wire.protocol import FrameLayout, NumberField

FRAME_MAX_BYTES = 1 << 30
"""A prefix that announces more than 1 GiB is garbage."""


class Frame(NamedTuple):
    """A whole frame. `size_bytes` is the payload alone; `wrong` is `None` when it is intact.

    A chunk has a `stream`, and `stream_offset` says where in it the payload begins.
    """

    kind: Kind
    size_bytes: int
    began_us: int
    at_us: int
    sequence: int | None
    send: int | None
    stream: int | None
    stream_offset: int | None
    wrong: str | None


def _span(field: NumberField) -> slice:
    return slice(field.at, field.at + field.bytes)


class FrameReader:
    """Split what one connection sends into frames by `layout`.

    `garbage` says which prefix made no sense; from there on nothing is parsed any more.
    """

    def __init__(self, layout: FrameLayout) -> None:
        self._prefix_bytes = layout.prefix_bytes
        length = layout.length
        self._length = slice(length.at, length.at + length.bytes)
        self._uncounted_bytes = 0 if length.counts_prefix else layout.prefix_bytes
        self._extra = _span(layout.extra) if layout.extra else None
        self._sequence_at = _span(layout.sequence) if layout.sequence else None
        self._kind_at: slice | None = None
        self._kinds: dict[int, Kind] = {}
        if layout.kind is not None:
            self._kind_at = slice(layout.kind.at, layout.kind.at + layout.kind.bytes)
            self._kinds.update(dict.fromkeys(layout.kind.ack, "ack"))
            self._kinds.update(dict.fromkeys(layout.kind.heartbeat, "heartbeat"))
            self._kinds.update(dict.fromkeys(layout.kind.data, "data"))
        self.garbage: str | None = None
        self._parsed_bytes = 0
        self._clear()

    def _clear(self) -> None:
        """Get ready for the next frame."""
        self._head = b""
        self._total_bytes = 0
        self._left_bytes = 0
        self._skip_bytes = 0
        self._payload_bytes = 0
        self._checked_bytes = 0
        self._start = b""
        self._kind: Kind = "data"
        self._sequence: int | None = None
        self._owner: Owner | None = None
        self._is_nobodys = False
        self._wrong: str | None = None

    @property
    def needed_bytes(self) -> int:
        """How many bytes can be read without taking any of the next frame; 0 after garbage."""
        if self.garbage is not None:
            return 0
        if self._total_bytes == 0:
            return self._prefix_bytes - len(self._head)
        return self._left_bytes

    def feed(self, data: bytes, at_us: int) -> list[Frame]:
        """Take in `data`, read at `at_us`, and return the frames that it completes."""
        frames: list[Frame] = []
        at, size = 0, len(data)
        while at < size and self.garbage is None:
            if self._total_bytes == 0:
                if not self._head:
                    self._began_us = at_us
                taken = data[at : at + self._prefix_bytes - len(self._head)]
                self._head += taken
                at += len(taken)
                if len(self._head) < self._prefix_bytes:
                    break
                self._read_prefix(self._head)
            if self._left_bytes and at < size:
                piece = data[at : at + self._left_bytes]
                at += len(piece)
                self._left_bytes -= len(piece)
                if self._wrong is None and self._kind == "data":
                    self._check(piece)
            if self._total_bytes and not self._left_bytes:
                frames.append(self._finished(at_us))
        return frames

    @property
    def torn_wrong(self) -> str | None:
        """What is wrong with the unfinished frame: bytes of another one may have followed it."""
        return None if self._wrong is None else f"of the unfinished frame {self._wrong}"

    def torn(self) -> tuple[int, int | None, int | None]:
        """Return how much of an unfinished frame there is, its size on the wire, and its send."""
        if self._total_bytes == 0:
            return len(self._head), None, None
        owner = self._owner or owner_of(self._start)
        send = None if owner is None else owner.send
        return self._total_bytes - self._left_bytes, self._total_bytes, send

    def _read_prefix(self, head: bytes) -> None:
        total = int.from_bytes(head[self._length], "big") + self._uncounted_bytes
        if not self._prefix_bytes <= total <= FRAME_MAX_BYTES:
            self.garbage = (
                f"the prefix at byte {self._parsed_bytes} of the stream announces a frame of "
                f"{total} bytes: {head[:32].hex()}"
            )
            return
        self._total_bytes = total
        self._left_bytes = total - self._prefix_bytes
        if self._kind_at is not None:
            self._kind = self._kinds.get(int.from_bytes(head[self._kind_at], "big"), "other")
        if self._sequence_at is not None:
            self._sequence = int.from_bytes(head[self._sequence_at], "big")
        if self._extra is not None:
            self._skip_bytes = int.from_bytes(head[self._extra], "big")
        self._payload_bytes = self._left_bytes - self._skip_bytes
        if self._payload_bytes < 0:
            self._wrong = f"its header of {self._skip_bytes} bytes is longer than the frame"
            self._payload_bytes = 0

    def _check(self, piece: bytes) -> None:
        """Compare the next bytes after the prefix with what they should be."""
        if self._skip_bytes:
            skipped = min(self._skip_bytes, len(piece))
            self._skip_bytes -= skipped
            piece = piece[skipped:]
        if self._is_nobodys:
            return
        if self._owner is None:
            self._start += piece
            if len(self._start) < min(NAMING_BYTES, self._payload_bytes):
                return
            self._owner = owner_of(self._start)
            if self._owner is None:
                self._is_nobodys = True
                return
            piece = self._start
        self._wrong = find_wrong(self._owner.number, self._owner.at + self._checked_bytes, piece)
        self._checked_bytes += len(piece)

    def _finished(self, at_us: int) -> Frame:
        owner = self._owner
        frame = Frame(
            kind=self._kind,
            size_bytes=self._payload_bytes,
            began_us=self._began_us,
            at_us=at_us,
            sequence=self._sequence,
            send=None if owner is None else owner.send,
            stream=None if owner is None else owner.stream,
            stream_offset=None if owner is None or owner.stream is None else owner.at,
            wrong=self._wrong,
        )
        self._parsed_bytes += self._total_bytes
        self._clear()
        return frame


def build(layout: FrameLayout, kind: Kind, payload: bytes, sequence: int) -> bytes:
    """Return a frame of the peer's own for the implementation to receive.

    Raises `ValueError` when the layout has no such kind of frame.
    """
    prefix = bytearray(layout.prefix_bytes)
    total = len(payload) + (layout.prefix_bytes if layout.length.counts_prefix else 0)
    prefix[layout.length.at : layout.length.at + layout.length.bytes] = total.to_bytes(
        layout.length.bytes, "big"
    )
    if layout.kind is not None:
        at, size = layout.kind.at, layout.kind.bytes
        words = layout.kind
        values = {"data": words.data, "heartbeat": words.heartbeat, "ack": words.ack}.get(kind)
        if not values:
            raise ValueError(f"the layout of frames names no value for the kind {kind!r}")
        prefix[at : at + size] = values[0].to_bytes(size, "big")
    elif kind != "data":
        raise ValueError("the layout of frames knows no kinds, so everything is data")
    if layout.sequence is not None:
        prefix[_span(layout.sequence)] = _sequence_in(layout.sequence, sequence)
    return bytes(prefix) + payload


def build_ack(
    layout: FrameLayout, stream: int, offset: int, sequence: int, *, is_error: bool
) -> bytes:
    """Return an ACK of `stream` up to `offset` in its declared form.

    Raises `ValueError` where the layout has no such form, or no place long enough for a number.
    """
    form = layout.ack
    text = None if form is None else form.error_hex if is_error else form.frame_hex
    if form is None or text is None:
        raise ValueError("the layout of frames has no form of such an ACK")
    frame = bytearray.fromhex(text)
    for number, places in ((stream, form.stream), (offset, form.offset)):
        if not 0 <= number < 1 << 8 * max(place.bytes for place in places):
            raise ValueError(f"the form of an ACK has no place for the number {number}")
        for place in places:
            lowest = number % (1 << 8 * place.bytes)
            frame[_span(place)] = lowest.to_bytes(place.bytes, "big")
    if layout.sequence is not None:
        frame[_span(layout.sequence)] = _sequence_in(layout.sequence, sequence)
    return bytes(frame)


def carries_ack(layout: FrameLayout, stream: int, offset: object, error: str | None) -> bool:
    """Tell whether an ACK of `offset`, any JSON, can go over the wire in its declared form."""
    if not isinstance(offset, int) or isinstance(offset, bool):
        return False
    try:
        build_ack(layout, stream, offset, 0, is_error=error is not None)
    except ValueError:
        return False
    return True


def _sequence_in(field: NumberField, sequence: int) -> bytes:
    return (sequence % (1 << 8 * field.bytes)).to_bytes(field.bytes, "big")
