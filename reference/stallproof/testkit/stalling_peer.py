"""A peer on a real socket that reads as it is told: everything, nothing, a little, or no more.

The intuition: a stall needs somebody who does not read and a buffer that is full. So the peer obeys
calls such as `stop()`, and the buffers between are as small as the kernel lets them be.

The use: `with StallingPeer() as peer:`, hand `peer.sock` to the code under test (or have that
connect to `peer.address`), and tell the peer what to do. Each call has taken effect when it
returns, and none of them waits for the code under test.

The complication: the peer has to read while the test blocks in a send, so that it lives in a thread
of its own. That thread alone touches the peer's socket; calls are handed to it.

How it reads is the read policy of the oracle's peer (`stallproof.runner.peer`).
"""

import shutil
import socket
import threading
from pathlib import Path
from typing import Literal, Self

from stallproof.runner.peer import kernel
from stallproof.testkit.peer_loop import MICROSECONDS, End, PeerLoop

BUFFER_BYTES = 8 * 1024
"""What each buffer is asked to hold; the kernel takes what suits it, about twice as much."""
PIECES_PER_S = 100
"""In how many pieces a second a trickle reads at most."""
MEET_S = 5.0
"""How long connecting to the peer may take."""

Transport = Literal["unix", "tcp"]


class StallingPeer:
    """The other side of one connection; it drains until it is told otherwise.

    Safe to call from any thread. As a context manager it is closed in the end.
    """

    def __init__(self, transport: Transport = "unix", *, buffer_bytes: int = BUFFER_BYTES) -> None:
        """Listen for the one connection of this peer.

        `buffer_bytes` holds for `sock`; who connects to `address` sets `SO_SNDBUF` itself. Raises
        `ValueError` for a transport that is none of unix and tcp, and for less than a byte.
        """
        if transport not in ("unix", "tcp"):
            raise ValueError(f"no transport is called {transport!r}: give unix or tcp")
        if buffer_bytes < 1:
            raise ValueError(f"a buffer holds at least one byte, not {buffer_bytes}")
        self.transport: Transport = transport
        self._buffer_bytes = buffer_bytes
        self._folder = kernel.make_folder() if transport == "unix" else None
        if self._folder is None:
            listener = kernel.listen_tcp(buffer_bytes)
        else:
            listener = kernel.listen_unix(str(Path(self._folder) / "peer"))
        self.address: str | tuple[str, int] = listener.getsockname()
        """Where it listens: the path of a Unix socket, or a host and a port."""
        self._sock: socket.socket | None = None
        self._connecting = threading.Lock()
        self._loop = PeerLoop(listener)

    @property
    def sock(self) -> socket.socket:
        """The connected other side, made when it is first asked for; yours to use and to close."""
        with self._connecting:
            if self._sock is None:
                family = socket.AF_UNIX if self.transport == "unix" else socket.AF_INET
                sock = socket.socket(family, socket.SOCK_STREAM)
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, self._buffer_bytes)
                sock.settimeout(MEET_S)
                sock.connect(self.address)
                sock.settimeout(None)
                self._sock = sock
            return self._sock

    # --- reading ----------------------------------------------------------------------------------

    def drain(self, limit_bytes: int | None = None) -> None:
        """Read all that comes, or stop again after `limit_bytes`; raises `ValueError` below 1."""
        if limit_bytes is not None and limit_bytes < 1:
            raise ValueError(f"give a number of bytes from 1 on, not {limit_bytes}")
        self._loop.tell(lambda: self._loop.read_policy.set("drain", limit_bytes=limit_bytes))

    def stop(self) -> None:
        """Read nothing; the connection stays open, and its buffers fill up."""
        self._loop.tell(lambda: self._loop.read_policy.set("stop"))

    def trickle(self, bytes_per_s: int) -> None:
        """Read so many bytes a second, evenly; raises `ValueError` for less than one."""
        if bytes_per_s < 1:
            raise ValueError(f"a trickle has at least one byte a second, not {bytes_per_s}")
        piece_bytes = -(-bytes_per_s // PIECES_PER_S)
        every_us = max(1, piece_bytes * MICROSECONDS // bytes_per_s)
        self._loop.tell(
            lambda: self._loop.read_policy.set(
                "trickle", piece_bytes=piece_bytes, every_us=every_us
            )
        )

    @property
    def received(self) -> bytes:
        """All that was read so far."""
        return self._loop.received

    @property
    def ended(self) -> End | None:
        """How the other side has ended: `end` or `reset`; `None` as long as nothing was read of it.

        A peer that does not read learns of no end.
        """
        return self._loop.ended

    def wait_for_bytes(self, count: int, timeout_s: float) -> bytes:
        """Wait until `count` bytes were read in all, and return what was read.

        Raises `TimeoutError`, saying how many came, when the time is out or no more can come.
        """
        self._loop.wait_until(lambda: self._loop.received_bytes >= count, timeout_s)
        if self._loop.received_bytes >= count:
            return self.received
        why = f"after {timeout_s:g} s" if self.ended is None else f"and then its {self.ended}"
        raise TimeoutError(f"the peer read {self._loop.received_bytes} of {count} bytes {why}")

    def wait_for_end(self, timeout_s: float) -> End:
        """Wait until the end of the other side was read; raises `TimeoutError` if it was not."""
        self._loop.wait_until(lambda: self.ended is not None, timeout_s)
        if (end := self.ended) is None:
            raise TimeoutError(f"the other side has not ended after {timeout_s:g} s")
        return end

    # --- acting; before somebody has connected it is kept for then --------------------------------

    def send(self, content: bytes | bytearray | memoryview) -> None:
        """Send `content`, without waiting for the other side to read it.

        Raises `TypeError` for what is no bytes.
        """
        if not isinstance(content, bytes | bytearray | memoryview):
            raise TypeError(f"a peer sends bytes, not {content!r}")
        self._loop.send(bytes(content))

    def half_close(self) -> None:
        """End the peer's own direction, behind all that it has sent; it goes on reading."""
        self._loop.half_close()

    def reset(self) -> None:
        """Close at once: on TCP the other side sees a reset, on Unix only if bytes lie unread."""
        self._loop.abort()

    def close(self) -> None:
        """End the peer and its thread, and close `sock`; a second call does nothing."""
        self._loop.end()
        with self._connecting:
            if self._sock is not None:
                self._sock.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
