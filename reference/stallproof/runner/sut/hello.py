"""Reading a harness's `hello`: refused as a whole if any of it makes no sense.

Spec: `spec/protocol.md`, "hello" and "The layout of frames".
"""

import difflib
from typing import Any

import msgspec

from stallproof.runner.sut.breakage import HarnessBroken, show
from stallproof.wire.operations import DECIDE, MACHINES
from stallproof.wire.protocol import (
    FEATURES,
    FOLLOWING,
    AckForm,
    FrameLayout,
    Hello,
    KindField,
    LengthField,
    NumberField,
    features_of,
)

_PREFIX_MAX_BYTES = 4096
_NAME_MAX_CHARACTERS = 200
_HANDSHAKE_MAX_FRAMES = 100
_HANDSHAKE_MAX_BYTES = 65536
_SEQUENCE_BYTES = 2


def read_hello(reply: dict[str, Any]) -> Hello:
    """Return who the harness says it is; raises `HarnessBroken` naming the first fault."""
    try:
        hello = msgspec.convert(reply, Hello)
    except msgspec.ValidationError as error:
        raise HarnessBroken("protocol", f"The harness's hello is not valid: {error}.") from error
    fault = _fault(hello) or _layout_fault(hello.frames)
    if fault is not None:
        raise HarnessBroken("protocol", f"The harness's hello is not valid: {fault}.")
    notes = [*hello.notes, *strange_machines(hello)]
    return msgspec.structs.replace(hello, features=features_of(hello), notes=notes)


def strange_machines(hello: Hello) -> list[str]:
    """Return a sentence for each machine that `hello` names and nobody asks, and why."""
    told = []
    for name in dict.fromkeys(hello.machines):
        if name not in MACHINES:
            near = difflib.get_close_matches(name, MACHINES, n=1)
            meant = f" Is {near[0]} meant?" if near else ""
            what = show(name.encode("utf-8", "backslashreplace"))
            told.append(f"Its hello names a machine {what} that nobody knows: not asked.{meant}")
    if hello.machines and DECIDE not in hello.features:
        told.append("Its hello names machines, and not the feature decide: none is asked.")
    return told


def _fault(hello: Hello) -> str | None:
    """Say what is wrong with all but the layout of frames, `None` if nothing is."""
    for field in ("name", "version", "language"):
        value = getattr(hello, field)
        if not value.strip() or len(value) > _NAME_MAX_CHARACTERS:
            return f"its {field} must have 1 to {_NAME_MAX_CHARACTERS} characters"
    unknown = sorted(set(hello.features) - FEATURES)
    if unknown:
        known = ", ".join(sorted(FEATURES))
        return f"it declares features that nobody knows ({', '.join(unknown)}); known are {known}"
    if hello.clock.resolution_us < 1:
        return "its clock's resolution must be at least 1 us"
    if not hello.clock.shared and hello.clock.now_us is None:
        return "its clock is not shared, and its reading (clock.now_us) is missing"
    if hello.monitor is not None and hello.monitor.slack_us < 0:
        return "its monitor's slack must not be negative"
    if "sequence" in hello.features and hello.frames.sequence is None:
        return "it declares the feature sequence, and its frames have no sequence number"
    if "heartbeats" in hello.features and not (hello.frames.kind and hello.frames.kind.heartbeat):
        return "it declares the feature heartbeats, and its frames have no kind for them"
    return _implied_fault(hello)


def _implied_fault(hello: Hello) -> str | None:
    """Say what it declares that would follow from its hello, and does not."""
    follows = features_of(msgspec.structs.replace(hello, features=_declared(hello)))
    for feature in FOLLOWING:
        if feature in hello.features and feature not in follows:
            return f"it declares the feature {feature}, and nothing in its hello is what that takes"
    return None


def _declared(hello: Hello) -> list[str]:
    return [f for f in hello.features if f not in FOLLOWING]


def _layout_fault(layout: FrameLayout) -> str | None:
    """Say what is wrong with the layout of frames, `None` if nothing is."""
    if not 1 <= layout.prefix_bytes <= _PREFIX_MAX_BYTES:
        return f"a prefix of frames has 1 to {_PREFIX_MAX_BYTES} bytes, not {layout.prefix_bytes}"
    taken: dict[int, str] = {}
    for name in ("length", "extra", "kind", "sequence"):
        field: LengthField | NumberField | KindField | None = getattr(layout, name)
        if field is None:
            continue
        if not (1 <= field.bytes <= 8 and 0 <= field.at <= layout.prefix_bytes - field.bytes):
            return f"the field {name} of its frames does not lie within the prefix"
        for at in range(field.at, field.at + field.bytes):
            if at in taken:
                return f"the fields {taken[at]} and {name} of its frames overlap"
            taken[at] = name
    if layout.sequence is not None and layout.sequence.bytes != _SEQUENCE_BYTES:
        return "the sequence number of its frames must have 2 bytes, since it counts modulo 65536"
    return _kind_fault(layout) or _handshake_fault(layout) or _ack_fault(layout)


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


def _handshake_fault(layout: FrameLayout) -> str | None:
    if layout.handshake is None:
        return None
    if not 0 <= layout.handshake.frames <= _HANDSHAKE_MAX_FRAMES:
        return f"a handshake has 0 to {_HANDSHAKE_MAX_FRAMES} frames"
    text = layout.handshake.reply_hex
    try:
        size = len(bytes.fromhex(text))
    except ValueError:
        return "the handshake's reply is not written in hexadecimal digits"
    if size > _HANDSHAKE_MAX_BYTES:
        return f"the handshake's reply is longer than {_HANDSHAKE_MAX_BYTES} bytes"
    return None


def _ack_fault(layout: FrameLayout) -> str | None:
    """Say what is wrong with the form of an ACK, `None` if nothing is."""
    form = layout.ack
    if form is None:
        return None
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
    if len(frame) < layout.prefix_bytes:
        return "is shorter than the prefix of a frame"
    length = layout.length
    told = int.from_bytes(frame[length.at : length.at + length.bytes], "big")
    if told != len(frame) - (0 if length.counts_prefix else layout.prefix_bytes):
        return f"tells a length of {told}, which is not its own"
    taken: set[int] = set()
    for field in (*form.stream, *form.offset):
        places = range(field.at, field.at + field.bytes)
        if not (1 <= field.bytes <= 8 and 0 <= field.at <= len(frame) - field.bytes):
            return "has a number that does not lie within it"
        if not taken.isdisjoint(places):
            return "has numbers that overlap"
        taken.update(places)
    kind = layout.kind
    if kind is not None and int.from_bytes(frame[kind.at : kind.at + kind.bytes], "big") not in (
        kind.ack
    ):
        return "has another kind than that of an ACK"
    return None
