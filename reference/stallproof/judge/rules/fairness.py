"""Rules for who gets the send lock next: CX-4."""

import itertools
from collections.abc import Iterator

from stallproof.judge.evidence.blocked import is_unfinished_at
from stallproof.judge.evidence.facts import FOREVER, ConnFacts, SendFacts
from stallproof.judge.evidence.lock import lock_at, preparation_us
from stallproof.judge.evidence.moment import at_least
from stallproof.judge.evidence.observation import Observation, broken, held, ms, timed, unsure
from stallproof.judge.evidence.queue import ahead_of
from stallproof.judge.evidence.run import Run
from stallproof.judge.evidence.timeline import Timeline
from stallproof.judge.rules import rule
from stallproof.judge.rules.buffered import bytes_of_each, keeps_nothing_back
from stallproof.wire.events import PeerFrame, PeerUnread

QUEUED_MIN = 3
QUEUED_BEHIND_MIN = 2

HOG_FRAMES = 50

HOG_AHEAD_MAX = 8
"""Frames of a hog that may still arrive after a waiter came: one in flight, the rest in buffers."""

HOG_BYTES_MIN = 32 * 1024
"""So large are the frames of a hog of which buffers hold no more than that."""

TINY_MAX_BYTES = 1024
"""Of smaller frames buffers hold many: these are counted by what the peer found in the buffer."""


@rule("CX-4")
def cx_4(run: Run) -> Iterator[Observation]:
    """The send lock is served in order of arrival."""
    for conn in run.conns.values():
        yield from _queued_in_order(run, conn)
        hog = next((s for s in conn.sends.values() if s.repeat >= HOG_FRAMES), None)
        if hog is not None and hog.started is not None:
            hogged = _overtaken if hog.size_bytes <= TINY_MAX_BYTES else _hogged
            yield from hogged(run, conn, hog)
        yield from _waited_too_long(run, conn)


def _queued_in_order(run: Run, conn: ConnFacts) -> Iterator[Observation]:
    """Sends that queued one after the other behind a blocked one arrive in that order."""
    begun = [s for s in conn.by_start.events if s.repeat == 1]
    arrived = [s for s in begun if s.frame]
    for first in begun if len(arrived) >= QUEUED_MIN else ():
        if not is_unfinished_at(run, conn, first, arrived[-1].started_us):
            continue
        queued = [s for s in arrived if s is not first and first.started_us < s.asked_us]
        if len(queued) < QUEUED_MIN:
            return
        gap_us = min(b.asked_us - a.started_us for a, b in itertools.pairwise(queued))
        order = [s.send for s in sorted(queued, key=lambda s: s.frame.index if s.frame else 0)]
        due = [s.send for s in queued]
        evidence = [e for s in queued[:4] for e in (s.started, s.frame) if e is not None]
        if order == due:
            yield held("CX-4", "queued-in-order", evidence)
        elif gap_us <= 2 * run.noise_us + preparation_us(conn, first):
            yield unsure(
                "CX-4",
                "queued-in-order",
                f"The sends queued only {ms(gap_us)} apart on a machine with {ms(run.noise_us)} of "
                f"noise, and with what a send does before it asks for the lock: too close to say "
                f"who came first.",
                evidence,
            )
        else:
            yield broken(
                "CX-4",
                "queued-in-order",
                f"Behind a blocked send the sends {due} queued in this order, at least "
                f"{ms(gap_us)} apart, and arrived as {order}: the lock is not served in order of "
                f"arrival.",
                evidence,
            )
        return


def _hogged(run: Run, conn: ConnFacts, hog: SendFacts) -> Iterator[Observation]:
    """A thread that sends without pause cannot keep another one waiting."""
    if hog.size_bytes < HOG_BYTES_MIN:
        return
    numbers = range(hog.send, hog.send + hog.repeat)
    frames = Timeline(
        (f for f in conn.frames if isinstance(f, PeerFrame) and f.send in numbers),
        lambda f: f.began_us,
    )
    # What a send does before it asks for the lock is no waiting; it is known of the hog.
    before_us = run.grace_us + run.noise_us + preparation_us(conn, hog)
    for waiter in conn.sends.values():
        came_us = waiter.started_us + before_us
        if waiter is hog or waiter.frame is None or not hog.started_us < waiter.asked_us:
            continue
        later = frames.between(came_us + 1, FOREVER, HOG_AHEAD_MAX + 1)
        if hog.ended_us < came_us or len(later) <= HOG_AHEAD_MAX:
            # The hog had hardly anything left to send: who went first says nothing.
            continue
        if not conn.reads_on_between(waiter.asked_us, waiter.frame.began_us):
            # What went by may have been written long before, and lain in the buffers.
            continue
        passed = frames.between(came_us + 1, waiter.frame.began_us - 1)
        evidence = [e for e in (waiter.started, waiter.frame, *passed[-1:]) if e is not None]
        if len(passed) <= HOG_AHEAD_MAX:
            yield held("CX-4", "hogged", evidence)
        else:
            yield broken(
                "CX-4",
                "hogged",
                f"Send {waiter.send} was waiting for the lock; {len(passed)} more frames of "
                f"another thread went before it, though at most one send was ahead of it.",
                evidence,
            )


def _overtaken(run: Run, conn: ConnFacts, hog: SendFacts) -> Iterator[Observation]:
    """Who waits while the peer reads nothing goes next when it reads on, behind one at most.

    What had been written by then lay in the peer's buffer, where it was counted; one more send was
    in flight. All else that went before the waiter came later than it.
    """
    frame_bytes = bytes_of_each(conn)
    if conn.transport != "unix" or frame_bytes is None:
        # Elsewhere some of what was written has not come to the peer's buffer.
        return
    before_us = run.grace_us + 2 * run.noise_us + preparation_us(conn, hog)
    for waiter in conn.sends.values():
        if waiter is hog or waiter.frame is None:
            continue
        came_us = waiter.started_us + before_us
        look = conn.found_unread.first_from(came_us)
        if look is None or not conn.stopped_between(waiter.asked_us, look.at_us):
            continue
        written_bytes = conn.read_by(look.at_us) + look.unread_bytes
        if waiter.frame.index < written_bytes // frame_bytes:
            # It had gone by then, and had nothing to wait for.
            continue
        passed = waiter.frame.index - (-(-written_bytes // frame_bytes) + 1)
        yield _passed(run, waiter, look, passed)


def _passed(run: Run, waiter: SendFacts, look: PeerUnread, passed: int) -> Observation:
    """Say that so many frames went before a waiter, besides those that may."""
    evidence = [e for e in (waiter.started, look, waiter.frame) if e is not None]
    if passed <= 0:
        return held("CX-4", "tiny-frames", evidence)
    if not keeps_nothing_back(run):
        return unsure(
            "CX-4",
            "tiny-frames",
            f"{passed} more frames went before send {waiter.send}. But they may have come before "
            f"it, and have lain in a buffer of the implementation's own.",
            evidence,
        )
    return broken(
        "CX-4",
        "tiny-frames",
        f"Send {waiter.send} had been waiting for the lock for "
        f"{ms(look.at_us - waiter.started_us)} when the peer read on, and {passed} more frames of "
        f"another thread went before it, though one send was ahead of it: the lock is not served "
        f"in order of arrival.",
        evidence,
    )


def _waited_too_long(run: Run, conn: ConnFacts) -> Iterator[Observation]:
    """With k sends ahead, a send has returned after k + 1 holds and graces at the latest."""
    hold_us = run.knob("send_timeout_us") + run.grace_us
    for send in () if conn.closings else conn.by_start.events:
        ahead = ahead_of(conn, send)
        if not ahead.sends or ahead.repeated or send.repeat > 1 or ahead.timed_out:
            # After a TIMEOUT the connection closes, and SD-13 says how long the queue may take.
            continue
        taken = lock_at(run, conn, send)
        # The lock was free, and the send did not have it yet: that is charged to nobody.
        free_us = max(0, taken.by_us - max(ahead.until_us, send.started_us)) if taken else 0
        allowed_us = (ahead.sends + 1) * hold_us
        took_us = min(send.ended_us, run.end_us) - send.started_us - free_us
        situation = "two-ahead" if ahead.sends >= QUEUED_BEHIND_MIN else None
        if took_us <= allowed_us + run.noise_us:
            waited = send.outcome == "ok" and took_us > run.knob("send_timeout_us")
            if situation is not None and waited and send.frame is not None:
                yield held("CX-4", situation, send.evidence())
            continue
        late = run.ended_at(send).after(run.started_at(send), allowed_us + free_us)
        what = (
            f"Send {send.send} on connection {conn.conn} had {ahead.sends} ahead of it in the "
            f"queue and returned after {ms(took_us)}; {ahead.sends + 1} holds with its own, "
            f"of {ms(hold_us)} each (send timeout and grace) are the most it may take"
        )
        if taken is None and ahead.until_us < FOREVER:
            why = f"{what}. When it took the lock nobody knows."
            yield unsure("CX-4", situation, why, send.evidence())
        else:
            most = at_least(late.least_us + run.grace_us)
            yield timed("CX-4", situation, most, f"{what}.", send.evidence())
