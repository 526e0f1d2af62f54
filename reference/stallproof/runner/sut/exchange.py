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
from stallproof.runner.sut.lines import EVENTS_MAX, Lines
from stallproof.runner.sut.player import Heard
from stallproof.wire.codec import decode_implementation
from stallproof.wire.events import AnyImplementationEvent

_BEFORE_A_CASE = ("hello", "config")


class Exchange:
    """What is owed for one write of requests, and what was heard of it so far."""

    def __init__(self, first: int, ops: Sequence[str], silence_s: float) -> None:
        self.first = first
        self.ops = ops
        self.silence_s = silence_s
        self.heard = [Heard() for _ in ops]
        self.done = 0
        self.heard_at = time.monotonic()
        self._events = 0
        self._lines = Lines(0)

    @property
    def is_over(self) -> bool:
        return self.done == len(self.ops)

    def on_line(self, line: bytes) -> None:
        """Take in one line; raises `HarnessBroken` for what does not belong where it stands."""
        if not self.is_over and line == b'{"id":%d,"ok":true}' % (self.first + self.done):
            # Most lines are just that, and reading them as any other takes its time.
            self._on_reply({"id": self.first + self.done, "ok": True})
            return
        message = self._read(line)
        if self.is_over:
            detail = f"The harness wrote a line when nothing was asked of it: {show(line, 200)}"
            raise HarnessBroken("protocol", detail)
        op, heard = self.ops[self.done], self.heard[self.done]
        if not isinstance(message, dict):
            if op in _BEFORE_A_CASE and message.__struct_config__.tag != "noted":
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

    def _read(self, line: bytes) -> AnyImplementationEvent | dict[str, Any]:
        """Return the event or the reply that `line` is; raises `HarnessBroken`."""
        if not line.startswith(b'{"event":'):
            return self._lines.read(line)
        self._events += 1
        if self._events > EVENTS_MAX:
            detail = f"The harness told more than {EVENTS_MAX} events in one case."
            raise HarnessBroken("flood", detail)
        try:
            return decode_implementation(line)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            # Who reads any line says what is wrong with this one.
            return self._lines.read(line)

    def _on_reply(self, reply: dict[str, Any]) -> None:
        self.heard[self.done].reply = reply
        self.done += 1
