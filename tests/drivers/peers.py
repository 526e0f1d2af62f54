"""Helpers of the driver tests: connected pairs, peers that misbehave, and an ear for events."""

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from stallproof.drivers.clock import now_us
from stallproof.drivers.frame import FrameReader, Incoming
from stallproof.drivers.guarded import GuardedConnection
from stallproof.drivers.io import SocketTransport, Transport
from stallproof.drivers.ticket_lock import TicketLock
from stallproof.machines.policy import Policy
from stallproof.wire.event import Event

SEND_TIMEOUT_US = 150_000
STALLING = Policy(send_timeout_us=SEND_TIMEOUT_US)
"""Where a send is to run into its timeout. Elsewhere a slow machine would bring that about."""
PATIENCE_S = 20.0
"""How long a test waits for what must happen before it gives up; never a judgement of speed.

Shorter than the default send timeout: a send that nobody frees is not to end by itself meanwhile.
"""

E = TypeVar("E", bound=Event)


class Ear:
    """Keeps every event that it hears."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def __call__(self, event: Event) -> None:
        self.events.append(event)

    def all(self, kind: type[E]) -> list[E]:
        """Return the events of one kind, in the order of hearing."""
        return [event for event in list(self.events) if isinstance(event, kind)]

    def names(self) -> list[str]:
        """Return the kinds of all events by name, in the order of hearing."""
        return [type(event).__name__ for event in list(self.events)]


def eventually(holds: Callable[[], object]) -> bool:
    """Wait until `holds` is true, for as long as patience lasts; tell whether it became true."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.001)
    return bool(holds())


def socket_of(conn: GuardedConnection) -> socket.socket:
    """Return the socket that `conn` writes to."""
    assert isinstance(conn._transport, SocketTransport)
    return conn._transport.socket


def fill(sock: socket.socket) -> None:
    """Write what the kernel takes, so that nothing more can leave while the peer does not read."""
    with contextlib.suppress(BlockingIOError):
        while True:
            sock.send(bytes(1 << 16), socket.MSG_DONTWAIT)


def queued(lock: TicketLock) -> int:
    """Return how many have parked for `lock` or abandoned their turn at it."""
    return len(lock.waiting)


def eventually_queued(lock: TicketLock, expected: int) -> bool:
    """Wait until so many are queued; tell whether they are."""
    return eventually(lambda: queued(lock) == expected)


def unix_pair(buffer_bytes: int = 8192) -> tuple[socket.socket, socket.socket]:
    """Return a connected pair of Unix sockets with small send buffers."""
    ours, theirs = socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, buffer_bytes)
    theirs.settimeout(PATIENCE_S)
    return ours, theirs


def tcp_pair(buffer_bytes: int = 8192) -> tuple[socket.socket, socket.socket]:
    """Return a connected pair of TCP sockets with small buffers on both sides."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer_bytes)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        ours = socket.socket()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, buffer_bytes)
        ours.connect(listener.getsockname())
        theirs, _ = listener.accept()
    theirs.settimeout(PATIENCE_S)
    return ours, theirs


PAIRS = {"unix": unix_pair, "tcp": tcp_pair}


@contextlib.contextmanager
def guarded(
    pair: tuple[socket.socket | Transport, socket.socket],
    policy: Policy | None = None,
    kind: type[GuardedConnection] = GuardedConnection,
    **options: object,
) -> Iterator[tuple[GuardedConnection, socket.socket, Ear]]:
    """Yield a connection over `pair`, its peer and its ear; close all and require a clean end."""
    ear = Ear()
    ours, theirs = pair
    conn = kind(ours, policy or Policy(), "c", ear, **options)  # type: ignore[arg-type]
    try:
        yield conn, theirs, ear
    finally:
        conn.close()
        theirs.close()
        assert conn.wait_finished(PATIENCE_S)


def read_all(sock: socket.socket) -> bytes:
    """Read to the end of the stream, or to the reset that ends it."""
    got = bytearray()
    with contextlib.suppress(ConnectionResetError):
        while piece := sock.recv(1 << 20):
            got += piece
    return bytes(got)


def frames_of(stream: bytes) -> tuple[list[Incoming], int]:
    """Return the whole frames in `stream`, and how many bytes are left over."""
    reader = FrameReader()
    return list(reader.feed(stream)), reader.torn_bytes


def reset(sock: socket.socket) -> None:
    """Close a socket so that its peer sees a reset."""
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


class Sending(threading.Thread):
    """A send on a thread of its own, with its outcome or exception and its times."""

    def __init__(self, conn: GuardedConnection, payload: bytes, send_id: int = 1) -> None:
        super().__init__(daemon=True)
        self._conn, self._payload, self._send_id = conn, payload, send_id
        self.outcome: object = None
        self.began_us = self.ended_us = 0
        self.start()

    def run(self) -> None:
        self.began_us = now_us()
        try:
            self.outcome = self._conn.send(self._payload, send_id=self._send_id)
        except Exception as error:
            self.outcome = error
        self.ended_us = now_us()

    def result(self) -> object:
        """Wait for the end; return the outcome or the exception."""
        self.join(PATIENCE_S)
        assert not self.is_alive()
        return self.outcome
