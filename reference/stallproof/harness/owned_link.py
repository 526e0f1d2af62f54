"""One connection of a harness in Python, as the server sees it.

Spec: `spec/protocol.md`.
"""

from typing import Any, Generic, Protocol, TypeVar

from stallproof.drivers.give_up import GiveUp
from stallproof.harness.adapter import Streaming, Told

Conn = TypeVar("Conn")
_Gone = TypeVar("_Gone", contravariant=True)


class LineCount(Protocol):
    """What is asked of a line beside what a connection asks."""

    received_frames: int


class Owner(Protocol[_Gone]):
    """Who calls the hooks of a harness."""

    def told(
        self,
        conn: _Gone,
        payload: bytes | memoryview,
        send_id: int | None = None,
        give_up: GiveUp | None = None,
    ) -> Told: ...

    def count(self, conn: _Gone) -> int: ...

    def shut(self, conn: _Gone) -> None: ...

    def make_stream(self, conn: _Gone, stream: int, total_bytes: int) -> Streaming: ...

    def ack(
        self, conn: _Gone, stream: int, offset: Any, origin: str | None, error: str | None
    ) -> None: ...

    def cancel(self, conn: _Gone, stream: int) -> None: ...


class OwnedLink(Generic[Conn]):
    """One connection, as the server sees it."""

    def __init__(self, owner: Owner[Conn], conn: Conn, line: LineCount | None = None) -> None:
        """Have `owner` call what its hooks are; `line` is `None` on the real clock."""
        self.conn = conn
        self.line = line
        self._owner = owner

    def send(
        self, payload: bytes | memoryview, send_id: int | None, give_up: GiveUp | None = None
    ) -> Told:
        """Send one frame, and tell what the call returned or raised."""
        return self._owner.told(self.conn, payload, send_id, give_up)

    def received(self) -> int:
        if self.line is not None:
            return self.line.received_frames
        return self._owner.count(self.conn)

    def close(self) -> None:
        self._owner.shut(self.conn)

    def make_stream(self, stream: int, total_bytes: int) -> Streaming:
        return self._owner.make_stream(self.conn, stream, total_bytes)

    def ack(self, stream: int, offset: Any, origin: str | None, error: str | None) -> None:
        self._owner.ack(self.conn, stream, offset, origin, error)

    def cancel(self, stream: int) -> None:
        self._owner.cancel(self.conn, stream)
