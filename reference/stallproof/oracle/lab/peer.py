"""One connection as the lab plays it: how it reads, what it does to it, and what it sees.

A peer reads in one of three modes (`drain`, `stop`, `trickle`), possibly up to an exact number of
bytes or frames, and otherwise watches for the other side's hang-up without reading. Whatever the
mode, the frames of a declared handshake are read first, and not a byte more.

Times of what the lab does are stamped before the system call, so that they are never later than the
effect; times of what it sees are stamped after.
"""

import select
import socket
from collections.abc import Callable
from typing import Literal

from stallproof.oracle.lab import kernel
from stallproof.oracle.lab.appetite import Appetite
from stallproof.oracle.lab.intake import Intake
from stallproof.oracle.lab.kernel import now_us
from stallproof.oracle.lab.messages import Mode
from stallproof.oracle.lab.outbox import Outbox, Sent
from stallproof.oracle.lab.tally import Tally
from stallproof.protocol import FrameLayout
from stallproof.trace.base import Kind, Lab
from stallproof.trace.seen import LabAccepted, LabDid, LabHangup, LabMode

_READ_FOR_US = 2_000
"""How long one connection may keep the lab reading before the others have their turn."""


class Peer:
    """The lab's end of connection `conn`; `sock` is `None` until the implementation connects."""

    def __init__(self, conn: str, layout: FrameLayout | None, emit: Callable[[Lab], None]) -> None:
        self.conn = conn
        self.layout = layout
        self.sock: socket.socket | None = None
        self.was_accepted = False
        self.shut_read = False
        self.half_closed = False
        self._emit_now = emit
        self._tally = Tally(conn, emit)
        self._appetite = Appetite()
        self._intake = Intake(layout, self._appetite, self._tally, self._answer_handshake)
        self._outbox = Outbox()
        handshake = layout.handshake if layout is not None else None
        self._reply = bytes.fromhex(handshake.reply_hex) if handshake else b""
        self._hung_up = False
        self._read_over = False
        self._ended = False

    def emit(self, event: Lab) -> None:
        """Tell `event` after everything seen before it."""
        self._tally.flush()
        self._emit_now(event)

    def on_accepted(self, sock: socket.socket) -> None:
        """Begin with the implementation's connection."""
        sock.setblocking(False)
        self.sock = sock
        self.was_accepted = True
        self._appetite.start_schedule()
        self.emit(LabAccepted(at_us=now_us(), conn=self.conn))
        if self._reply and self._intake.is_past_handshake:
            self._answer_handshake()

    def _answer_handshake(self) -> None:
        assert self.sock is not None
        self._outbox.write(self.sock, self._reply, lambda sent: None)

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
        self._appetite.set(
            mode, limit_bytes=limit_bytes, frames=frames, piece_bytes=piece_bytes, every_us=every_us
        )
        self.emit(LabMode(at_us=now_us(), conn=self.conn, mode=mode, limit_bytes=limit_bytes))
        self._stop_if_satisfied()

    def _stop_if_satisfied(self) -> None:
        if self._appetite.is_satisfied:
            self._appetite.set("stop")
            self.emit(LabMode(at_us=now_us(), conn=self.conn, mode="stop"))

    def poll_mask(self) -> int | None:
        """Return what to poll for; `None`: nothing, because it would only wake the lab in vain."""
        if self.sock is None:
            return None
        mask = select.POLLOUT if self._outbox else 0
        if self._allowance() and not self._intake.trickles:
            return mask | select.POLLIN
        if self._hung_up or self._ended:
            # Hang-ups are reported without being asked for, again and again.
            return mask or None
        return mask if self.shut_read else mask | kernel.POLLRDHUP

    def due_us(self) -> int | None:
        """Return when `on_due` must be called next, `None` if nothing is planned."""
        due = self._tally.due_us()
        if self._intake.trickles and self._allowance():
            return self._appetite.next_us if due is None else min(due, self._appetite.next_us)
        return due

    def on_due(self) -> None:
        """Do what is planned for now: tell what was held back, read the next piece of a trickle."""
        due = self._tally.due_us()
        if due is not None and now_us() >= due:
            self._tally.flush()
        if self._intake.trickles and self._allowance() and self._appetite.take_turn(now_us()):
            self._read_once()

    def on_ready(self, flags: int) -> None:
        """Act on what poll said of the connection."""
        over = flags & (select.POLLHUP | select.POLLERR | select.POLLNVAL | kernel.POLLRDHUP)
        if self.sock is not None and self._outbox and flags & (over | select.POLLOUT):
            self._outbox.flush(self.sock)
        if self._allowance() and not self._intake.trickles:
            self._read_for_a_while()
        elif over and not self._hung_up and not self._ended:
            self._on_hangup()

    def _on_hangup(self) -> None:
        self._hung_up = True
        self.emit(LabHangup(at_us=now_us(), conn=self.conn))
        if self._read_over:
            self._end("eof")

    def _allowance(self) -> int:
        """Return how many bytes the next read may take; 0 when the lab does not read now."""
        if self.sock is None or self._ended or self._read_over:
            return 0
        return self._intake.allowance()

    def _read_for_a_while(self) -> None:
        until_us = now_us() + _READ_FOR_US
        while self._allowance() and not self._intake.trickles and self._read_once():
            if now_us() >= until_us:
                return

    def _read_once(self) -> bool:
        """Read one piece; false when there is nothing more for now."""
        assert self.sock is not None
        began_us = now_us()
        try:
            data = self.sock.recv(self._allowance())
        except (BlockingIOError, InterruptedError):
            return False
        except OSError:
            self._end("reset")
            return False
        at_us = now_us()
        if not data:
            self._on_end_of_stream(self.sock)
            return False
        self._intake.on_read(data, began_us=began_us, at_us=at_us)
        self._stop_if_satisfied()
        return True

    def _on_end_of_stream(self, sock: socket.socket) -> None:
        if not self.shut_read:
            self._end("eof")
            return
        # The lab itself shut its reading side down, so this end of stream proves nothing.
        self._read_over = True
        if kernel.is_hung_up(sock, shut_read=True, half_closed=self.half_closed):
            self._on_hangup()

    def _end(self, how: Literal["eof", "reset", "lab_closed"]) -> None:
        if self._ended:
            return
        self._ended = True
        self.emit(self._intake.end(self.conn, how))
        if how != "eof":
            self._outbox.drop()

    # --- what the lab does to the connection ------------------------------------------------------

    def shut(self, how: Literal["shut_read", "half_close"]) -> None:
        """Shut down the lab's reading or writing side; one that is gone already changes nothing."""
        if self.sock is None:
            return
        self.emit(LabDid(at_us=now_us(), conn=self.conn, action=how))
        if how == "shut_read":
            self.shut_read = True
        else:
            self.half_closed = True
        try:
            self.sock.shutdown(socket.SHUT_RD if how == "shut_read" else socket.SHUT_WR)
        except OSError:
            # Not connected any more: the other side was first, which the lab sees elsewhere.
            return

    def close(self, action: Literal["reset", "close"]) -> None:
        """Close the lab's end, with a reset or in peace; once only."""
        if self.sock is None:
            return
        self.emit(LabDid(at_us=now_us(), conn=self.conn, action=action))
        if action == "reset":
            kernel.abort(self.sock)
        else:
            self.sock.close()
        self.sock = None
        self._end("lab_closed")

    def send(self, kind: Kind, frame: bytes, done: Sent) -> None:
        """Send `frame` and call `done` once the kernel has it, or with false if it never will."""
        began_us = now_us()

        def told(sent: bool) -> None:
            if sent:
                self.emit(
                    LabDid(
                        at_us=began_us, conn=self.conn, action="sent", sent_bytes=len(frame),
                        kind=kind,
                    )
                )  # fmt: skip
            done(sent)

        if self.sock is None:
            done(False)
        else:
            self._outbox.write(self.sock, frame, told)
