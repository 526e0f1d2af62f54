"""What is said between the oracle and one harness: requests under way, replies, events.

Every request and reply is recorded with the oracle's own time: `asked` right before the write, so
that it is never later than what it caused, and `answered` and every event right after they were
read, so that hearing is never earlier than happening. Times that the harness tells are brought onto
the oracle's clock.

The complication: a harness may break in any way at any moment. Whatever is found out first is the
reason, and whoever waits for an answer gets it.

Spec: `spec/protocol.md`, rules 1 and 5.
"""

import threading
from collections.abc import Callable
from typing import Any

from stallproof.runner.sut.answers import Pending
from stallproof.runner.sut.breakage import HarnessBroken
from stallproof.runner.sut.hello import read_hello
from stallproof.runner.sut.lines import Lines
from stallproof.runner.sut.process import now_us
from stallproof.wire.events import Answered, AnyEvent, AnyImplementationEvent
from stallproof.wire.protocol import Hello


class Conversation:
    """All that was asked of one harness and all that it said; `record` is called with each event.

    `hello` is `None` until the harness has said who it is; `broken` is the reason why the
    conversation is over, `None` while it is not.
    """

    def __init__(self, record: Callable[[AnyEvent], None]) -> None:
        self._record = record
        self.hello: Hello | None = None
        self.broken: Exception | None = None
        self._changed = threading.Condition()
        self._requests: dict[int, Pending] = {}
        self._last_id = 0
        self._early: list[tuple[AnyImplementationEvent, int]] | None = []
        self._lines = Lines(now_us())

    def start(self) -> None:
        """Take note that the harness is started now: it can tell nothing from before."""
        self._lines = Lines(now_us())

    @property
    def uncertainty_us(self) -> int:
        """How far the harness's times may be off on the oracle's clock, in microseconds."""
        return self._lines.uncertainty_us

    # --- asking -----------------------------------------------------------------------------------

    def next_request(self, op: str) -> Pending:
        """Return a request for `op` with an id of its own, not asked yet."""
        with self._changed:
            self._last_id += 1
            pending = self._requests[self._last_id] = Pending(self._last_id, op)
        return pending

    def ask(self, pending: Pending, fields: dict[str, Any], write: Callable[[bytes], None]) -> None:
        """Record the request and `write` its line; raises `ValueError` for what is no JSON."""
        line = pending.line(fields)
        pending.asked_us = now_us()
        self._record(pending.asked(fields))
        write(line)

    def wait(self, pending: Pending, timeout_s: float) -> dict[str, Any] | None:
        """Return the reply to `pending`, or `None` if there is none after `timeout_s`.

        Raises what the reply says went wrong, and the reason once the harness is broken.
        """
        with self._changed:
            self._changed.wait_for(
                lambda: pending.reply is not None or self.broken is not None, timeout_s
            )
            if self.broken is not None:
                raise self.broken
        return pending.result()

    # --- breaking off -----------------------------------------------------------------------------

    def break_off(self, error: Exception) -> Exception:
        """Make `error` the reason for all that follows unless there is one; return the reason."""
        with self._changed:
            if self.broken is None:
                self.broken = error
                self._changed.notify_all()
            return self.broken

    def wait_for_reason(self, timeout_s: float) -> None:
        """Wait for at most `timeout_s` until somebody has found out why the harness is broken."""
        with self._changed:
            self._changed.wait_for(lambda: self.broken is not None, timeout_s)

    # --- hearing ----------------------------------------------------------------------------------

    def on_line(self, line: bytes, heard_us: int) -> None:
        """Take in a line that was read at `heard_us`; raises `HarnessBroken`."""
        message = self._lines.read(line)
        if isinstance(message, dict):
            self._on_reply(message, heard_us)
        elif self._early is not None:
            self._early.append((message, heard_us))
        else:
            self._record(self._lines.to_oracle(message, heard_us))

    def _on_reply(self, reply: dict[str, Any], heard_us: int) -> None:
        pending = self._requests.get(reply["id"])
        if pending is None or pending.reply is not None:
            what = "answered twice" if pending else "answered a request that was never made"
            raise HarnessBroken("protocol", f"The harness {what}, with the id {reply['id']}.")
        if pending.op == "hello" and reply["ok"]:
            self._on_hello(read_hello(reply), pending.asked_us, heard_us)
        self._record(
            Answered(
                at_us=heard_us, id=pending.id, op=pending.op,
                error=None if reply["ok"] else reply["error"], message=reply.get("message"),
            )
        )  # fmt: skip
        with self._changed:
            pending.answered_us = heard_us
            pending.reply = reply
            self._changed.notify_all()

    def _on_hello(self, hello: Hello, asked_us: int, heard_us: int) -> None:
        """Learn the harness's clock, and tell what it said before its clock was known."""
        self.hello = hello
        self._lines.set_clock(hello, asked_us, heard_us)
        early, self._early = self._early or [], None
        for event, event_heard_us in early:
            self._record(self._lines.to_oracle(event, event_heard_us))
