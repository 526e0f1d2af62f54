"""One stream under the knobs in force: its ACKs sorted out, its waits, and when failing was due.

The law of `spec/ap.md` restated from the side of the peer: what is outstanding is the bytes that
arrived less the offsets that it acknowledged. Where only the implementation knows a moment (when a
chunk was ready), a wait has two beginnings: the earliest, against which nothing may be too early,
and the latest, from which being late counts. Nothing here judges.
"""

import json
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from itertools import accumulate
from typing import Any

from stallproof.judge.evidence.acks import INVALID as INVALID
from stallproof.judge.evidence.acks import Ack as Ack
from stallproof.judge.evidence.acks import Kind, Progress, number_of
from stallproof.judge.evidence.facts import FOREVER, ConnFacts, heard_us
from stallproof.judge.evidence.request import Request
from stallproof.judge.evidence.run import Run
from stallproof.judge.evidence.streams import StreamFacts
from stallproof.judge.evidence.waits import Wait as Wait
from stallproof.wire.events import AckReceived, PeerFrame


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
        self.progress = Progress()
        requests = sorted(facts.acks, key=lambda r: r.asked_us)
        self._words = dict(self._matched(requests))
        for request in requests:
            word = self._words.get(id(request.asked))
            heard = request if word is None else replace(request, word_us=heard_us(word))
            self.acks.append(self._sorted_out(heard))
            self.progress.add(self.acks[-1])
        self._asked_us = [ack.asked_us for ack in self.acks]
        self.undisturbed_until_us = self._undisturbed_until_us()
        self.waits = list(self._waits())
        self.dues: dict[int, Any] = {}
        """What `due` found of each wait, by its index: many rules ask for it."""

    # --- the ACKs ---------------------------------------------------------------------------------

    def _sorted_out(self, request: Request) -> Ack:
        """Say what an ACK is by the law, given those asked for before it."""
        raw, origin = request.offset, request.origin
        if request.asked_us > self.facts.ended_us:
            return Ack(request, "late", 0)
        if request.error_text is not None:
            return Ack(request, "error" if origin is None else "other-origin", 0)
        number = number_of(raw)
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
        return Ack(request, "progress" if certain and is_new else "perhaps", number)

    def acknowledged_by(self, at_us: int) -> int:
        """Return the offset that was acknowledged for certain at `at_us`."""
        return self.progress.sure_by(at_us)

    def acknowledged_at_most(self, at_us: int) -> int:
        """Return the greatest offset that may have been acknowledged at `at_us`."""
        return self.progress.most_by(at_us)

    def sent_at_most(self, at_us: int) -> int:
        """Return how many bytes can have been sent at `at_us`, by whoever keeps the window."""
        ready = self.facts.ready_at(at_us)
        open_to = self.acknowledged_at_most(at_us) + self.window_bytes
        lawful = (open_to // self.chunk_bytes + 1) * self.chunk_bytes
        at_most = min(lawful, ready * self.chunk_bytes, self.facts.total_bytes)
        return max(self.facts.arrived_by(at_us), at_most)

    def word_on(self, ack: Ack) -> AckReceived | None:
        """Return what the implementation said of `ack`: the offset is that which came, exactly."""
        return self._words.get(id(ack.request.asked))

    def _matched(self, requests: list[Request]) -> Iterator[tuple[int, AckReceived]]:
        """Yield for each ACK the word on it: the first of its offset that nobody took before."""
        words: dict[str, deque[AckReceived]] = {}
        for word in self.facts.received:
            words.setdefault(_shown(word.offset), deque()).append(word)
        for request in requests:
            told = words.get(_shown(request.offset), deque())
            while told and heard_us(told[0]) < request.asked_us:
                # It is too early for this ACK, and for all that were asked for later.
                told.popleft()
            if told:
                yield id(request.asked), told.popleft()

    @cached_property
    def _applied_us(self) -> list[int]:
        times = (self.applied_by_us(a) if a.may_be_progress else -FOREVER for a in self.acks)
        return list(accumulate(times, max))

    def applied_by_us(self, ack: Ack) -> int:
        """Return when `ack` had been applied at the latest: answered, or said to be received."""
        return min(ack.taken_by_us, ack.request.word_us)

    def applied_before(self, asked_us: int) -> int | None:
        """Return when all progress that was asked for before had been applied, `None`: no such."""
        place = bisect_left(self._asked_us, asked_us)
        applied_us = self._applied_us[place - 1] if place else -FOREVER
        return None if applied_us == -FOREVER else applied_us

    def asked_between(self, begin_us: int, end_us: int, most: int | None = None) -> list[Ack]:
        """Return the ACKs asked for after `begin_us` and before `end_us`, the first `most`."""
        begin = bisect_right(self._asked_us, begin_us)
        end = max(begin, bisect_left(self._asked_us, end_us))
        return self.acks[begin : end if most is None else min(end, begin + most)]

    @cached_property
    def _first_asked_us(self) -> dict[int, int]:
        return {ack.offset: ack.asked_us for ack in reversed(self.acks)}

    def first_asked_us(self, offset: int) -> int:
        """Return when the first ACK of `offset` was asked for; `FOREVER`: none was."""
        return self._first_asked_us.get(offset, FOREVER)

    @cached_property
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
        times += [d.at_us for d in conn.meddling]
        times += [a.at_us for a in self.run.asked("close", conn.conn)]
        return min([self.run.end_us, *times])

    @cached_property
    def stopped_us(self) -> int:
        """When a cancel or an error ACK was first asked for, before the end; else `FOREVER`."""
        times = [c.asked_us for c in self.facts.cancels if c.asked_us <= self.facts.ended_us]
        times += [a.asked_us for a in self.acks if a.kind == "error"]
        return min(times, default=FOREVER)

    def opening_of(self, sent_bytes: int) -> Ack | None:
        """Return the first ACK asked for that opens the window with `sent_bytes` sent."""
        least = sent_bytes - self.window_bytes
        return self.progress.reaching(least)

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

    @cached_property
    def last_wait(self) -> Wait | None:
        """The wait in which the stream ended or was left: its chunk never arrived before."""
        wait = self.waits[-1] if self.waits else None
        if wait is None or (wait.chunk and wait.chunk.began_us <= self.facts.ended_by_us):
            return None
        return wait

    def during(self, wait: Wait, *kinds: Kind) -> list[Ack]:
        """Return the ACKs of these kinds that were asked for during `wait`."""
        until_us = min(wait.kept_until_us, self.facts.ended_us)
        return [a for a in self.asked_between(wait.seen_us, until_us) if a.kind in kinds]

    def wait_at(self, at_us: int) -> Wait | None:
        """Return the wait that had begun before `at_us`, the last of them; `None`: none had."""
        place = bisect_left(self._waits_us, at_us)
        return self.waits[place - 1] if place else None

    def wait_by(self, at_us: int) -> Wait | None:
        """Return the last wait that had begun for certain at `at_us`; `None`: none had."""
        place = bisect_right(self._waits_by_us, at_us)
        return self.waits[place - 1] if place else None

    @cached_property
    def _waits_by_us(self) -> list[int]:
        return [wait.began_by_us for wait in self.waits]

    @cached_property
    def _waits_us(self) -> list[int]:
        return [wait.seen_us for wait in self.waits]


def _shown(raw: object) -> str:
    """Return the JSON of an offset: true is not 1, and 5.0 is not 5."""
    return str(raw) if type(raw) is int else json.dumps(raw, sort_keys=True)


def flows(run: Run) -> list[Flow]:
    """Return the streams of `run` of which the peer saw at least one chunk."""
    if run.streams.sorted_out is None:
        run.streams.sorted_out = [
            Flow(run, run.conns[facts.conn], facts) for facts in run.streams if facts.chunks
        ]
    return run.streams.sorted_out
