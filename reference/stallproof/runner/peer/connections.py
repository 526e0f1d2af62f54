"""All connections of one scenario: where the peer listens, and who has connected."""

import contextlib
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
        self._poll = poll
        self._emit = emit
        self._peers: dict[str, Peer] = {}
        self._live: list[Peer] = []
        self._listeners: dict[int, tuple[socket.socket, Peer]] = {}

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
        if conn in self._peers:
            raise Refusal(f"there is a connection {conn!r} already")
        address: str | tuple[str, int]
        if transport == "unix":
            address = os.path.join(self._folder, str(len(self._peers)))
            listener = kernel.listen_unix(address)
        else:
            listener = kernel.listen_tcp(receive_buffer_bytes)
            host, port = listener.getsockname()
            address = (host, port)
        context = self._secure() if transport == "tls" else None
        peer = Peer(conn, self.layout, self._emit, context)
        self._peers[conn] = peer
        self._listeners[listener.fileno()] = (listener, peer)
        self._poll.register(listener.fileno(), select.POLLIN)
        self._emit(
            PeerListening(
                at_us=now_us(), conn=conn, transport=transport,
                receive_buffer_bytes=receive_buffer_bytes,
            )
        )  # fmt: skip
        return peer, address

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
