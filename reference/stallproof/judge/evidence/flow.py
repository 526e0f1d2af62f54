"""One stream under the knobs in force: its ACKs sorted out, its waits, and when failing was due.

The law of `spec/ap.md` restated from the side of the peer: what is outstanding is the bytes that
arrived less the offsets that it acknowledged. Where only the implementation knows a moment (when a
chunk was ready), a wait has two beginnings: the earliest, against which nothing may be too early,
and the latest, from which being late counts. Nothing here judges.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from stallproof.judge.evidence.facts import FOREVER, ConnFacts, heard_us
from stallproof.judge.evidence.run import Run
from stallproof.judge.evidence.streams import WATCHDOG, Request, StreamFacts
from stallproof.wire.events import AckReceived, ChunkReady, PeerFrame

Kind = Literal[
    "progress", "no-news", "perhaps", "error", "late",
    "not-an-integer", "boolean", "negative", "beyond-sent", "other-origin",
]  # fmt: skip
INVALID = ("not-an-integer", "boolean", "negative", "beyond-sent", "other-origin")
"""The kinds of ACKs that change nothing and are reported."""


@dataclass(slots=True, frozen=True)
class Ack:
    """One ACK that the oracle asked for, and what it was by the law.

    `perhaps`: the peer cannot tell whether it was progress. `late`: the stream had ended.
    `offset`: of what is or may be progress or no news, else 0.
    """

    request: Request
    kind: Kind
    offset: int

    @property
    def asked_us(self) -> int:
        return self.request.asked_us

    @property
    def taken_by_us(self) -> int:
        return self.request.taken_by_us

    @property
    def may_be_progress(self) -> bool:
        return self.kind in ("progress", "perhaps")


@dataclass(slots=True, frozen=True)
class Wait:
    """A chunk was ready while more than the window was outstanding, by the peer's own count.

    `sent_bytes` were sent then; `chunk` is the one that waited, once it arrived. `opening`: the
    first ACK asked for that ends the wait. The wait began at `began_us` at the earliest, had begun
    at `seen_us` by the word for when the chunk was ready, and at `began_by_us` at the latest. The
    peer kept it up until `kept_until_us`, or the chunk arrived then, opened or not.
    """

    index: int
    sent_bytes: int
    ready: ChunkReady
    chunk: PeerFrame | None
    opening: Ack | None
    began_us: int
    seen_us: int
    began_by_us: int
    kept_until_us: int


class Flow:
    """One stream with the knobs of its run."""

    def __init__(self, run: Run, conn: ConnFacts, facts: StreamFacts) -> None:
        self.run, self.conn, self.facts = run, conn, facts
        self.window_bytes = run.knob("window_bytes")
        self.chunk_bytes = run.knob("chunk_bytes")
        self.progress_timeout_us = run.knob("ack_progress_timeout_us")
        self.ack_wait_us = run.knob("ack_wait_us")
        self.interval_us = run.knob("ack_check_interval_us")
        self.acks: list[Ack] = []
        for request in sorted(facts.acks, key=lambda r: r.asked_us):
            self.acks.append(self._sorted_out(request))
        self._words = dict(self._matched())
        self.undisturbed_until_us = self._undisturbed_until_us()
        self.waits = list(self._waits())

    # --- the ACKs ---------------------------------------------------------------------------------

    def _sorted_out(self, request: Request) -> Ack:
        """Say what an ACK is by the law, given those asked for before it."""
        raw, origin = request.asked.offset, request.asked.origin
        if request.asked_us > self.facts.ended_us:
            return Ack(request, "late", 0)
        if request.asked.error is not None:
            return Ack(request, "error" if origin is None else "other-origin", 0)
        number = _number(raw)
        if number is None:
            return Ack(request, "boolean" if isinstance(raw, bool) else "not-an-integer", 0)
        if number < 0:
            return Ack(request, "negative", 0)
        if origin is not None:
            return Ack(request, "other-origin", number)
        if number > self.sent_at_most(request.taken_by_us):
            return Ack(request, "beyond-sent", number)
        if number <= self.acknowledged_by(request.asked_us):
            return Ack(request, "no-news", number)
        certain = number <= self.facts.arrived_by(request.asked_us) and isinstance(raw, int)
        is_new = number > self.acknowledged_at_most(request.asked_us)
        certain = certain and not self._may_be_late(request)
        return Ack(request, "progress" if certain and is_new else "perhaps", number)

    def _may_be_late(self, request: Request) -> bool:
        """Tell whether the watchdog may have failed the stream already: its end is dated after."""
        until_us = self.facts.ended_us - min(self.run.noise_us, self.run.grace_us)
        return self.facts.outcome in WATCHDOG and self.run.taken(request.asked).by_us > until_us

    def acknowledged_by(self, at_us: int) -> int:
        """Return the offset that was acknowledged for certain at `at_us`."""
        sure = (a.offset for a in self.acks if a.kind == "progress" and a.taken_by_us <= at_us)
        return max(sure, default=0)

    def acknowledged_at_most(self, at_us: int) -> int:
        """Return the greatest offset that may have been acknowledged at `at_us`."""
        may = (a.offset for a in self.acks if a.may_be_progress and a.asked_us <= at_us)
        return max(may, default=0)

    def sent_at_most(self, at_us: int) -> int:
        """Return how many bytes can have been sent at `at_us`, by whoever keeps the window."""
        ready = sum(
            1 for index in range(len(self.facts.ready)) if self.facts.ready_us(index) <= at_us
        )
        open_to = self.acknowledged_at_most(at_us) + self.window_bytes
        lawful = (open_to // self.chunk_bytes + 1) * self.chunk_bytes
        at_most = min(lawful, ready * self.chunk_bytes, self.facts.total_bytes)
        return max(self.facts.arrived_by(at_us), at_most)

    def word_on(self, ack: Ack) -> AckReceived | None:
        """Return what the implementation said of `ack`: the offset is that which came, exactly."""
        return self._words.get(id(ack))

    def _matched(self) -> Iterator[tuple[int, AckReceived]]:
        """Yield for each ACK the word on it: the first of its offset that nobody took before."""
        words = list(self.facts.received)
        for ack in self.acks:
            raw = ack.request.asked.offset
            for place, word in enumerate(words):
                if (type(word.offset), word.offset) == (type(raw), raw) and heard_us(
                    word
                ) >= ack.asked_us:
                    yield id(ack), words.pop(place)
                    break

    @property
    def is_plain(self) -> bool:
        """Whether every ACK before the end could be true; what follows others is AP-10's alone."""
        return not any(a.kind in INVALID for a in self.acks)

    # --- the waits --------------------------------------------------------------------------------

    def _undisturbed_until_us(self) -> int:
        """Return until when the peer read freely and nobody meddled with the connection."""
        conn, since_us = self.conn, self.facts.asked.asked_us
        if conn.mode_at(since_us) != "drain":
            return since_us
        times = [m.at_us for m in conn.modes if m.at_us >= since_us and m.mode != "drain"]
        times += [d.at_us for d in conn.actions if d.action != "sent"]
        times += [a.at_us for a in self.run.asked("close", conn.conn)]
        return min([self.run.end_us, *times])

    @property
    def stopped_us(self) -> int:
        """When a cancel or an error ACK was first asked for, before the end; else `FOREVER`."""
        times = [c.asked_us for c in self.facts.cancels if c.asked_us <= self.facts.ended_us]
        times += [a.asked_us for a in self.acks if a.kind == "error"]
        return min(times, default=FOREVER)

    def opening_of(self, sent_bytes: int) -> Ack | None:
        """Return the first ACK asked for that opens the window with `sent_bytes` sent."""
        least = sent_bytes - self.window_bytes
        return next((a for a in self.acks if a.may_be_progress and a.offset >= least), None)

    def _waits(self) -> Iterator[Wait]:
        """Find every chunk that was ready while more than the window was outstanding."""
        facts, size = self.facts, self.chunk_bytes
        for index in range(1, -(-facts.total_bytes // size)):
            sent, before = index * size, facts.chunk_at((index - 1) * size)
            if before is None or index >= len(facts.ready):
                return
            if sent <= self.window_bytes:
                continue
            opening = self.opening_of(sent)
            seen_us = max(facts.ready_us(index), before.began_us)
            if opening is not None and opening.asked_us <= seen_us:
                continue
            chunk = facts.chunk_at(sent)
            opened_us = FOREVER if opening is None else opening.asked_us
            arrived_us = FOREVER if chunk is None else chunk.began_us
            kept = min(opened_us, arrived_us, self.stopped_us, self.undisturbed_until_us)
            if seen_us >= kept or facts.ready_us(index) > facts.ended_us:
                continue
            yield Wait(
                index=index,
                sent_bytes=sent,
                ready=facts.ready[index],
                chunk=chunk,
                opening=opening,
                began_us=max(facts.ready_us(index), self._begun_since_us(index - 1, before)),
                seen_us=seen_us,
                began_by_us=max(facts.ready_by_us(index), before.began_us),
                kept_until_us=kept,
            )

    def _begun_since_us(self, index: int, chunk: PeerFrame) -> int:
        """Return when `chunk`, which arrived, can have begun at the earliest."""
        sent = index * self.chunk_bytes
        opening = self.opening_of(sent) if sent > self.window_bytes else None
        return -FOREVER if opening is None else min(opening.asked_us, chunk.began_us)

    @property
    def last_wait(self) -> Wait | None:
        """The wait in which the stream ended or was left: its chunk never arrived before."""
        wait = self.waits[-1] if self.waits else None
        if wait is None or (wait.chunk and wait.chunk.began_us <= self.facts.ended_by_us):
            return None
        return wait

    def during(self, wait: Wait, *kinds: Kind) -> list[Ack]:
        """Return the ACKs of these kinds that were asked for during `wait`."""
        until_us = min(wait.kept_until_us, self.facts.ended_us)
        return [a for a in self.acks if a.kind in kinds and wait.seen_us < a.asked_us < until_us]


def _number(raw: Any) -> int | None:
    """Return the offset that an ACK names; 5.0 is not told from 5, since some languages cannot."""
    if isinstance(raw, bool):
        return None
    if isinstance(raw, float) and raw.is_integer():
        return int(raw)
    return raw if isinstance(raw, int) else None


def flows(run: Run) -> list[Flow]:
    """Return the streams of `run` of which the peer saw at least one chunk."""
    if run.streams.sorted_out is None:
        run.streams.sorted_out = [
            Flow(run, run.conns[facts.conn], facts) for facts in run.streams if facts.chunks
        ]
    return run.streams.sorted_out
