"""Seeing that bytes have come without reading them: when a send can have taken the lock.

A peer that does not read would learn of the first byte of a frame only when it reads again. Poll
tells it once, and after that would only wake the peer in vain.
"""

import select
import socket
from collections.abc import Callable

from stallproof.runner.peer import kernel
from stallproof.runner.peer.kernel import now_us
from stallproof.wire.event import PeerEvent
from stallproof.wire.peer import PeerUnread


class FirstBytes:
    """The first bytes that come on one connection after the peer ceased to read all there is."""

    def __init__(self, conn: str, emit: Callable[[PeerEvent], None]) -> None:
        self._conn = conn
        self._emit = emit
        self.mask = 0
        """What to poll for."""

    def expect(self, *, is_expected: bool) -> None:
        """Await them from now on, or not any more."""
        self.mask = select.POLLIN if is_expected else 0

    def look(self, sock: socket.socket | None) -> None:
        """Tell of them, once; an end of the stream is ready to be read as well."""
        unread_bytes = kernel.unread_bytes(sock) if self.mask and sock is not None else 0
        self.mask = 0
        if unread_bytes:
            at_us = now_us()
            self._emit(PeerUnread(at_us=at_us, conn=self._conn, unread_bytes=unread_bytes))
