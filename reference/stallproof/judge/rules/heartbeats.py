"""Rules for heartbeats and the clock they go by: SC-10 and SC-14."""

from collections.abc import Iterable, Iterator

from msgspec import UNSET

from stallproof.judge.evidence.blocked import blocked_between
from stallproof.judge.evidence.facts import ConnFacts, SendFacts, heard_us
from stallproof.judge.evidence.lock import lock_by_us
from stallproof.judge.evidence.moment import Lateness, at_least
from stallproof.judge.evidence.observation import Observation, broken, held, ms, timed
from stallproof.judge.evidence.run import Pass, Run
from stallproof.judge.evidence.timeline import Timeline
from stallproof.judge.rules import rule
from stallproof.wire.events import AnyEvent, Received, Taken, WallJumped

HOUR_US = 3_600_000_000
ARRIVES_US = 300_000
"""How long the peer waits for a heartbeat that is due before it says that none came."""


def _last_receipt_us(run: Run, conn: ConnFacts, before_us: int) -> tuple[int | None, int | None]:
    """Return the latest receipt before a check: sent by the peer, taken by the implementation."""
    if "taken" not in conn.memo:
        taken: list[Received | Taken] = [e for e in run.of(Received) if e.conn == conn.conn]
        taken += _found_more(e for e in run.of(Taken) if e.conn == conn.conn)
        conn.memo["taken"] = Timeline(taken, heard_us)
    times: Timeline[Received | Taken] = conn.memo["taken"]
    sent, took = conn.sent.last_by(before_us), times.last_by(before_us)
    return None if sent is None else sent.at_us, None if took is None else heard_us(took)


def _found_more(looks: Iterable[Taken]) -> Iterator[Taken]:
    """Yield the looks that found more than the one before.

    Of the first nobody knows; in traces of old each was told because it had found more.
    """
    before: Taken | None = None
    for one in looks:
        if one.asked_us is UNSET or (before is not None and one.frames > before.frames):
            yield one
        before = one


def _blocked_during(run: Run, conn: ConnFacts, one: Pass) -> SendFacts | None:
    """Return a send that the peer proves to have held the lock all through the pass."""
    until_us = min(one.answered_us, run.end_us)
    return next(blocked_between(run, conn, one.asked.at_us, until_us), None)


def _quiet(conn: ConnFacts, one: Pass) -> bool:
    """Tell whether no send can have been in flight during the pass."""
    return next(conn.asked_for.covering(one.answered_us, one.asked.at_us), None) is None


def is_due(run: Run, conn: ConnFacts, one: Pass) -> bool:
    """Tell whether a heartbeat was certainly due at this pass on the open, idle connection."""
    interval_us = run.knob("heartbeat_interval_us")
    sent_us, took_us = _last_receipt_us(run, conn, one.answered_us)
    last_us = max((t for t in (sent_us, took_us) if t is not None), default=None)
    born_us = max((a.at_us for a in conn.accepted), default=one.asked.at_us)
    # A handshake is a receipt too; it is over when the connection has just been accepted.
    since_us = (born_us if last_us is None else last_us) + run.grace_us + run.noise_us
    return one.asked.at_us - since_us > interval_us


def is_not_due(run: Run, conn: ConnFacts, one: Pass) -> bool:
    """Tell whether something was certainly received within the interval before this pass."""
    sent_us, took_us = _last_receipt_us(run, conn, one.asked.at_us)
    if sent_us is None or took_us is None or took_us < sent_us:
        return False
    return one.answered_us - sent_us <= run.knob("heartbeat_interval_us")


def next_pass_us(run: Run, one: Pass) -> int:
    later = run.pass_times.first_from(one.asked.at_us + 1)
    return run.end_us if later is None else later.asked.at_us


def _waited(run: Run, one: Pass) -> bool:
    """Tell whether the peer watched long enough after the pass for a heartbeat to arrive."""
    return next_pass_us(run, one) - one.answered_us >= ARRIVES_US + run.noise_us


def _waited_for(run: Run, one: Pass) -> Lateness:
    """Return how long the peer waited for a heartbeat that never came."""
    return at_least(next_pass_us(run, one) - one.answered_us)


@rule("SC-10")
def sc_10(run: Run) -> Iterator[Observation]:
    """At a check a heartbeat exactly when idle beyond the interval, allowed and not stalled."""
    if run.of(WallJumped) or run.asked("monitor"):
        return
    meddled = any(conn.meddling for conn in run.conns.values())
    for one in run.passes:
        if one.answered is None:
            continue
        for conn in run.conns.values():
            if conn.closings or conn.meddling or not conn.accepted:
                continue
            if meddled and conn.conn not in one.checks:
                # A pass that another connection's failure ended is SC-12's business.
                continue
            yield from _heartbeat_at(run, conn, one)


def _heartbeat_at(run: Run, conn: ConnFacts, one: Pass) -> Iterator[Observation]:
    until_us = next_pass_us(run, one)
    beats = conn.heartbeat_frames(one.asked.at_us, until_us)
    evidence: list[AnyEvent] = [one.asked, *beats[:1], *conn.actions[-1:]]
    due = is_due(run, conn, one)
    blocked = _blocked_during(run, conn, one)
    if blocked is not None:
        yield from _while_blocked(run, conn, one, blocked)
    elif not _quiet(conn, one):
        return
    elif due and not conn.heartbeats:
        yield from _forbidden(run, conn, one, evidence)
    elif due and len(beats) > 1:
        yield broken(
            "SC-10",
            "due",
            f"One check of connection {conn.conn} was followed by {len(beats)} heartbeats; each "
            f"check sends one.",
            [one.asked, *beats[:2]],
        )
    elif due and beats:
        yield held("SC-10", "due", evidence)
    elif due and _waited(run, one) and conn.mode_at(until_us) == "drain":
        yield timed(
            "SC-10",
            "due",
            _waited_for(run, one),
            f"Nothing had been received on connection {conn.conn} for longer than the interval "
            f"{ms(run.knob('heartbeat_interval_us'))}, and the check sent no heartbeat.",
            evidence,
        )
    elif conn.heartbeats and is_not_due(run, conn, one):
        yield _not_due(run, conn, bool(beats), evidence)


def _not_due(run: Run, conn: ConnFacts, beaten: bool, evidence: list[AnyEvent]) -> Observation:
    """Something was received within the interval, so the check sends no heartbeat."""
    if not beaten:
        return held("SC-10", "not-due", evidence)
    return broken(
        "SC-10",
        "not-due",
        f"Something had been received on connection {conn.conn} within the interval "
        f"{ms(run.knob('heartbeat_interval_us'))}, and the check sent a heartbeat.",
        evidence,
    )


def _forbidden(
    run: Run, conn: ConnFacts, one: Pass, evidence: list[AnyEvent]
) -> Iterator[Observation]:
    """A connection that forbids heartbeats gets none, however long it was idle."""
    if conn.heartbeat_frames(one.asked.at_us, next_pass_us(run, one)):
        yield broken(
            "SC-10",
            "forbidden",
            f"Connection {conn.conn} forbids heartbeats, and one was sent.",
            evidence,
        )
    elif _waited(run, one):
        yield held("SC-10", "forbidden", evidence)


def _while_blocked(
    run: Run, conn: ConnFacts, one: Pass, blocked: SendFacts
) -> Iterator[Observation]:
    """A connection found stalled gets no heartbeat, then or later."""
    taken_us = lock_by_us(conn, blocked)
    assert taken_us is not None
    stalled_us = one.asked.at_us - taken_us - run.grace_us - run.noise_us
    if stalled_us <= run.knob("stall_timeout_us") or not is_due(run, conn, one):
        return
    beats = conn.heartbeat_frames(one.asked.at_us, most=1)
    evidence: list[AnyEvent] = [*blocked.evidence(), one.asked, *beats[:1]]
    if beats and len(run.passes) == 1:
        yield broken(
            "SC-10",
            "stalled",
            f"Connection {conn.conn} was stalled at the check, and a heartbeat was sent on it.",
            evidence,
        )
    elif not beats and blocked.frame is not None:
        yield held("SC-10", "stalled", evidence)


@rule("SC-14")
def sc_14(run: Run) -> Iterator[Observation]:
    """A jump of the wall clock changes nothing."""
    for jump in run.of(WallJumped):
        by_us = jump.after_us - jump.before_us
        one = next((p for p in run.pass_times.since(heard_us(jump) + 1) if p.answered), None)
        if abs(by_us) < HOUR_US // 2 or one is None:
            continue
        for conn in run.conns.values():
            if not conn.accepted or not _quiet(conn, one) or not conn.heartbeats:
                continue
            beats = conn.heartbeat_frames(one.asked.at_us, next_pass_us(run, one))
            evidence: list[AnyEvent] = [jump, one.asked, *conn.actions[-1:], *beats[:1]]
            if by_us > 0 and is_not_due(run, conn, one):
                yield _unmoved(
                    "wall-forward",
                    bool(beats),
                    evidence,
                    f"The wall clock jumped an hour ahead; connection {conn.conn} had received "
                    f"something within the interval, and got a heartbeat all the same.",
                )
            elif by_us < 0 and is_due(run, conn, one) and (beats or _waited(run, one)):
                why = (
                    f"The wall clock jumped an hour back; connection {conn.conn} had been idle for "
                    f"longer than the interval, and got no heartbeat. Wall time decides there."
                )
                if beats:
                    yield held("SC-14", "wall-back", evidence)
                else:
                    yield timed("SC-14", "wall-back", _waited_for(run, one), why, evidence)


def _unmoved(situation: str, wrong: bool, evidence: list[AnyEvent], why: str) -> Observation:
    if wrong:
        return broken("SC-14", situation, why + " Wall time decides there.", evidence)
    return held("SC-14", situation, evidence)
