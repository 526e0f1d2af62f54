"""A wrong implementation: over TLS, its close says close_notify before anything else.

That is a write like any other: it waits for its turn, and so for the send that the close is to
free.
"""

from stallproof.drivers.tls_connection import SecureConnection
from stallproof.harness.reference import Reference
from stallproof.harness.server import main
from stallproof.machines.connection import Cause


class PoliteConnection(SecureConnection):
    """Wait for the send lock, then say goodbye, then shut down."""

    def close(self) -> None:
        self.lock.acquire()
        try:
            self._session.say_goodbye()
            self._leaving = memoryview(bytes(self._leaving) + self._session.waiting())
            self._flush()
        finally:
            self.lock.release()
        super().close()

    def _say_goodbye(self, cause: Cause) -> None:
        """It was said already."""


class SaysGoodbyeFirst(Reference):
    """The reference with a goodbye that queues."""

    name = "says-goodbye-first"
    secure_class = PoliteConnection


if __name__ == "__main__":
    main(SaysGoodbyeFirst)
