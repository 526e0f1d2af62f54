"""What every event of a trace has: when it happened, and whose eyes saw it.

Times (`at_us`) are integer microseconds on the monotonic clock of the machine that runs the oracle.
`seen_by` says whose eyes saw it: an event of the implementation is its own word, with `heard_us`
the moment the oracle heard it (never earlier than it happened); the peer and the oracle are
witnesses.

Spec: `spec/trace.md`, schema `spec/schemas/trace.schema.json`.
"""

from typing import ClassVar, Literal

import msgspec

Outcome = Literal["ok", "timeout", "closed", "error", "suppressed", "given_up"]
Kind = Literal["data", "heartbeat", "ack", "other"]
Transport = Literal["unix", "tcp", "tls"]


class Event(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="event",
    forbid_unknown_fields=True,
    # What holds nothing but values of JSON is part of no cycle.
    gc=False,
):
    """What every event has: when, and who saw it."""

    at_us: int


class ImplementationEvent(Event, frozen=True, kw_only=True):
    """An event that the implementation reports of itself; `heard_us` is the oracle's own time.

    `decides`: the fields that count beside `at_us` where it is a decision (`spec/virtual.md`).
    """

    seen_by: Literal["implementation"] = "implementation"
    heard_us: int | None = None

    decides: ClassVar[tuple[str, ...]] = ()


class PeerEvent(Event, frozen=True, kw_only=True):
    """An event that the peer saw as the peer of connection `conn`."""

    seen_by: Literal["lab"] = "lab"
    conn: str


class RunnerEvent(Event, frozen=True, kw_only=True):
    """An event of the oracle itself: what it asked, when, and how noisy the machine was."""

    seen_by: Literal["oracle"] = "oracle"
