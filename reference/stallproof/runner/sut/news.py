"""Word of what has changed, for whoever waits until something holds.

The stall it guards against is the oracle's own. `Ended` is raised wherever the main thread is, and
`threading.Condition` is written in Python: an exception just after it has taken its lock leaves it
held, and whoever hears a harness or the peer then waits for it for ever. So nothing here takes a
lock: each who waits has a queue of its own, whose waiting is a single step for Python.

The use: whoever changes something does so first, in one step, and then calls `tell`.

Spec: `spec/README.md`, "Ending".
"""

import time
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue


class News:
    """Whoever waits for a change, on any thread."""

    def __init__(self) -> None:
        self._waiting: list[SimpleQueue[None]] = []

    def tell(self) -> None:
        """Have all who wait look again; from any thread."""
        for one in tuple(self._waiting):
            one.put(None)

    def wait_for(self, holds: Callable[[], object], timeout_s: float) -> bool:
        """Wait until `holds` is true, looking after each word; tell whether it is (s).

        It is looked at at least once. May be broken off.
        """
        until = time.monotonic() + timeout_s
        heard: SimpleQueue[None] = SimpleQueue()
        self._waiting.append(heard)
        try:
            while not holds():
                left_s = until - time.monotonic()
                if left_s <= 0:
                    return False
                with suppress(Empty):
                    heard.get(timeout=left_s)
                    while True:
                        # One look answers all that was told before it.
                        heard.get_nowait()
            return True
        finally:
            self._waiting.remove(heard)
