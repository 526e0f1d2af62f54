"""One connection as the peer plays it: how it reads, what it does to it, and what it sees.

A peer reads in one of three modes (`drain`, `stop`, `trickle`), possibly up to an exact number of
bytes or frames, and otherwise watches for first bytes and for the other side's hang-up, unread.
Whatever the mode, a TLS handshake and the frames of a declared one come first, not a byte more.

Times of what the peer sees are stamped after the system call, so that they are never too early.
"""

import select
import socket
import ssl
from collections.abc import Callable
from typing import Literal

from stallproof.runner.peer import kernel
from stallproof.runner.peer.first_bytes import FirstBytes
from stallproof.runner.peer.intake import Intake
from stallproof.runner.peer.kernel import now_us
from stallproof.runner.peer.link import Link
from stallproof.runner.peer.messages import Mode
from stallproof.runner.peer.read_policy import ReadPolicy
from stallproof.runner.peer.reads import Accumulator
from stallproof.runner.peer.secure_wire import SecureWire
from stallproof.runner.peer.wire import Ending, Piece, Wire
from stallproof.wire.event import PeerEvent
from stallproof.wire.peer import PeerAccepted, PeerMode, PeerSawClear, PeerSawHangup, PeerSecured
from stallproof.wire.protocol import FrameLayout

_HANDSHAKE_BYTES = 32 * 1024
"""More than a TLS handshake takes at once; the wire reads no more of it than there is."""
_READ_FOR_US = 2_000
"""How long one connection may keep the peer reading before the others have their turn."""


class Peer:
    """The peer's end of connection `conn`; `sock` is `None` until the implementation connects.

    With a `context` the connection is TLS, and the peer its server.
    """

    def __init__(
        self,
        conn: str,
        layout: FrameLayout | None,
        emit: Callable[[PeerEvent], None],
        context: ssl.SSLContext | None = None,
    ) -> None:
        self.conn = conn
        self.layout = layout
        self.was_accepted = False
        self.link: Link | None = None
        self._context = context
        self._emit_now = emit
        self._accumulator = Accumulator(conn, emit)
        self._read_policy = ReadPolicy()
        self._intake = Intake(layout, self._read_policy, self._accumulator, self._answer)
        self._hung_up = False
        self._first = FirstBytes(conn, self.emit)
        self._read_over: Ending | None = None
        self._ended = False

    @property
    def sock(self) -> socket.socket | None:
        """The peer's socket, while it has one."""
        return None if self.link is None else self.link.sock

    def emit(self, event: PeerEvent) -> None:
        """Tell `event` after everything seen before it."""
        self._accumulator.flush()
        self._emit_now(event)

    def on_accepted(self, sock: socket.socket) -> None:
        """Begin with the implementation's connection."""
        sock.setblocking(False)
        wire = Wire(sock) if self._context is None else SecureWire(sock, self._context)
        self.link = Link(self.conn, wire, self.emit)
        self.was_accepted = True
        self._read_policy.start_schedule()
        self.emit(PeerAccepted(at_us=now_us(), conn=self.conn))
        self._intake.on_made()

    def _answer(self, content: bytes) -> None:
        assert self.link is not None
        self.link.send(content, lambda sent: None)

    def set_mode(
        self,
        mode: Mode,
        *,
        limit_bytes: int | None = None,
        frames: int | None = None,
        piece_bytes: int = 0,
        every_us: int = 1,
    ) -> None:
        """Read by `mode` from now on; a limit in bytes or whole frames makes it stop by itself."""
        # Read before the schedule of a trickle begins: no turn comes earlier than was told.
        at_us = now_us()
        self._read_policy.set(
            mode, limit_bytes=limit_bytes, frames=frames, piece_bytes=piece_bytes, every_us=every_us
        )
        self._tell_mode(mode, at_us, limit_bytes)
        self._stop_if_satisfied()

    def _tell_mode(self, mode: Mode, at_us: int, limit_bytes: int | None = None) -> None:
        self.emit(
            PeerMode(
                at_us=at_us, conn=self.conn, mode=mode, limit_bytes=limit_bytes,
                in_record_bytes=0 if self.link is None else self.link.wire.in_record_bytes,
            )
        )  # fmt: skip
        self._first.expect(is_expected=mode != "drain")

    def _stop_if_satisfied(self) -> None:
        if self._read_policy.is_satisfied:
            self._read_policy.set("stop")
            self._tell_mode("stop", now_us())

    def poll_mask(self) -> int | None:
        """Return what to poll for; `None`: nothing, because it would only wake the peer in vain."""
        if self.link is None:
            return None
        mask = select.POLLOUT if self.link.has_unsent else 0
        if self._allowance() and not self._trickles:
            return mask | select.POLLIN
        if self._hung_up or self._ended:
            return mask or None
        return mask if self.link.has_shut_read else mask | kernel.POLLRDHUP | self._first.mask

    def due_us(self) -> int | None:
        """Return when `on_due` must be called next, `None` if nothing is planned."""
        if self._has_kept_back():
            return now_us()
        due = self._accumulator.due_us()
        if self._trickles and self._allowance():
            return self._read_policy.next_us if due is None else min(due, self._read_policy.next_us)
        return due

    def on_due(self) -> None:
        """Do what is planned for now: tell what was held back, read the next piece of a trickle."""
        self._accumulator.flush_if_due()
        if self._has_kept_back():
            self._read_for_a_while()
        elif self._trickles and self._allowance() and self._read_policy.take_turn(now_us()):
            self._read_once()

    def on_ready(self, flags: int) -> None:
        """Act on what poll said of the connection."""
        over = flags & (select.POLLHUP | select.POLLERR | select.POLLNVAL | kernel.POLLRDHUP)
        if self.link is not None and self.link.has_unsent and flags & (over | select.POLLOUT):
            self.link.flush()
        if self._allowance() and not self._trickles:
            self._read_for_a_while()
        elif over and not self._hung_up and not self._ended:
            self._on_hangup()
        elif flags & select.POLLIN:
            self._first.look(self.sock)

    @property
    def _is_securing(self) -> bool:
        return self.link is not None and self.link.wire.is_securing

    @property
    def _trickles(self) -> bool:
        """Whether reading goes by a schedule now, rather than by what has arrived."""
        return self._intake.trickles and not self._is_securing

    def _has_kept_back(self) -> bool:
        """Tell whether content that was read before may be given now: no poll would tell."""
        keeps_back = self.link is not None and self.link.wire.keeps_back
        return keeps_back and not self._trickles and self._allowance() > 0

    def _on_hangup(self) -> None:
        self._hung_up = True
        self.emit(PeerSawHangup(at_us=now_us(), conn=self.conn))
        if self._read_over is not None:
            self._end(self._read_over)

    def _allowance(self) -> int:
        """Return how many bytes the next read may take; 0 when the peer does not read now."""
        if self.link is None or self._ended or self._read_over is not None:
            return 0
        return _HANDSHAKE_BYTES if self._is_securing else self._intake.allowance()

    def _read_for_a_while(self) -> None:
        until_us = now_us() + _READ_FOR_US
        while self._allowance() and not self._trickles and self._read_once():
            if now_us() >= until_us:
                break

    def _read_once(self) -> bool:
        """Read one piece; false when there is nothing more for now."""
        assert self.link is not None
        began_us = now_us()
        was_securing = self._is_securing
        content_most = None if was_securing else self._intake.content_most(self.link.wire.peek)
        piece = self.link.wire.read(self._allowance(), content_most)
        if piece is None:
            return False
        self._take_in(self.link, piece, was_securing=was_securing, began_us=began_us)
        if piece.end is not None:
            self._on_end_of_stream(self.link, piece.end)
            return False
        self._stop_if_satisfied()
        return True

    def _take_in(self, link: Link, piece: Piece, *, was_securing: bool, began_us: int) -> None:
        """Tell what one read brought, and answer where TLS has to."""
        at_us = now_us()
        if was_securing:
            self._accumulator.on_read(piece.raw_bytes, began_us=began_us, at_us=at_us)
        else:
            self._intake.on_read(piece.raw_bytes, piece.data, began_us=began_us, at_us=at_us)
        if was_securing and link.wire.secured is not None:
            version, cipher = link.wire.secured
            self.emit(PeerSecured(at_us=at_us, conn=self.conn, version=version, cipher=cipher))
            self._read_policy.start_schedule()
        if piece.clear is not None:
            at_byte, what = piece.clear
            self.emit(PeerSawClear(at_us=at_us, conn=self.conn, at_byte=at_byte, what=what))
        link.answer()

    def _on_end_of_stream(self, link: Link, how: Ending) -> None:
        if how == "reset" or not link.has_shut_read:
            self._end(how)
            return
        # The peer itself shut its reading side down, so this end of stream proves nothing.
        self._read_over = how
        if kernel.is_hung_up(link.sock, shut_read=True, half_closed=link.has_half_closed):
            self._on_hangup()

    def _end(self, how: Literal[Ending, "lab_closed"]) -> None:
        if self._ended:
            return
        self._ended = True
        garbage = None if self.link is None else self.link.wire.garbage
        self.emit(self._intake.end(self.conn, how, garbage))
        if self.link is not None and how == "reset":
            self.link.drop()

    def close(self, action: Literal["reset", "close"]) -> None:
        """Close the peer's end, with a reset or in peace; once only."""
        link = self.link
        if link is not None:
            link.close(action)
            self._end("lab_closed")
            self.link = None
            link.drop()
