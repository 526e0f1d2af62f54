"""When the send lock was free again: who waited for it cannot have had it before.

Nothing here judges.
"""

from stallproof.judge.evidence.blocked import is_unfinished_at
from stallproof.judge.evidence.facts import FOREVER, ConnFacts, SendFacts
from stallproof.judge.evidence.lock import said_lock_us
from stallproof.judge.evidence.queue import ahead_of
from stallproof.judge.evidence.run import Run


def lock_not_before_us(run: Run, conn: ConnFacts, send: SendFacts) -> int:
    """Return the earliest time at which `send` can have taken the lock, on its own clock.

    Not before it started, nor before a send that held the lock when it was asked for let it go.
    """
    assert send.started is not None
    until_us = FOREVER if send.ended is None else send.ended.at_us
    held_until = [
        freed_not_before_us(run, conn, ahead)
        for ahead in ahead_of(conn, send).free
        if ahead.ended is not None
        and ahead.ended.at_us <= until_us
        and ahead.started_us < send.asked_us
    ]
    return max([send.started.at_us, *held_until])


def freed_not_before_us(run: Run, conn: ConnFacts, send: SendFacts) -> int:
    """Return the earliest time at which `send`, which ended, can have let go of the lock.

    That is not when it says that it ended: the thread that says so may come to it late, when the
    next in line has the lock already. A time-out comes no sooner than the send timeout after the
    start, and an OK no sooner than the peer had read so much that the rest can have left.
    """
    assert send.started is not None
    assert send.ended is not None
    freed_us = send.started.at_us
    if send.outcome == "timeout":
        freed_us += run.knob("send_timeout_us")
    elif send.outcome == "ok" and is_unfinished_at(run, conn, send, freed_us):
        room = (
            read.began_us
            for read in conn.reads_begun.since(freed_us)
            if not is_unfinished_at(run, conn, send, read.began_us)
        )
        freed_us = max(freed_us, next(room, freed_us))
    return min(send.ended.at_us, freed_us)


def held_at_most_us(run: Run, conn: ConnFacts, send: SendFacts) -> int:
    """Return for how long `send`, which ended, can have held the lock at most."""
    assert send.ended is not None
    lowest_us = lock_not_before_us(run, conn, send)
    said_us = said_lock_us(conn, send)
    if said_us is not None:
        lowest_us = max(lowest_us, said_us)
    return min(send.ended.at_us - lowest_us, send.ended_us - send.asked_us)
