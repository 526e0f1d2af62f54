"""Rules for how sends fail and what that does: SD-6 to SD-8."""

from collections.abc import Iterator

from stallproof.judge.evidence.facts import ConnFacts, SendFacts, heard_us
from stallproof.judge.evidence.moment import at_least
from stallproof.judge.evidence.observation import Observation, Tell, broken, held, ms, timed, unsure
from stallproof.judge.evidence.queue import met_free_lock
from stallproof.judge.evidence.run import Run
from stallproof.judge.rules import rule
from stallproof.judge.rules.stalled import stalled_sends
from stallproof.wire.events import AnyEvent, PeerDid, PeerFrames

OTHER_FAILURES = ("closed", "error", "suppressed")
SETTLE_US = 150_000
"""How long after a failure the peer looks again before it says "still open"."""
PREFIX_MAX_BYTES = 8704
"""No layout puts more than this around a payload: a prefix, a header, and an end of line."""
HANDSHAKE_MAX_BYTES = 16_384
RECORDS_SHARE = 16
"""A record has 22 bytes of its own, and carries more than this many times that."""


def action(conn: ConnFacts, *actions: str) -> PeerDid | None:
    return next((d for d in conn.actions if d.action in actions), None)


@rule("SD-6")
def sd_6(run: Run) -> Iterator[Observation]:
    """A failure after part of the frame was written closes the connection."""
    for conn in run.conns.values():
        act = action(conn, "shut_read")
        if act is None or not _took_part(conn, act.at_us):
            continue
        for send in conn.sends.values():
            if not (send.started_us <= act.at_us < send.ended_us) or send.frame is not None:
                continue
            if not met_free_lock(conn, send) or send.outcome in (None, "ok", "timeout"):
                continue
            evidence: list[AnyEvent] = [*send.evidence(), act, *conn.closings[:2]]
            still_open = conn.was_open_at(send.ended_us + SETTLE_US + run.noise_us)
            if still_open is not None:
                yield timed(
                    "SD-6",
                    "failed-midway",
                    at_least(still_open.at_us - send.ended_us),
                    f"The peer took part of send {send.send} and refused the rest; the send ended "
                    f"with {send.outcome}, and {ms(still_open.at_us - send.ended_us)} later the "
                    f"connection was still open: the next frame would follow a torn one.",
                    [*evidence, still_open],
                )
            elif (seen := conn.closed_seen()) is not None:
                yield held("SD-6", "failed-midway", [*evidence, seen])


def _took_part(conn: ConnFacts, at_us: int) -> bool:
    """Tell whether the peer had read the beginning of a frame, not only whole ones before it."""
    whole = [f for f in conn.frames if f.at_us <= at_us]
    payload_bytes = conn.payload_by(at_us)
    number = sum(f.frames if isinstance(f, PeerFrames) else 1 for f in whole)
    around_bytes = number * PREFIX_MAX_BYTES
    if conn.transport == "tls":
        # Reads count the transport, so the records' own bytes and the handshake are in them.
        around_bytes += HANDSHAKE_MAX_BYTES + payload_bytes // RECORDS_SHARE
    return conn.read_by(at_us) > payload_bytes + around_bytes


@rule("SD-7")
def sd_7(run: Run) -> Iterator[Observation]:
    """Failures map to TIMEOUT, CLOSED or ERROR by the table."""
    for stall in stalled_sends(run):
        send = stall.send
        if send.outcome == "timeout":
            yield held("SD-7", "timeout", send.evidence())
        elif (
            stall.is_charged
            and send.outcome in OTHER_FAILURES
            and (tell := _side(run, send, stall.deadline_us))
        ):
            yield tell(
                "SD-7",
                "timeout",
                f"Send {send.send} ran out of time and was reported as {send.outcome}.",
                send.evidence(),
            )
    for conn in run.conns.values():
        act = action(conn, "shut_read", "reset", "close")
        if act is None:
            continue
        for send in conn.sends.values():
            if send.ended is None or send.ended.at_us < act.at_us or send.frame is not None:
                continue
            if conn.closings and heard_us(conn.closings[0]) < act.at_us:
                continue
            if send.outcome == "closed":
                yield held("SD-7", "closed", [act, *send.evidence()])
            elif send.outcome in ("error", "timeout") and (tell := _in_time(run, send)):
                yield tell(
                    "SD-7",
                    "closed",
                    f"The peer was gone ({act.action}), and send {send.send} was reported as "
                    f"{send.outcome} instead of CLOSED.",
                    [act, *send.evidence()],
                )


def _side(run: Run, send: SendFacts, deadline_us: int) -> Tell | None:
    """Return how sure it is that `send` ended at its deadline or later, by its own date."""
    since_us = run.ended_at(send).since_us
    if since_us >= deadline_us:
        return broken
    return unsure if since_us + 2 * run.uncertainty_us >= deadline_us else None


def _in_time(run: Run, send: SendFacts) -> Tell | None:
    """Return how sure it is that `send` ended before its deadline."""
    if send.started is None:
        return None
    late = run.ended_at(send).after(run.started_at(send), run.knob("send_timeout_us"))
    if late.most_us < 0:
        return broken
    return unsure if late.most_us < 2 * run.uncertainty_us else None


@rule("SD-8")
def sd_8(run: Run) -> Iterator[Observation]:
    """A failure other than TIMEOUT with nothing written leaves the connection open."""
    for conn in run.conns.values():
        act = action(conn, "shut_read")
        # Elsewhere the kernel may take bytes before it learns that nobody wants them.
        if act is None or conn.transport != "unix":
            continue
        begun_us = closing_begun_us(run, conn)
        torn_before = _torn_before(conn, act.at_us)
        for send in conn.sends.values():
            if begun_us is not None and begun_us < send.asked_us:
                continue
            refused = send.asked_us > act.at_us and send.outcome in ("closed", "error")
            whole_before = conn.end is None or conn.end.torn_bytes == 0
            if not refused or not whole_before or torn_before:
                continue
            evidence: list[AnyEvent] = [act, *send.evidence(), *conn.closings[:2]]
            proof = conn.was_open_at(send.ended_us + SETTLE_US + run.noise_us)
            if proof is not None:
                yield held("SD-8", "failed-unwritten", [*evidence, proof])
            elif (seen := conn.closed_seen()) is not None and not _was_asked(run, conn, seen.at_us):
                yield broken(
                    "SD-8",
                    "failed-unwritten",
                    f"Send {send.send} failed ({send.outcome}) before any byte was written, and "
                    f"the implementation closed the connection, which was still in order.",
                    [*evidence, seen],
                )


def _was_asked(run: Run, conn: ConnFacts, by_us: int) -> bool:
    """Tell whether the oracle had asked for the closing that it saw."""
    return any(a.at_us < by_us for a in run.asked("close", conn.conn))


def _torn_before(conn: ConnFacts, at_us: int) -> bool:
    """Tell whether a send was in flight when the peer stopped taking bytes."""
    return any(s.asked_us <= at_us < s.ended_us for s in conn.sends.values())


def closing_begun_us(run: Run, conn: ConnFacts) -> int | None:
    """Return when closing began, by its own word or by the oracle's request, else `None`."""
    times = [c.at_us for c in conn.closings] + [a.at_us for a in run.asked("close", conn.conn)]
    return min(times, default=None)
