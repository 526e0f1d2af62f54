"""The client of a harness in virtual time: whole cases are asked for at once.

The intuition: nothing in virtual time depends on when a request arrives, so a case costs one
write and one wait, however many requests it has. What is said must come in the order of the
requests, each event before the reply of the request that brought it about.

The use: `with VirtualHarness(command) as harness: harness.play(vector)`. Whoever plays many asks
for some with `begin` before it takes the run of the first: the harness plays while that is judged.

Spec: `spec/protocol.md`, `spec/virtual.md`.
"""

import time
from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import msgspec

from stallproof.requirements.knobs import MICROSECONDS
from stallproof.requirements.vectors.format import Vector
from stallproof.runner.sut.binding import in_its_words, understood
from stallproof.runner.sut.breakage import HarnessBroken
from stallproof.runner.sut.exchange import Exchange
from stallproof.runner.sut.harness import Harness
from stallproof.runner.sut.player import (
    Heard,
    Script,
    begun,
    lacking,
    run_of,
    script_of,
    unsupported_run,
)
from stallproof.runner.sut.process import environment_without_knobs
from stallproof.wire.events import AnyEvent, ScenarioBegun
from stallproof.wire.protocol import LINE_MAX_BYTES

__all__ = ["HarnessBroken", "VirtualHarness"]

SILENCE_S = 60.0
"""A harness that owes a reply and says nothing for so long hangs.

No verdict depends on it. The largest frame of the vectors costs a simple harness seconds of its
processor, and beside others a multiple of that.
"""
_encoder = msgspec.json.Encoder()


@dataclass(slots=True)
class Play:
    """One script that was asked for: its run, if that is known, or what is to be heard of it."""

    begin: ScenarioBegun
    script: Script | None = None
    exchange: Exchange | None = None
    run: list[AnyEvent] | None = None
    error: HarnessBroken | None = None

    @property
    def is_heard(self) -> bool:
        """Tell whether all was heard of it: what broke there, broke by it and by no other play."""
        return self.exchange is not None and self.exchange.is_over


AHEAD = 32
"""So many plays under way beside the one that is waited for: then the harness never waits."""


class VirtualHarness(Harness):
    """A harness in virtual time; what configures the implementation comes by `config` alone."""

    clock = "virtual"

    def __init__(self, command: Sequence[str]) -> None:
        super().__init__(command, environment_without_knobs())
        # What is owed, in the order of the requests; the last one stays when it is over.
        self._owed = deque([Exchange(0, (), SILENCE_S)])

    def play(
        self, vector: Vector, *, name: str | None = None, repetition: int = 1
    ) -> list[AnyEvent]:
        """Play the script of `vector` once and return the run, from `scenario` to its end.

        What takes a feature that is declared missing is not played, and the run says so. Raises
        `HarnessBroken`, after which nothing more can be played.
        """
        return self.run_of(self.begin(vector, name=name, repetition=repetition))

    def begin(self, vector: Vector, *, name: str | None = None, repetition: int = 1) -> Play:
        """Ask for the script of `vector`; several may be under way, each a case of its own.

        Never raises for what the harness does: `run_of` does, for this play or an earlier one.
        """
        return self._begun([(begun(vector, name, repetition), vector)])[0]

    def begin_all(self, vectors: Iterable[Vector]) -> list[Play]:
        """Ask for the scripts of `vectors` by one write, as `begin` does for each."""
        return self._begun((begun(vector, None, 1), vector) for vector in vectors)

    def _begun(self, cases: Iterable[tuple[ScenarioBegun, Vector]]) -> list[Play]:
        plays: list[Play] = []
        requests: list[bytes] = []
        for begin, vector in cases:
            try:
                if self._broken is None and (missing := lacking(vector, self.hello)):
                    plays.append(Play(begin, run=unsupported_run(begin, missing)))
                    continue
                script = script_of(vector, self.hello.features)
                exchange, lines = self._owe([one.fields for one in script.requests], SILENCE_S)
            except HarnessBroken as error:
                plays.append(Play(begin, error=error))
            else:
                plays.append(Play(begin, script, exchange))
                requests.append(lines)
        if requests:
            with suppress(HarnessBroken):
                # Who waits for a reply that will not come hears of the same.
                self._write(b"".join(requests), SILENCE_S)
        return plays

    def run_of(self, play: Play) -> list[AnyEvent]:
        """Wait for the oldest play under way, and return its run; raises `HarnessBroken`."""
        if play.run is not None:
            return play.run
        if play.script is None or play.exchange is None:
            raise play.error or HarnessBroken("protocol", "The play was not begun.")
        heard = self._heard(play.exchange)
        try:
            return run_of(play.begin, play.script, heard)
        except HarnessBroken as error:
            raise self._break(error) from None

    def _ask(self, op: str, timeout_s: float, **fields: Any) -> dict[str, Any]:
        reply = self._heard(self._ask_for([{"op": op, **fields}], timeout_s))[0].reply
        if op == "hello" and reply["ok"]:
            try:
                self._take_hello(reply)
            except HarnessBroken as error:
                raise self._break(error) from None
        return reply

    def _stop_line(self) -> bytes:
        return _line({"id": self._next_id(), "op": "stop"})

    def _ask_for(self, requests: Sequence[dict[str, Any]], silence_s: float) -> Exchange:
        """Write all requests at once, and return what will be heard of each."""
        exchange, lines = self._owe(requests, silence_s)
        self._write(lines, silence_s)
        return exchange

    def _owe(self, requests: Sequence[dict[str, Any]], silence_s: float) -> tuple[Exchange, bytes]:
        """Expect the replies to `requests` from now on; return that, and the lines to write."""
        first = self._next_id(len(requests))
        own = [in_its_words(self._binding, one["op"], one) for one in requests]
        lines = b"".join([_line({"id": first + k, **one}) for k, one in enumerate(own)])
        self._running().begin_anew()
        exchange = Exchange(first, [one["op"] for one in requests], silence_s)
        self._owed.append(exchange)
        return exchange, lines

    def _heard(self, exchange: Exchange) -> list[Heard]:
        """Wait for the last reply, and return what was heard of each request."""
        self._wait(exchange)
        if self._binding is not None:
            for op, heard in zip(exchange.ops, exchange.heard, strict=True):
                heard.reply = understood(self._binding, op, heard.reply)
        return exchange.heard

    def _wait(self, exchange: Exchange) -> None:
        # What broke after the last reply is the next case's to find, always.
        while not exchange.is_over:
            if self._broken is not None:
                raise self._broken
            left_s = exchange.silence_s - (time.monotonic() - exchange.heard_at)
            if left_s <= 0:
                what = f"owed the reply to {exchange.owed!r}"
                detail = f"The harness {what} and was silent for {exchange.silence_s:g} s."
                raise self._break(HarnessBroken("hung", detail))
            self._news.wait_for(lambda: exchange.is_over or self._broken is not None, left_s)

    def _on_lines(self, lines: Sequence[bytes], heard_us: int) -> None:
        owed, place = self._owed, 0
        while place < len(lines) and not self._closing:
            if owed[0].is_over and len(owed) > 1:
                owed.popleft()
            exchange = owed[0]
            place = exchange.on_lines(lines, place)
            exchange.heard_at = heard_us / MICROSECONDS
            if exchange.is_over:
                if len(owed) > 1:
                    owed.popleft()
                    # It was asked for before, and is what the harness does from now on.
                    owed[0].heard_at = exchange.heard_at
                self._news.tell()


def _line(fields: dict[str, Any]) -> bytes:
    """Return one request as a line; raises `ValueError` if it is too long."""
    line = _encoder.encode(fields) + b"\n"
    if len(line) > LINE_MAX_BYTES:
        raise ValueError(f"a request longer than {LINE_MAX_BYTES} bytes")
    return line
