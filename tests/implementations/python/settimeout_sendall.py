"""A socket with `settimeout`, a lock, and `sendall`: what most Python programs do.

Python's `sendall` takes the timeout for the whole call, so the lock is free again in time. What is
missing is what happens then: part of a frame has left, and nobody closes.
"""

import platform
import socket
import threading

from framed import LAYOUT, framed

from stallproof import PlainHarness
from stallproof.harness import SEND_TIMEOUT, OpenRequest, connected


class Locked:
    """A socket and its send lock."""

    def __init__(self, sock: socket.socket, timeout_s: float) -> None:
        """Send on `sock`, each time for at most `timeout_s`."""
        self.sock = sock
        self.sock.settimeout(timeout_s)
        self.lock = threading.Lock()

    def fileno(self) -> int:
        """Return the descriptor of the socket."""
        return self.sock.fileno()


class SettimeoutSendall(PlainHarness[Locked]):
    """`socket.settimeout` and `sendall` behind a lock."""

    name = "socket.settimeout + sendall"
    version = platform.python_version()
    frames = LAYOUT
    features = ("unix", "tcp", "descriptor")

    def connect(self, request: OpenRequest) -> Locked:
        return Locked(connected(request), self.knobs[SEND_TIMEOUT])

    def send(self, conn: Locked, payload: bytes | memoryview) -> None:
        frame = framed(payload)
        with conn.lock:
            conn.sock.sendall(frame)

    def close(self, conn: Locked) -> None:
        conn.sock.close()


if __name__ == "__main__":
    SettimeoutSendall.main()
