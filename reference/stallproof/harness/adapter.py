"""What the harness server asks of an implementation, and how an implementation says no.

Spec: `spec/protocol.md`.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol, runtime_checkable

import msgspec

from stallproof.drivers.give_up import GiveUp
from stallproof.drivers.io import Io, Transport
from stallproof.drivers.recorder import Record
from stallproof.wire.event import Outcome
from stallproof.wire.protocol import ConfigRequest, Hello, MonitorClaim, OpenRequest

Fields = Mapping[str, object]
Machines = Mapping[str, Callable[..., Any]]
"""What decides, by the name of each machine."""


class Unsupported(Exception):
    """The implementation does not have this operation, or this value of one."""


class Refused(Exception):
    """The implementation itself said no."""

    def __init__(self, message: str, knob: str, value: object, allowed: str) -> None:
        """Name what was refused and what is allowed."""
        super().__init__(message)
        self.fields: Fields = {"knob": knob, "value": value, "allowed": allowed}


class Told(msgspec.Struct, frozen=True):
    """What the implementation told its caller at the end of a send."""

    outcome: Outcome
    raised: bool = False
    written_bytes: int | None = None
    sequence: int | None = None
    detail: str | None = None


class Streaming(Protocol):
    """A stream of the implementation that was made and is to be sent.

    The implementation reports for itself when it was made, each chunk that it is handed, each ACK
    and the outcome.
    """

    @property
    def chunk_bytes(self) -> int:
        """How long its chunks have to be; only the last one may be shorter."""

    def run(self, source: Iterable[bytes | memoryview]) -> object:
        """Send what `source` hands over; return when the stream is over."""


class Link(Protocol):
    """One open connection of the implementation."""

    def send(
        self, payload: bytes | memoryview, send_id: int | None, give_up: GiveUp | None = None
    ) -> Told:
        """Send one frame; with `None` for `send_id` its lock and writes are not reported.

        `give_up` is set when its caller gives it up, where the feature `give_up` is declared.
        """

    def make_stream(self, stream: int, total_bytes: int) -> Streaming:
        """Make a stream of so many bytes; nothing of it is sent yet."""

    def ack(self, stream: int, offset: Any, origin: str | None, error: str | None) -> None:
        """Hand over an ACK exactly where one from the wire would be handed over."""

    def cancel(self, stream: int) -> None:
        """Cancel a stream from this side; never waits."""

    def received(self) -> int:
        """Return how many frames came in so far."""

    def close(self) -> None:
        """Close; return when the call that closes has returned."""


class Adapter(Protocol):
    """What the server asks of an implementation.

    Every method may raise `Unsupported` or `Refused`; anything else it raises is a failure.
    """

    @property
    def machines(self) -> Machines:
        """Its pure machines, which `decide` asks (`stallproof.harness.deciding`)."""

    def hello(self) -> Hello: ...

    def config(self, request: ConfigRequest) -> Fields: ...

    def open(self, request: OpenRequest) -> int | None: ...

    def link(self, conn: str) -> Link: ...

    def check(self) -> tuple[int, int]: ...

    def monitor(self, period_us: int | None) -> MonitorClaim: ...

    def wall_jump(self, by_us: int) -> tuple[int, int]: ...


@runtime_checkable
class Playable(Adapter, Protocol):
    """An adapter that can also live in virtual time (`spec/virtual.md`).

    It declares the feature `virtual_time`. One that does not is never asked for any of this.
    """

    def begin(self, io: Io, record: Record) -> None:
        """Forget everything; from now on live over `io`, and report events to `record`."""

    def open_on(self, request: OpenRequest, transport: Transport) -> None:
        """Open the connection that `request` asks for on `transport`, and watch it."""
