"""Rules for sends that meet a closing: SD-10, SD-12 and SD-15."""

from collections.abc import Iterator

from stallproof.judge.evidence.facts import FOREVER, ConnFacts, SendFacts
from stallproof.judge.evidence.moment import at_least
from stallproof.judge.evidence.observation import Observation, broken, held, ms, timed, unsure
from stallproof.judge.evidence.queue import ahead_of, met_free_lock
from stallproof.judge.evidence.run import Run
from stallproof.judge.rules import rule
from stallproof.judge.rules.outcomes import action, closing_begun_us, closing_evidence
from stallproof.judge.rules.secure import is_watched_to_its_end


def failed_while_closing(run: Run) -> Iterator[tuple[ConnFacts, SendFacts, str | None]]:
    """Yield each send that was not delivered and ended after closing had begun, with situation.

    The send whose own timeout began the closing is not among them. The situation is `None` when
    the oracle had not asked for the close.
    """
    for conn in run.conns.values():
        begun_us = closing_begun_us(run, conn)
        if begun_us is None or conn.end is None or conn.end.how == "lab_closed":
            continue
        if action(conn, "shut_read", "reset"):
            continue
        for send in conn.sends.values():
            if send.ended is None or send.started is None or send.repeat > 1:
                continue
            if send.frame is not None or send.ended.at_us < begun_us:
                continue
            if send.outcome == "ok" and conn.end.how == "reset":
                # A reset loses bytes that were handed over: that is nobody's lie.
                continue
            if send.asked_us > conn.closed_heard_us:
                yield conn, send, "sent-after-closing"
            elif send.started_us <= begun_us and not _began_it(run, conn, send, begun_us):
                asked = run.requests("close", conn.conn).first_from(send.started_us + 1)
                kept = asked and conn.held_back_between(send.asked_us, asked.at_us)
                yield conn, send, "failed-while-closing" if kept else None


def _began_it(run: Run, conn: ConnFacts, send: SendFacts, begun_us: int) -> bool:
    """Tell whether the closing is `send`'s own doing: it timed out or tore its frame."""
    # A close that was asked for later has not begun the closing.
    if run.requests("close", conn.conn).last_by(begun_us) is not None:
        return False
    if conn.closings and conn.closings[0].cause == "monitor":
        return False
    # Who was ahead and had ended by then has not begun it either.
    return met_free_lock(conn, send) or ahead_of(conn, send).until_us < begun_us


@rule("SD-10")
def sd_10(run: Run) -> Iterator[Observation]:
    """What fails while closing is SUPPRESSED."""
    for conn, send, situation in failed_while_closing(run):
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
            [*closing_evidence(run, conn), *send.evidence()],
        )


def _close_together(
    run: Run, conn: ConnFacts, send: SendFacts, situation: str | None, after_us: int
) -> Observation:
    """Say that a send failed when closing had begun, or had only been asked for."""
    evidence = [*closing_evidence(run, conn), *send.evidence()]
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


@rule("SD-12")
def sd_12(run: Run) -> Iterator[Observation]:
    """Once the shutdown call has returned, no write succeeds."""
    for conn in run.conns.values():
        for send in conn.by_request.since(conn.closed_heard_us + 1):
            if send.ended is None:
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


@rule("SD-12")
def sd_12_writes(run: Run) -> Iterator[Observation]:
    """By its own word: no write that began once the shutdown call had returned took a byte."""
    for conn, send in run.all_sends():
        # What a layer was given counts as written (SD-6), whether it has left or not.
        if not conn.closeds or not send.writes or conn.transport == "tls":
            continue
        closed, write = conn.closeds[0], send.writes[-1]
        over_us = write.began_us - closed.at_us
        if over_us < 0 or write.wrote_bytes <= 0:
            continue
        what = (
            f"A write of send {send.send} that began {ms(over_us)} after the shutdown of "
            f"{conn.conn} had returned took {write.wrote_bytes} bytes, by the implementation's own "
            f"word"
        )
        # Of two moments in one microsecond nobody knows which was first, on whatever clock.
        if over_us > 2 * run.uncertainty_us:
            yield broken("SD-12", None, what + ".", [closed, write])
        else:
            yield unsure("SD-12", None, what + ": the clock cannot tell.", [closed, write])


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
        evidence = [*closing_evidence(run, conn), *send.evidence()]
        if send.ended.raised:
            yield broken(
                "SD-15",
                situation,
                f"Connection {conn.conn} was closing when send {send.send} failed, and the caller "
                f"was told of a failure, by an exception or an error value ({send.outcome}).",
                evidence,
            )
        else:
            yield held("SD-15", situation, evidence)
