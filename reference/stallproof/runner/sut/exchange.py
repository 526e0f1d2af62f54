"""One write of requests and what is heard of it: replies in order, each after its own events.

The intuition: in virtual time nothing is written between two requests, so whatever comes belongs to
the oldest request without a reply. What does not fit there is the harness's failure.

Spec: `spec/virtual.md`, rules 2 and 4.
"""

import time
from collections.abc import Sequence
from typing import Any

import msgspec

from stallproof.runner.sut.breakage import HarnessBroken, show
from stallproof.runner.sut.lines import Lines
from stallproof.runner.sut.player import Heard
from stallproof.wire.events import AnyImplementationEvent
from stallproof.wire.operations import OPERATIONS

_OUTSIDE = frozenset(op for op, kind in OPERATIONS.items() if not kind.in_case)
"""What is asked for before a case, or after one."""


class Exchange:
    """What is owed for one write of requests, and what was heard of it so far."""

    def __init__(self, first: int, ops: Sequence[str], silence_s: float) -> None:
        self._next = first
        self.ops = ops
        self.silence_s = silence_s
        self.heard: list[Heard] = []
        self.heard_at = time.monotonic()
        self._events: list[AnyImplementationEvent] = []
        self._lines = Lines(0)
        # What a plain reply to what is owed looks like; `None` when nothing is.
        self._plain = _plain_reply(first) if ops else None

    @property
    def is_over(self) -> bool:
        return len(self.heard) == len(self.ops)

    @property
    def owed(self) -> str:
        """The operation whose reply comes next."""
        return self.ops[len(self.heard)]

    def on_lines(self, lines: Sequence[bytes], place: int) -> int:
        """Take in `lines` from `place` on, to the last reply; return the place of the next one.

        Raises `HarnessBroken` for what does not belong where it stands. What is said when nothing
        is owed does not.
        """
        for at in range(place, len(lines)):
            line = lines[at]
            if line == self._plain:
                # Many lines are just that, and reading them as any other takes its time.
                self._on_reply({"id": self._next, "ok": True})
            elif not self._on_line(line):
                continue
            if self._plain is None:
                return at + 1
        return len(lines)

    def _on_line(self, line: bytes) -> bool:
        """Take in one line; tell whether it was a reply."""
        message = self._lines.read(line)
        if self._plain is None:
            detail = f"The harness wrote a line when nothing was asked of it: {show(line, 200)}"
            raise HarnessBroken("protocol", detail)
        if not isinstance(message, dict):
            if self.owed in _OUTSIDE and message.__struct_config__.tag != "noted":
                detail = f"The harness told an event of no case, before its reply to {self.owed!r}"
                raise HarnessBroken("protocol", f"{detail}: {show(line, 200)}")
            if message.heard_us is not None:
                message = msgspec.structs.replace(message, heard_us=None)
            self._events.append(message)
            return False
        if message["id"] != self._next:
            owed = f"the reply to {self.owed!r} with the id {self._next} is owed"
            detail = f"The harness replied out of order: {owed}, and it wrote {show(line, 200)}"
            raise HarnessBroken("protocol", detail)
        self._on_reply(message)
        return True

    def _on_reply(self, reply: dict[str, Any]) -> None:
        """Put a reply and what was said before it together."""
        self.heard.append(Heard(self._events, reply))
        self._events = []
        self._next += 1
        self._plain = None if self.is_over else _plain_reply(self._next)


def _plain_reply(number: int) -> bytes:
    """Return the reply that says no more than that a request was carried out."""
    return b'{"id":%d,"ok":true}' % number
