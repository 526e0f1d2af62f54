"""The thread of a stalling peer: one socket, one read policy, and calls that it carries out.

Only this thread touches the socket. Who does not read polls for nothing, so that a hang-up of the
other side makes nobody spin.
"""

import contextlib
import select
import socket
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Literal

from stallproof.drivers.bell import Bell
from stallproof.runner.peer import kernel
from stallproof.runner.peer.outbox import Outbox
from stallproof.runner.peer.read_policy import ReadPolicy

MICROSECONDS = 1_000_000
End = Literal["end", "reset"]
Action = Callable[[socket.socket], None]


class PeerLoop:
    """Accepts one connection on `listener`, and reads it by `read_policy`."""

    def __init__(self, listener: socket.socket) -> None:
        """Take over `listener` and start the thread."""
        self.read_policy = ReadPolicy()
        self.ended: End | None = None
        self._listener: socket.socket | None = listener
        self._sock: socket.socket | None = None
        self._received = bytearray()
        self._outbox = Outbox()
        # What is to be done as soon as somebody has connected.
        self._early: list[Action] = []
        self._calls: deque[tuple[Callable[[], None], Future[None]]] = deque()
        self._changed = threading.Condition()
        self._is_over = False
        self._bell = Bell()
        self._thread = threading.Thread(target=self._run, name="stalling-peer", daemon=True)
        self._thread.start()

    # --- for the test -----------------------------------------------------------------------------

    @property
    def received(self) -> bytes:
        with self._changed:
            return bytes(self._received)

    @property
    def received_bytes(self) -> int:
        return len(self._received)

    def tell(self, call: Callable[[], None]) -> None:
        """Have the thread carry out `call`, and wait for that; raises what it raises.

        Raises `RuntimeError` once the peer has ended.
        """
        done: Future[None] = Future()
        with self._changed:
            if self._is_over:
                raise RuntimeError("the peer is closed")
            self._calls.append((call, done))
        self._bell.ring()
        done.result()

    def wait_until(self, is_so: Callable[[], bool], timeout_s: float) -> None:
        """Wait until `is_so`, until nothing more can come, or for at most `timeout_s`."""
        with self._changed:
            self._changed.wait_for(
                lambda: is_so() or self.ended is not None or self._is_over, timeout_s
            )

    def end(self) -> None:
        """End the thread and give everything back; a second call does nothing."""
        with self._changed:
            if self._is_over:
                return
            self._is_over = True
            self._changed.notify_all()
        self._bell.ring()
        self._thread.join()
        self._bell.close()

    # --- what the peer does, carried out by the thread --------------------------------------------

    def send(self, content: bytes) -> None:
        """Send `content` as the kernel takes it."""
        self._act(lambda sock: self._outbox.write(sock, content, lambda sent: None))

    def half_close(self) -> None:
        """End the direction of this side, behind all that was sent."""

        def shut(sock: socket.socket) -> None:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_WR)

        self._act(lambda sock: self._outbox.write(sock, b"", lambda sent: shut(sock)))

    def abort(self) -> None:
        """Close so that the other side sees a reset where the transport has one."""

        def abort(sock: socket.socket) -> None:
            self._outbox.drop()
            kernel.abort(sock)
            self._sock = None

        self._act(abort)

    def _act(self, action: Action) -> None:
        """Have the thread do `action` now, or when somebody has connected."""

        def act() -> None:
            if self._sock is not None:
                action(self._sock)
            elif self._listener is not None:
                self._early.append(action)

        self.tell(act)

    # --- the thread -------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            while not self._is_over:
                self._wait()
                self._bell.hush()
                self._carry_out()
                self._accept()
                self._read()
                if self._sock is not None:
                    self._outbox.flush(self._sock)
        finally:
            for sock in (self._sock, self._listener):
                if sock is not None:
                    sock.close()
            self._carry_out()

    def _wait(self) -> None:
        poll = select.poll()
        poll.register(self._bell, select.POLLIN)
        if self._listener is not None:
            poll.register(self._listener, select.POLLIN)
        events = (self._reads_now and select.POLLIN) | (bool(self._outbox) and select.POLLOUT)
        if self._sock is not None and events:
            poll.register(self._sock, events)
        due_us = self.read_policy.next_us - kernel.now_us() if self._trickles else None
        poll.poll(None if due_us is None else max(0, -(-due_us // 1000)))

    @property
    def _reads_now(self) -> bool:
        is_open = self.ended is None and self.read_policy.mode == "drain"
        return is_open and self.read_policy.chunk(None) > 0

    @property
    def _trickles(self) -> bool:
        is_open = self._sock is not None and self.ended is None
        return is_open and self.read_policy.mode == "trickle"

    def _carry_out(self) -> None:
        while self._calls:
            call, done = self._calls.popleft()
            try:
                done.set_result(call())
            except Exception as error:
                done.set_exception(error)

    def _accept(self) -> None:
        if self._listener is None:
            return
        try:
            self._sock, _address = self._listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        self._sock.setblocking(False)
        # A second one who connects is refused: this peer has one connection.
        self._listener.close()
        self._listener = None
        self.read_policy.start_schedule()
        early, self._early = self._early, []
        for action in early:
            action(self._sock)

    def _read(self) -> None:
        is_due = self._reads_now
        if self._trickles:
            is_due = self.read_policy.take_turn(kernel.now_us())
        if self._sock is None or not is_due:
            return
        end: End | None = None
        data = b""
        try:
            data = self._sock.recv(self.read_policy.chunk(None))
            end = None if data else "end"
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            end = "reset"
        with self._changed:
            self._received += data
            self.read_policy.on_bytes(len(data))
            self.ended = end
            self._changed.notify_all()
