"""Rules for what OK means: SD-10.

A send that says OK has handed over every byte. The peer counts: what it has read, and what the
kernel can hold besides, is all that can have left. A buffer in user space that takes whatever it is
given makes every send OK at once, and loses it in silence when the connection ends.
"""

from collections.abc import Iterator

from stallproof.judge.evidence.blocked import is_unfinished_at
from stallproof.judge.evidence.facts import FOREVER, ConnFacts, SendFacts
from stallproof.judge.evidence.moment import at_least
from stallproof.judge.evidence.observation import Observation, broken, held, timed
from stallproof.judge.evidence.run import Run
from stallproof.judge.rules import rule
from stallproof.judge.rules.outcomes import SETTLE_US, action, closing_begun_us, closing_evidence
from stallproof.judge.rules.suppression import failed_while_closing
from stallproof.judge.rules.talking import frames_of
from stallproof.wire.events import PeerFrames, Taken


@rule("SD-10")
def sd_10_ok(run: Run) -> Iterator[Observation]:
    """OK means that every byte was handed over."""
    judged = {id(send) for _conn, send, _situation in failed_while_closing(run)}
    for conn in run.conns.values():
        torn_us = _torn_since_us(conn)
        early = _too_early(run, conn)
        if early is not None:
            judged.add(id(early[0]))
            evidence = [*closing_evidence(run, conn), *early[0].evidence()]
            yield broken("SD-10", "ok-delivered", early[1], evidence)
        for send in conn.sends.values():
            if send.outcome != "ok" or send.repeat > 1 or id(send) in judged:
                continue
            if send.frame is not None or _came_in_a_run(conn, send):
                yield held("SD-10", "ok-delivered", send.evidence())
            elif _had_every_chance(run, conn, send) and send.ended_us < torn_us:
                yield _never_came(run, conn, send)


def _came_in_a_run(conn: ConnFacts, send: SendFacts) -> bool:
    """Tell whether the frame came among many alike, which the peer tells of as one."""
    return any(
        isinstance(one, PeerFrames) and one.first_send <= send.send < one.first_send + one.frames
        for one in conn.frames
    )


def _never_came(run: Run, conn: ConnFacts, send: SendFacts) -> Observation:
    """Say that the frame of a send that was OK did not come: not yet, where nothing has ended."""
    why = (
        f"Send {send.send} was reported as OK, but the peer, reading to the end, never received "
        f"the whole frame."
    )
    evidence = [*closing_evidence(run, conn), *send.evidence()]
    if conn.end is not None:
        return broken("SD-10", "ok-delivered", why, evidence)
    late = at_least(run.end_us - send.ended_us)
    return timed("SD-10", "ok-delivered", late, why, evidence)


def _torn_since_us(conn: ConnFacts) -> int:
    """Return since when part of a frame may stand before others on the wire.

    Behind it the peer cannot find a frame, written or not: that is the business of SD-5 and SD-6.
    """
    return min(
        (
            other.started_us
            for other in conn.sends.values()
            if other.ended is not None
            and other.outcome != "ok"
            and other.frame is None
            and other.ended.written_bytes != 0
        ),
        default=FOREVER,
    )


def _had_every_chance(run: Run, conn: ConnFacts, send: SendFacts) -> bool:
    """Tell whether the frame of `send` would have arrived if it had been written."""
    if conn.end is not None:
        # Over TLS an end that was not announced is an end all the same: nothing was lost before it.
        is_whole = conn.end.how in ("eof", "truncated") and not _may_have_reset(run, conn)
        return is_whole and not action(conn, "shut_read", "reset")
    reading = not any(m.mode != "drain" for m in conn.modes[-1:])
    reading = reading and not action(conn, "shut_read", "reset", "close")
    return bool(conn.accepted) and reading and run.end_us - send.ended_us > SETTLE_US


def _may_have_reset(run: Run, conn: ConnFacts) -> bool:
    """Tell whether the kernel may have lost what it held, since the peer had sent what came late.

    A transport that is closed with bytes of the peer unread resets, and so does one that gets some
    afterwards.
    """
    begun_us = closing_begun_us(run, conn)
    if conn.transport == "unix" or begun_us is None:
        return False
    looks = (one for one in run.of(Taken) if one.conn == conn.conn and one.at_us <= begun_us)
    taken = max((one.frames for one in looks), default=0)
    return sum(map(frames_of, conn.sent.events)) > taken


def _too_early(run: Run, conn: ConnFacts) -> tuple[SendFacts, str] | None:
    """Return the first send that said OK before its bytes can have left, and why they cannot.

    It is judged when its word was heard: until then the peer may have read more, never less.
    """
    holds_bytes = run.begun.kernel_holds_bytes
    if not conn.accepted or not holds_bytes:
        # Where nobody watched, nobody knows what was read, nor what the kernel can hold.
        return None
    ok_bytes = 0
    gone = ("shut_read", "reset", "close")
    refused = action(conn, *gone) if conn.transport == "unix" else None
    for send in sorted((s for s in conn.sends.values() if s.outcome == "ok"), key=_ended_us):
        ok_bytes += send.size_bytes * send.repeat
        if not conn.has_told_reads_by(send.ended_us):
            return None
        read_bytes = max(conn.read_by(send.ended_us), conn.payload_by(send.ended_us))
        what = f"Send {send.send} of {send.size_bytes} bytes said OK"
        if is_unfinished_at(run, conn, send, send.ended_us) or ok_bytes > read_bytes + holds_bytes:
            return send, (
                f"{what} when the peer had read {read_bytes} bytes of connection {conn.conn}, and "
                f"the kernel holds {holds_bytes} at most: of the {ok_bytes} bytes that were OK by "
                f"then not all can have left."
            )
        if refused is not None and send.frame is None and send.asked_us > refused.at_us:
            return send, (
                f"{what}, and it was asked for after the peer had refused to take any more bytes: "
                f"none of them can have left."
            )
    return None


def _ended_us(send: SendFacts) -> int:
    return send.ended_us
