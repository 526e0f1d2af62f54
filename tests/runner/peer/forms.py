"""Layouts of frames of every form, and how somebody who follows one writes his frames."""

import struct
from collections.abc import Callable
from typing import NamedTuple

from stallproof.wire.layout import FrameLayout, KindField, LengthField, NumberField, TextLayout
from tests.runner.peer.peer_bench import LAYOUT


class Form(NamedTuple):
    """A layout, how somebody who follows it writes a frame, and another frame of his."""

    layout: FrameLayout
    write: Callable[[bytes], bytes]
    heartbeat: bytes


def _seven_bits(number: int) -> bytes:
    """Return a varint the way that MQTT's pages describe it."""
    out = bytearray()
    while True:
        number, low = number >> 7, number & 127
        out.append(low | (128 if number else 0))
        if not number:
            return bytes(out)


def _fixed(content: bytes) -> bytes:
    return struct.pack(">IHBBHHHH", 16 + len(content), 0, 1, 0, 0, 0, 0, 1) + content


MQTT = FrameLayout(
    prefix_bytes=2,
    length=LengthField(at=1, bytes=4, counts_prefix=False, varint=True),
    kind=KindField(at=0, bytes=1, data=[0x30], heartbeat=[0xC0]),
    header_bytes=3,
)
LITTLE = FrameLayout(
    prefix_bytes=12,
    byte_order="little",
    length=LengthField(at=0, bytes=4),
    extra=NumberField(at=4, bytes=2),
    kind=KindField(at=6, bytes=2, data=[258], heartbeat=[3]),
    sequence=NumberField(at=8, bytes=2),
)
NATS = FrameLayout(text=TextLayout(form="sized", data=["PUB x "], heartbeat=["PING", "PONG"]))
RESP = FrameLayout(text=TextLayout(form="array", data=["SET"], heartbeat=["PING"]))
LINES = FrameLayout(text=TextLayout(form="line", data=["D "], heartbeat=["beat"], end="\n"))
ENDED = FrameLayout(text=TextLayout(form="line", data=["DATA "], heartbeat=["DOT"]))


FORMS = {
    "fixed": Form(LAYOUT, _fixed, struct.pack(">IHBBHHHH", 16, 0, 3, 0, 0, 0, 0, 1)),
    "little": Form(
        LITTLE,
        lambda p: struct.pack("<IHHHH", 12 + len(p), 0, 258, 7, 0) + p,
        struct.pack("<IHHHH", 12, 0, 3, 7, 0),
    ),
    "protobuf": Form(
        FrameLayout(
            prefix_bytes=1, length=LengthField(at=0, bytes=5, counts_prefix=False, varint=True)
        ),
        lambda p: _seven_bits(len(p)) + p,
        b"\0",
    ),
    "mqtt": Form(MQTT, lambda p: b"\x30" + _seven_bits(3 + len(p)) + b"\0\1t" + p, b"\xc0\0"),
    "nats": Form(NATS, lambda p: b"PUB x %d\r\n%b\r\n" % (len(p), p), b"PING\r\n"),
    "resp": Form(
        RESP,
        lambda p: b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$%d\r\n%b\r\n" % (len(p), p),
        b"*1\r\n$4\r\nPING\r\n",
    ),
    "lines": Form(LINES, lambda p: b"D " + p.hex()[: len(p)].encode() + b"\n", b"beat\n"),
    "ended": Form(ENDED, lambda p: b"DATA " + p.hex()[: len(p)].encode() + b"\r\n", b"DOT\r\n"),
}
