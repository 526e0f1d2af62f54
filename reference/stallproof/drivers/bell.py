"""A bell that a poll can hear: how one thread wakes another that waits for a socket.

The stall it guards against: poll wakes for its descriptors and for nothing else, so that a caller
who does not want its send any more could not be heard before the deadline.

The intuition: a pipe with at most a few bytes in it. Ringing puts one in, and hushing takes all
out; neither waits. It is made when somebody first wants to be woken, for it costs two descriptors.

Spec: `spec/sd.md`, SD-18.
"""

import contextlib
import os

_RINGS_MAX = 4096


class Bell:
    """A pipe of one's own. Ringing it is safe from any thread until it is closed."""

    def __init__(self) -> None:
        """Make the pipe; raises `OSError` where no descriptors are left."""
        self._listening, self._ringing = os.pipe()
        os.set_blocking(self._listening, False)
        os.set_blocking(self._ringing, False)

    def fileno(self) -> int:
        """Return the descriptor that is readable while the bell rings."""
        return self._listening

    def ring(self) -> None:
        """Wake who listens, now or at its next poll; never waits."""
        # A full pipe rings already.
        with contextlib.suppress(BlockingIOError):
            os.write(self._ringing, b"!")

    def hush(self) -> None:
        """Ring no more."""
        with contextlib.suppress(BlockingIOError):
            os.read(self._listening, _RINGS_MAX)

    def close(self) -> None:
        """Give the descriptors back, when nobody rings any more."""
        os.close(self._listening)
        os.close(self._ringing)
