"""Which sends were blocked, as the peer proves it. Nothing here judges."""

import itertools
from collections.abc import Iterator

from stallproof.judge.evidence.facts import ConnFacts, SendFacts
from stallproof.judge.evidence.lock import lock_by_us
from stallproof.judge.evidence.run import Run


def is_unfinished_at(run: Run, conn: ConnFacts, send: SendFacts, at_us: int) -> bool:
    """Tell whether the peer proves that `send` still had bytes to write at `at_us`.

    So little had been read that the kernel cannot have held the rest. That a stream ended without
    the whole frame proves nothing of the kind: who stopped writing may not have been hindered.
    """
    if send.repeat > 1 or send.started is None:
        return False
    if send.frame is not None and send.frame.at_us <= at_us:
        return False
    own_bytes = conn.read_by(at_us) - conn.payload_by(at_us)
    return own_bytes + run.begun.kernel_holds_bytes < send.size_bytes


def is_blocked_between(
    run: Run, conn: ConnFacts, send: SendFacts, begin_us: int, end_us: int
) -> bool:
    """Tell whether `send` held the lock all the time between, with bytes left that nobody took."""
    if send.started_us > begin_us or send.ended_us < end_us:
        return False
    by_us = lock_by_us(conn, send)
    return (
        by_us is not None
        and by_us <= begin_us
        and conn.held_back_between(begin_us, end_us)
        and is_unfinished_at(run, conn, send, end_us)
    )


FIRST_IN_FLIGHT = 8
"""A lock is served in order of arrival: who is blocked is among the first that are in flight."""


def blocked_between(run: Run, conn: ConnFacts, begin_us: int, end_us: int) -> Iterator[SendFacts]:
    """Yield the sends that were blocked all the time between, first come first."""
    if not conn.held_back_between(begin_us, end_us):
        return
    in_flight = conn.under_way.covering(begin_us, end_us)
    for send in itertools.islice(in_flight, FIRST_IN_FLIGHT):
        if is_blocked_between(run, conn, send, begin_us, end_us):
            yield send
