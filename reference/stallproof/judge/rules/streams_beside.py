"""A rule for what a stream that waits, or is over, leaves to the others: CX-7."""

from collections.abc import Iterator, Sequence

from stallproof.judge.evidence.beside import (
    alone_us,
    evidence_of,
    idle_beside,
    is_clear,
    lateness,
    standing_of,
    stream_alone_us,
)
from stallproof.judge.evidence.facts import ConnFacts, SendFacts
from stallproof.judge.evidence.moment import Moment, exactly
from stallproof.judge.evidence.observation import Observation, ms, timed
from stallproof.judge.evidence.queue import met_free_lock
from stallproof.judge.evidence.run import Run
from stallproof.judge.evidence.streams import StreamFacts
from stallproof.judge.rules import rule
from stallproof.judge.rules.stalled import SMALL_BYTES

ENDS = {
    "no_progress": "failed",
    "ack_wait": "failed",
    "ack_error": "error",
    "cancelled": "cancelled",
    "done": "completed",
}
"""What the situation is called after the last stream that ended."""


@rule("CX-7")
def cx_7(run: Run) -> Iterator[Observation]:
    """A stream that waits or is over delays nothing on its connection."""
    for conn in run.conns.values():
        streams = run.streams.on(conn.conn)
        for send in conn.by_start.events if streams else ():
            yield from _send(run, conn, send)
        for facts in streams if len(streams) > 1 else ():
            yield from _stream(run, conn, facts)


def _send(run: Run, conn: ConnFacts, send: SendFacts) -> Iterator[Observation]:
    """A small send of a connection whose streams only wait, or are over."""
    if send.repeat > 1 or send.size_bytes > SMALL_BYTES or not met_free_lock(conn, send):
        return
    if send.ended is not None and send.frame is None:
        # It returned, but nothing went over the connection that could have been delayed.
        return
    alone = alone_us(run, send.size_bytes)
    until_us = min(send.ended_us, send.started_us + _patience_us(run, alone))
    late = lateness(run.ended_at(send), run.started_at(send), alone)
    # Who is on time was not delayed, whatever else was under way.
    is_judged = late.most_us <= run.grace_us or is_clear(
        run, conn, send.asked_us, until_us, send.frame
    )
    if until_us > run.end_us or not is_judged:
        return
    beside = idle_beside(run, conn, send.asked_us, until_us)
    if not beside:
        return
    waiting = _waiting(run, beside, send.asked_us, until_us)
    took_us = min(send.ended_us, run.end_us) - send.started_us
    yield timed(
        "CX-7",
        "send-beside-waiting" if waiting else "send-after-end",
        late,
        f"Send {send.send} of {send.size_bytes} bytes on connection {conn.conn}, whose peer reads, "
        f"took {ms(took_us)}, and nothing was under way: {_words(beside, waiting)}.",
        evidence_of(waiting or beside, *send.evidence()),
    )


def _stream(run: Run, conn: ConnFacts, facts: StreamFacts) -> Iterator[Observation]:
    """The beginning of a stream beside others that only wait, or are over."""
    begun = _to_begin(facts)
    if begun is None:
        return
    chunk = facts.chunk_at(0)
    came = run.unseen if chunk is None else exactly(chunk.began_us)
    alone = stream_alone_us(run)
    watched_us = begun.by_us + _patience_us(run, alone)
    until_us = min(came.since_us, watched_us)
    # Who stops the stream, or its end, keeps a chunk from coming as well.
    stops_us = (facts.ended_us, *(one.asked_us for one in (*facts.cancels, *facts.acks)))
    if until_us > run.end_us or (chunk is None and min(stops_us) < until_us):
        return
    late = lateness(came, begun, alone)
    is_sent_beside = next(conn.asked_for.covering(until_us, begun.since_us), None) is not None
    if late.most_us > run.grace_us and (
        is_sent_beside or not is_clear(run, conn, begun.since_us, until_us, chunk)
    ):
        return
    beside = idle_beside(run, conn, begun.since_us, until_us, but=facts)
    if not beside:
        return
    waiting = _waiting(run, beside, begun.since_us, until_us)
    took = "never began" if chunk is None else f"began {ms(came.since_us - begun.by_us)} later"
    yield timed(
        "CX-7",
        "stream-beside-waiting" if waiting else _after(beside),
        late,
        f"The {facts.name}, whose peer reads, was made and {took}, and nothing was under way: "
        f"{_words(beside, waiting)}.",
        evidence_of(waiting or beside, facts.asked.asked, facts.made, *facts.ready[:1], chunk),
    )


def _to_begin(facts: StreamFacts) -> Moment | None:
    """Return when the stream was to begin: made, and its pauses over. `None`: never made."""
    if facts.made is None:
        return None
    since_us = facts.not_ready_before_us(0)
    return Moment(since_us, facts.made_by_us + since_us - facts.asked.asked_us)


def _patience_us(run: Run, alone: int | None) -> int:
    """Return for how long what is to go at once has to be watched."""
    return (alone or 0) + run.grace_us + run.noise_us + 1


def _waiting(
    run: Run, beside: Sequence[StreamFacts], begin_us: int, until_us: int
) -> list[StreamFacts]:
    return [one for one in beside if standing_of(run, one, begin_us, until_us) == "waiting"]


def _after(beside: Sequence[StreamFacts]) -> str | None:
    """Name the situation after the stream that ended last."""
    last = max(beside, key=lambda one: one.ended_us)
    name = ENDS.get(last.outcome or "")
    return None if name is None else f"stream-after-{name}"


def _words(streams: Sequence[StreamFacts], waiting: Sequence[StreamFacts]) -> str:
    if waiting:
        return f"stream {waiting[-1].stream} waited for its window"
    last = max(streams, key=lambda one: one.ended_us)
    return f"stream {last.stream} was over ('{last.outcome}')"
