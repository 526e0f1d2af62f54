"""A peer, and the sockets of a test on its other side."""

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest

from stallproof.runner.peer.client import PeerClient
from stallproof.wire.events import AnyPeerEvent, PeerRead
from stallproof.wire.protocol import FrameLayout, KindField, LengthField, NumberField

LAYOUT = FrameLayout(
    prefix_bytes=16,
    length=LengthField(at=0, bytes=4),
    extra=NumberField(at=4, bytes=2),
    kind=KindField(at=6, bytes=1, data=[1], heartbeat=[3], ack=[5]),
    sequence=NumberField(at=14, bytes=2),
)
PATIENCE_S = 60.0
"""How long a test waits for what must happen before it gives up; never a judgement of speed."""
_E = TypeVar("_E", bound=AnyPeerEvent)


def frame(
    send: int, size_bytes: int, *, sequence: int = 1, kind: int = 1, extra: bytes = b""
) -> bytes:
    """Return a frame as a good implementation would send it."""
    total = 16 + len(extra) + size_bytes
    prefix = struct.pack(">IHBBHHHH", total, len(extra), kind, 0, 0, 0, 0, sequence % 65536)
    return prefix + extra + payload(send, size_bytes)


def payload(send: int, size_bytes: int) -> bytes:
    blocks = (struct.pack(">II", send, index) for index in range(-(-size_bytes // 8)))
    return b"".join(blocks)[:size_bytes]


class Bench:
    """A peer, what it told, and the sockets of the test."""

    def __init__(self) -> None:
        self.events: list[AnyPeerEvent] = []
        self._told = threading.Condition()
        self.peer = PeerClient(self._record)
        self.socks: list[socket.socket] = []

    def _record(self, event: AnyPeerEvent) -> None:
        with self._told:
            self.events.append(event)
            self._told.notify_all()

    def connect(self, transport: str, conn: str = "a", mode: str = "drain") -> socket.socket:
        assert mode in ("drain", "stop")
        if mode == "drain":
            self.address = self.peer.listen(conn, transport)
        else:
            self.address = self.peer.listen(conn, transport, mode="stop")
        return self.connect_again()

    def connect_again(self) -> socket.socket:
        if "path" in self.address:
            sock = socket.socket(socket.AF_UNIX)
            self.socks.append(sock)
            sock.connect(self.address["path"])
        else:
            sock = socket.socket()
            self.socks.append(sock)
            sock.connect((self.address["host"], self.address["port"]))
        sock.settimeout(PATIENCE_S)
        return sock

    def all(self, kind: type[_E]) -> list[_E]:
        with self._told:
            return [e for e in self.events if isinstance(e, kind)]

    def wait(self, kind: type[_E], wanted: Callable[[_E], bool] = lambda e: True) -> _E:
        """Return the first event of `kind` that is wanted; fails the test if there is none."""
        with self._told:
            self._told.wait_for(
                lambda: any(isinstance(e, kind) and wanted(e) for e in self.events), PATIENCE_S
            )
            found = [e for e in self.events if isinstance(e, kind) and wanted(e)]
        assert found, f"no {kind.__name__} as wanted among {self.events[-8:]}"
        return found[0]

    def unread(self, expected: int, conn: str = "a") -> int:
        """Wait until so many bytes lie unread; return how many do.

        Of what was sent over TCP the last bytes may come after the sender has returned.
        """
        until = time.monotonic() + PATIENCE_S
        while (unread := self.peer.unread(conn)) != expected and time.monotonic() < until:
            time.sleep(0.001)
        return unread

    def total_bytes(self) -> int:
        return sum(e.got_bytes for e in self.all(PeerRead))


def open_bench() -> Iterator[Bench]:
    """Make a peer, and end it after the test: `bench = pytest.fixture(open_bench)`."""
    bench = Bench()
    with bench.peer:
        bench.peer.layout(LAYOUT)
        yield bench
        for sock in bench.socks:
            sock.close()


both = pytest.mark.parametrize("transport", ["unix", "tcp"])


def settle(bench: Bench, conn: str = "a") -> None:
    """Leave the peer time for what it must not do, then have it tell all that it has read."""
    time.sleep(0.03)
    # Whatever the peer tells of a connection comes after what it held back of it.
    bench.peer.unread(conn)


def fill(sock: socket.socket, data: bytes) -> int:
    """Send of `data` what the kernel takes before the sender blocks for 200 ms; return how much."""
    sock.settimeout(0.2)
    sent = 0
    try:
        while sent < len(data):
            sent += sock.send(data[sent : sent + 65536])
    except TimeoutError:
        pass
    sock.settimeout(PATIENCE_S)
    return sent


def send_until_refused(sock: socket.socket) -> None:
    """Send until the kernel says that the other side is gone."""
    while True:
        sock.send(b"x")
        time.sleep(0.001)
