"""The oracle's end of the protocol in virtual time: whole cases are asked for at once.

The intuition: nothing in virtual time depends on when a request arrives, so a case costs one
write and one wait, however many requests it has. What is said must come in the order of the
requests, each event before the reply of the request that brought it about.

The use: `with VirtualHarness(command) as harness: harness.play(vector)`.

The complication: a harness may break in any way at any moment. Whatever is found out first is the
reason; the harness is killed, and every later call says the same.

Spec: `spec/protocol.md`, `spec/virtual.md`.
"""

import os
import random
import string
import threading
import time
from collections.abc import Sequence
from typing import Any, Self

import msgspec

from stallproof.requirements.vectors.format import Vector
from stallproof.runner.sut.breakage import HarnessBroken
from stallproof.runner.sut.exchange import Exchange
from stallproof.runner.sut.hello import read_hello
from stallproof.runner.sut.player import (
    VIRTUAL_TIME,
    Heard,
    begun,
    run_of,
    script_of,
    unsupported_run,
)
from stallproof.runner.sut.process import HarnessProcess
from stallproof.wire.events import AnyEvent
from stallproof.wire.protocol import LINE_MAX_BYTES, PROTOCOL, Hello

__all__ = ["HarnessBroken", "VirtualHarness"]

SILENCE_S = 10.0
"""A harness that owes a reply and says nothing for so long hangs."""
_HELLO_S = 20.0
_REASON_S = 2.0
_STOP_S = 1.0
_VARIABLES = "NVFLARE_"
"""Variables that begin so are for the implementation's configuration, which comes by `config`."""
_encoder = msgspec.json.Encoder()


class VirtualHarness:
    """One harness process that lives in virtual time; it can be used as a context manager.

    Once the harness is broken, every method but `close` raises the same `HarnessBroken`.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._command = list(command)
        self._process: HarnessProcess | None = None
        self._hello: Hello | None = None
        self._changed = threading.Condition()
        self._talk = Exchange(0, (), SILENCE_S)
        self._broken: Exception | None = None
        self._last_id = 0
        self._closing = False
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
        """Start the process, hear who it is, and see that it admits what it does not know.

        A harness that knows no virtual time is heard as well: its `hello` declares none.
        """
        clean = {k: v for k, v in os.environ.items() if not k.startswith(_VARIABLES)}
        self._process = HarnessProcess(self._command, clean, self._on_line, self._on_broken)
        hello = {"op": "hello", "protocol": PROTOCOL}
        reply = self._ask({**hello, "clock": "virtual"}, _HELLO_S)
        is_known = bool(reply["ok"])
        if not is_known:
            reply = self._ask(hello, _HELLO_S)
        if not reply["ok"]:
            why = reply.get("message") or reply["error"]
            raise self._break(HarnessBroken("protocol", f"The harness did not say hello: {why}."))
        try:
            self._hello = read_hello(reply)
        except HarnessBroken as error:
            raise self._break(error) from None
        if VIRTUAL_TIME in self._hello.features and not is_known:
            detail = "The harness declares virtual_time, and knows no hello with that clock."
            raise self._break(HarnessBroken("protocol", detail))
        nonsense = "".join(random.choices(string.ascii_lowercase, k=12))
        reply = self._ask({"op": nonsense}, SILENCE_S)
        if reply["ok"] or reply["error"] != "unsupported":
            # The name is left out: equal runs say the same.
            answer = "ok" if reply["ok"] else reply["error"]
            detail = f"The harness answered {answer!r} to an operation that nobody knows."
            raise self._break(HarnessBroken("protocol", detail))

    def close(self) -> None:
        """Ask the process to stop, wait for at most 1 s, then kill it and all that it started."""
        process, self._process = self._process, None
        if process is None:
            return
        if self._broken is None:
            self._closing = True
            self._stop(process)
        process.close()

    def _stop(self, process: HarnessProcess) -> None:
        try:
            process.write(_line({"id": self._last_id + 1, "op": "stop"}), _STOP_S)
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
        if self._hello is None:
            raise self._broken or HarnessBroken("protocol", "The harness was not started.")
        return self._hello

    # --- playing ----------------------------------------------------------------------------------

    def play(
        self, vector: Vector, *, name: str | None = None, repetition: int = 1
    ) -> list[AnyEvent]:
        """Play the script of `vector` once and return the run, from `scenario` to its end.

        What takes a feature that is declared missing is not played, and the run says so. Raises
        `HarnessBroken`, after which nothing more can be played.
        """
        begin = begun(vector, name, repetition)
        features = self.hello.features
        missing = [one for one in (VIRTUAL_TIME, *vector.needs) if one not in features]
        if missing:
            return unsupported_run(begin, missing)
        script = script_of(vector, features)
        heard = self._exchange([request.fields for request in script.requests], SILENCE_S)
        try:
            return run_of(begin, script, heard)
        except HarnessBroken as error:
            raise self._break(error) from None

    def _ask(self, fields: dict[str, Any], silence_s: float) -> dict[str, Any]:
        return self._exchange([fields], silence_s)[0].reply

    def _exchange(self, requests: Sequence[dict[str, Any]], silence_s: float) -> list[Heard]:
        """Write all requests at once, and return what was heard of each."""
        first = self._last_id + 1
        self._last_id += len(requests)
        lines = b"".join(_line({"id": first + k, **one}) for k, one in enumerate(requests))
        with self._changed:
            process = self._running()
            process.begin_anew()
            talk = self._talk = Exchange(first, [one["op"] for one in requests], silence_s)
        try:
            process.write(lines, silence_s)
        except HarnessBroken as error:
            raise self._break(error) from None
        except BrokenPipeError as error:
            # The hearing thread is about to learn why, and knows it better.
            with self._changed:
                self._changed.wait_for(lambda: self._broken is not None, _REASON_S)
            detail = "The harness closed its standard input."
            raise self._break(HarnessBroken("protocol", detail)) from error
        self._wait(talk)
        return talk.heard

    def _wait(self, talk: Exchange) -> None:
        with self._changed:
            while not talk.is_over and self._broken is None:
                silent_s = time.monotonic() - talk.heard_at
                if silent_s >= talk.silence_s:
                    break
                self._changed.wait(talk.silence_s - silent_s)
            if talk.is_over:
                # What broke after the last reply is the next case's to find, always.
                return
            if self._broken is not None:
                raise self._broken
        op = talk.ops[talk.done]
        detail = f"The harness owed the reply to {op!r} and was silent for {talk.silence_s:g} s."
        raise self._break(HarnessBroken("hung", detail))

    def _running(self) -> HarnessProcess:
        if self._broken is not None:
            raise self._broken
        if self._process is None:
            raise HarnessBroken("protocol", "The harness was not started, or is closed.")
        return self._process

    # --- hearing, on the hearing thread -----------------------------------------------------------

    def _on_line(self, line: bytes, heard_us: int) -> None:
        if self._closing:
            return
        talk = self._talk
        talk.on_line(line)
        talk.heard_at = time.monotonic()
        if talk.is_over:
            with self._changed:
                self._changed.notify_all()

    def _on_broken(self, error: Exception) -> None:
        # After 'stop' the end of the conversation is what was asked for.
        if not self._closing:
            self._break(error)

    def _break(self, error: Exception) -> Exception:
        """Make `error` the reason for all that follows unless there is one; return the reason."""
        with self._changed:
            if self._broken is None:
                self._broken = error
                self._changed.notify_all()
            reason = self._broken
        if self._process is not None:
            self._process.kill()
        return reason


def _line(fields: dict[str, Any]) -> bytes:
    """Return one request as a line; raises `ValueError` if it is too long."""
    line = _encoder.encode(fields) + b"\n"
    if len(line) > LINE_MAX_BYTES:
        raise ValueError(f"a request longer than {LINE_MAX_BYTES} bytes")
    return line
