"""A blocking socket with SO_SNDTIMEO, a lock, and `sendall`.

The option bounds one system call, not a frame: a peer that takes a little again and again keeps the
call, and the lock, for as long as it likes.
"""

import errno
import platform
import socket
import struct
import threading

from framed import LAYOUT, framed

from stallproof.harness.connect import connected
from stallproof.harness.plain import SEND_TIMEOUT, PlainHarness
from stallproof.wire.protocol import OpenRequest


class Locked:
    """A blocking socket and its send lock."""

    def __init__(self, sock: socket.socket, timeout_s: float) -> None:
        """Send on `sock`; each system call lasts for at most `timeout_s`."""
        self.sock = sock
        self.lock = threading.Lock()
        whole, rest = divmod(round(timeout_s * 1_000_000), 1_000_000)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", whole, rest))

    def fileno(self) -> int:
        """Return the descriptor of the socket."""
        return self.sock.fileno()


class SoSndtimeo(PlainHarness[Locked]):
    """SO_SNDTIMEO and `sendall` behind a lock."""

    name = "SO_SNDTIMEO + sendall"
    version = platform.python_version()
    frames = LAYOUT
    features = ("unix", "tcp", "descriptor")

    def connect(self, request: OpenRequest) -> Locked:
        return Locked(connected(request), self.knobs[SEND_TIMEOUT])

    def send(self, conn: Locked, payload: bytes | memoryview) -> None:
        frame = framed(payload)
        with conn.lock:
            try:
                conn.sock.sendall(frame)
            except BlockingIOError as error:
                # The system says "would block" when the time of the option is up.
                raise TimeoutError(errno.ETIMEDOUT, str(error)) from error

    def close(self, conn: Locked) -> None:
        conn.sock.close()


if __name__ == "__main__":
    SoSndtimeo.main()
