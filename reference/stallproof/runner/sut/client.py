"""The oracle's end of the harness protocol: ask, hear, and stay whole whatever the harness does.

A client joins the process (`process.py`) and the conversation with it (`conversation.py`), and
decides when either is over.

The complication: a harness may break in any way at any moment. Whatever is found out first is the
reason; the harness is killed, and every later call says the same.

Spec: `spec/protocol.md`.
"""

import random
import string
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

from stallproof.runner.sut import usage
from stallproof.runner.sut.answers import Failed, Pending, Refused, Unsupported
from stallproof.runner.sut.breakage import HarnessBroken
from stallproof.runner.sut.conversation import Conversation
from stallproof.runner.sut.process import HarnessProcess
from stallproof.wire.events import AnyEvent
from stallproof.wire.protocol import PROTOCOL, Hello

__all__ = ["Failed", "HarnessBroken", "HarnessClient", "Pending", "Refused", "Unsupported"]

_HELLO_S = 20.0
_WRITE_S = 5.0
_REASON_S = 2.0
_STOP_S = 1.0


class HarnessClient:
    """One harness process, from its hello to its end; it can be used as a context manager.

    `record` is called with everything asked, answered and said, from the calling threads and from
    the hearing thread. `environment` replaces the whole environment of the process; `None`: it
    inherits the oracle's. Once the harness is broken, every method but `close` and `cpu_us` raises
    the same `HarnessBroken`.
    """

    def __init__(
        self,
        command: Sequence[str],
        record: Callable[[AnyEvent], None],
        *,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._command = list(command)
        self._environment = None if environment is None else dict(environment)
        self._conversation = Conversation(record)
        self._process: HarnessProcess | None = None
        self._closing = False
        self._cpu_us = 0
        self.complaint: str | None = None
        """What `close` found wrong with the harness's end (rule 8), `None` if nothing."""

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    # --- beginning and end ------------------------------------------------------------------------

    def start(self) -> None:
        """Start the process, hear who it is, and see that it admits what it does not know."""
        self._conversation.start()
        try:
            self._process = HarnessProcess(
                self._command, self._environment, self._conversation.on_line, self._on_broken
            )
        except HarnessBroken as error:
            raise self._break(error) from None
        try:
            self.request("hello", timeout_s=_HELLO_S, protocol=PROTOCOL)
        except (Unsupported, Refused, Failed) as error:
            detail = f"The harness did not say hello: {error}."
            raise self._break(HarnessBroken("protocol", detail)) from error
        nonsense = "".join(random.choices(string.ascii_lowercase, k=12))
        try:
            self.request(nonsense)
        except Unsupported:
            return
        except (Refused, Failed) as error:
            answer = type(error).__name__.lower()
        else:
            answer = "ok"
        detail = f"The harness answered {answer!r} to an operation that nobody knows, {nonsense!r}."
        raise self._break(HarnessBroken("protocol", detail))

    def close(self) -> None:
        """Ask the process to stop, wait for at most 1 s, then kill it and all that it started."""
        process = self._process
        if process is None or self._closing:
            return
        if self._conversation.broken is None:
            self._closing = True
            self._stop(process)
        self._closing = True
        self.cpu_us()
        process.close()

    def _stop(self, process: HarnessProcess) -> None:
        try:
            self._ask(process, self._conversation.next_request("stop"), {}, _STOP_S)
        except (HarnessBroken, BrokenPipeError) as error:
            self.complaint = f"The harness could not be asked to stop: {error}"
            return
        how = process.wait_for_end(_STOP_S)
        if how is None:
            self.complaint = f"The harness did not exit within {_STOP_S:g} s after 'stop'."
        elif how != "exited with status 0":
            self.complaint = f"After 'stop' the harness {how}; {process.last_words()}"

    @property
    def hello(self) -> Hello:
        """Who the harness says it is, checked."""
        hello = self._conversation.hello
        if hello is None:
            reason = HarnessBroken("protocol", "The harness was not started.")
            raise self._conversation.broken or reason
        return hello

    @property
    def clock_uncertainty_us(self) -> int:
        """How far the harness's times may be off on the oracle's clock, in microseconds."""
        return self._conversation.uncertainty_us

    @property
    def pid(self) -> int:
        """The process that was started."""
        return self._running().pid

    def cpu_us(self) -> int:
        """Return the processor time of the harness's process group so far, 0 where unknown."""
        if self._process is not None and not self._process.is_reaped:
            self._cpu_us = max(self._cpu_us, usage.cpu_us(self._process.pid))
        return self._cpu_us

    def highest_socket_descriptor(self) -> int | None:
        """Return the highest descriptor of a socket that the system shows, `None` if none."""
        return usage.highest_socket_descriptor(self._running().pid)

    # --- asking -----------------------------------------------------------------------------------

    def request(self, op: str, *, timeout_s: float = 10.0, **fields: Any) -> dict[str, Any]:
        """Ask for `op` and return the whole reply.

        Raises `Unsupported`, `Refused` or `Failed` if the reply says so, and `HarnessBroken` (hung)
        if there is none within `timeout_s`.
        """
        pending = self.post(op, **fields)
        reply = self.wait(pending, timeout_s)
        if reply is None:
            detail = f"The harness did not answer {op!r} within {timeout_s:g} s."
            raise self._break(HarnessBroken("hung", detail))
        return reply

    def post(self, op: str, **fields: Any) -> Pending:
        """Ask for `op` without waiting for the reply; raises `ValueError` for what is no JSON."""
        process = self._running()
        pending = self._conversation.next_request(op)
        try:
            self._ask(process, pending, fields, _WRITE_S)
        except HarnessBroken as error:
            raise self._break(error) from None
        except BrokenPipeError as error:
            # The hearing thread is about to learn why, and knows it better.
            self._conversation.wait_for_reason(_REASON_S)
            detail = "The harness closed its standard input."
            raise self._break(HarnessBroken("protocol", detail)) from error
        return pending

    def wait(self, pending: Pending, timeout_s: float) -> dict[str, Any] | None:
        """Return the reply to `pending`, or `None` if there is none after `timeout_s`.

        For what may rightly stay stuck: no reply is no failure of the harness here, and one may
        wait again. Raises as `request` does for a reply that says no.
        """
        return self._conversation.wait(pending, timeout_s)

    def _running(self) -> HarnessProcess:
        if self._conversation.broken is not None:
            raise self._conversation.broken
        if self._process is None or self._closing:
            raise HarnessBroken("protocol", "The harness was not started, or is closed.")
        return self._process

    def _ask(
        self, process: HarnessProcess, pending: Pending, fields: dict[str, Any], timeout_s: float
    ) -> None:
        self._conversation.ask(pending, fields, lambda line: process.write(line, timeout_s))

    # --- breaking off -----------------------------------------------------------------------------

    def _break(self, error: Exception) -> Exception:
        """Make `error` the reason for all that follows unless there is one; return the reason."""
        reason = self._conversation.break_off(error)
        self.cpu_us()
        if self._process is not None:
            self._process.kill()
        return reason

    def _on_broken(self, error: Exception) -> None:
        # After 'stop' the end of the conversation is what was asked for.
        if not self._closing:
            self._break(error)
