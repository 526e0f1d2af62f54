"""The client of a harness on the real clock: ask, hear, and record both with the oracle's time.

`asked` is recorded right before the write, so that it is never later than what it caused;
`answered` and every event right after they were read, so that hearing is never earlier than
happening. Times that the harness tells are brought onto the oracle's clock.

How late the channel is shows by requests that ask for nothing: one right behind each request from
which a bound counts, one now and then while such a request is not answered, one in the end. Words
come out of the channel as they went in, so that the answer bounds when all of them were said.

Spec: `spec/protocol.md`, rules 1 and 5; `spec/README.md`, "Time".
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from stallproof.runner.sut import usage
from stallproof.runner.sut.answers import Failed, Pending, Refused, Unsupported
from stallproof.runner.sut.binding import in_its_words, understood
from stallproof.runner.sut.breakage import HarnessBroken
from stallproof.runner.sut.harness import Harness
from stallproof.runner.sut.lines import Lines
from stallproof.runner.sut.process import now_us
from stallproof.runner.sut.suspension import Suspension
from stallproof.wire.events import Answered, AnyEvent, AnyImplementationEvent
from stallproof.wire.operations import OPERATIONS
from stallproof.wire.protocol import NOTHING, PROTOCOL

__all__ = ["Failed", "HarnessBroken", "HarnessClient", "Pending", "Refused", "Unsupported"]

_WRITE_S = 5.0
_ASK_AGAIN_S = 0.1
"""How soon nothing is asked for while a request is not answered: each time twice as late."""
_SETTLE_S = 2.0
"""How long what was said may take to be heard."""
_READINGS = 5
"""How often a clock of its own is read at the beginning of a run, and in its end."""
_BEGINS_BOUND = frozenset(op for op, kind in OPERATIONS.items() if kind.begins_bound)


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
    def owes(self) -> bool:
        """Tell whether a request was not answered yet: what says so later would answer nothing."""
        return any(pending.reply is None for pending in list(self._requests.values()))

    def begin_anew(self, record: Callable[[AnyEvent], None]) -> None:
        """Tell `record`, and count from here, where nothing is going on and `anew` is declared."""
        self._record = record
        self._requests.clear()
        self._lines.begin_anew()
        self._running().begin_anew()

    @property
    def clock_uncertainty_us(self) -> int:
        """How far the harness's times may be off on the oracle's clock, in microseconds."""
        return self._lines.clock.uncertainty_us(now_us())

    def highest_socket_descriptor(self) -> int | None:
        """Return the highest descriptor of a socket that the system shows, `None` if none."""
        return usage.highest_socket_descriptor(self._running().pid)

    def processes(self) -> list[int]:
        """Return the processes of the harness's group; raises `HarnessBroken` once it is closed."""
        return usage.processes(self.pid)

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
        if op in _BEGINS_BOUND:
            line += self._next_nothing()[1]
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
        """Wait for the reply; for one to what begins a bound, with a look at the channel."""
        until = time.monotonic() + timeout_s
        step_s = _ASK_AGAIN_S if pending.op in _BEGINS_BOUND else timeout_s
        while not self._is_over(pending, min(step_s, until - time.monotonic())):
            if time.monotonic() >= until:
                return
            self._write(self._next_nothing()[1], _WRITE_S)
            step_s *= 2

    def _is_over(self, pending: Pending, timeout_s: float) -> bool:
        """Tell whether `pending` was answered in time; raises the reason if the harness broke."""
        self._news.wait_for(
            lambda: pending.reply is not None or self._broken is not None, timeout_s
        )
        if self._broken is not None:
            raise self._broken
        return pending.reply is not None

    @contextmanager
    def suspended(self) -> Iterator[None]:
        """Suspend the harness for the length of a block, and record how long that was."""
        process = self._running()
        suspension = Suspension(process.pid, process.mark)
        try:
            with suspension.stopped():
                yield
        finally:
            self._record(suspension.told())

    # --- looking at the channel and the clock -----------------------------------------------------

    def begin(self) -> None:
        """Begin a run: read a clock of its own, and tie it to the oracle's."""
        self._read_clock()
        self._lines.clock.tie()

    def settle(self) -> None:
        """End a run: wait until all that was said so far is heard, for at most 2 s.

        Raises `HarnessBroken` if the harness broke, though nobody asked it for anything since.
        """
        self._read_clock()
        pending, line = self._next_nothing()
        self._write(line, _WRITE_S)
        self._is_over(pending, _SETTLE_S)

    def _read_clock(self) -> None:
        for _ in range(0 if self._lines.clock.is_shared else _READINGS):
            pending, line = self._next_nothing()
            self._write(line, _WRITE_S)
            if not self._is_over(pending, _SETTLE_S):
                return

    def _next_nothing(self) -> tuple[Pending, bytes]:
        """Return a request that asks for nothing: what no harness has, or how late its clock is."""
        if self._lines.clock.is_shared:
            return self._next_request(NOTHING, {})
        return self._next_request("hello", {"protocol": PROTOCOL})

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
        line = pending.line(in_its_words(self._binding, op, fields))
        pending.asked_us = now_us()
        self._record(pending.asked(fields))
        return pending, line

    def _stop_line(self) -> bytes:
        return self._next_request("stop", {})[1]

    # --- hearing, on the hearing thread -----------------------------------------------------------

    def _on_lines(self, lines: Sequence[bytes], heard_us: int) -> None:
        for line in lines:
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
            self._on_hello(reply, pending.asked_us, heard_us)
        self._record(
            Answered(
                at_us=heard_us, id=pending.id, op=pending.op,
                error=None if reply["ok"] else reply["error"], message=reply.get("message"),
            )
        )  # fmt: skip
        pending.answered_us = heard_us
        pending.reply = understood(self._binding, pending.op, reply)
        self._news.tell()

    def _on_hello(self, reply: dict[str, Any], asked_us: int, heard_us: int) -> None:
        """Take a reading of the clock; from the first hello on, what was said can be dated."""
        clock, is_first = self._lines.clock, self._early is not None
        hello = self._take_hello(reply)
        if is_first:
            clock.declare(hello.clock)
        if hello.clock.now_us is not None:
            clock.take(hello.clock.now_us, asked_us, heard_us)
        if is_first:
            clock.tie()
            early, self._early = self._early or [], None
            for event, event_heard_us in early:
                self._record(self._lines.to_oracle(event, event_heard_us))
