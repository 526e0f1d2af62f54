"""A harness process from its hello to its end, in whichever time it is asked.

The client of a harness has two modes, which share all that is here: on the real clock it asks one
request after another and hears events as they come (`client.py`); in virtual time it asks for whole
cases at once (`virtual.py`).

The complication: a harness may break in any way at any moment. Whatever is found out first is the
reason; the harness is killed, and every later call says the same.

Spec: `spec/protocol.md`.
"""

import random
import string
from collections.abc import Mapping, Sequence
from itertools import count, islice
from typing import Any, Self

import msgspec

from stallproof.runner.sut import usage
from stallproof.runner.sut.breakage import HarnessBroken
from stallproof.runner.sut.command import as_taken
from stallproof.runner.sut.ending import interruption
from stallproof.runner.sut.extras import not_judged, notes_on
from stallproof.runner.sut.hello import read_hello
from stallproof.runner.sut.news import News
from stallproof.runner.sut.process import HarnessProcess
from stallproof.wire.protocol import PROTOCOL, Binding, Hello
from stallproof.wire.request import ACCEPTING, VIRTUAL_TIME, Role

_HELLO_S = 20.0
_NONSENSE_S = 10.0
_REASON_S = 2.0
_STOP_S = 1.0
_WORDS = {"real": ({},), "virtual": ({"clock": "virtual"}, {})}
"""What hello says of the clock; a harness that knows no virtual time is heard as well."""


class Harness:
    """One harness process; it can be used as a context manager. A mode is a subclass.

    Once the harness is broken, every method but `close` and `cpu_us` raises the same
    `HarnessBroken`.
    """

    clock = "real"

    def __init__(self, command: Sequence[str], environment: Mapping[str, str] | None) -> None:
        self._command = as_taken(command)
        self._environment = None if environment is None else dict(environment)
        self._process: HarnessProcess | None = None
        self._hello: Hello | None = None
        self._news = News()
        self._reasons: list[Exception] = []
        self._broken: Exception | None = None
        self._ids = count(1)
        self._closing = False
        self._cpu_us = 0
        self.complaint: str | None = None
        """What `close` found wrong with the harness's end (rule 8), `None` if nothing."""
        self.failed_end: HarnessBroken | None = None
        """The same where it ended by itself, and with another status than 0: that is a failure."""

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    # --- what a mode does -------------------------------------------------------------------------

    def _on_lines(self, lines: Sequence[bytes], heard_us: int) -> None:
        """Take in lines that were read at `heard_us`, on the hearing thread."""
        raise NotImplementedError

    def _ask(self, op: str, timeout_s: float, **fields: Any) -> dict[str, Any]:
        """Ask for `op` and return the whole reply, whatever it says; one to `hello` was taken."""
        raise NotImplementedError

    def _stop_line(self) -> bytes:
        """Return the line that asks for `stop`, which is about to be written."""
        raise NotImplementedError

    # --- beginning and end ------------------------------------------------------------------------

    def start(self) -> None:
        """Start the process, hear who it is, and see that it admits what it does not know."""
        try:
            self._process = HarnessProcess(
                self._command, self._environment, self._on_lines, self._on_broken
            )
        except HarnessBroken as error:
            raise self._break(error) from None
        self._say_hello()
        reply = self._ask("".join(random.choices(string.ascii_lowercase, k=12)), _NONSENSE_S)
        answer = "ok" if reply["ok"] else reply["error"]
        if answer != "unsupported":
            # The name is left out: equal runs say the same.
            detail = f"The harness answered {answer!r} to an operation that nobody knows."
            raise self._break(HarnessBroken("protocol", detail))

    def _say_hello(self) -> None:
        for words in _WORDS[self.clock]:
            reply = self._ask("hello", _HELLO_S, protocol=PROTOCOL, **words)
            if reply["ok"]:
                break
        else:
            why = reply.get("message") or reply["error"]
            raise self._break(HarnessBroken("protocol", f"The harness did not say hello: {why}."))
        if words != _WORDS[self.clock][0] and VIRTUAL_TIME in self.hello.features:
            detail = "The harness declares virtual_time, and knows no hello with that clock."
            raise self._break(HarnessBroken("protocol", detail))

    def _take_hello(self, reply: dict[str, Any]) -> Hello:
        """Take note of who it is; raises `HarnessBroken`."""
        hello = read_hello(reply)
        without, notes = set(self._command.without), list(hello.notes)
        if self.role == "accept" and self.clock == "real":
            if ACCEPTING not in hello.features:
                detail = "It is to be judged as who accepts, and does not declare accepting."
                raise HarnessBroken("protocol", detail)
            # The peer is no client of TLS: nobody has asked yet who would vouch for whom.
            without.add("tls")
            notes.append("Judged as the side that accepts: the peer connected to it.")
        wanted = [one for one in hello.features if one not in without]
        lacking = not_judged(wanted)
        self._hello = msgspec.structs.replace(
            hello,
            features=[one for one in wanted if one not in lacking],
            notes=[*notes, *notes_on(lacking)],
        )
        return self._hello

    def close(self) -> None:
        """Ask the process to stop, wait for at most 1 s, then kill it and all that it started.

        Where the run is to end before its time it is killed at once.
        """
        process = self._process
        if process is None or self._closing:
            return
        self._closing = self._broken is None
        if self._closing and interruption() is None:
            self._stop(process)
        self._closing = True
        self.cpu_us()
        process.close()

    def _stop(self, process: HarnessProcess) -> None:
        try:
            process.write(self._stop_line(), _STOP_S)
        except (HarnessBroken, BrokenPipeError) as error:
            self.complaint = f"The harness could not be asked to stop: {error}"
            return
        how = process.wait_for_end(_STOP_S)
        if how is None:
            self.complaint = f"The harness did not exit within {_STOP_S:g} s after 'stop'."
        elif how != "exited with status 0":
            self.complaint = f"After 'stop' the harness {how}; {process.last_words()}"
            self.failed_end = HarnessBroken("died", self.complaint)

    def abandon(self) -> None:
        """Kill the process now, from any thread: whoever waits for it learns that it broke."""
        self._break(HarnessBroken("died", "The harness was ended with the run."))

    # --- what is known of it ----------------------------------------------------------------------

    @property
    def hello(self) -> Hello:
        """Who the harness says it is, checked."""
        if self._hello is None:
            raise self._broken or HarnessBroken("protocol", "The harness was not started.")
        return self._hello

    @property
    def _binding(self) -> Binding | None:
        return None if self._hello is None else self._hello.binding

    @property
    def role(self) -> Role:
        """Whether it connects to the peer, or accepts the peer's connections."""
        return self._command.role

    @property
    def pid(self) -> int:
        """The process that was started."""
        return self._running().pid

    def cpu_us(self) -> int:
        """Return the processor time of the harness's process group so far, 0 where unknown."""
        if self._process is not None and not self._process.is_reaped:
            self._cpu_us = max(self._cpu_us, usage.cpu_us(self._process.pid))
        return self._cpu_us

    def _running(self) -> HarnessProcess:
        if self._broken is not None:
            raise self._broken
        if self._process is None or self._closing:
            raise HarnessBroken("protocol", "The harness was not started, or is closed.")
        return self._process

    # --- writing, and breaking off ----------------------------------------------------------------

    def _next_id(self, requests: int = 1) -> int:
        """Return the first of as many ids as there are `requests`; none of them comes again.

        Several at once are asked for on one thread alone.
        """
        first, *_others = islice(self._ids, max(1, requests))
        return first

    def _write(self, lines: bytes, timeout_s: float) -> None:
        """Write requests; raises the reason if the harness is broken, or breaks by it."""
        process = self._running()
        try:
            process.write(lines, timeout_s)
        except HarnessBroken as error:
            raise self._break(error) from None
        except BrokenPipeError as error:
            # The hearing thread is about to learn why, and knows it better.
            self._news.wait_for(lambda: self._broken is not None, _REASON_S)
            detail = "The harness closed its standard input."
            raise self._break(HarnessBroken("protocol", detail)) from error

    def _break(self, error: Exception) -> Exception:
        """Make `error` the reason for all that follows unless there is one; return the reason."""
        self._reasons.append(error)
        # Whoever comes later, and on whatever thread, finds the first one.
        self._broken = reason = self._reasons[0]
        self._news.tell()
        self.cpu_us()
        if self._process is not None:
            self._process.kill()
        return reason

    def _on_broken(self, error: Exception) -> None:
        if not self._closing:
            self._break(error)
        elif isinstance(error, HarnessBroken) and error.what in ("garbage", "flood"):
            # After 'stop' the end of the conversation is what was asked for, and nonsense is not.
            self.complaint = self.complaint or f"After 'stop' it broke: {error}"
