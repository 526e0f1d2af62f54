"""What is wrong with a layout of frames that a harness declares: no frame could be like that.

Spec: `spec/protocol.md`, "The layout of frames".
"""

from collections.abc import Iterator

from stallproof.wire.heads import PrefixHead
from stallproof.wire.layout import AckForm, FrameLayout, KindField, LengthField, NumberField

_PREFIX_MAX_BYTES = 4096
_OPENING_MAX_CHARACTERS = 200
_HANDSHAKE_MAX_FRAMES = 100
_HANDSHAKE_MAX_BYTES = 65536
_SEQUENCE_BYTES = 2
_KINDS = ("data", "heartbeat", "ack")


def layout_fault(layout: FrameLayout) -> str | None:
    """Say what is wrong with the layout of frames, `None` if nothing is."""
    own = _prefix_fault(layout) if layout.text is None else _text_fault(layout)
    return own or _handshake_fault(layout) or _ack_fault(layout)


def _prefix_fault(layout: FrameLayout) -> str | None:
    """Say what is wrong with a layout whose frames have a prefix."""
    length = layout.length
    if length is None:
        return "its frames have no length, and are not text"
    if not 1 <= layout.prefix_bytes <= _PREFIX_MAX_BYTES:
        return f"a prefix of frames has 1 to {_PREFIX_MAX_BYTES} bytes, not {layout.prefix_bytes}"
    if length.varint and length.at != layout.prefix_bytes - 1:
        return "a varint is the last field of a prefix, and counts as one byte of prefix_bytes"
    taken: dict[int, str] = {}
    for name, field in _fields(layout):
        # A varint takes its first byte within the prefix, and the others lie behind it.
        size = 1 if isinstance(field, LengthField) and field.varint else field.bytes
        if not (1 <= field.bytes <= 8 and 0 <= field.at <= layout.prefix_bytes - size):
            return f"the field {name} of its frames does not lie within the prefix"
        for at in range(field.at, field.at + size):
            if at in taken:
                return f"the fields {taken[at]} and {name} of its frames overlap"
            taken[at] = name
    if layout.sequence is not None and layout.sequence.bytes != _SEQUENCE_BYTES:
        return "the sequence number of its frames must have 2 bytes, since it counts modulo 65536"
    if not 0 <= layout.header_bytes <= _PREFIX_MAX_BYTES:
        return f"a header has 0 to {_PREFIX_MAX_BYTES} bytes, not {layout.header_bytes}"
    return _kind_fault(layout)


def _fields(layout: FrameLayout) -> Iterator[tuple[str, LengthField | NumberField | KindField]]:
    """Yield the fields of a prefix by their names."""
    for name in ("length", "extra", "kind", "sequence"):
        field: LengthField | NumberField | KindField | None = getattr(layout, name)
        if field is not None:
            yield name, field


def _kind_fault(layout: FrameLayout) -> str | None:
    if layout.kind is None:
        return None
    values = [*layout.kind.data, *layout.kind.heartbeat, *layout.kind.ack]
    if not layout.kind.data:
        return "no kind of its frames means data"
    if any(not 0 <= value < 1 << 8 * layout.kind.bytes for value in values):
        return f"a kind of its frames does not fit into {layout.kind.bytes} bytes"
    if len(values) != len(set(values)):
        return "one value of the kind of its frames means two things"
    return None


def _text_fault(layout: FrameLayout) -> str | None:
    """Say what is wrong with a layout whose frames are text."""
    text = layout.text
    assert text is not None, "asked of frames of text only"
    if layout.prefix_bytes or layout.header_bytes or list(_fields(layout)):
        return "its frames are text, and have fields of a prefix as well"
    words = [*text.data, *text.heartbeat, *text.ack]
    if not text.data:
        return "no opening of its frames means data"
    for word in (*words, *text.peer.values()):
        if len(word) > _OPENING_MAX_CHARACTERS or not word.isprintable() or not word.isascii():
            return (
                f"an opening of its frames has up to {_OPENING_MAX_CHARACTERS} characters of "
                f"ASCII that can be printed"
            )
    for at, word in enumerate(words):
        if any(other.startswith(word) for place, other in enumerate(words) if place != at):
            return f"the opening {word!r} of its frames is how another one begins"
    unknown = sorted(set(text.peer) - {"data", "heartbeat"})
    return f"the peer sends no frames of kind {unknown[0]!r}" if unknown else None


def _handshake_fault(layout: FrameLayout) -> str | None:
    handshake = layout.handshake
    if handshake is not None and not 0 <= handshake.frames <= _HANDSHAKE_MAX_FRAMES:
        return f"a handshake has 0 to {_HANDSHAKE_MAX_FRAMES} frames"
    unknown = sorted(set(layout.answers_hex) - set(_KINDS))
    if unknown:
        return f"no frame of kind {unknown[0]!r} can be answered"
    texts = {
        "the handshake's reply": "" if handshake is None else handshake.reply_hex,
        "the greeting": layout.greeting_hex,
        **{f"the answer to {kind}": text for kind, text in layout.answers_hex.items()},
    }
    for what, text in texts.items():
        try:
            size = len(bytes.fromhex(text))
        except ValueError:
            return f"{what} is not written in hexadecimal digits"
        if size > _HANDSHAKE_MAX_BYTES:
            return f"{what} is longer than {_HANDSHAKE_MAX_BYTES} bytes"
    return None


def _ack_fault(layout: FrameLayout) -> str | None:
    """Say what is wrong with the form of an ACK, `None` if nothing is."""
    form = layout.ack
    if form is None:
        return None
    if layout.text is not None:
        return "the form of an ACK has places in bytes, and its frames are text"
    for text in (form.frame_hex, *([] if form.error_hex is None else [form.error_hex])):
        try:
            frame = bytes.fromhex(text)
        except ValueError:
            return "the form of an ACK is not written in hexadecimal digits"
        fault = _form_fault(layout, form, frame)
        if fault is not None:
            return f"the form of an ACK {fault}"
    return None


def _form_fault(layout: FrameLayout, form: AckForm, frame: bytes) -> str | None:
    """Say why `frame` is not one whole frame of kind ACK with room for its numbers."""
    if not form.stream or not form.offset:
        return "has no place for its stream, or none for its offset"
    assert layout.length is not None, "the prefix was found in order before"
    head = PrefixHead(layout, layout.length)
    head.feed(frame, 0)
    if head.garbage is not None:
        return f"is no frame: its prefix {head.garbage}"
    if head.announced is None:
        return "is shorter than the prefix of a frame"
    if head.announced.total_bytes != len(frame):
        return f"tells a length of {head.announced.total_bytes} in all, which is not its own"
    taken: set[int] = set()
    for field in (*form.stream, *form.offset):
        places = range(field.at, field.at + field.bytes)
        if not (1 <= field.bytes <= 8 and 0 <= field.at <= len(frame) - field.bytes):
            return "has a number that does not lie within it"
        if not taken.isdisjoint(places):
            return "has numbers that overlap"
        taken.update(places)
    if layout.kind is not None and head.announced.kind != "ack":
        return "has another kind than that of an ACK"
    return None
