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
from stallproof.wire.operations import OPERATIONS

_OUTSIDE = frozenset(op for op, kind in OPERATIONS.items() if not kind.in_case)
"""What is asked for before a case, or after one."""


class Exchange:
    """What is owed for one write of requests, and what was heard of it so far."""

    def __init__(self, first: int, ops: Sequence[str], silence_s: float) -> None:
        self.first = first
        self.ops = ops
        self.silence_s = silence_s
        self.heard = [Heard() for _ in ops]
        self.done = 0
        self.heard_at = time.monotonic()
        self._lines = Lines(0)
        self._plain = _plain_reply(first) if ops else None

    @property
    def is_over(self) -> bool:
        return self.done == len(self.ops)

    def on_line(self, line: bytes) -> None:
        """Take in one line; raises `HarnessBroken` for what does not belong where it stands."""
        if line == self._plain:
            # Many lines are just that, and reading them as any other takes its time.
            self._on_reply({"id": self.first + self.done, "ok": True})
            return
        message = self._lines.read(line)
        if self.is_over:
            detail = f"The harness wrote a line when nothing was asked of it: {show(line, 200)}"
            raise HarnessBroken("protocol", detail)
        op, heard = self.ops[self.done], self.heard[self.done]
        if not isinstance(message, dict):
            if op in _OUTSIDE and message.__struct_config__.tag != "noted":
                detail = f"The harness told an event of no case, before its reply to {op!r}: "
                raise HarnessBroken("protocol", detail + show(line, 200))
            if message.heard_us is not None:
                message = msgspec.structs.replace(message, heard_us=None)
            heard.events.append(message)
            return
        if message["id"] != self.first + self.done:
            owed = f"the reply to {op!r} with the id {self.first + self.done} is owed"
            detail = f"The harness replied out of order: {owed}, and it wrote {show(line, 200)}"
            raise HarnessBroken("protocol", detail)
        self._on_reply(message)

    def _on_reply(self, reply: dict[str, Any]) -> None:
        self.heard[self.done].reply = reply
        self.done += 1
        self._plain = None if self.is_over else _plain_reply(self.first + self.done)


def _plain_reply(number: int) -> bytes:
    """Return the reply that says no more than that a request was carried out."""
    return b'{"id":%d,"ok":true}' % number
