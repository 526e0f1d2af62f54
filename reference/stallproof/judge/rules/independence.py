"""Rules for a monitor that waits for nobody: SC-11 and SC-12."""

from collections.abc import Iterator

from stallproof.judge.evidence.blocked import blocked_between
from stallproof.judge.evidence.facts import ConnFacts, SendFacts, heard_us
from stallproof.judge.evidence.moment import Lateness, at_least, latest
from stallproof.judge.evidence.observation import Observation, broken, held, ms, timed
from stallproof.judge.evidence.run import Pass, Run
from stallproof.judge.rules import rule
from stallproof.judge.rules.heartbeats import ARRIVES_US, is_due, next_pass_us
from stallproof.wire.events import AnyEvent

MANY_STALLED = 10
COME_AND_GO_MIN = 10


@rule("SC-11")
def sc_11(run: Run) -> Iterator[Observation]:
    """A pass never waits for a send lock or a socket."""
    for one in run.passes:
        blocked = [
            (conn, send)
            for conn in run.conns.values()
            if (send := _blocked_at(run, conn, one)) is not None
        ]
        if not blocked:
            continue
        if one.answered is not None and not all(c.conn in one.checks for c, _ in blocked):
            # A pass is over when it has looked at everyone: an answer alone shows nothing.
            continue
        late, took_us = _lateness(run, one), _took_us(run, one)
        tempting = [
            (c, s)
            for c, s in blocked
            if c.heartbeats
            and is_due(run, c, one)
            and one.asked.at_us - s.asked_us < run.knob("stall_timeout_us")
        ]
        done = "had not ended" if one.answered is None else "took"
        what = (
            f"{len(blocked)} connection(s) had a send in flight that could not move, and the pass "
        )
        what += f"{done} {'after ' if one.answered is None else ''}{ms(took_us)}"
        evidence: list[AnyEvent] = [*blocked[0][1].evidence(), one.asked]
        if one.answered is not None:
            evidence.append(one.answered)
        if tempting:
            yield timed(
                "SC-11",
                "busy-lock",
                late,
                what + "; a pass must wait for no send lock, not even with a heartbeat due.",
                evidence,
            )
            yield from _beat_in_flight(run, one, tempting)
        if len(blocked) >= MANY_STALLED:
            yield timed("SC-11", "many-stalled", late, what + ".", evidence)


def _lateness(run: Run, one: Pass) -> Lateness:
    """Return how long the pass took, for certain and at most, until its last check was said."""
    begun = run.taken(one.asked)
    over = latest(run.answered(one.asked), *map(run.said, one.checks.values()))
    return over.after(begun)


def _took_us(run: Run, one: Pass) -> int:
    """Return how long the pass took until it was answered and every check of it was heard."""
    looked_us = max((heard_us(c) for c in one.checks.values()), default=0)
    over_us = one.answered_us if one.answered is None else max(one.answered_us, looked_us)
    return min(over_us, run.end_us) - one.asked.at_us


def _blocked_at(run: Run, conn: ConnFacts, one: Pass) -> SendFacts | None:
    """Return a send that was blocked when the pass was asked for."""
    return next(blocked_between(run, conn, one.asked.at_us, one.asked.at_us), None)


def _beat_in_flight(
    run: Run, one: Pass, tempting: list[tuple[ConnFacts, SendFacts]]
) -> Iterator[Observation]:
    """A heartbeat is not due while a send is in flight, so none may come of this pass."""
    if len(run.passes) != 1 or run.asked("monitor"):
        return
    for conn, send in tempting:
        beats = conn.heartbeat_frames(one.asked.at_us, most=1)
        if beats and send.frame is not None:
            yield broken(
                "SC-11",
                "busy-lock",
                f"Send {send.send} was in flight on connection {conn.conn} at the only check, and "
                f"a heartbeat came of it all the same.",
                [*send.evidence(), one.asked, beats[0]],
            )


@rule("SC-12")
def sc_12(run: Run) -> Iterator[Observation]:
    """One connection's failure does not end the pass for the others."""
    for one in run.passes:
        failing = [
            c
            for c in run.conns.values()
            if any(d.action == "shut_read" and d.at_us < one.asked.at_us for d in c.meddling)
            and is_due(run, c, one)
        ]
        healthy = [
            c
            for c in run.conns.values()
            if not c.meddling
            and c.heartbeats
            and is_due(run, c, one)
            and not _is_closed_by(c, next_pass_us(run, one))
        ]
        if len(failing) < 2 or not healthy:
            continue
        until_us = next_pass_us(run, one)
        for conn in healthy:
            yield from _reached(run, conn, one, until_us, "one-fails", "heartbeats on others fail")
    yield from _come_and_go(run)


def _reached(
    run: Run, conn: ConnFacts, one: Pass, until_us: int, situation: str, why: str
) -> Iterator[Observation]:
    beats = conn.heartbeat_frames(one.asked.at_us, until_us, 1)
    if beats:
        yield held("SC-12", situation, [one.asked, beats[0]])
    elif conn.conn in one.checks:
        # The pass came to it: what it did there is SC-10's.
        return
    elif until_us - one.asked.at_us >= ARRIVES_US + run.noise_us:
        yield timed(
            "SC-12",
            situation,
            at_least(until_us - run.taken(one.asked).by_us),
            f"In a pass in which {why}, connection {conn.conn} was idle and due, and no heartbeat "
            f"reached it: the pass did not come to it.",
            [one.asked, *run.broken[:1]],
        )


def _is_closed_by(conn: ConnFacts, at_us: int) -> bool:
    """Tell whether the implementation had closed the connection, whoever is to blame for that."""
    seen = conn.closed_seen()
    return conn.closing_heard_us <= at_us or (seen is not None and seen.at_us <= at_us)


def _come_and_go(run: Run) -> Iterator[Observation]:
    """Connections that open and close while the monitor runs do not stop it."""
    if not run.asked("monitor") or len(run.asked("close")) < COME_AND_GO_MIN:
        return
    last_us = max(a.at_us for a in run.asked("close"))
    watched_us = run.end_us - last_us - run.knob("heartbeat_interval_us")
    for conn in run.conns.values():
        if run.asked("close", conn.conn) or not conn.heartbeats or not conn.accepted:
            continue
        if conn.closings or conn.closed_seen() is not None:
            # Who closed it gave it no heartbeat either: that is the business of SC-5 and SC-6.
            continue
        beats = conn.heartbeat_frames(last_us, most=1)
        if beats:
            yield held("SC-12", "come-and-go", [beats[0]])
        elif watched_us >= ARRIVES_US + run.noise_us:
            yield timed(
                "SC-12",
                "come-and-go",
                at_least(watched_us),
                f"{len(run.asked('close'))} connections came and went while the monitor ran; "
                f"afterwards it sent no heartbeat to {conn.conn}, which was idle.",
                [run.asked("close")[-1]],
            )
