"""The harness protocol, version 1: requests and replies as types, for both of its ends.

Spec: `spec/protocol.md`. Events are those of `stallproof.wire`.
"""

from typing import Literal

import msgspec

# Whoever speaks the protocol finds its requests and its layout of frames here.
from stallproof.wire.layout import *  # noqa: F403
from stallproof.wire.layout import FrameLayout, Message
from stallproof.wire.operations import *  # noqa: F403
from stallproof.wire.operations import MACHINES, OPERATIONS
from stallproof.wire.request import ANEW

PROTOCOL = 1
LINE_MAX_BYTES = 1024 * 1024
"""The longest line either side may write."""
STREAM_MARK = 1 << 31
"""The payload of a chunk names its stream with this bit set: it is never taken for a send."""
NOTHING = "nothing"
"""The operation that the oracle asks for to learn how late an answer is: nobody has it."""
BLOCK_BYTES = 8
"""A payload consists of blocks: the send's number and the block's index, four bytes each."""


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


class KnobName(Message, frozen=True, kw_only=True):
    """What an implementation calls a knob, and for a time the unit that it takes it in."""

    name: str
    unit: Literal["s", "ms", "us", "ns"] = "s"


class Binding(Message, frozen=True, kw_only=True):
    """The implementation's own words for knobs, by the names that the oracle has for them."""

    knobs: dict[str, KnobName]


class Hello(Message, frozen=True, kw_only=True):
    """The answer to `hello`: who is judged and what it has; `machines` that it can `decide` by.

    `binding`: what it calls its knobs, `None`: what NVFlare calls them.
    """

    name: str
    version: str
    language: str
    features: list[str]
    clock: ClockClaim
    frames: FrameLayout
    monitor: MonitorClaim | None = None
    notes: list[str] = msgspec.field(default_factory=list)
    machines: list[str] = msgspec.field(default_factory=list)
    binding: Binding | None = None


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
        *("descriptor", "heartbeats", "sequence", "relations", "pass_descriptors", ANEW),
        *(one.feature for one in OPERATIONS.values() if one.feature is not None),
        *(feature for one in OPERATIONS.values() for feature in one.field_features.values()),
    }
)
"""Every feature that a harness can declare."""


def features_of(hello: Hello) -> list[str]:
    """Return the features that `hello` declares, and those that follow from what it says."""
    implied = {
        RECEIVING: not COUNTS_RECEIPTS.isdisjoint(hello.features),
        HEARTBEAT_FRAMES: hello.frames.has_heartbeats,
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
