"""Rules for connections that come while others go: CX-6.

A number that was closed belongs to whoever gets it next. So what is closed once more, late, is
another connection: the peer sees that one end, though nobody closed it, nothing failed on it and
the peer did nothing to it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from stallproof.judge.evidence.facts import FOREVER, ConnFacts, SendFacts
from stallproof.judge.evidence.observation import Observation, broken, held
from stallproof.judge.evidence.run import Run
from stallproof.judge.evidence.timeline import Timeline
from stallproof.judge.rules import rule
from stallproof.wire.events import AnyEvent, PeerFrame, Requested

AGAIN_MAX = 16
"""How many closes after a connection came are looked at: a play opens and closes in turns."""

LOST_MIN = 2
"""One send that fails may have failed for no reason at all, which is SD-7's."""


@dataclass(frozen=True, slots=True)
class Over:
    """A connection that had ended at `at_us` at the latest: closed, failed, or left by its peer.

    `asked`: the request to close it that came then or later.
    """

    conn: str
    at_us: int
    asked: Requested


@rule("CX-6")
def cx_6_others(run: Run) -> Iterator[Observation]:
    """Closing what has ended ends no other connection that came meanwhile."""
    closes = list(_closes_of_ended(run))
    gone = Timeline(closes, lambda one: one.at_us)
    again = Timeline(closes, lambda one: one.asked.at_us)
    for conn in run.conns.values() if closes and not run.broken else ():
        if not conn.accepted:
            continue
        came_us = conn.accepted[0].at_us
        before = gone.last_by(came_us - 1)
        later = again.between(came_us, FOREVER, AGAIN_MAX)
        close = next((one for one in later if one.at_us < came_us), None)
        harm = None if before is None else _harm(run, conn, close)
        if before is not None and harm is not None:
            yield broken(
                "CX-6",
                "opened-meanwhile",
                f"Connection {before.conn} had ended when {conn.conn} came, and {harm[0]}, though "
                f"nobody had closed {conn.conn}, and the peer had done nothing to it.",
                [conn.accepted[0], before.asked, harm[1]],
            )
        elif close is not None and (good := _works_after(conn, close.asked.at_us)) is not None:
            evidence = [conn.accepted[0], close.asked, *good.evidence()]
            yield held("CX-6", "opened-meanwhile", evidence)


def _closes_of_ended(run: Run) -> Iterator[Over]:
    """Yield each close that was asked for, with when its connection had ended at the latest.

    A first close is yielded as well: it is an end of its own.
    """
    over: dict[str, int] = {}
    for conn in run.conns.values():
        failed = [s.ended_us for s in conn.sends.values() if s.outcome not in (None, "ok")]
        over[conn.conn] = min([d.at_us for d in conn.meddling[:1]] + failed, default=FOREVER)
    for asked in run.asked("close"):
        if asked.conn is None:
            continue
        answer = run.answer_to(asked)
        if answer is not None and answer.error is None:
            over[asked.conn] = min(over.get(asked.conn, FOREVER), answer.at_us)
        if over.get(asked.conn, FOREVER) < FOREVER:
            yield Over(asked.conn, over[asked.conn], asked)


def _works_after(conn: ConnFacts, asked_us: int) -> SendFacts | None:
    """Return a send over `conn` that was asked for after `asked_us` and arrived."""
    sends = conn.by_request.since(asked_us + 1)
    return next((s for s in sends if s.outcome == "ok" and s.frame is not None), None)


def _harm(run: Run, conn: ConnFacts, close: Over | None) -> tuple[str, AnyEvent] | None:
    """Return what became of `conn` that had no reason of its own, and what shows it."""
    stranger = next(_strangers(conn), None)
    if stranger is not None:
        return f"a frame of send {stranger.send} came over it, which is not its own", stranger
    own_us = _own_reason_us(run, conn)
    first_us = min((s.asked_us for s in conn.sends.values() if _has_failed(s)), default=FOREVER)
    seen = conn.closed_seen()
    if seen is not None and seen.at_us < min(own_us, first_us):
        # One that was used, and whose sends were all OK, may have been closed for that: SD-9's.
        was_ok = any(s.outcome == "ok" and s.frame is not None for s in conn.sends.values())
        return None if was_ok and conn.is_all_ok else ("the peer saw it end", seen)
    if close is None or not _is_lost(run, conn, close.asked.at_us, own_us):
        return None
    what = f"from the moment on at which {close.conn} was closed again every send on it failed"
    return what, close.asked


def _has_failed(send: SendFacts) -> bool:
    return send.outcome not in (None, "ok")


def _is_lost(run: Run, conn: ConnFacts, asked_us: int, own_us: int) -> bool:
    """Tell whether every send over `conn` failed after `asked_us`, and not every send everywhere.

    The kernel shows the peer no end while somebody of the implementation waits in a read.
    """
    after = list(conn.by_request.since(asked_us + 1))
    if len(after) < LOST_MIN or any(not _has_failed(s) or s.frame for s in after):
        return False
    if after[0].asked_us > own_us:
        return False
    return any(s.frame is not None for _conn, s in run.all_sends() if s.asked_us > asked_us)


def _own_reason_us(run: Run, conn: ConnFacts) -> int:
    """Return since when something of its own may have ended `conn`; `FOREVER`: nothing."""
    times = [d.at_us for d in conn.meddling[:1]]
    times += [a.at_us for a in run.asked("close", conn.conn)[:1]]
    times += [c.at_us for c in conn.closings if c.cause == "monitor"]
    times += [stream.asked.asked_us for stream in run.streams.on(conn.conn)[:1]]
    return min(times, default=FOREVER)


def _strangers(conn: ConnFacts) -> Iterator[PeerFrame]:
    """Yield the frames that came over `conn` and name a send of another connection."""
    if any(send.repeat > 1 for send in conn.sends.values()):
        return
    for frame in conn.frames:
        if isinstance(frame, PeerFrame) and frame.intact and frame.send is not None:
            yield from () if frame.send in conn.sends else (frame,)
