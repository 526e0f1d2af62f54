"""Rules for closing and for other connections: CX-2, CX-3 and CX-6."""

from collections.abc import Iterator

from stallproof.judge.evidence.blocked import blocked_between
from stallproof.judge.evidence.facts import ConnFacts, SendFacts
from stallproof.judge.evidence.moment import at_least
from stallproof.judge.evidence.observation import Observation, broken, held, ms, timed
from stallproof.judge.evidence.queue import met_free_lock
from stallproof.judge.evidence.run import Run
from stallproof.judge.rules import rule
from stallproof.judge.rules.stalled import SMALL_BYTES
from stallproof.wire.events import AnyEvent

LONG_BEFORE = 4
"""A close "long before the deadline" comes at least so many graces before it."""
PATIENCE_US = 300_000
"""A send that has not ended so long after its connection was closed counts as never ending."""


@rule("CX-2")
def cx_2(run: Run) -> Iterator[Observation]:
    """Closing ends a blocked send within grace, and the call that closes returns as soon."""
    for asked in run.asked("close"):
        if asked.conn is None:
            continue
        conn = run.conns[asked.conn]
        situation = "closed-while-blocked" + ("-tls" if conn.transport == "tls" else "")
        is_blocked = False
        for send in blocked_between(run, conn, asked.at_us, asked.at_us):
            left_us = send.asked_us + run.knob("send_timeout_us") - asked.at_us
            if not met_free_lock(conn, send) or left_us <= LONG_BEFORE * run.grace_us:
                continue
            is_blocked = True
            late = run.ended_at(send).after(run.taken(asked))
            over_us = min(send.ended_us, run.end_us) - asked.at_us
            what = (
                f"was still blocked {ms(over_us)} later"
                if send.ended is None
                else f"returned {ms(over_us)} later"
            )
            yield timed(
                "CX-2",
                situation,
                late,
                f"Connection {conn.conn} ({conn.transport}) was closed while send {send.send} was "
                f"blocked, and the send {what}.",
                [*send.evidence(), asked],
            )
        if is_blocked:
            answered = run.answered(asked)
            yield timed(
                "CX-2",
                situation,
                answered.after(run.taken(asked)),
                f"Connection {conn.conn} ({conn.transport}) was closed while a send was blocked, "
                f"and {ms(answered.since_us - asked.at_us)} later the call that closes had not "
                f"returned.",
                [asked],
            )


@rule("CX-3")
def cx_3(run: Run) -> Iterator[Observation]:
    """A stalled connection never delays another one."""
    for conn in run.conns.values():
        for send in conn.sends.values():
            if send.started is None or send.size_bytes > SMALL_BYTES or send.repeat > 1:
                continue
            if conn.meddling or conn.mode_at(send.asked_us) != "drain":
                continue
            if not met_free_lock(conn, send):
                # It waits for its own connection.
                continue
            stalled = _stalled_beside(run, conn, send)
            if stalled is None:
                continue
            over_us = min(send.ended_us, run.end_us) - send.started_us
            if send.ended is not None and send.frame is None:
                # It returned, but nothing went over the connection that could have been delayed.
                continue
            yield timed(
                "CX-3",
                "beside-stalled",
                run.ended_at(send).after(run.started_at(send)),
                f"Send {send.send} of {send.size_bytes} bytes on connection {conn.conn}, whose "
                f"peer reads, took {ms(over_us)} while connection {stalled.conn} was stalled.",
                [*stalled.evidence(), *send.evidence()],
            )


def _stalled_beside(run: Run, conn: ConnFacts, send: SendFacts) -> SendFacts | None:
    """Return a send of another connection that was blocked when `send` was asked for."""
    for other in run.conns.values():
        if other is conn:
            continue
        for candidate in blocked_between(run, other, send.asked_us, send.started_us):
            return candidate
    return None


@rule("CX-6")
def cx_6(run: Run) -> Iterator[Observation]:
    """Closed is final."""
    for conn in run.conns.values():
        closed_us = conn.closed_heard_us
        if not conn.closeds:
            continue
        again = [a for a in conn.accepted if a.again and a.at_us > closed_us]
        tried = [s for s in conn.sends.values() if s.asked_us > closed_us and s.ended is not None]
        looked = [p for p in run.passes if p.asked.at_us > closed_us and p.answered is not None]
        # Where no check can be asked for, closing is final all the same.
        is_looked_at = bool(looked) or not run.asked("check")
        evidence: list[AnyEvent] = [conn.closeds[0], *again[:1]]
        if again:
            yield broken(
                "CX-6",
                "after-closing",
                f"Connection {conn.conn} was closed, and the implementation connected again on its "
                f"own.",
                evidence,
            )
        for send in tried:
            if send.frame is not None:
                yield broken(
                    "CX-6",
                    "after-closing",
                    f"Connection {conn.conn} was closed, and send {send.send} went out on it "
                    f"afterwards.",
                    [*evidence, *send.evidence()],
                )
        yield from _ends_once(run, conn, closed_us)
        closes = len(run.asked("close", conn.conn))
        if tried and is_looked_at and closes > 1 and not again and conn.end is not None:
            yield held("CX-6", "after-closing", [conn.closeds[0], *tried[-1].evidence(), conn.end])


def _ends_once(run: Run, conn: ConnFacts, closed_us: int) -> Iterator[Observation]:
    """Every send on a closed connection has one end, and a single one."""
    watched_us = run.end_us - closed_us
    patience_us = PATIENCE_US + run.noise_us
    for send in conn.sends.values():
        if send.ended_again is not None and send.ended is not None:
            yield broken(
                "CX-6",
                None,
                f"Send {send.send} ended twice: with {send.ended.outcome}, and again with "
                f"{send.ended_again.outcome}.",
                [send.ended, send.ended_again],
            )
        elif (
            send.started is not None
            and send.ended is None
            and (waited_us := run.unheard.since_us - max(send.started_us, closed_us)) > patience_us
        ):
            yield timed(
                "CX-6",
                None,
                at_least(waited_us - PATIENCE_US + run.grace_us),
                f"Connection {conn.conn} was closed, and {ms(watched_us)} later send {send.send} "
                f"on it had still not ended.",
                [conn.closeds[0], *send.evidence()],
            )
