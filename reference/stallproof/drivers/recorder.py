"""Recording without blocking: events go into a queue, a thread of its own writes them out.

The stall it guards against: a sender that writes its own log line waits for whoever reads the log,
and it does so while it holds the send lock.

Source: harness protocol, rule 6.
"""

import threading
from collections.abc import Callable, Mapping
from queue import Empty, SimpleQueue

import msgspec

from stallproof.wire.event import Event

Record = Callable[[Event], None]
"""What a driver calls for each event; it returns at once and never raises."""
BATCH_LINES = 512
"""How many waiting lines are handed to the sink at once."""


def ignore(event: Event) -> None:
    """Record nothing."""


class Recorder:
    """Write events and other objects to `sink` as JSON lines, in the order of the calls."""

    def __init__(self, sink: Callable[[bytes], object]) -> None:
        """Start the writer thread; `sink` takes whole lines and may block or raise `OSError`."""
        self._sink = sink
        self._queue: SimpleQueue[Event | Mapping[str, object] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._write, name="recorder", daemon=True)
        self._thread.start()

    def record(self, event: Event) -> None:
        """Queue one event; never blocks."""
        self._queue.put(event)

    def say(self, message: Mapping[str, object]) -> None:
        """Queue one object that is no event, such as a reply; never blocks."""
        self._queue.put(message)

    def close(self, wait_s: float) -> bool:
        """Write out what is queued for at most `wait_s` seconds; tell whether all was written."""
        self._queue.put(None)
        self._thread.join(wait_s)
        return not self._thread.is_alive()

    def _write(self) -> None:
        encode = msgspec.json.Encoder().encode
        lines: list[bytes] = []
        while True:
            message = self._queue.get()
            try:
                while message is not None:
                    lines.append(encode(message))
                    if len(lines) >= BATCH_LINES:
                        break
                    message = self._queue.get_nowait()
            except Empty:
                pass
            if lines:
                self._flush(lines)
            if message is None:
                return

    def _flush(self, lines: list[bytes]) -> None:
        lines.append(b"")
        try:
            self._sink(b"\n".join(lines))
        except (OSError, ValueError):
            # Nobody reads any more: go on emptying the queue, which must not grow for ever.
            pass
        finally:
            lines.clear()
