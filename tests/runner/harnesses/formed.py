"""A harness whose frames have a form of `tests/runner/peer/forms.py`: formed.py FORM.

With a second form as a further word it declares the first, and writes its frames in the second.
"""

import socket
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from stallproof.harness.connect import connected
from stallproof.harness.plain import SEND_TIMEOUT, PlainHarness
from stallproof.wire.protocol import OpenRequest
from tests.runner.peer.forms import FORMS

DECLARED, WRITTEN = FORMS[sys.argv[1]], FORMS[sys.argv[-1]]


class Formed(PlainHarness[socket.socket]):
    """A socket with `sendall` under a lock, which closes when that fails."""

    name = f"formed-{sys.argv[1]}"
    version = "1"
    frames = DECLARED.layout
    features = ("unix", "tcp")
    lock = threading.Lock()

    def connect(self, request: OpenRequest) -> socket.socket:
        sock = connected(request)
        sock.settimeout(self.knobs[SEND_TIMEOUT])
        return sock

    def send(self, conn: socket.socket, payload: bytes | memoryview) -> None:
        frame = WRITTEN.write(bytes(payload))
        with self.lock:
            try:
                conn.sendall(frame)
            except OSError:
                self.close(conn)
                raise

    def close(self, conn: socket.socket) -> None:
        conn.shutdown(socket.SHUT_RDWR)


if __name__ == "__main__":
    Formed.main()
