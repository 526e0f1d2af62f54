"""A wrong implementation: it loses what did not fit at once, and says that all was written.

By its own events every send is whole, OK and in time, and each write took what was asked for. The
bytes that the peer reads tell otherwise: nothing but zeros stands where the rest should be.
"""

from stallproof.drivers.guarded import GuardedConnection
from stallproof.drivers.io import Pieces
from stallproof.harness.reference import Reference
from stallproof.harness.server import main


class LyingConnection(GuardedConnection):
    """Drop the rest of a frame that was written in part; its length alone is right."""

    def _write(self, pieces: Pieces) -> int:
        # The first write of a frame brings its header and its payload, and the rest is one piece.
        is_rest = len(pieces) == 1
        return super()._write([bytes(len(pieces[0]))] if is_rest else pieces)


class LiesInItsTrace(Reference):
    """The reference with a connection that lies."""

    name = "lies-in-its-trace"
    connection_class = LyingConnection


if __name__ == "__main__":
    main(LiesInItsTrace)
