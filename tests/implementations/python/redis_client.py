"""`redis-py` with a socket timeout: a `SET` for each frame, and its answer awaited.

One client with one connection, which its own lock shares between threads. The timeout is that of
each call on the socket, and a command is more than one of them. It is not tried again here: a retry
makes another connection, and one is what is judged.

The peer answers each command like a server that has carried it out. Who waits for the answer in
vain is told of a timeout, also where the server has got the whole command.
"""

import platform
import socket

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from stallproof.harness.adapter import Told, Unsupported
from stallproof.harness.plain import SEND_TIMEOUT, PlainHarness
from stallproof.wire.layout import FrameLayout, TextLayout
from stallproof.wire.protocol import OpenRequest

LAYOUT = FrameLayout(
    text=TextLayout(form="array", data=["SET"]),
    answers_hex={"data": b"+OK\r\n".hex()},
)


class Client:
    """A client with a single connection, which is made at once."""

    def __init__(self, request: OpenRequest, timeout_s: float) -> None:
        """Connect as `request` says."""
        where = {"unix_socket_path": request.path} if request.path else {}
        self._client = redis.Redis(
            host=request.host or "localhost", port=request.port or 0, **where,
            socket_timeout=timeout_s, single_connection_client=True, protocol=2,
            retry=Retry(NoBackoff(), 0), lib_name=None, lib_version=None,
        )  # fmt: skip
        connection = self._client.connection
        self._sock: socket.socket = connection._sock
        if request.send_buffer_bytes is not None:
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, request.send_buffer_bytes)

    def fileno(self) -> int:
        """Return the descriptor of the socket."""
        return self._sock.fileno()

    def send(self, payload: bytes) -> Told:
        """Set a key to the payload."""
        try:
            self._client.set("k", payload)
        except redis.exceptions.TimeoutError as error:
            return Told("timeout", raised=True, detail=str(error))
        except redis.exceptions.ConnectionError as error:
            return Told("closed", raised=True, detail=str(error))
        return Told("ok")

    def close(self) -> None:
        """Close the client."""
        self._client.close()


class RedisPy(PlainHarness[Client]):
    """`redis-py` with `socket_timeout`."""

    name = "redis-py with socket_timeout"
    version = f"{redis.__version__}, Python {platform.python_version()}"
    frames = LAYOUT
    features = ("unix", "tcp")
    notes = ("One connection, no retries; a send is done when the peer has answered it.",)

    def connect(self, request: OpenRequest) -> Client:
        if request.transport not in self.features:
            raise Unsupported(f"this implementation has no transport {request.transport!r}")
        return Client(request, self.knobs[SEND_TIMEOUT])

    def send(self, conn: Client, payload: bytes | memoryview) -> Told:
        return conn.send(bytes(payload))

    def close(self, conn: Client) -> None:
        conn.close()


if __name__ == "__main__":
    RedisPy.main()
