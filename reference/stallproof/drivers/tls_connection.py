"""A guarded connection whose bytes go through a TLS layer.

The stall it guards against: the same as without TLS, and one of TLS's own making. A record that was
encrypted has to leave, or the session is broken: so the point of no return of a frame is not the
write but the encryption, and whoever gives up after it must close.

The intuition: the sender of a plain connection does everything, with one step in between. Each
attempt seals one piece, writes the records once without blocking, and seals no other piece before
these have left. The bytes of a piece count as written when they are sealed, its last byte only when
the kernel has taken the last of its records: thus torn is torn, and OK means handed over.

The complications:
- What the layer wants to say on its own (the answer to a key update) leaves in front of the next
  piece. The reader, in whose hands it comes up, never writes: it asks the worker, which tries the
  lock and writes once. A busy lock needs nothing more, since such an answer is due before the next
  piece and not earlier. So nothing outside a frame ever waits. If a peer makes too many answers
  wait, the connection closes.
- A local close of an idle connection says close_notify, so that the peer can tell an orderly end
  from one that was cut. A close with a frame under way, a TIMEOUT and the monitor never do.
- An alert that ends the session, a bad record and bytes that are no record leave nothing that could
  be sent or read: unlike garbage on a plain connection they close (RFC 8446, 6.2). A transport that
  ends without close_notify is reported as cut short and, as on a plain connection, closes nothing:
  a send that fails tells.

Closing shuts down the socket beneath. Nothing but records goes to that socket, by construction:
`_attempt` is the only writer's way, and it writes what `Session` returned.

Spec: `spec/sd.md`.
"""

import socket
from collections.abc import Iterator

from stallproof.drivers.clock import Clock
from stallproof.drivers.errors import CutShort, failure_of
from stallproof.drivers.guarded import GuardedConnection
from stallproof.drivers.io import Pieces
from stallproof.drivers.recorder import Record, ignore
from stallproof.drivers.sender import Refusal
from stallproof.drivers.steps import BARE, Steps
from stallproof.drivers.tls import RECORDS_BYTES, Session
from stallproof.machines.connection import Cause
from stallproof.machines.policy import Policy

SEALED_MAX_BYTES = 96 * 1024
"""How much of a frame is encrypted at a time: all that a failure can leave sealed but unsent."""
REPLIES_MAX_BYTES = 64 * 1024
"""How much of the layer's own answers may wait to leave."""
_EMPTY = memoryview(b"")


class TooManyReplies(OSError):
    """The peer asks for answers and does not take them."""


class SecureConnection(GuardedConnection):
    """A connection as `GuardedConnection`, over a session that has shaken hands.

    `Sent.written_bytes` counts what was sealed, but for the last byte of a piece whose records have
    not all left: after a failure it can be up to `SEALED_MAX_BYTES` more than the kernel took.
    """

    replies_max_bytes = REPLIES_MAX_BYTES

    def __init__(
        self, sock: socket.socket, policy: Policy, name: str, record: Record = ignore, *,
        session: Session, heartbeats: bool = True, clock: Clock | None = None, steps: Steps = BARE,
    ) -> None:  # fmt: skip
        """Take over the connected `sock` and the `session` whose handshake went over it.

        Everything else is as with a plain connection.
        """
        self._session = session
        # Sealed and not yet taken by the kernel; it belongs to the holder of the send lock.
        self._leaving = _EMPTY
        # 1 while the last byte of the sealed piece waits to be counted.
        self._owed_bytes = 0
        self._is_flush_asked = False
        self._is_broken = False
        super().__init__(
            sock, policy, name, record, heartbeats=heartbeats, clock=clock, steps=steps
        )
        self._write_max_bytes = SEALED_MAX_BYTES

    # --- sending ----------------------------------------------------------------------------------

    def _attempt(self, pieces: Pieces, deadline_us: int) -> int | Refusal:
        """Write once: what is left of the sealed records or, if nothing is, one piece more.

        Returns the bytes of the piece that now count as written, less than asked for if its records
        have not all left.
        """
        if self._leaving:
            refusal = self._flush()
            return self._settled_bytes() if refusal is None else refusal
        plain = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        try:
            self._leaving = memoryview(self._session.seal(plain))
        except Exception as error:
            # Nobody knows how much was sealed, so the frame counts as torn.
            taken_bytes = min(1, len(plain) - 1)
            return Refusal(failure_of(error), f"{type(error).__name__}: {error}", taken_bytes)
        self._owed_bytes = 1
        taken_bytes = len(plain) - 1
        # Sealing takes a while, and no write begins at or after the deadline.
        refusal = self._flush() if self._clock() < deadline_us else None
        if refusal is not None:
            return refusal._replace(taken_bytes=taken_bytes)
        return taken_bytes + self._settled_bytes()

    def _flush(self) -> Refusal | None:
        """Write the sealed records once, as far as the kernel takes them; say why if it fails."""
        wrote = super()._attempt([self._leaving], 0)
        if isinstance(wrote, Refusal):
            return wrote
        self._leaving = self._leaving[wrote:]
        return None

    def _settled_bytes(self) -> int:
        """Return, once all records have left, the byte that waited for that to be counted."""
        if self._leaving:
            return 0
        owed_bytes, self._owed_bytes = self._owed_bytes, 0
        return owed_bytes

    # --- what the layer itself has to say ---------------------------------------------------------

    def _flush_replies(self) -> None:
        """Write once what waits, if the lock is free; else it leaves with the next frame."""
        # First the mark, then the look: what comes up in between asks again.
        self._is_flush_asked = False
        if not self.lock.try_acquire():
            return
        try:
            if not self._leaving:
                self._leaving = memoryview(self._session.waiting())
            if self._leaving:
                # If that fails, nothing is lost that a send would not find out.
                self._flush()
        finally:
            self.lock.release()

    def _say_goodbye(self, cause: Cause) -> None:
        """Tell the peer, with one write, that the stream ends here in order, or why it broke.

        Only when nobody holds the lock: half a frame is no orderly end, and nobody is waited for.
        """
        if cause not in (Cause.LOCAL, Cause.TLS) or not self.lock.try_acquire():
            return
        try:
            if cause is Cause.LOCAL:
                self._session.say_goodbye()
            self._leaving = memoryview(bytes(self._leaving) + self._session.waiting())
            if self._leaving:
                self._flush()
        finally:
            self.lock.release()

    # --- the reader -------------------------------------------------------------------------------

    def _read(self) -> None:
        """Take in frames as a plain connection does; close when the session cannot go on."""
        super()._read()
        if self._is_broken:
            self.begin_closing(Cause.TLS)

    def _pieces(self) -> Iterator[bytes]:
        """Yield what the peer sends, decrypted, to its close_notify.

        Raises `CutShort` when the transport ends without it, `ssl.SSLError` when the session is
        broken, and `OSError` when the transport fails.
        """
        # The last flight of the handshake may have brought the first records along.
        records = b""
        while True:
            unsealed = self._session.unseal(records)
            yield from unsealed.pieces
            if unsealed.failure is not None:
                self._is_broken = True
                raise unsealed.failure
            self._ask_to_flush(unsealed.waiting_bytes)
            if unsealed.over:
                return
            records = self._transport.read(RECORDS_BYTES)
            if not records:
                raise CutShort("the transport ended without close_notify")

    def _ask_to_flush(self, waiting_bytes: int) -> None:
        """Have the worker flush what waits, if anything does; give up when it is too much."""
        if waiting_bytes > self.replies_max_bytes:
            self._is_broken = True
            raise TooManyReplies(f"{waiting_bytes} bytes of replies wait for the peer to read")
        if waiting_bytes and not self._is_flush_asked:
            self._is_flush_asked = True
            self._worker.do(self._flush_replies)
