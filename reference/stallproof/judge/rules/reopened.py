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


@dataclass(frozen=True, slots=True)
class Again:
    """A close of a connection that had ended before: at `over_us` at the latest."""

    asked: Requested
    over_us: int


@rule("CX-6")
def cx_6_others(run: Run) -> Iterator[Observation]:
    """Closing what has ended ends no other connection that came meanwhile."""
    again = Timeline(_closed_again(run), lambda one: one.asked.at_us)
    for conn in run.conns.values() if again.events and not run.broken else ():
        if not conn.accepted:
            continue
        came_us = conn.accepted[0].at_us
        closes = again.between(came_us, FOREVER, AGAIN_MAX)
        one = next((c for c in closes if c.over_us < came_us), None)
        if one is not None:
            yield from _unharmed(run, conn, one)


def _closed_again(run: Run) -> Iterator[Again]:
    """Yield each close of a connection that had been closed, had failed, or had lost its peer."""
    over: dict[str, int] = {}
    for conn in run.conns.values():
        failed = [s.ended_us for s in conn.sends.values() if s.outcome not in (None, "ok")]
        over[conn.conn] = min([d.at_us for d in conn.meddling[:1]] + failed, default=FOREVER)
    for asked in run.asked("close"):
        assert asked.conn is not None
        if over[asked.conn] < asked.at_us:
            yield Again(asked, over[asked.conn])
        answer = run.answer_to(asked)
        if answer is not None and answer.error is None:
            over[asked.conn] = min(over[asked.conn], answer.at_us)


def _unharmed(run: Run, conn: ConnFacts, again: Again) -> Iterator[Observation]:
    """Say whether `conn`, which came before the close `again`, worked after it."""
    own_us = _own_reason_us(run, conn)
    after = [
        s for s in conn.sends.values() if again.asked.at_us < s.asked_us and s.ended_us < own_us
    ]
    harm = _harm(conn, again, own_us, after)
    evidence: list[AnyEvent] = [again.asked, conn.accepted[0]]
    whose = f"Connection {again.asked.conn} had ended, and was closed when {conn.conn} had come"
    if harm is not None:
        yield broken(
            "CX-6",
            "opened-meanwhile",
            f"{whose}: {harm[0]}, though nobody had closed {conn.conn}, the peer had done nothing "
            f"to it, and no deadline had come.",
            [*evidence, *harm[1]],
        )
    elif good := next((s for s in after if s.outcome == "ok" and s.frame is not None), None):
        yield held("CX-6", "opened-meanwhile", [*evidence, *good.evidence()])


def _own_reason_us(run: Run, conn: ConnFacts) -> int:
    """Return since when something of its own may have ended `conn`; `FOREVER`: nothing."""
    times = [d.at_us for d in conn.meddling[:1]]
    times += [a.at_us for a in run.asked("close", conn.conn)[:1]]
    times += [s.ended.at_us for s in conn.sends.values() if s.ended and s.outcome == "timeout"]
    times += [c.at_us for c in conn.closings if c.cause == "monitor"]
    return min(times, default=FOREVER)


def _harm(
    conn: ConnFacts, again: Again, own_us: int, after: list[SendFacts]
) -> tuple[str, list[AnyEvent]] | None:
    """Return what became of `conn` after the close of another one, and what shows it."""
    stranger = next(_strangers(conn), None)
    if stranger is not None:
        return f"a frame of send {stranger.send} came over it, which is not its own", [stranger]
    was_ok = any(s.outcome == "ok" and s.frame is not None for s in conn.sends.values())
    seen = conn.closed_seen()
    if seen is not None and again.asked.at_us <= seen.at_us < own_us:
        # One that was used, and whose sends were all OK, may have been closed for that: SD-9's.
        return None if was_ok and conn.is_all_ok else ("the peer saw it end", [seen])
    failed = next((s for s in after if s.outcome in ("closed", "error", "suppressed")), None)
    if failed is None or failed.frame is not None:
        return None
    return f"send {failed.send} on it ended with {failed.outcome}", failed.evidence()


def _strangers(conn: ConnFacts) -> Iterator[PeerFrame]:
    """Yield the frames that came over `conn` and name a send of another connection."""
    if any(send.repeat > 1 for send in conn.sends.values()):
        return
    for frame in conn.frames:
        if isinstance(frame, PeerFrame) and frame.intact and frame.send is not None:
            yield from () if frame.send in conn.sends else (frame,)
