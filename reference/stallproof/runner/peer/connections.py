"""All connections of one scenario: where the peer listens, and who has connected."""

import contextlib
import itertools
import os
import select
import socket
import ssl
from collections.abc import Callable, Collection

from stallproof.runner.peer import kernel
from stallproof.runner.peer.certificates import server_context
from stallproof.runner.peer.kernel import now_us
from stallproof.runner.peer.messages import Refusal
from stallproof.runner.peer.peer import Peer
from stallproof.wire.event import PeerEvent, Transport
from stallproof.wire.peer import PeerAccepted, PeerListening
from stallproof.wire.protocol import FrameLayout

_READ_BYTES = 65536


class Connections:
    """The peer's end of each connection, by name.

    Unix sockets are made in `folder`. Listeners are registered with `poll`, connections are not:
    what to poll them for changes all the time. `layout` is how frames look on the connections that
    are listened for from now on, `None`: it was not declared. `authority` is the file that whoever
    connects over TLS has to trust, made with the first such listener.
    """

    def __init__(self, folder: str, poll: select.poll, emit: Callable[[PeerEvent], None]) -> None:
        self.layout: FrameLayout | None = None
        self.authority: str | None = None
        self._context: ssl.SSLContext | None = None
        self._folder = folder
        self._numbers = itertools.count()
        self._poll = poll
        self._emit = emit
        self._peers: dict[str, Peer] = {}
        self._live: list[Peer] = []
        self._listeners: dict[int, tuple[socket.socket, Peer]] = {}
        self._reserved: dict[str, kernel.Reserved] = {}

    def forget(self) -> None:
        """Close all that is open, and know of nothing any more but who the peer is on TLS."""
        for peer in self._peers.values():
            peer.close("close")
        for descriptor, (listener, _) in self._listeners.items():
            self._poll.unregister(descriptor)
            listener.close()
        self.layout = None
        self._peers, self._live, self._listeners, self._reserved = {}, [], {}, {}

    def live(self) -> list[Peer]:
        """Return those that are connected and that the peer has not closed."""
        # The loop asks at every wake, so connections that are over must not be looked at again.
        self._live = [peer for peer in self._live if peer.sock is not None]
        return self._live

    def listen(
        self, conn: str, transport: Transport, receive_buffer_bytes: int
    ) -> tuple[Peer, str | tuple[str, int]]:
        """Await connection `conn`; return it and its path, or its host and port.

        Raises `Refusal` when there is one of that name already, and `OSError`.
        """
        address: str | tuple[str, int]
        if transport == "unix":
            address = self._free_path(conn)
            listener = kernel.listen_unix(address)
        else:
            self._free_path(conn)
            listener = kernel.listen_tcp(receive_buffer_bytes)
            host, port = listener.getsockname()
            address = (host, port)
        peer = self._add(conn, transport, receive_buffer_bytes)
        self._listeners[listener.fileno()] = (listener, peer)
        self._poll.register(listener.fileno(), select.POLLIN)
        return peer, address

    def reserve(
        self, conn: str, transport: Transport, receive_buffer_bytes: int
    ) -> str | tuple[str, int]:
        """Return an address at which the other side may listen for connection `conn`.

        Raises `Refusal` when there is one of that name already, or over TLS, and `OSError`.
        """
        if transport == "tls":
            raise Refusal("the peer is no client of TLS")
        path = self._free_path(conn)
        place = kernel.Reserved(path if transport == "unix" else None, receive_buffer_bytes)
        self._reserved[conn] = place
        self._add(conn, transport, receive_buffer_bytes)
        return place.address

    def connect(self, conn: str) -> bool:
        """Connect to what is reserved for `conn`; false when nobody listens there.

        Raises `Refusal` where nothing is reserved.
        """
        place = self._reserved.get(conn)
        if place is None:
            raise Refusal(f"nothing is reserved for a connection {conn!r}")
        sock = place.connected()
        if sock is None:
            return False
        del self._reserved[conn]
        self._peers[conn].on_accepted(sock)
        self._live.append(self._peers[conn])
        return True

    def _free_path(self, conn: str) -> str:
        if conn in self._peers:
            raise Refusal(f"there is a connection {conn!r} already")
        return os.path.join(self._folder, str(next(self._numbers)))

    def _add(self, conn: str, transport: Transport, receive_buffer_bytes: int) -> Peer:
        """Add the peer's end of `conn`, which nobody is connected to yet."""
        context = self._secure() if transport == "tls" else None
        self._peers[conn] = peer = Peer(conn, self.layout, self._emit, context)
        self._emit(
            PeerListening(
                at_us=now_us(), conn=conn, transport=transport,
                receive_buffer_bytes=receive_buffer_bytes,
            )
        )  # fmt: skip
        return peer

    def _secure(self) -> ssl.SSLContext:
        """Return who the peer is on TLS, made once."""
        if self._context is None:
            self._context, self.authority = server_context(self._folder)
        return self._context

    def find(self, conn: str) -> Peer:
        """Return connection `conn`, accepted if it was made; raises `Refusal` if there is none."""
        peer = self._peers.get(conn)
        if peer is None:
            raise Refusal(f"there is no connection {conn!r}")
        if not peer.was_accepted:
            for listener, owner in self._listeners.values():
                if owner is peer:
                    self._accept(listener, peer)
        return peer

    def accept_ready(self, ready: Collection[int]) -> None:
        """Accept from those listeners whose descriptors are among `ready`."""
        for descriptor in self._listeners.keys() & ready:
            self._accept(*self._listeners[descriptor])

    def _accept(self, listener: socket.socket, peer: Peer) -> None:
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            if not peer.was_accepted:
                peer.on_accepted(sock)
                self._live.append(peer)
                continue
            with sock, contextlib.suppress(OSError):
                self._emit(PeerAccepted(at_us=now_us(), conn=peer.conn, again=True))
                sock.setblocking(False)
                while sock.recv(_READ_BYTES):
                    pass
