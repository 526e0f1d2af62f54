"""The events that the lab and the oracle saw with their own eyes.

Spec: `spec/trace.md`, schema `spec/trace.schema.json`.
"""

from typing import Literal

from stallproof.trace.base import Kind, Lab, Oracle, Transport

# --- seen by the lab ------------------------------------------------------------------------------


class LabListening(Lab, frozen=True, kw_only=True, tag="lab_listening"):
    """The lab listens for connection `conn`; `receive_buffer_bytes`: SO_RCVBUF as set."""

    transport: Transport
    receive_buffer_bytes: int


class LabAccepted(Lab, frozen=True, kw_only=True, tag="lab_accepted"):
    """The implementation connected; `again` when the address had been used already (CX-6)."""

    again: bool = False


class LabMode(Lab, frozen=True, kw_only=True, tag="lab_mode"):
    """How the lab treats the connection from now on: `drain`, `stop` or `trickle`.

    `limit_bytes`: it stops by itself after so many bytes more, `None`: no limit.
    """

    mode: Literal["drain", "stop", "trickle"]
    limit_bytes: int | None = None


class LabRead(Lab, frozen=True, kw_only=True, tag="lab_read"):
    """Bytes read since the last such event (reads less than 5 ms apart are one event).

    `began_us` is the first of these reads, `at_us` the last; `total_bytes` counts from the start.
    """

    began_us: int
    got_bytes: int
    total_bytes: int


class LabFrame(Lab, frozen=True, kw_only=True, tag="lab_frame"):
    """A whole frame arrived: its first byte at `began_us`, its last at `at_us`.

    `index` counts the frames of the connection. `size_bytes` is the payload only, without prefix
    and header. `send` is read from the payload; `intact`: every byte is as it was asked for, else
    `why` names the first that is not.
    """

    index: int
    kind: Kind
    size_bytes: int
    began_us: int
    sequence: int | None = None
    send: int | None = None
    intact: bool = True
    why: str | None = None


class LabFrames(Lab, frozen=True, kw_only=True, tag="lab_frames"):
    """Many small frames at once, all intact, from send `first_send` on, one up each.

    `size_bytes` is the payload only, of each. `first_sequence` and one up each modulo 65536. Only
    used for repeated sends.
    """

    index: int
    frames: int
    size_bytes: int
    first_sequence: int | None
    first_send: int


class LabUnread(Lab, frozen=True, kw_only=True, tag="lab_unread"):
    """How many bytes lay unread in the lab's own kernel buffer, sampled on request."""

    unread_bytes: int


class LabHangup(Lab, frozen=True, kw_only=True, tag="lab_hangup"):
    """The other side closed, seen without reading."""


class LabEnd(Lab, frozen=True, kw_only=True, tag="lab_end"):
    """The end of the stream after `total_bytes`.

    `torn_*` describe an unfinished frame at the end, if there is one: `torn_bytes` of it came, of
    `torn_size_bytes` (`None`: not known), both counting the whole frame on the wire, prefix and
    header included. `garbage`: why the bytes could not be told apart as frames from some point on.
    """

    how: Literal["eof", "reset", "lab_closed"]
    total_bytes: int
    torn_bytes: int = 0
    torn_size_bytes: int | None = None
    torn_send: int | None = None
    garbage: str | None = None


class LabDid(Lab, frozen=True, kw_only=True, tag="lab_did"):
    """What the lab did to the connection."""

    action: Literal["shut_read", "half_close", "reset", "close", "sent"]
    sent_bytes: int | None = None
    kind: Kind | None = None


class LabProbed(Lab, frozen=True, kw_only=True, tag="lab_probed"):
    """Whether the connection was still open, found out without reading."""

    open: bool


# --- seen by the oracle ---------------------------------------------------------------------------


class TraceBegun(Oracle, frozen=True, kw_only=True, tag="trace"):
    """The first line of every trace: who is judged, by what, and what its `hello` declared.

    `clock_uncertainty_us`: how far the implementation's times may be off on the oracle's clock.
    """

    schema: str
    profile: Literal["seed", "hardened"]
    selected: list[str]
    implementation: dict[str, str]
    features: list[str]
    monitor_form: Literal["a", "b"] | None = None
    monitor_slack_us: int = 0
    clock_uncertainty_us: int = 1
    clock_shared: bool = True


class ScenarioBegun(Oracle, frozen=True, kw_only=True, tag="scenario"):
    """From here to the next such line everything belongs to one repetition of one scenario.

    `policy`: the knobs in force, in core units, as the implementation confirmed them.
    `kernel_holds_bytes`: no more than this fits between a sender and a lab that does not read.
    """

    name: str
    repetition: int
    requirements: list[str]
    policy: dict[str, int]
    grace_us: int
    kernel_holds_bytes: int = 0


class ScenarioEnded(Oracle, frozen=True, kw_only=True, tag="scenario_ended"):
    """`noise_us`: the twin's worst overrun meanwhile. `spun`: the implementation burnt the CPU."""

    noise_us: int
    spun: bool = False
    attempts: int = 1


class Asked(Oracle, frozen=True, kw_only=True, tag="asked"):
    """A request was written to the implementation; `at_us` is never later than its effect."""

    id: int
    op: str
    conn: str | None = None
    send: int | None = None
    size_bytes: int | None = None
    repeat: int | None = None
    heartbeats: bool | None = None
    lowest_descriptor: int | None = None


class Answered(Oracle, frozen=True, kw_only=True, tag="answered"):
    """The reply to request `id` was heard. `error`: `None` when it was carried out, else the word.

    The words are `unsupported`, `refused` and `failed` (`spec/protocol.md`, rules 1 to 3).
    """

    id: int
    op: str
    error: str | None = None
    message: str | None = None


class HarnessFailed(Oracle, frozen=True, kw_only=True, tag="harness_failed"):
    """The harness broke the protocol, died or hung; the implementation was not judged by it."""

    what: Literal["missing", "died", "hung", "garbage", "flood", "protocol", "lab"]
    detail: str


class Unsupported(Oracle, frozen=True, kw_only=True, tag="unsupported"):
    """The scenario was left out because the implementation declared `feature` missing."""

    feature: str


class Taken(Oracle, frozen=True, kw_only=True, tag="taken"):
    """The implementation was found to have taken in `frames` frames from the lab so far."""

    conn: str
    frames: int


class DescriptorSeen(Oracle, frozen=True, kw_only=True, tag="descriptor_seen"):
    """The highest socket descriptor that the system shows for the implementation's process."""

    conn: str
    descriptor: int | None
