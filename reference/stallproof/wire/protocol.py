"""The harness protocol, version 1: requests and replies as types, for both of its ends.

Spec: `spec/protocol.md`. Events are those of `stallproof.wire`.
"""

from typing import Any, Literal

import msgspec

PROTOCOL = 1
LINE_MAX_BYTES = 1024 * 1024
"""The longest line either side may write."""
STREAM_MARK = 1 << 31
"""The payload of a chunk names its stream with this bit set: it is never taken for a send."""
BLOCK_BYTES = 8
"""A payload consists of blocks: the send's number and the block's index, four bytes each."""


class Message(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=False):
    """What every message has in common."""


class Request(Message, frozen=True, kw_only=True, tag_field="op"):
    """A request of the oracle, told apart by `op`."""

    id: int


class HelloRequest(Request, frozen=True, kw_only=True, tag="hello"):
    """`clock`: the clock that the process is to live by (`spec/virtual.md`)."""

    protocol: int
    clock: Literal["real", "virtual"] = "real"


class ConfigRequest(Request, frozen=True, kw_only=True, tag="config"):
    """Knobs to put in force: `knobs` as an object, or `file`, the text of `comm_config.json`.

    The other fields are what the relations of CF-5 are to be judged with.
    """

    knobs: dict[str, Any] = {}
    file: str | None = None
    environment: dict[str, str] = {}
    grace_us: int = 50_000
    outer_timeouts_us: dict[str, int] = {}
    margin_us: int = 0


class OpenRequest(Request, frozen=True, kw_only=True, tag="open"):
    conn: str
    transport: str
    path: str | None = None
    host: str | None = None
    port: int | None = None
    certificate_authority: str | None = None
    send_buffer_bytes: int | None = None
    lowest_descriptor: int | None = None
    heartbeats: bool = True
    room_bytes: int | None = None


class ReceivedRequest(Request, frozen=True, kw_only=True, tag="received"):
    conn: str


class SendRequest(Request, frozen=True, kw_only=True, tag="send"):
    conn: str
    send: int
    size_bytes: int
    repeat: int = 1
    kind: str = "data"


class StreamRequest(Request, frozen=True, kw_only=True, tag="stream"):
    conn: str
    stream: int
    total_bytes: int
    chunk_ready_us: list[int] = []
    start_after_us: int = 0


class AckRequest(Request, frozen=True, kw_only=True, tag="ack"):
    conn: str
    stream: int
    offset: Any
    origin: str | None = None
    error: str | None = None


class CancelRequest(Request, frozen=True, kw_only=True, tag="cancel"):
    conn: str
    stream: int


class CheckRequest(Request, frozen=True, kw_only=True, tag="check"):
    pass


class MonitorRequest(Request, frozen=True, kw_only=True, tag="monitor"):
    period_us: int | None


class WallJumpRequest(Request, frozen=True, kw_only=True, tag="wall_jump"):
    by_us: int


class CloseRequest(Request, frozen=True, kw_only=True, tag="close"):
    conn: str


class AdvanceRequest(Request, frozen=True, kw_only=True, tag="advance"):
    to_us: int


class AcceptRequest(Request, frozen=True, kw_only=True, tag="accept"):
    """More room on a virtual transport; `late_us`: how long the write that takes it lasts."""

    conn: str
    wrote_bytes: int
    late_us: int = 0


class FailRequest(Request, frozen=True, kw_only=True, tag="fail"):
    """The next write on a virtual transport fails; `cause`: an error's name, or `zero`."""

    conn: str
    cause: str


class StopRequest(Request, frozen=True, kw_only=True, tag="stop"):
    pass


AnyRequest = (
    HelloRequest
    | ConfigRequest
    | OpenRequest
    | ReceivedRequest
    | SendRequest
    | StreamRequest
    | AckRequest
    | CancelRequest
    | CheckRequest
    | MonitorRequest
    | WallJumpRequest
    | CloseRequest
    | AdvanceRequest
    | AcceptRequest
    | FailRequest
    | StopRequest
)


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

    `period_us`: its period where nobody asks for another one (CF-1).
    """

    form: Literal["a", "b"]
    slack_us: int
    period_us: int = 5_000_000


class Hello(Message, frozen=True, kw_only=True):
    """The answer to `hello`: who is judged and what it has."""

    name: str
    version: str
    language: str
    features: list[str]
    clock: ClockClaim
    frames: FrameLayout
    monitor: MonitorClaim | None = None
    notes: list[str] = []


FEATURES = frozenset(
    {
        "unix", "tcp", "tls", "descriptor", "checks", "monitor", "heartbeats", "wall_jump",
        "sequence", "streams", "config", "relations", "virtual_time", "pass_descriptors",
    }
)  # fmt: skip
"""Every feature that a harness can declare."""


class Reply(Message, frozen=True, kw_only=True, omit_defaults=True):
    """The part of a reply that all have in common; what else it holds stays in the raw object."""

    id: int
    ok: bool
    error: str | None = None
    message: str | None = None
