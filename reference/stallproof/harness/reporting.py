"""What a harness in Python may report of its connections, beside what a send returns.

The use: a subclass of a harness calls these with the connection that it is about, on any thread.

Spec: `spec/trace.md`.
"""

from typing import Generic, Literal

from stallproof.drivers.io import Io
from stallproof.drivers.recorder import Record
from stallproof.harness.owned_link import Conn, OwnedLink
from stallproof.wire.implementation import Checked, Closed, Closing, PeerEnded, Warned


class Reporting(Generic[Conn]):
    """Somebody who has connections, and whose word on them is an event."""

    record: Record
    _io: Io
    _links: dict[str, OwnedLink[Conn]]

    def closing(self, conn: Conn, cause: str | None = None) -> None:
        """Report that `conn` is about to be shut down, before it is; `cause` is for readers.

        Raises `ValueError` for what is no connection of this harness, as all of these do. On a line
        in virtual time nothing is reported: the line says for itself when it is shut.
        """
        if (name := self._reported(conn)) is not None:
            self.record(Closing(at_us=self._io.now_us(), conn=name, cause=cause))

    def closed(self, conn: Conn) -> None:
        """Report that `conn` was shut down: no write can succeed any more."""
        if (name := self._reported(conn)) is not None:
            self.record(Closed(at_us=self._io.now_us(), conn=name))

    def peer_ended(self, conn: Conn, how: Literal["orderly", "truncated", "error"]) -> None:
        """Report that nothing more comes from the peer of `conn`: it said so, or was cut off."""
        self.record(PeerEnded(at_us=self._io.now_us(), conn=self._link_of(conn)[0], how=how))

    def checked(self, conn: Conn, stall_us: int, count: int) -> None:
        """Report one check of the monitor: the stall time that it found, and the count after it."""
        name = self._link_of(conn)[0]
        self.record(Checked(at_us=self._io.now_us(), conn=name, stall_us=stall_us, count=count))

    def warned(self, conn: Conn, count: int, threshold: int, stall_us: int) -> None:
        """Report that the monitor warned of `conn`: `count` of `threshold` stalled checks."""
        name, at_us = self._link_of(conn)[0], self._io.now_us()
        self.record(
            Warned(at_us=at_us, conn=name, count=count, threshold=threshold, stall_us=stall_us)
        )

    def _link_of(self, conn: Conn) -> tuple[str, OwnedLink[Conn]]:
        for name, link in list(self._links.items()):
            if link.conn is conn:
                return name, link
        raise ValueError("this is no connection of this harness")

    def _reported(self, conn: Conn) -> str | None:
        name, link = self._link_of(conn)
        return name if link.line is None else None
