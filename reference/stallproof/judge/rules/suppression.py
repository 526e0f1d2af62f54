"""Rules for sends that meet a closing: SD-10, SD-12 and SD-15."""

from collections.abc import Iterator

from stallproof.judge.evidence.facts import FOREVER, ConnFacts, SendFacts, heard_us
from stallproof.judge.evidence.moment import at_least
from stallproof.judge.evidence.observation import Observation, broken, held, ms, timed, unsure
from stallproof.judge.evidence.run import Run, in_flight_at_start
from stallproof.judge.rules import rule
from stallproof.judge.rules.outcomes import SETTLE_US, action, closing_begun_us
from stallproof.judge.rules.secure import is_watched_to_its_end


def failed_while_closing(run: Run) -> Iterator[tuple[ConnFacts, SendFacts, str | None]]:
    """Yield each send that was not delivered and ended after closing had begun, with situation.

    The send whose own timeout began the closing is not among them. The situation is `None` when
    the oracle had not asked for the close.
    """
    for conn, send in run.all_sends():
        begun_us = closing_begun_us(run, conn)
        if begun_us is None or send.ended is None or send.started is None or send.repeat > 1:
            continue
        if conn.end is None or conn.end.how == "lab_closed" or action(conn, "shut_read", "reset"):
            continue
        if send.frame is not None or send.ended.at_us < begun_us:
            continue
        if send.outcome == "ok" and conn.end.how == "reset":
            # A reset loses bytes that were handed over: that is nobody's lie.
            continue
        closed_us = min((heard_us(c) for c in conn.closeds), default=None)
        if closed_us is not None and send.asked_us > closed_us:
            yield conn, send, "sent-after-closing"
        elif send.started_us <= begun_us and not _began_it(run, conn, send):
            asked = [c for c in run.asked("close", conn.conn) if c.at_us > send.started_us]
            kept = any(conn.held_back_between(send.asked_us, c.at_us) for c in asked)
            yield conn, send, "failed-while-closing" if kept else None


def _began_it(run: Run, conn: ConnFacts, send: SendFacts) -> bool:
    """Tell whether the closing is `send`'s own doing: it timed out or tore its frame."""
    begun_us = closing_begun_us(run, conn)
    assert begun_us is not None
    # A close that was asked for later has not begun the closing.
    if any(close.at_us <= begun_us for close in run.asked("close", conn.conn)):
        return False
    if conn.closings and conn.closings[0].cause == "monitor":
        return False
    # Who was ahead and had ended by then has not begun it either.
    return all(
        other.ended is not None and other.ended.at_us < begun_us
        for other in in_flight_at_start(conn, send)
    )


@rule("SD-10")
def sd_10(run: Run) -> Iterator[Observation]:
    """OK means that every byte was handed over; what fails while closing is SUPPRESSED."""
    judged: set[tuple[str, int]] = set()
    for conn, send, situation in failed_while_closing(run):
        judged.add((conn.conn, send.send))
        if send.outcome == "suppressed":
            yield held("SD-10", situation, send.evidence())
            continue
        begun_us = closing_begun_us(run, conn)
        assert send.ended is not None
        assert begun_us is not None
        if send.outcome != "ok" and not _ended_after_closing(run, conn, send):
            yield _close_together(run, conn, send, situation, send.ended.at_us - begun_us)
            continue
        yield broken(
            "SD-10",
            situation,
            f"Send {send.send} failed while connection {conn.conn} was closing: its frame never "
            f"arrived whole, yet the outcome was {send.outcome}. It must be SUPPRESSED.",
            [*conn.closings[:1], *send.evidence()],
        )
    for conn, send in run.all_sends():
        if send.outcome != "ok" or send.repeat > 1 or (conn.conn, send.send) in judged:
            continue
        if send.frame is not None:
            yield held("SD-10", "ok-delivered", send.evidence())
        elif _had_every_chance(run, conn, send) and not _follows_a_torn_frame(conn, send):
            why = (
                f"Send {send.send} was reported as OK, but the peer, reading to the end, never "
                f"received the whole frame."
            )
            if conn.end is not None:
                yield broken("SD-10", "ok-delivered", why, send.evidence())
            else:
                late = at_least(run.end_us - send.ended_us)
                yield timed("SD-10", "ok-delivered", late, why, send.evidence())


def _close_together(
    run: Run, conn: ConnFacts, send: SendFacts, situation: str | None, after_us: int
) -> Observation:
    """Say that a send failed when closing had begun, or had only been asked for."""
    evidence = [*conn.closings[:1], *send.evidence()]
    what = (
        f"Send {send.send} failed ({send.outcome}) {ms(after_us)} after connection {conn.conn} "
        f"began to close, or was asked to: "
    )
    if after_us <= 2 * run.uncertainty_us:
        why = what + "the clock cannot tell which came first."
        return unsure("SD-10", situation, why, evidence)
    why = what + "it may not have read the request yet."
    return timed("SD-10", situation, at_least(0), why, evidence)


def _ended_after_closing(run: Run, conn: ConnFacts, send: SendFacts) -> bool:
    """Tell whether `send` certainly ended after closing had begun, by its word or our request."""
    begun = [run.taken(close) for close in run.asked("close", conn.conn)]
    begun_us = min((close.by_us for close in begun), default=FOREVER) + run.noise_us
    said_us = min((c.at_us + run.uncertainty_us for c in conn.closings), default=FOREVER)
    return run.ended_at(send).since_us > min(begun_us, said_us)


def _follows_a_torn_frame(conn: ConnFacts, send: SendFacts) -> bool:
    """Tell whether part of an earlier frame may stand before this one on the wire.

    Then the peer cannot find the frame, written or not: that is the business of SD-5 and SD-6.
    """
    return any(
        other.ended is not None
        and other.outcome != "ok"
        and other.frame is None
        and other.ended.written_bytes != 0
        and other.started_us <= send.ended_us
        for other in conn.sends.values()
        if other is not send
    )


def _had_every_chance(run: Run, conn: ConnFacts, send: SendFacts) -> bool:
    """Tell whether the frame of `send` would have arrived if it had been written."""
    if conn.end is not None:
        # Over TLS an end that was not announced is an end all the same: nothing was lost before it.
        return conn.end.how in ("eof", "truncated") and not action(conn, "shut_read", "reset")
    reading = not any(m.mode != "drain" for m in conn.modes[-1:])
    reading = reading and not action(conn, "shut_read", "reset", "close")
    return bool(conn.accepted) and reading and run.end_us - send.ended_us > SETTLE_US


@rule("SD-12")
def sd_12(run: Run) -> Iterator[Observation]:
    """Once the shutdown call has returned, no write succeeds."""
    for conn in run.conns.values():
        closed_us = min((heard_us(c) for c in conn.closeds), default=None)
        if closed_us is None:
            continue
        for send in conn.sends.values():
            if send.asked_us <= closed_us or send.ended is None:
                continue
            situation = "sent-after-close-tls" if conn.transport == "tls" else "sent-after-close"
            if send.frame is not None or send.torn is not None:
                yield broken(
                    "SD-12",
                    situation,
                    f"Send {send.send} was asked for after the connection was shut down, and "
                    f"bytes of it arrived.",
                    [conn.closeds[0], *send.evidence()],
                )
            elif _is_read_to_its_end(run, conn):
                assert conn.end is not None
                yield held("SD-12", situation, [conn.closeds[0], *send.evidence(), conn.end])


def _is_read_to_its_end(run: Run, conn: ConnFacts) -> bool:
    """Tell whether the peer has seen all that there was; on TLS, that it was encrypted as well."""
    if conn.transport == "tls":
        return is_watched_to_its_end(run, conn)
    return conn.end is not None and conn.end.how in ("eof", "reset")


@rule("SD-15")
def sd_15(run: Run) -> Iterator[Observation]:
    """While closing, a failing send raises nothing."""
    for conn, send, where in failed_while_closing(run):
        assert send.ended is not None
        situation = "failed-while-closing" if where == "failed-while-closing" else None
        evidence = [*conn.closings[:1], *send.evidence()]
        if send.ended.raised:
            yield broken(
                "SD-15",
                situation,
                f"Connection {conn.conn} was closing when send {send.send} failed, and the caller "
                f"got an exception ({send.outcome}).",
                evidence,
            )
        else:
            yield held("SD-15", situation, evidence)
