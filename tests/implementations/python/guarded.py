"""A guarded connection of about a hundred lines: one deadline a frame, a fair lock, one closing.

It takes its clock, its lock and its transport from outside, as a *line*
(`stallproof.harness.line`).
So the same code runs on real sockets and in virtual time.
"""

import errno
from collections.abc import Callable

from stallproof.harness.line import Line
from stallproof.wire.event import Outcome

CLOSED = (BrokenPipeError, ConnectionResetError, ConnectionAbortedError)


class SendError(Exception):
    """A send failed; `outcome` says how, in the words of SD-7."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome)
        self.outcome = outcome


class Guarded:
    """One connection that many threads send on, and that no peer can stall for longer than allowed.

    `frame` makes the frame of a payload; `timeout_us` is one deadline for the whole of it.
    """

    def __init__(
        self, line: Line, frame: Callable[[bytes | memoryview], bytes], timeout_us: int
    ) -> None:
        self._line = line
        self._frame = frame
        self._timeout_us = timeout_us
        self._closing = False

    def send(self, payload: bytes | memoryview) -> Outcome:
        """Send one frame; return `ok`, or `suppressed` where the connection is closing.

        Raises `SendError` for every other end. The deadline counts from the lock.
        """
        frame = memoryview(self._frame(payload))
        with self._line.lock():
            deadline_us = self._line.now_us() + self._timeout_us
            written = 0
            while not self._closing:
                if self._line.now_us() >= deadline_us:
                    raise self._failed("timeout", written)
                try:
                    written += self._write(frame[written:])
                except BlockingIOError:
                    self._line.wait(deadline_us)
                except InterruptedError:
                    continue
                except OSError as error:
                    if self._closing:
                        break
                    raise self._failed(_outcome_of(error), written) from error
                if written == len(frame):
                    return "ok"
        return "suppressed"

    def close(self) -> None:
        """Close; the send in flight and all that wait for it end at once."""
        if not self._closing:
            self._closing = True
            self._line.shut()

    def _write(self, rest: memoryview) -> int:
        """Write what can be written; a write of nothing means that the transport is closed."""
        wrote = self._line.write(rest)
        if wrote <= 0:
            raise BrokenPipeError
        return wrote

    def _failed(self, outcome: Outcome, written: int) -> SendError:
        """Close if the deadline is past, or part of a frame has left: no frame may follow it."""
        if outcome == "timeout" or written:
            self.close()
        return SendError(outcome)


def _outcome_of(error: OSError) -> Outcome:
    """Return what `error` means to the caller of a send: the error table of SD-7."""
    if isinstance(error, TimeoutError) or error.errno == errno.ETIMEDOUT:
        return "timeout"
    closed = {errno.ENOTCONN, errno.EBADF, errno.ESHUTDOWN}
    return "closed" if isinstance(error, CLOSED) or error.errno in closed else "error"
