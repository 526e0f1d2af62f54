"""Tracks of sends: who waited for the lock, who held it, and until when it was allowed to.

Spec: `spec/sd.md`. The bound is that of the policy in force in the run.
"""

from collections.abc import Iterator
from itertools import accumulate

from stallproof.judge.evidence.facts import ConnFacts, SendFacts
from stallproof.judge.evidence.lock import lock_by_us
from stallproof.judge.evidence.run import Run
from stallproof.reports.timeline.scope import Scope, name_of
from stallproof.reports.timeline.shapes import Bar, Limit, Shape, Steps, Track
from stallproof.wire.events import PeerRead, PeerUnread
from stallproof.wire.units import ms

SENDS_MAX = 6
"""So many sends are drawn: those of the finding, and what is under way beside them."""


def send_tracks(scope: Scope) -> Iterator[Track]:
    """Yield one track for each send, those of the finding first."""
    found = [(conn, send) for conn in scope.conns for send in conn.sends.values()]
    found.sort(key=lambda one: (one[1].send not in scope.sends, one[1].asked_us))
    chosen = sorted(found[:SENDS_MAX], key=lambda one: one[1].asked_us)
    for conn, send in chosen:
        shapes = list(_held(scope.run, conn, send))
        outcome = send.outcome or "no outcome"
        yield Track(f"send {send.send}", f"on {name_of(conn.conn)}: {outcome}", shapes)


def held_us(run: Run, conn: ConnFacts, send: SendFacts) -> tuple[int, int] | None:
    """Return from when to when `send` held the lock; `None`: nothing shows that it ever did."""
    lock_us = send.lock.at_us if send.lock is not None else lock_by_us(conn, send)
    if lock_us is None:
        return None
    return lock_us, max(lock_us, run.end_us if send.ended is None else send.ended.at_us)


def _held(run: Run, conn: ConnFacts, send: SendFacts) -> Iterator[Shape]:
    began_us = send.asked_us if send.started is None else send.started.at_us
    held = held_us(run, conn, send)
    if held is None:
        ended_us = run.end_us if send.ended is None else send.ended.at_us
        yield Bar("queued", began_us, max(began_us, ended_us), "waits for the lock")
        return
    lock_us, ended_us = held
    if lock_us > began_us:
        yield Bar("queued", began_us, lock_us, "waits")
    timeout_us = run.begun.policy.get("send_timeout_us")
    if timeout_us is None:
        yield Bar("held", lock_us, ended_us, "holds the lock")
        return
    due_us = lock_us + timeout_us
    yield Bar("held", lock_us, min(ended_us, due_us), "holds the lock")
    if ended_us > due_us:
        yield Bar("over", due_us, ended_us, f"{ms(ended_us - due_us)} too long")
    yield Limit(due_us, f"deadline: {ms(timeout_us)} after the lock")


def byte_tracks(scope: Scope) -> Iterator[Track]:
    """Yield one track for each connection: what was written, and what came to the peer."""
    for conn in scope.conns:
        writes = [write for send in conn.sends.values() for write in send.writes]
        writes.sort(key=lambda write: write.at_us)
        totals = accumulate(write.wrote_bytes for write in writes)
        written = [(write.at_us, total) for write, total in zip(writes, totals, strict=True)]
        arrived = list(_arrived(conn))
        shapes: list[Shape] = []
        if written:
            shapes.append(Steps("written", written, "written"))
        if arrived:
            shapes.append(Steps("arrived", arrived, "at the peer"))
        if shapes:
            yield Track(f"bytes on {name_of(conn.conn)}", "total so far", shapes)


def _arrived(conn: ConnFacts) -> Iterator[tuple[int, int]]:
    """Yield when the peer knew of how many bytes: read, or unread in its kernel's buffer."""
    read = most = 0
    events: list[PeerRead | PeerUnread] = [*conn.reads, *conn.unread]
    for event in sorted(events, key=lambda event: event.at_us):
        if isinstance(event, PeerRead):
            read = event.total_bytes
            known = read
        else:
            known = read + event.unread_bytes
        most = max(most, known)
        yield event.at_us, most
