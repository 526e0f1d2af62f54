"""Standard output, which belongs to the protocol, and the one way to it.

Whoever has something to say leaves it in a queue and goes on: writing lines never delays what is
observed. This module is imported first, so that whatever a library prints goes to standard error.
"""

import collections
import json
import os
import sys
import time
from typing import Any

PROTOCOL_FD = os.dup(1)
os.dup2(2, 1)
sys.stdout = sys.stderr


def now_us() -> int:
    return time.monotonic_ns() // 1000


class Line:
    """The way to standard output: whoever has something to say leaves it here and goes on.

    The writer looks at the queue every millisecond. Were it woken by each event, it would compete
    for the interpreter with the very threads that are observed, and decide their races.
    """

    def __init__(self) -> None:
        self.queue: collections.deque[dict[str, Any]] = collections.deque()
        self.ending = False

    def event(self, name: str, at_us: int | None = None, **fields: Any) -> None:
        self.queue.append({"event": name, "at_us": now_us() if at_us is None else at_us, **fields})

    def reply(self, request: int, **fields: Any) -> None:
        self.queue.append({"id": request, "ok": True, **fields})

    def error(self, request: int, error: str, message: str, **fields: Any) -> None:
        said = {"id": request, "ok": False, "error": error, "message": message, **fields}
        self.queue.append(said)

    def write_forever(self) -> None:
        """Write all that waits, a line for each, until told that the end has come; then exit."""
        while True:
            ending = self.ending
            said = [self.queue.popleft() for _ in range(len(self.queue))]
            lines = b"".join(json.dumps(one).encode() + b"\n" for one in said)
            while lines:
                lines = lines[os.write(PROTOCOL_FD, lines) :]
            if ending:
                os._exit(0)
            time.sleep(0.001)


OUT = Line()


class Unsupported(Exception):
    """The harness does not have what was asked for."""


class Failed(Exception):
    """What was asked for went wrong, in a way that the message explains."""
