"""What may make the sends of a connection fail: the causes that SD-7 asks for.

The intuition: a send fails for what was done to its connection. That is what the peer did, a
closing that somebody asked for or told, or one that has to follow. It follows a deadline that came,
a frame that was given up with part of it written, and a full count of stalled checks.

The complication: nobody has to tell its closing, and a peer that does not read sees it late. So
each end that closes counts by itself, from the earliest moment at which it can have come. Where it
is known that nothing was torn, nothing had to close.
"""

from collections.abc import Iterator

from stallproof.judge.evidence.blocked import is_blocked_between
from stallproof.judge.evidence.facts import FOREVER, ConnFacts, SendFacts
from stallproof.judge.evidence.queue import ahead_of
from stallproof.judge.evidence.run import Run
from stallproof.judge.evidence.streams import StreamFacts
from stallproof.judge.rules.outcomes import closing_begun_us
from stallproof.wire.events import HeartbeatQueued


def cause_us(run: Run, conn: ConnFacts, timeout_us: int) -> int:
    """Return since when something may have made sends of a connection fail; `FOREVER`: nothing."""
    seen = conn.closed_seen()
    begun_us = closing_begun_us(run, conn)
    times = [d.at_us for d in conn.meddling[:1]] + ([] if seen is None else [seen.at_us])
    times += [] if begun_us is None else [begun_us]
    times += [_due_us(send, timeout_us) for send in conn.sends.values()]
    times += _given_up_us(run, conn)
    for stream in run.streams.on(conn.conn):
        times += _left_chunks_us(conn, stream, timeout_us)
    times += _left_heartbeats_us(run, conn, timeout_us)
    times += _full_counts_us(run, conn)
    return min(times, default=FOREVER)


def _due_us(send: SendFacts, timeout_us: int) -> int:
    """Return when the deadline of `send` can have come; `FOREVER` where it had ended before."""
    if send.started is None:
        return FOREVER
    due_us = send.started.at_us + timeout_us
    ended_us = FOREVER if send.ended is None else send.ended.at_us
    if send.outcome == "timeout":
        return min(due_us, ended_us)
    return due_us if due_us <= ended_us else FOREVER


def _given_up_us(run: Run, conn: ConnFacts) -> Iterator[int]:
    """Yield when sends were given up of which a part may have been written."""
    for asked in run.asked("give_up", conn.conn):
        send = None if asked.send is None else conn.sends.get(asked.send)
        answer = run.answer_to(asked)
        if send is None or (answer is not None and answer.error is not None):
            continue
        ended_us = FOREVER if send.ended is None else send.ended.at_us
        if ended_us + run.uncertainty_us >= asked.at_us and not _is_unwritten(run, conn, send):
            yield asked.at_us


def _is_unwritten(run: Run, conn: ConnFacts, send: SendFacts) -> bool:
    """Tell whether nothing of `send` was written, since it says so or never had its turn."""
    if send.ended is None:
        return False
    if send.ended.written_bytes == 0 and send.torn is None:
        return True
    until_us = send.ended.at_us
    ahead = ahead_of(conn, send).free
    return any(is_blocked_between(run, conn, one, send.asked_us, until_us) for one in ahead)


def _left_chunks_us(conn: ConnFacts, stream: StreamFacts, timeout_us: int) -> Iterator[int]:
    """Yield when a chunk of `stream` can have been torn: by its deadline, a cancel, an error ACK.

    What the source hands over is a chunk on its way until all of it has come. A peer that reads all
    there is leaves none on its way.
    """
    ends_us = [one.asked_us for one in stream.cancels]
    ends_us += [one.asked_us for one in stream.acks if one.error_text is not None]
    ready_bytes = 0
    for index, ready in enumerate(stream.ready):
        ready_bytes += ready.chunk_bytes
        ready_us = stream.ready_us(index)
        for at_us in (ready_us + timeout_us, *ends_us):
            is_left = at_us >= ready_us and stream.came_whole.by(at_us) < ready_bytes
            if is_left and not conn.drained_between(ready_us, at_us):
                yield at_us


def _left_heartbeats_us(run: Run, conn: ConnFacts, timeout_us: int) -> Iterator[int]:
    """Yield when the deadline of a heartbeat can have come that had not arrived by then."""
    for queued in run.once("heartbeats queued", lambda: _queued_by_conn(run)).get(conn.conn, ()):
        due_us = queued.at_us + timeout_us
        has_come = conn.heartbeat_frames(queued.at_us, due_us, 1)
        if not has_come and not conn.drained_between(queued.at_us, due_us):
            yield due_us


def _queued_by_conn(run: Run) -> dict[str, list[HeartbeatQueued]]:
    by_conn: dict[str, list[HeartbeatQueued]] = {}
    for queued in run.of(HeartbeatQueued):
        by_conn.setdefault(queued.conn, []).append(queued)
    return by_conn


def _full_counts_us(run: Run, conn: ConnFacts) -> Iterator[int]:
    """Yield when a check counted so many stalled ones that the monitor closes."""
    policy = run.begun.policy
    if policy.get("close_stalled") and (threshold := policy.get("checks_max")) is not None:
        yield from (one.at_us for one in conn.checks if one.count >= threshold)
