"""The table of operations: one class a row, with everything that others derive from it.

The fields of a class are those of the request. Beside them it says what the reply holds, which
feature the operation takes, where it may stand, and how it reads in words. Requests, features,
vectors, wording and smoke checks come from here: who adds an operation adds a class.

Spec: `spec/protocol.md`, "Operations".
"""

import json
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import field

from stallproof.wire.opening import ConfigRequest as ConfigRequest
from stallproof.wire.opening import HelloRequest as HelloRequest
from stallproof.wire.opening import OpenRequest as OpenRequest
from stallproof.wire.request import GIVE_UP, VIRTUAL_TIME, Request
from stallproof.wire.units import ms


class ReceivedRequest(Request, frozen=True, kw_only=True, tag="received"):
    conn: str

    answers = ("frames",)

    def in_words(self) -> str:
        return f"a frame arrives on {self.conn}"


class SendRequest(Request, frozen=True, kw_only=True, tag="send"):
    conn: str
    send: int
    size_bytes: int
    repeat: int = 1
    kind: str = "data"

    def in_words(self) -> str:
        return f"send {self.send} of {self.size_bytes} bytes is asked for on {self.conn}"


class GiveUpRequest(Request, frozen=True, kw_only=True, tag="give_up"):
    """The caller of a send does not want it any more (SD-18)."""

    conn: str
    send: int

    feature = GIVE_UP
    begins_bound = True

    def in_words(self) -> str:
        return f"send {self.send} on {self.conn} is given up"


class StreamRequest(Request, frozen=True, kw_only=True, tag="stream"):
    conn: str
    stream: int
    total_bytes: int
    chunk_ready_us: list[int] = field(default_factory=list)
    start_after_us: int = 0

    feature = "streams"

    def in_words(self) -> str:
        begun = f"stream {self.stream} of {self.total_bytes} bytes begins on {self.conn}"
        start_us, pauses = self.start_after_us, self.chunk_ready_us
        start = f", its source starting {ms(start_us)} later" if start_us else ""
        pause = f", with pauses of {', '.join(map(ms, pauses))}" if any(pauses) else ""
        return f"{begun}{start}{pause}"


class AckRequest(Request, frozen=True, kw_only=True, tag="ack"):
    conn: str
    stream: int
    offset: Any
    origin: str | None = None
    error: str | None = None

    feature = "streams"
    begins_bound = True

    def in_words(self) -> str:
        origin = f" from {self.origin}" if self.origin is not None else ""
        what = "error ACK" if self.error is not None else f"ACK of {json.dumps(self.offset)}"
        return f"stream {self.stream} gets an {what}{origin}"


class CancelRequest(Request, frozen=True, kw_only=True, tag="cancel"):
    conn: str
    stream: int

    feature = "streams"
    begins_bound = True

    def in_words(self) -> str:
        return f"stream {self.stream} is cancelled"


class CheckRequest(Request, frozen=True, kw_only=True, tag="check"):
    feature = "checks"
    answers = ("began_us", "ended_us")
    is_quick, begins_bound = False, True

    def in_words(self) -> str:
        return "the monitor makes one pass"


class MonitorRequest(Request, frozen=True, kw_only=True, tag="monitor"):
    period_us: int | None

    feature = "monitor"
    answers = ("form", "slack_us")
    is_quick = False

    def in_words(self) -> str:
        every_us = self.period_us
        return (
            "the monitor stops" if every_us is None else f"the monitor starts, every {ms(every_us)}"
        )


class WallJumpRequest(Request, frozen=True, kw_only=True, tag="wall_jump"):
    by_us: int

    feature = "wall_jump"
    answers = ("before_us", "after_us")

    def in_words(self) -> str:
        return f"the wall clock is moved by {ms(self.by_us)}"


MACHINES = (
    "download_retry",
    "download_session",
    "callback_isolation",
    "produce_once",
    "deferred_stop",
    "self_message",
    "start_gate",
    "dead_client",
    "job_metadata",
    "lazy_reference",
    "memory_release",
)
"""The pure machines of the law; that one can be asked is a feature of its name."""


DECIDE = "decide"


class DecideRequest(Request, frozen=True, kw_only=True, tag=DECIDE):
    """One decision of a pure machine; `input` is all that it rests on, its past included."""

    machine: str
    input: dict[str, Any]

    feature = DECIDE

    def in_words(self) -> str:
        return f"{self.machine} is to decide on {json.dumps(self.input)}"


class CloseRequest(Request, frozen=True, kw_only=True, tag="close"):
    conn: str

    is_quick, begins_bound = False, True

    def in_words(self) -> str:
        return f"{self.conn} is to be closed"


class AdvanceRequest(Request, frozen=True, kw_only=True, tag="advance"):
    to_us: int

    feature = VIRTUAL_TIME
    in_vectors = False


class AcceptRequest(Request, frozen=True, kw_only=True, tag="accept"):
    """More room on a virtual transport; `late_us`: how long the write that takes it lasts."""

    conn: str
    wrote_bytes: int
    late_us: int = 0

    feature = VIRTUAL_TIME

    def in_words(self) -> str:
        late_us = self.late_us
        late = f", by a write that returns {ms(late_us)} later" if late_us else ""
        return f"{self.conn} gets room for {self.wrote_bytes} more bytes{late}"


class FailRequest(Request, frozen=True, kw_only=True, tag="fail"):
    """The next write on a virtual transport fails; `cause`: an error's name, or `zero`."""

    conn: str
    cause: str

    feature = VIRTUAL_TIME

    def in_words(self) -> str:
        how = "takes nothing (zero)" if self.cause == "zero" else f"fails with {self.cause}"
        return f"the next write on {self.conn} {how}"


class StopRequest(Request, frozen=True, kw_only=True, tag="stop"):
    in_vectors = False
    in_case = False


OPERATIONS: dict[str, type[Request]] = {
    str(kind.__struct_config__.tag): kind for kind in Request.__subclasses__()
}
"""Every operation by its name, in the order of the table."""

if TYPE_CHECKING:
    AnyRequest: TypeAlias = Request
else:
    AnyRequest = reduce(or_, OPERATIONS.values())
