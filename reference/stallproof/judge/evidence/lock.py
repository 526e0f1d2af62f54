"""When a send can have taken the send lock: the bracket of the lock.

The intuition: the peer does not see the lock. What a send does before it, such as copying its
frame, is nobody's stall. So a bound counts from the latest moment at which the lock can have been
taken: not after the implementation says so itself, nor after the first byte of the frame was seen,
nor after a write of its own. Whoever names a later moment than the peer saw is not believed.

The complication: where the peer does not read, it sees the first byte without reading it, and
nothing says whose it is. It is this send's where everything of earlier sends had been read whole
before, and either no other send had been asked for yet, or the frame was the first to come.

Nothing here judges. Spec: `spec/sd.md` ("Which moments the peer can bracket").
"""

from stallproof.judge.evidence.dated import Dated
from stallproof.judge.evidence.facts import FOREVER, ConnFacts, SendFacts, heard_us
from stallproof.judge.evidence.moment import Moment
from stallproof.judge.evidence.queue import ahead_of


def lock_by_us(conn: ConnFacts, send: SendFacts) -> int | None:
    """Return the latest time at which `send` can have taken the lock.

    `None`: nobody knows, since it said nothing of its lock and no byte of it was seen. Then no time
    is charged to the lock.
    """
    return conn.once("lock", send.send, lambda: _lock_by_us(conn, send))


def _lock_by_us(conn: ConnFacts, send: SendFacts) -> int | None:
    first_us = first_byte_us(conn, send)
    times = [] if first_us is None else [first_us]
    if send.lock is not None:
        times.append(max(heard_us(send.lock), send.asked_us))
    times += [heard_us(write) for write in send.writes[:1] if write.wrote_bytes > 0]
    by_us = min(times, default=FOREVER)
    # What came to light after its end tells nothing, and who names a lock after its end names none.
    return by_us if by_us < send.ended_us else None


def lock_at(run: Dated, conn: ConnFacts, send: SendFacts) -> Moment | None:
    """Return when `send` took the lock, `None` if nobody knows.

    Where it did not say so, that is the moment at which its first byte was seen: the time before
    is charged to nobody.
    """
    by_us = lock_by_us(conn, send)
    if by_us is None:
        return None
    return Moment(by_us if send.lock is None else min(by_us, run.said(send.lock).since_us), by_us)


def said_lock_us(conn: ConnFacts, send: SendFacts) -> int | None:
    """Return when `send` took the lock by its own word, as far as the peer does not know better."""
    if send.lock is None:
        return None
    first_us = first_byte_us(conn, send)
    return send.lock.at_us if first_us is None else min(send.lock.at_us, first_us)


def first_byte_us(conn: ConnFacts, send: SendFacts) -> int | None:
    """Return when the peer had seen the first byte of `send`, `None` if nobody knows."""
    return conn.once("first byte", send.send, lambda: _first_byte_us(conn, send))


def _first_byte_us(conn: ConnFacts, send: SendFacts) -> int | None:
    began_us = FOREVER if send.frame is None else send.frame.began_us
    since_us = max(send.asked_us, conn.unsettled.by(send.asked_us - 1, -FOREVER) + 1)
    came_us = conn.arrivals.first_from(since_us)
    if came_us is not None and came_us < began_us and _is_its_own(conn, send, since_us, came_us):
        began_us = came_us
    return None if began_us == FOREVER else began_us


def _is_its_own(conn: ConnFacts, send: SendFacts, since_us: int, came_us: int) -> bool:
    """Tell whether bytes that were seen at `came_us` can only be the first ones of `send`.

    At `since_us` it had been asked for, and all bytes of earlier sends had come.
    """
    if conn.strangers.has_between(since_us, came_us):
        return False
    is_alone = len(conn.by_request.between(send.asked_us, came_us, most=2)) == 1
    return is_alone or _comes_first(conn, send, since_us)


def _comes_first(conn: ConnFacts, send: SendFacts, since_us: int) -> bool:
    """Tell whether the frame of `send` was the first to come after `since_us`."""
    if send.frame is not None:
        before = conn.by_index.last_by(send.frame.index - 1)
    elif send.torn is not None:
        before = conn.by_index.last_by(FOREVER)
    else:
        return False
    return before is None or before.at_us <= since_us


def preparation_us(conn: ConnFacts, send: SendFacts) -> int:
    """Return the longest that `send` can have taken before it asked for the lock.

    It is known of a send that met a free lock, and 0 where it is not known.
    """
    by_us = lock_by_us(conn, send)
    if by_us is None or send.started is None or ahead_of(conn, send).sends:
        return 0
    return max(0, by_us - send.started.at_us)
