"""The client of a harness on the real clock: ask, hear, and record both with the oracle's time.

`asked` is recorded right before the write, so that it is never later than what it caused;
`answered` and every event right after they were read, so that hearing is never earlier than
happening. Times that the harness tells are brought onto the oracle's clock.

Spec: `spec/protocol.md`, rules 1 and 5.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from stallproof.runner.sut import usage
from stallproof.runner.sut.answers import Failed, Pending, Refused, Unsupported
from stallproof.runner.sut.breakage import HarnessBroken
from stallproof.runner.sut.harness import Harness
from stallproof.runner.sut.lines import Lines
from stallproof.runner.sut.process import now_us
from stallproof.wire.events import Answered, AnyEvent, AnyImplementationEvent

__all__ = ["Failed", "HarnessBroken", "HarnessClient", "Pending", "Refused", "Unsupported"]

_WRITE_S = 5.0


class HarnessClient(Harness):
    """A harness on the real clock.

    `record` is called with everything asked, answered and said, from the calling threads and from
    the hearing thread. `environment` replaces the whole environment of the process; `None`: it
    inherits the oracle's.
    """

    def __init__(
        self,
        command: Sequence[str],
        record: Callable[[AnyEvent], None],
        *,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(command, environment)
        self._record = record
        self._requests: dict[int, Pending] = {}
        self._early: list[tuple[AnyImplementationEvent, int]] | None = []
        self._lines = Lines(now_us())

    def start(self) -> None:
        """Start the process; it can tell nothing from before that."""
        self._lines = Lines(now_us())
        super().start()

    @property
    def clock_uncertainty_us(self) -> int:
        """How far the harness's times may be off on the oracle's clock, in microseconds."""
        return self._lines.uncertainty_us

    def highest_socket_descriptor(self) -> int | None:
        """Return the highest descriptor of a socket that the system shows, `None` if none."""
        return usage.highest_socket_descriptor(self._running().pid)

    # --- asking -----------------------------------------------------------------------------------

    def request(self, op: str, *, timeout_s: float = 10.0, **fields: Any) -> dict[str, Any]:
        """Ask for `op` and return the whole reply.

        Raises `Unsupported`, `Refused` or `Failed` if the reply says so, and `HarnessBroken` (hung)
        if there is none within `timeout_s`.
        """
        reply = self._answered(op, timeout_s, fields).result()
        assert reply is not None
        return reply

    def post(self, op: str, **fields: Any) -> Pending:
        """Ask for `op` without waiting for the reply; raises `ValueError` for what is no JSON."""
        self._running()
        pending, line = self._next_request(op, fields)
        self._write(line, _WRITE_S)
        return pending

    def wait(self, pending: Pending, timeout_s: float) -> dict[str, Any] | None:
        """Return the reply to `pending`, or `None` if there is none after `timeout_s`.

        For what may rightly stay stuck: no reply is no failure of the harness here, and one may
        wait again. Raises as `request` does for a reply that says no.
        """
        self._wait(pending, timeout_s)
        return pending.result()

    def _wait(self, pending: Pending, timeout_s: float) -> None:
        with self._changed:
            self._changed.wait_for(
                lambda: pending.reply is not None or self._broken is not None, timeout_s
            )
            if self._broken is not None:
                raise self._broken

    def _answered(self, op: str, timeout_s: float, fields: dict[str, Any]) -> Pending:
        """Return the request for `op` when it is answered."""
        pending = self.post(op, **fields)
        self._wait(pending, timeout_s)
        if pending.reply is None:
            detail = f"The harness did not answer {op!r} within {timeout_s:g} s."
            raise self._break(HarnessBroken("hung", detail))
        return pending

    def _ask(self, op: str, timeout_s: float, **fields: Any) -> dict[str, Any]:
        return self._answered(op, timeout_s, fields).reply or {}

    def _next_request(self, op: str, fields: dict[str, Any]) -> tuple[Pending, bytes]:
        """Return a request that is recorded as asked, and the line to be written for it."""
        number = self._next_id()
        pending = self._requests[number] = Pending(number, op)
        line = pending.line(fields)
        pending.asked_us = now_us()
        self._record(pending.asked(fields))
        return pending, line

    def _stop_line(self) -> bytes:
        return self._next_request("stop", {})[1]

    # --- hearing, on the hearing thread -----------------------------------------------------------

    def _on_line(self, line: bytes, heard_us: int) -> None:
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
            self._lines.set_clock(self._take_hello(reply), pending.asked_us, heard_us)
            # What was said before its clock was known is told now.
            early, self._early = self._early or [], None
            for event, event_heard_us in early:
                self._record(self._lines.to_oracle(event, event_heard_us))
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
