"""A rule for streams under a connection that closes: CX-9."""

from collections.abc import Iterator

from stallproof.judge.evidence.beside import flow_of
from stallproof.judge.evidence.blocked import blocked_between
from stallproof.judge.evidence.facts import FOREVER, ConnFacts, heard_us
from stallproof.judge.evidence.moment import Lateness, Moment, exactly
from stallproof.judge.evidence.observation import Observation, broken, ms, timed, unsure
from stallproof.judge.evidence.run import Run
from stallproof.judge.evidence.streams import StreamFacts, said_us
from stallproof.judge.rules import rule
from stallproof.wire.events import AnyEvent

CAUSES = {"send_timeout": "closed-by-timeout", "monitor": "closed-by-monitor"}


@rule("CX-9")
def cx_9(run: Run) -> Iterator[Observation]:
    """Closing ends every stream of the connection within grace, once."""
    for conn in run.conns.values():
        streams = run.streams.on(conn.conn)
        begun = _closing(run, conn) if streams else None
        for facts in streams if begun is not None else ():
            if begun is not None and facts.made_by_us <= begun.since_us:
                yield from _ended(run, conn, facts, begun)
            elif begun is not None and facts.made_by_us <= begun.since_us + run.uncertainty_us:
                yield from map(_undated, _ended(run, conn, facts, exactly(begun.by_us)))


def _undated(seen: Observation) -> Observation:
    """Return what was seen of a stream that the clock does not surely put before the closing."""
    why = f"{seen.explanation} But the clock cannot tell whether it was made before the closing."
    return unsure("CX-9", seen.situation, why, seen.events)


def _closing(run: Run, conn: ConnFacts) -> Moment | None:
    """Return when the connection began to close, as far as anyone knows; `None`: it did not."""
    begun = [run.said(closing) for closing in conn.closings[:1]]
    begun += [run.taken(asked) for asked in run.asked("close", conn.conn)[:1]]
    if not begun or conn.meddling:
        return None
    by_us = min(one.by_us for one in begun)
    if conn.hangup is not None:
        by_us = min(by_us, conn.hangup.at_us)
    return Moment(min([by_us, *(one.since_us for one in begun)]), by_us)


def _ended(run: Run, conn: ConnFacts, facts: StreamFacts, begun: Moment) -> Iterator[Observation]:
    """Judge the end of one stream that was made before the closing began."""
    evidence = facts.evidence(*_asked_to_close(run, conn), *conn.closings[:1])
    again = [end for end in facts.ended[1:] if said_us(end) >= begun.since_us]
    situation = _situation(run, conn, facts, begun)
    what = f"Connection {conn.conn} was closed, and {facts.name}"
    if again:
        told = ", ".join(f"'{end.outcome}'" for end in facts.ended)
        yield broken(
            "CX-9", situation, f"{what} has {len(facts.ended)} outcomes: {told}.", evidence
        )
    elif facts.end is None:
        over_us = run.unheard.since_us - begun.by_us
        late = Lateness(over_us, FOREVER)
        if over_us > run.grace_us + run.noise_us:
            why = f"{what}, which was not over, had no outcome {ms(over_us)} later."
            yield timed("CX-9", situation, late, why, evidence)
    elif run.said(facts.end).by_us >= begun.since_us - _told_before_us(run, conn):
        over_us = max(0, heard_us(facts.end) - begun.by_us)
        why = f"{what}, which was not over, ended {ms(over_us)} later ('{facts.outcome}')."
        yield timed("CX-9", situation, run.said(facts.end).after(begun), why, evidence)


def _situation(run: Run, conn: ConnFacts, facts: StreamFacts, begun: Moment) -> str | None:
    """Name what the stream did when its connection was closed, and by whom, where that counts."""
    flow = flow_of(run, facts)
    if flow is not None and flow.stopped_us < begun.since_us:
        return None
    wait = None if flow is None else flow.last_wait
    waits = wait is not None and wait.opening is None and wait.began_by_us <= begun.since_us
    asked = _asked_to_close(run, conn)
    if not asked:
        return CAUSES.get(conn.closings[0].cause or "") if waits else None
    if waits:
        return "closed-while-waiting"
    at_us = asked[0].at_us
    ready = len(facts.ready)
    if facts.not_ready_before_us(ready) > at_us and len(facts.chunks) == ready:
        return "closed-while-paused"
    is_ready = bool(ready) and facts.ready_by_us(ready - 1) <= at_us
    is_stuck = next(blocked_between(run, conn, at_us, at_us), None) is not None
    return "closed-while-sending" if is_ready and is_stuck else None


def _told_before_us(run: Run, conn: ConnFacts) -> int:
    """Return by how much the end of a stream may be told before the closing that brought it."""
    return 0 if _asked_to_close(run, conn) else run.grace_us


def _asked_to_close(run: Run, conn: ConnFacts) -> list[AnyEvent]:
    """Return the first request to close, if it came before any word of a closing."""
    asked = run.asked("close", conn.conn)[:1]
    return [one for one in asked if one.at_us <= conn.closing_heard_us]
