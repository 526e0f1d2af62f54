"""The harness protocol, version 1: requests and replies as types, for both of its ends.

Spec: `spec/protocol.md`. Events are those of `stallproof.wire`.
"""

from typing import Literal

import msgspec

# Whoever speaks the protocol finds its requests here, in the table's order.
from stallproof.wire.operations import *  # noqa: F403
from stallproof.wire.operations import MACHINES, OPERATIONS

PROTOCOL = 1
LINE_MAX_BYTES = 1024 * 1024
"""The longest line either side may write."""
STREAM_MARK = 1 << 31
"""The payload of a chunk names its stream with this bit set: it is never taken for a send."""
NOTHING = "nothing"
"""The operation that the oracle asks for to learn how late an answer is: nobody has it."""
BLOCK_BYTES = 8
"""A payload consists of blocks: the send's number and the block's index, four bytes each."""


class Message(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=False):
    """What every message has in common."""


class LengthField(Message, frozen=True, kw_only=True):
    at: int
    bytes: int
    counts_prefix: bool = True


class NumberField(Message, frozen=True, kw_only=True):
    at: int
    bytes: int


class KindField(Message, frozen=True, kw_only=True):
    at: int
    bytes: int
    data: list[int]
    heartbeat: list[int] = []
    ack: list[int] = []


class Handshake(Message, frozen=True, kw_only=True):
    frames: int
    reply_hex: str


class AckForm(Message, frozen=True, kw_only=True):
    """How an ACK looks on the wire: a whole frame, with the places where its numbers go.

    A place that is too short for a number takes its lowest bytes. `error_hex`: the same for an
    error ACK, `None`: there is none on the wire.
    """

    frame_hex: str
    stream: list[NumberField]
    offset: list[NumberField]
    error_hex: str | None = None


class FrameLayout(Message, frozen=True, kw_only=True):
    """Where things are in a frame; all numbers big-endian. `ack`: how an ACK looks as a whole."""

    prefix_bytes: int
    length: LengthField
    extra: NumberField | None = None
    kind: KindField | None = None
    sequence: NumberField | None = None
    handshake: Handshake | None = None
    ack: AckForm | None = None


class ClockClaim(Message, frozen=True, kw_only=True):
    name: str
    resolution_us: int = 1
    shared: bool = True
    now_us: int | None = None


class MonitorClaim(Message, frozen=True, kw_only=True):
    """Which form of the close window the monitor follows, and how far its checks may be off.

    `period_us`: its period where nobody asks for another one.
    """

    form: Literal["a", "b"]
    slack_us: int
    period_us: int = 5_000_000


class Hello(Message, frozen=True, kw_only=True):
    """The answer to `hello`: who is judged and what it has; `machines` that it can `decide` by."""

    name: str
    version: str
    language: str
    features: list[str]
    clock: ClockClaim
    frames: FrameLayout
    monitor: MonitorClaim | None = None
    notes: list[str] = []
    machines: list[str] = []


TRANSPORTS = ("unix", "tcp", "tls")
"""The transports of the real clock, each a feature."""
RECEIVING, HEARTBEAT_FRAMES, ACK_FRAMES = "receiving", "heartbeat_frames", "ack_frames"
"""What nobody has to declare, since it follows from the rest of the hello (`features_of`)."""
FOLLOWING = (RECEIVING, HEARTBEAT_FRAMES, ACK_FRAMES, *MACHINES)
"""These, and each machine that `decide` can ask: one that is missing leaves out what it decides."""
COUNTS_RECEIPTS = frozenset({"tls", "checks", "heartbeats"})
"""Who has one of these answers the operation `received` on the real clock."""
FEATURES = frozenset(
    {
        *TRANSPORTS,
        *FOLLOWING,
        *("descriptor", "heartbeats", "sequence", "relations", "pass_descriptors"),
        *(one.feature for one in OPERATIONS.values() if one.feature is not None),
        *(feature for one in OPERATIONS.values() for feature in one.field_features.values()),
    }
)
"""Every feature that a harness can declare."""


def features_of(hello: Hello) -> list[str]:
    """Return the features that `hello` declares, and those that follow from what it says."""
    kind = hello.frames.kind
    implied = {
        RECEIVING: not COUNTS_RECEIPTS.isdisjoint(hello.features),
        HEARTBEAT_FRAMES: kind is not None and bool(kind.heartbeat),
        ACK_FRAMES: hello.frames.ack is not None and "streams" in hello.features,
        **{name: name in hello.machines and "decide" in hello.features for name in MACHINES},
    }
    more = [name for name, has in implied.items() if has and name not in hello.features]
    return [*hello.features, *more]


class Reply(Message, frozen=True, kw_only=True, omit_defaults=True):
    """The part of a reply that all have in common; what else it holds stays in the raw object."""

    id: int
    ok: bool
    error: str | None = None
    message: str | None = None
