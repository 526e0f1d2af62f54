"""Any Python connection as a harness, with the few lines that only its owner can write.

The intuition: the oracle needs somebody to connect, to send and to close, and to say how a frame
looks on the wire. All the rest (the protocol, threads, payloads, the clock, what an exception
means) is alike for every connection that is an object with a blocking `send`.

The use: subclass `PlainHarness`, say `name`, `version` and `frames`, write `connect`, `send` and
`close`, and call `main`. The guide in `docs/tutorial.md` does it step by step. Coroutines have a
class of their own, `stallproof.harness.asynchronous`.

The complication: a harness must not help. What a call returned or raised is reported as it is, by
the error table of SD-7; nothing is tried again, and nothing is known better.

Spec: `spec/protocol.md`.
"""

import inspect
from collections.abc import Callable
from typing import TypeVar

from stallproof.drivers.give_up import GiveUp
from stallproof.drivers.io import Transport
from stallproof.harness.adapter import Unsupported
from stallproof.harness.base import SEND_TIMEOUT as SEND_TIMEOUT
from stallproof.harness.base import OwnedHarness
from stallproof.harness.line import Line
from stallproof.harness.owned_link import Conn, LineCount
from stallproof.wire.protocol import MonitorClaim, OpenRequest

_Result = TypeVar("_Result")


class PlainHarness(OwnedHarness[Conn]):
    """A harness around a connection class whose calls block; here is what a subclass writes."""

    def connect(self, request: OpenRequest) -> Conn:
        """Return a connection to the address in `request`, which may send at once.

        `stallproof.harness.connected(request)` gives a connected socket, for who wants one;
        with the feature `accepting` it is an accepted one where the request says so.
        """
        raise NotImplementedError

    def send(self, conn: Conn, payload: bytes | memoryview) -> object:
        """Send one frame; returning means OK, unless it is a `Told`, and raising means a failure.

        An exception is told by `outcomes`, or else by the error table of SD-7. Runs on a thread of
        its own for each send.
        """
        raise NotImplementedError

    def close(self, conn: Conn) -> None:
        """Close from this side; return when the call that closes has returned."""
        raise NotImplementedError

    def received(self, conn: Conn) -> int:
        """Return how many frames came in so far; `unsupported` unless a subclass can tell."""
        raise Unsupported("this harness does not count what comes in")

    def over(self, line: Line) -> Conn:
        """Return a connection over `line`, for who takes clock, lock and transport from outside.

        A subclass that has this is judged in virtual time as well (`stallproof spec virtual`).
        """
        raise NotImplementedError

    def run_pass(self) -> None:
        """Have the monitor check every connection once, and report `checked` and `warned`.

        For who declares `checks`; `unsupported` without it.
        """
        raise Unsupported("this implementation has no monitor")

    def schedule(self, period_us: int | None) -> MonitorClaim:
        """Start the monitor's own schedule, or stop it for `None`; return its `punctuality`.

        For who declares `monitor`; `unsupported` without it.
        """
        raise Unsupported("this implementation has no monitor")

    # --- how these are called ---------------------------------------------------------------------

    def _connect(self, request: OpenRequest) -> Conn:
        return _finished(self.connect(request), "connect")

    def _send(
        self,
        conn: Conn,
        payload: bytes | memoryview,
        send_id: int | None,
        give_up: GiveUp | None,
    ) -> object:
        return _finished(self.send(conn, payload), "send")

    def shut(self, conn: Conn) -> None:
        call: Callable[[Conn], object] = self.close
        _finished(call(conn), "close")

    def count(self, conn: Conn) -> int:
        return _finished(self.received(conn), "received")

    def _pass(self) -> None:
        call: Callable[[], object] = self.run_pass
        _finished(call(), "run_pass")

    def _schedule(self, period_us: int | None) -> MonitorClaim:
        return _finished(self.schedule(period_us), "schedule")

    @classmethod
    def _has_lines(cls) -> bool:
        return cls.over is not PlainHarness.over

    def _on_line(self, name: str, transport: Transport) -> tuple[Conn, LineCount]:
        # Who never lives in virtual time needs nothing of what it is made of.
        from stallproof.harness.plain_simulated import SimulatedLine

        line = SimulatedLine(self._io, transport, name, self.record)
        return _finished(self.over(line), "over"), line


def _finished(result: _Result, hook: str) -> _Result:
    """Return what a hook returned; raises `TypeError` for a coroutine, which nobody would run."""
    if inspect.iscoroutine(result):
        result.close()
        raise TypeError(f"`{hook}` returned a coroutine: use AsyncHarness in place of PlainHarness")
    return result
