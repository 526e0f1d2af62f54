"""A wrong implementation: an ACK of one stream is taken by every stream of its connection.

The number of the stream is read and not looked at: who waits on the connection is woken, and finds
an offset that is not its own.
"""

from typing import Any

from stallproof.harness.reference import Reference, ReferenceLink
from stallproof.harness.server import main


class BroadcastingLink(ReferenceLink):
    """Hand each ACK to all streams."""

    def ack(self, stream: int, offset: Any, origin: str | None, error: str | None) -> None:
        self._find(stream)
        for sender in list(self._streams.values()):
            sender.on_ack(offset, origin=origin, error=error)


class AcksAnyStream(Reference):
    """The reference without an address on its ACKs."""

    name = "acks-any-stream"

    def link(self, conn: str) -> ReferenceLink:
        link = super().link(conn)
        link.__class__ = BroadcastingLink
        return link


if __name__ == "__main__":
    main(AcksAnyStream)
