"""The events of one run as they come in, and waiting for one of them."""

import threading
import time
from collections.abc import Callable

from stallproof.wire.events import AnyEvent


class Record:
    """The events of one run as they come in from several threads, and a way to wait for them.

    `in_vain_s`: for how long this run has waited for what did not come.
    """

    def __init__(self) -> None:
        self.in_vain_s = 0.0
        self._events: list[AnyEvent] = []
        self._changed = threading.Condition()
        self._conns: set[str] | None = None

    def add(self, event: AnyEvent) -> None:
        """Take one event; events of connections that are not of this run are left out."""
        with self._changed:
            conn = getattr(event, "conn", None)
            if self._conns is None or (conn is not None and conn not in self._conns):
                return
            self._events.append(event)
            self._changed.notify_all()

    def begin(self) -> None:
        """Start a new run."""
        with self._changed:
            self._events = []
            self._conns = set()
            self.in_vain_s = 0.0

    def end(self) -> list[AnyEvent]:
        """End the run and return its events."""
        with self._changed:
            self._conns = None
            return self._events

    def expect(self, conn: str) -> None:
        """Count `conn` among the connections of this run."""
        with self._changed:
            if self._conns is not None:
                self._conns.add(conn)

    def wait_for(self, wanted: Callable[[AnyEvent], bool], timeout_s: float) -> AnyEvent | None:
        """Return the first event that is wanted, waiting for at most `timeout_s`; else `None`."""
        deadline = time.monotonic() + timeout_s
        seen = 0
        with self._changed:
            while True:
                for event in self._events[seen:]:
                    if wanted(event):
                        return event
                seen = len(self._events)
                left = deadline - time.monotonic()
                if left <= 0:
                    self.in_vain_s += timeout_s
                    return None
                self._changed.wait(left)
