"""The client of a harness in virtual time: whole cases are asked for at once.

The intuition: nothing in virtual time depends on when a request arrives, so a case costs one
write and one wait, however many requests it has. What is said must come in the order of the
requests, each event before the reply of the request that brought it about.

The use: `with VirtualHarness(command) as harness: harness.play(vector)`.

Spec: `spec/protocol.md`, `spec/virtual.md`.
"""

import time
from collections.abc import Sequence
from typing import Any

import msgspec

from stallproof.requirements.vectors.format import Vector
from stallproof.runner.sut.binding import in_its_words, understood
from stallproof.runner.sut.breakage import HarnessBroken
from stallproof.runner.sut.exchange import Exchange
from stallproof.runner.sut.harness import Harness
from stallproof.runner.sut.player import (
    Heard,
    begun,
    lacking,
    run_of,
    script_of,
    unsupported_run,
)
from stallproof.runner.sut.process import environment_without_knobs
from stallproof.wire.events import AnyEvent
from stallproof.wire.protocol import LINE_MAX_BYTES

__all__ = ["HarnessBroken", "VirtualHarness"]

SILENCE_S = 60.0
"""A harness that owes a reply and says nothing for so long hangs.

No verdict depends on it. The largest frame of the vectors costs a simple harness seconds of its
processor, and beside others a multiple of that.
"""
_encoder = msgspec.json.Encoder()


class VirtualHarness(Harness):
    """A harness in virtual time; what configures the implementation comes by `config` alone."""

    clock = "virtual"

    def __init__(self, command: Sequence[str]) -> None:
        super().__init__(command, environment_without_knobs())
        self._exchange = Exchange(0, (), SILENCE_S)

    def play(
        self, vector: Vector, *, name: str | None = None, repetition: int = 1
    ) -> list[AnyEvent]:
        """Play the script of `vector` once and return the run, from `scenario` to its end.

        What takes a feature that is declared missing is not played, and the run says so. Raises
        `HarnessBroken`, after which nothing more can be played.
        """
        begin = begun(vector, name, repetition)
        if missing := lacking(vector, self.hello):
            return unsupported_run(begin, missing)
        script = script_of(vector, self.hello.features)
        heard = self._heard([request.fields for request in script.requests], SILENCE_S)
        try:
            return run_of(begin, script, heard)
        except HarnessBroken as error:
            raise self._break(error) from None

    def _ask(self, op: str, timeout_s: float, **fields: Any) -> dict[str, Any]:
        reply = self._heard([{"op": op, **fields}], timeout_s)[0].reply
        if op == "hello" and reply["ok"]:
            try:
                self._take_hello(reply)
            except HarnessBroken as error:
                raise self._break(error) from None
        return reply

    def _stop_line(self) -> bytes:
        return _line({"id": self._next_id(), "op": "stop"})

    def _heard(self, requests: Sequence[dict[str, Any]], silence_s: float) -> list[Heard]:
        """Write all requests at once, and return what was heard of each."""
        first = self._next_id(len(requests))
        own = [in_its_words(self._binding, one["op"], one) for one in requests]
        lines = b"".join(_line({"id": first + k, **one}) for k, one in enumerate(own))
        with self._changed:
            self._running().begin_anew()
            exchange = Exchange(first, [one["op"] for one in requests], silence_s)
            self._exchange = exchange
        self._write(lines, silence_s)
        self._wait(exchange)
        for op, heard in zip(exchange.ops, exchange.heard, strict=True):
            heard.reply = understood(self._binding, op, heard.reply)
        return exchange.heard

    def _wait(self, exchange: Exchange) -> None:
        with self._changed:
            while not exchange.is_over and self._broken is None:
                silent_s = time.monotonic() - exchange.heard_at
                if silent_s >= exchange.silence_s:
                    break
                self._changed.wait(exchange.silence_s - silent_s)
            if exchange.is_over:
                # What broke after the last reply is the next case's to find, always.
                return
            if self._broken is not None:
                raise self._broken
        what = f"owed the reply to {exchange.ops[exchange.done]!r}"
        detail = f"The harness {what} and was silent for {exchange.silence_s:g} s."
        raise self._break(HarnessBroken("hung", detail))

    def _on_line(self, line: bytes, heard_us: int) -> None:
        if self._closing:
            return
        exchange = self._exchange
        exchange.on_line(line)
        exchange.heard_at = time.monotonic()
        if exchange.is_over:
            with self._changed:
                self._changed.notify_all()


def _line(fields: dict[str, Any]) -> bytes:
    """Return one request as a line; raises `ValueError` if it is too long."""
    line = _encoder.encode(fields) + b"\n"
    if len(line) > LINE_MAX_BYTES:
        raise ValueError(f"a request longer than {LINE_MAX_BYTES} bytes")
    return line
