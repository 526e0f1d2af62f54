"""A wrong implementation: it says that it wrote what the kernel never took.

By its own events every send is quick, whole and OK. The bytes that the peer reads tell otherwise:
what did not fit at once is missing (SD-9).
"""

import contextlib

from stallproof.drivers.guarded import GuardedConnection
from stallproof.harness.reference import Reference
from stallproof.harness.server import main


class LyingConnection(GuardedConnection):
    """Drop what would block, and report it as written."""

    def _write(self, pieces: list[bytes | memoryview]) -> int:
        with contextlib.suppress(BlockingIOError):
            super()._write(pieces)
        return sum(len(piece) for piece in pieces)


class LiesInItsTrace(Reference):
    """The reference with a connection that lies."""

    name = "lies-in-its-trace"
    connection_class = LyingConnection


if __name__ == "__main__":
    main(LiesInItsTrace)
