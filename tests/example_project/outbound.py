"""A small transport: frames over one connection, for many threads, each within one deadline."""

import struct
from collections.abc import Callable, Mapping

from stallproof.harness.line import Line

DEFAULT_S = 30.0

Payload = bytes | memoryview


def framed(payload: Payload) -> bytes:
    """Return `payload` behind its length in four bytes."""
    return struct.pack(">I", len(payload)) + payload


def timeout_us_of(settings: Mapping[str, float]) -> int:
    """Return the send timeout that `settings` say."""
    return round(settings.get("streaming_send_timeout", DEFAULT_S) * 1_000_000)


class Outbound:
    """One connection; it writes whole frames, one after the other."""

    def __init__(
        self, line: Line, timeout_us: int, frame: Callable[[Payload], bytes] = framed
    ) -> None:
        """Send over `line`, which brings the clock, the lock and the bytes."""
        self._frame = frame
        self._line = line
        self._timeout_us = timeout_us
        self._is_closing = False

    def send(self, payload: Payload) -> bool:
        """Send one frame; return false where the connection is closing.

        Raises `TimeoutError` at the deadline, and `OSError` for what broke.
        """
        rest = memoryview(self._frame(payload))
        with self._line.lock():
            deadline_us = self._line.now_us() + self._timeout_us
            while len(rest):
                if self._is_closing:
                    return False
                if self._line.now_us() >= deadline_us:
                    self.close()
                    raise TimeoutError("the peer did not take the frame in time")
                try:
                    rest = rest[self._line.write(rest) :]
                except BlockingIOError:
                    self._line.wait(deadline_us)
        return True

    def close(self) -> None:
        """Close; who sends is freed."""
        if not self._is_closing:
            self._is_closing = True
            self._line.shut()
