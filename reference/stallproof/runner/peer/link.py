"""What the peer does to a connection: it sends, it ends its stream, it closes.

Nothing waits for the implementation: what the kernel does not take at once leaves later, and what
has to wait for a TLS handshake leaves after it. What the peer does is stamped before the system
call, so that it is never told as later than its effect.
"""

import contextlib
import socket
import ssl
from collections.abc import Callable
from typing import Any, Literal

from stallproof.runner.peer import kernel
from stallproof.runner.peer.kernel import now_us
from stallproof.runner.peer.outbox import Outbox, Sent
from stallproof.runner.peer.wire import Wire
from stallproof.wire.event import Kind, PeerEvent
from stallproof.wire.peer import PeerDid


class Link:
    """The peer's end of connection `conn`: its wire, and what is to leave over it."""

    def __init__(self, conn: str, wire: Wire, emit: Callable[[PeerEvent], None]) -> None:
        self.conn = conn
        self.wire = wire
        self.sock = wire.sock
        self.has_shut_read = False
        self.has_half_closed = False
        self._emit = emit
        self._outbox = Outbox()
        self._waiting: list[tuple[bytes, Sent]] = []

    @property
    def has_unsent(self) -> bool:
        """Whether bytes wait for the kernel."""
        return bool(self._outbox)

    def flush(self) -> None:
        """Send what the kernel takes now."""
        self._outbox.flush(self.sock)

    def send(self, content: bytes, done: Sent) -> None:
        """Send `content` and call `done` once the kernel has it, or with false if it never will."""
        if self.wire.is_securing:
            self._waiting.append((content, done))
            return
        try:
            sealed = self.wire.seal(content)
        except ssl.SSLError:
            done(False)
            return
        self._outbox.write(self.sock, sealed, done)

    def answer(self) -> None:
        """Send what the wire has to say of its own accord, and what waited for the handshake."""
        if outgoing := self.wire.take_outgoing():
            self._outbox.write(self.sock, outgoing, lambda sent: None)
        if self._waiting and not self.wire.is_securing:
            waiting, self._waiting = self._waiting, []
            for content, done in waiting:
                self.send(content, done)

    def drop(self) -> None:
        """Give up what was not sent: the connection is gone."""
        self._outbox.drop()
        waiting, self._waiting = self._waiting, []
        for _content, done in waiting:
            done(False)

    # --- actions, each told as an event
    # -------------------------------------------------------------

    def send_frame(self, kind: Kind, frame: bytes, done: Sent, **more: Any) -> None:
        """Send `frame` and call `done` once the kernel has it, or with false if it never will.

        `more` is told of it besides (`PeerDid`).
        """
        began_us = now_us()

        def told(sent: bool) -> None:
            if sent:
                fields = {"sent_bytes": len(frame), "kind": kind, "done_us": now_us(), **more}
                self._tell("sent", began_us, **fields)
            done(sent)

        self.send(frame, told)

    def shut_read(self) -> None:
        """Shut down the peer's reading side; one that is gone already changes nothing."""
        self._tell("shut_read", now_us())
        self.has_shut_read = True
        self._shutdown(socket.SHUT_RD)

    def half_close(self) -> None:
        """End the peer's own stream, over TLS with the announcement of it."""
        self._tell("half_close", now_us())
        self._end_sending(self._farewell())

    def cut(self, content: bytes, rest: bytes) -> None:
        """End the transport unannounced: after `content`, and half of a record with `rest`."""
        self._tell("cut", now_us(), sent_bytes=len(content))
        last = self.wire.seal(content) if content else b""
        if rest:
            record = self.wire.seal(rest)
            last += record[: len(record) // 2]
        self._end_sending(last)

    def close(self, action: Literal["reset", "close"]) -> None:
        """Close with a reset, or in peace: over TLS with the announcement, if there is room."""
        self._tell(action, now_us())
        if action == "reset":
            kernel.abort(self.sock)
            return
        if not self.has_unsent and (farewell := self._farewell()):
            with contextlib.suppress(OSError):
                self.sock.send(farewell, socket.MSG_NOSIGNAL)
        self.sock.close()

    def _end_sending(self, last: bytes) -> None:
        self.has_half_closed = True
        if last:
            self._outbox.write(self.sock, last, lambda sent: self._shutdown(socket.SHUT_WR))
        else:
            self._shutdown(socket.SHUT_WR)

    def _tell(
        self,
        action: Literal["shut_read", "half_close", "cut", "reset", "close", "sent"],
        at_us: int,
        **more: Any,
    ) -> None:
        self._emit(PeerDid(at_us=at_us, conn=self.conn, action=action, **more))

    def _farewell(self) -> bytes:
        return b"" if self.wire.is_securing else self.wire.farewell()

    def _shutdown(self, how: int) -> None:
        # Not connected any more: the other side was first, which the peer sees elsewhere.
        with contextlib.suppress(OSError):
            self.sock.shutdown(how)
