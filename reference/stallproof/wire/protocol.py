"""The harness protocol, version 1: requests and replies as types, for both of its ends.

Spec: `spec/protocol.md`. Events are those of `stallproof.wire`.
"""

from typing import Literal

import msgspec

# Whoever speaks the protocol finds its requests here, in the table's order.
from stallproof.wire.operations import *  # noqa: F403
from stallproof.wire.operations import OPERATIONS

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


class FrameLayout(Message, frozen=True, kw_only=True):
    """Where things are in a frame; all numbers big-endian."""

    prefix_bytes: int
    length: LengthField
    extra: NumberField | None = None
    kind: KindField | None = None
    sequence: NumberField | None = None
    handshake: Handshake | None = None


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
FEATURES = frozenset(
    {
        *TRANSPORTS,
        *("descriptor", "heartbeats", "sequence", "relations", "pass_descriptors"),
        *(one.feature for one in OPERATIONS.values() if one.feature is not None),
        *(feature for one in OPERATIONS.values() for feature in one.field_features.values()),
    }
)
"""Every feature that a harness can declare."""


class Reply(Message, frozen=True, kw_only=True, omit_defaults=True):
    """The part of a reply that all have in common; what else it holds stays in the raw object."""

    id: int
    ok: bool
    error: str | None = None
    message: str | None = None
