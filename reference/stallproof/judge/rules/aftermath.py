"""Rules for what follows a TIMEOUT: SD-5 and SD-13."""

from collections.abc import Iterator

from stallproof.judge.evidence.facts import ConnFacts, SendFacts
from stallproof.judge.evidence.lock import preparation_us
from stallproof.judge.evidence.moment import at_least, exactly
from stallproof.judge.evidence.observation import Observation, broken, held, ms, timed, unsure
from stallproof.judge.evidence.run import Run
from stallproof.judge.rules import rule
from stallproof.judge.rules.stalled import stalled_sends
from stallproof.wire.events import PeerProbed, PeerSawEnd, PeerSawHangup


@rule("SD-5")
def sd_5(run: Run) -> Iterator[Observation]:
    """TIMEOUT closes the connection, once."""
    stalled = {id(stall.send) for stall in stalled_sends(run)}
    for conn, send in run.all_sends():
        if send.outcome != "timeout":
            continue
        evidence = [*send.evidence(), *conn.closings[:2]]
        situation = "timed-out-tls" if conn.transport == "tls" else "timed-out"
        still_open = conn.was_open_at(send.ended_us + run.grace_us + run.noise_us)
        seen = conn.closed_seen()
        if len(conn.closings) > 1:
            yield broken(
                "SD-5",
                situation,
                f"Connection {conn.conn} began to close {len(conn.closings)} times.",
                evidence,
            )
        elif still_open is not None:
            yield timed(
                "SD-5",
                situation,
                at_least(still_open.at_us - send.ended_us),
                f"Send {send.send} ended with TIMEOUT, and the peer found it still open "
                f"{ms(still_open.at_us - send.ended_us)} later: a torn frame may be followed by "
                f"another one.",
                [*evidence, still_open],
            )
        elif seen is None or conn.end is None or id(send) not in stalled:
            # Without the end of the stream, or without a stall of the peer's making: no evidence.
            continue
        else:
            yield _seen_to_close(run, conn, send, seen, situation)


def _seen_to_close(
    run: Run,
    conn: ConnFacts,
    send: SendFacts,
    seen: PeerSawHangup | PeerSawEnd | PeerProbed,
    situation: str,
) -> Observation:
    """The peer saw the connection end after the TIMEOUT of `send`: how soon, if that is known."""
    evidence = [*send.evidence(), *conn.closings[:2], seen]
    if not conn.closings:
        return unsure(
            "SD-5",
            situation,
            "The peer saw the connection end, but the implementation reported no closing, so that "
            "it closed only once is not witnessed.",
            evidence,
        )
    if conn.hangup is None or conn.transport != "unix":
        # Over TCP, and TLS on it, the end of the stream queues behind what the peer has not read.
        return held("SD-5", situation, evidence)
    over_us = conn.hangup.at_us - send.ended_us
    return timed(
        "SD-5",
        situation,
        run.late(exactly(conn.hangup.at_us), run.ended_at(send)),
        f"Send {send.send} ended with TIMEOUT, and the peer saw the connection close "
        f"{ms(over_us)} after that.",
        evidence,
    )


@rule("SD-13")
def sd_13(run: Run) -> Iterator[Observation]:
    """After a TIMEOUT the queued senders return one by one within grace, nothing written."""
    for stall in stalled_sends(run):
        conn, first = stall.conn, stall.send
        if first.outcome != "timeout" or first.ended is None:
            continue
        # Who was still about to ask for the lock at the end was not waiting for it.
        waiting_us = first.ended.at_us - preparation_us(conn, first)
        began = conn.by_start.between(first.started_us + 1, waiting_us - 1)
        queued = [s for s in began if s is not first and first.ended.at_us <= s.ended_us]
        # Who waits alone writes nothing either, and is no queue; SD-3 says how long it may wait.
        situation = "queued" if len(queued) > 1 else None
        for place, send in enumerate(sorted(queued, key=lambda s: s.ended_us)):
            if send.frame is not None or send.torn is not None:
                yield broken(
                    "SD-13",
                    situation,
                    f"Send {send.send} waited behind a send that ended with TIMEOUT, and bytes of "
                    f"it arrived all the same.",
                    [*first.evidence(), *send.evidence()],
                )
                continue
            if situation is None:
                continue
            late = run.late(run.ended_at(send), run.said(first.ended)).less(place * run.grace_us)
            yield timed(
                "SD-13",
                situation,
                late,
                f"Send {send.send} was number {place + 1} in the queue behind send {first.send}, "
                f"which ended with TIMEOUT; it returned {ms(late.least_us)} after its turn.",
                [*first.evidence(), *send.evidence()],
            )
