"""The peer's own frames, in the layout that the implementation declared.

Spec: `spec/protocol.md`, "The layout of frames".
"""

from stallproof.wire.event import Kind
from stallproof.wire.layout import FrameLayout, LengthField, NumberField, TextLayout

_GROUP = 1 << 7
"""A byte of a varint holds a digit to this base."""


def build(layout: FrameLayout, kind: Kind, payload: bytes, sequence: int) -> bytes:
    """Return a frame of the peer's own for the implementation to receive.

    Raises `ValueError` when the layout has no such kind of frame, or no room for its length.
    """
    if layout.text is not None:
        return _build_text(layout.text, kind, payload)
    assert layout.length is not None, "a layout has a length, or is text"
    if kind == "data":
        payload = bytes(layout.header_bytes) + payload
    prefix = bytearray(layout.prefix_bytes)
    if layout.kind is not None:
        words = layout.kind
        values = {"data": words.data, "heartbeat": words.heartbeat, "ack": words.ack}.get(kind)
        if not values:
            raise ValueError(f"the layout of frames names no value for the kind {kind!r}")
        place = NumberField(at=layout.kind.at, bytes=layout.kind.bytes)
        put(layout, prefix, place, values[0])
    elif kind != "data":
        raise ValueError("the layout of frames knows no kinds, so everything is data")
    if layout.sequence is not None:
        _put_sequence(layout, prefix, sequence)
    return _with_length(layout, layout.length, prefix, len(payload)) + payload


def _with_length(
    layout: FrameLayout, length: LengthField, prefix: bytearray, body_bytes: int
) -> bytes:
    """Return `prefix` with the length of a frame in it whose body is `body_bytes` long."""
    if not length.varint:
        told = body_bytes + (len(prefix) if length.counts_prefix else 0)
        if told >= 1 << 8 * length.bytes:
            raise ValueError(f"a frame of {told} bytes has no room for its length")
        put(layout, prefix, NumberField(at=length.at, bytes=length.bytes), told)
        return bytes(prefix)
    for size in range(1, length.bytes + 1):
        told = body_bytes + (length.at + size if length.counts_prefix else 0)
        if told < _GROUP**size:
            return bytes(prefix[: length.at]) + varint(told, size)
    raise ValueError(f"a frame with {body_bytes} bytes has no room for its length")


def varint(number: int, size: int) -> bytes:
    """Return `number` as a varint of `size` bytes, the lowest seven bits first."""
    groups = [number // _GROUP**place % _GROUP for place in range(size)]
    return bytes(group | (_GROUP if place < size - 1 else 0) for place, group in enumerate(groups))


def _build_text(layout: TextLayout, kind: Kind, payload: bytes) -> bytes:
    # A server of arrays answers with one part alone.
    data = ["$"] if layout.form == "array" else layout.data
    words = {"data": data, "heartbeat": layout.heartbeat}.get(kind)
    opening = layout.peer.get(kind) or (words[0] if words else None)
    if opening is None:
        raise ValueError(f"the layout of frames has no opening for the kind {kind!r}")
    begun, end = opening.encode(), layout.end.encode()
    if kind != "data":
        return begun + end
    if layout.form == "line":
        return begun + payload.hex().encode() + end
    return begun + str(len(payload)).encode() + end + payload + end


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
            put(layout, frame, place, lowest)
    if layout.sequence is not None:
        _put_sequence(layout, frame, sequence)
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


def put(layout: FrameLayout, frame: bytearray, place: NumberField, number: int) -> None:
    """Write `number` into its place in `frame`."""
    content = number.to_bytes(place.bytes, layout.byte_order)
    frame[place.at : place.at + place.bytes] = content


def _put_sequence(layout: FrameLayout, frame: bytearray, sequence: int) -> None:
    assert layout.sequence is not None
    put(layout, frame, layout.sequence, sequence % (1 << 8 * layout.sequence.bytes))
