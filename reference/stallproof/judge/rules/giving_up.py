"""Rules for sends that their callers give up: SD-18.

What the peer saw tells where the send was: with nothing of it on the wire although all bytes before
it had come, with a part of it, or behind another one that was blocked.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from stallproof.judge.evidence.blocked import is_blocked_between
from stallproof.judge.evidence.facts import FOREVER, ConnFacts, SendFacts
from stallproof.judge.evidence.lock import first_byte_us, lock_at, preparation_us
from stallproof.judge.evidence.moment import Lateness, Moment, at_least, exactly, latest, worst
from stallproof.judge.evidence.observation import Observation, broken, ms, timed, unsure
from stallproof.judge.evidence.queue import ahead_of, met_free_lock
from stallproof.judge.evidence.run import Run
from stallproof.judge.rules import rule
from stallproof.judge.rules.outcomes import SETTLE_US, closing_begun_us
from stallproof.judge.rules.stalled import FULL_BYTES, SMALL_BYTES
from stallproof.wire.events import AnyEvent, Requested

LAW = "SD-18"


@dataclass(slots=True, frozen=True)
class Given:
    """A send that was given up while it was under way, before anything began to close.

    `taken`: when the word reached it, but not before it can have asked for the lock. `is_charged`:
    that is known. `behind`: who had been asked for next by then. `is_alone`: nothing else that
    happened can have closed the connection, or made the send fail. `is_sure`: by their own dates
    the end of the send and any closing came after the asking.
    """

    conn: ConnFacts
    send: SendFacts
    asked: Requested
    taken: Moment
    is_charged: bool
    behind: SendFacts | None
    is_alone: bool
    is_sure: bool

    def evidence(self, *more: AnyEvent | None) -> list[AnyEvent]:
        """Return what tells its story, with what is said besides."""
        return [self.asked, *self.send.evidence(), *(one for one in more if one is not None)]

    def broken(self, situation: str | None, why: str, events: Sequence[AnyEvent]) -> Observation:
        """Say that the law was broken, if the clock is fine enough to tell."""
        tell = broken if self.is_sure else unsure
        return tell(LAW, situation, why, events)

    def late(self, run: Run) -> Lateness:
        """Return how late its end was."""
        return run.ended_at(self.send).after(self.taken)

    def within_grace(
        self, run: Run, situation: str | None, late: Lateness, events: Sequence[AnyEvent]
    ) -> Observation:
        """Say that its end, or what had to follow it, came so late."""
        what = (
            f"Send {self.send.send} was given up; its own end, or the turn of the next one, came "
            f"{ms(max(0, late.least_us))} or more after it was due."
        )
        if self.is_charged or late.most_us <= run.grace_us:
            return timed(LAW, situation, late, what, events)
        why = f"{what} When it asked for the lock nobody knows, and what came before is no delay."
        return unsure(LAW, situation, why, events)


def given_up(run: Run) -> Iterator[Given]:
    """Yield the sends that were given up in time, each once."""
    seen: set[tuple[str, int]] = set()
    for asked in run.asked("give_up"):
        conn = run.conns.get(asked.conn or "")
        send = None if conn is None or asked.send is None else conn.sends.get(asked.send)
        if conn is None or send is None or (send.conn, send.send) in seen:
            continue
        seen.add((send.conn, send.send))
        answer = run.answer_to(asked)
        if answer is None or answer.error is None:
            given = _given_up(run, conn, send, asked)
            yield from () if given is None else (given,)


def _given_up(run: Run, conn: ConnFacts, send: SendFacts, asked: Requested) -> Given | None:
    # What its own date puts before the asking for certain is no story of a give-up.
    ends = (closing_begun_us(run, conn), None if send.ended is None else send.ended.at_us)
    before_us = max((asked.at_us - us for us in ends if us is not None), default=-FOREVER)
    is_over = before_us > run.uncertainty_us
    if send.repeat > 1 or send.started_us > asked.at_us or is_over:
        return None
    if met_free_lock(conn, send):
        lock = lock_at(run, conn, send)
    else:
        # It does what the one ahead of it did before it asked for the lock.
        free = ahead_of(conn, send).free
        lock = run.started_at(send).later(max((preparation_us(conn, s) for s in free), default=0))
    taken = run.taken(asked)
    return Given(
        conn, send, asked, taken if lock is None else latest(taken, lock), lock is not None,
        next(iter(conn.by_request.between(send.asked_us + 1, asked.at_us, 1)), None),
        _is_alone(run, conn, send), before_us + run.uncertainty_us <= 0,
    )  # fmt: skip


def _is_alone(run: Run, conn: ConnFacts, send: SendFacts) -> bool:
    if conn.meddling or run.asked("close") or run.asked("check") or run.asked("monitor"):
        return False
    if "others closed" not in conn.memo:
        ends = ("timeout", "closed", "error", "given_up")
        conn.memo["others closed"] = sum(one.outcome in ends for one in conn.sends.values())
    others: int = conn.memo["others closed"]
    return others == (send.outcome in ("timeout", "closed", "error", "given_up"))


@rule(LAW)
def sd_18(run: Run) -> Iterator[Observation]:
    """A send that is given up ends in time, and leaves everything in order."""
    for given in given_up(run):
        wrong = _wrong_end(given)
        if wrong is None:
            yield given.within_grace(run, None, given.late(run), given.evidence())
            yield from _queued(run, given)
            yield from _unwritten(run, given)
            yield from _part_written(run, given)
        else:
            yield given.broken(None, wrong, given.evidence(*given.conn.closings[:1]))


@rule(LAW)
def sd_18_for_nothing(run: Run) -> Iterator[Observation]:
    """No send ends with GIVEN_UP that nobody gave up."""
    asked = {(one.conn, one.send) for one in run.asked("give_up")}
    for conn, send in run.all_sends():
        if send.outcome == "given_up" and (conn.conn, send.send) not in asked:
            why = f"Send {send.send} ended with GIVEN_UP, and its caller had not given it up."
            yield broken(LAW, None, why, send.evidence())


def _wrong_end(given: Given) -> str | None:
    """Return what is wrong with how it ended, whenever that was; `None`: nothing.

    A TIMEOUT before its time is SD-4's, and an OK for less than the frame is SD-10's.
    """
    send = given.send
    if send.outcome == "given_up" and send.frame is not None:
        return f"Send {send.send} ended with GIVEN_UP, and the whole of its frame arrived."
    if send.outcome in ("suppressed", "closed", "error") and given.is_alone:
        return (
            f"Send {send.send} was given up while nothing was closing, and ended with "
            f"{send.outcome}: that is GIVEN_UP."
        )
    return None


def _closed_for_nothing(given: Given, situation: str, where: str) -> Observation | None:
    """Say that the connection was closed, if it was, although the frame was not torn."""
    conn, seen = given.conn, given.conn.closed_seen()
    if seen is None or not given.is_alone or conn.end is None or conn.end.torn_bytes:
        return None
    why = f"Send {given.send.send} was given up {where}, and the connection was closed for it."
    return given.broken(situation, why, given.evidence(*conn.closings[:1], seen))


def _queued(run: Run, given: Given) -> Iterator[Observation]:
    """It waited behind a send that was blocked: nothing of it comes, and its turn passes on."""
    conn, send, behind = given.conn, given.send, given.behind
    free = ahead_of(conn, send).free
    if len(free) != 1 or behind is None:
        return
    ahead = free[0]
    if not is_blocked_between(run, conn, ahead, send.asked_us, given.asked.at_us):
        return
    evidence = given.evidence(ahead.frame, ahead.ended, behind.ended, behind.frame)
    if send.torn is not None:
        why = f"Send {send.send} was given up while it waited for the lock, and bytes of it came."
        yield given.broken("queued", why, evidence)
    elif given.is_alone and conn.closings and ahead.frame is None:
        why = (
            f"Send {send.send} was given up while it waited for the lock, and the connection was "
            f"closed for it, with send {ahead.send} in flight."
        )
        yield given.broken("queued", why, [*evidence, conn.closings[0]])
    elif ahead.frame is not None and conn.drains_after(given.asked.at_us):
        # The next turn comes when the one ahead is over and the peer has it.
        turn = latest(run.ended_at(ahead), exactly(ahead.frame.at_us))
        late = worst(given.late(run), run.ended_at(behind).after(turn))
        yield given.within_grace(run, "queued", late, evidence)


def _unwritten(run: Run, given: Given) -> Iterator[Observation]:
    """It had the lock and full buffers before it: the connection stays, and the next one goes."""
    conn, send, behind = given.conn, given.send, given.behind
    blocked = met_free_lock(conn, send) and conn.stopped_between(send.asked_us, given.asked.at_us)
    full = conn.read_by(FOREVER) - conn.read_by(send.asked_us) >= FULL_BYTES
    drained = conn.drained_from(given.asked.at_us)
    if not blocked or not full or behind is None or drained is None:
        return
    if send.torn is not None or send.frame is not None or send.size_bytes > SMALL_BYTES:
        return
    closed = _closed_for_nothing(given, "unwritten", "with nothing of it written")
    if closed is not None:
        yield closed
    elif behind.frame is not None or conn.was_open_at(drained.at_us) is not None:
        came = run.unseen if behind.frame is None else exactly(behind.frame.at_us)
        turn = latest(run.ended_at(send), exactly(drained.at_us))
        late = worst(given.late(run), came.after(turn))
        evidence = given.evidence(drained, behind.ended, behind.frame)
        yield given.within_grace(run, "unwritten", late, evidence)


def _part_written(run: Run, given: Given) -> Iterator[Observation]:
    """Part of it had left: the connection closes, and nothing follows."""
    conn, send, behind = given.conn, given.send, given.behind
    begun_us = first_byte_us(conn, send)
    if begun_us is None or begun_us > given.asked.at_us or send.ended is None:
        return
    # Its start may be heard of after its first byte was seen.
    blocked_us = max(begun_us, send.started_us)
    if not is_blocked_between(run, conn, send, blocked_us, given.asked.at_us):
        return
    evidence = given.evidence(*conn.closings[:2], conn.end)
    still_open = conn.was_open_at(send.ended_us + SETTLE_US + run.noise_us)
    if still_open is not None:
        open_us = still_open.at_us - send.ended_us
        why = (
            f"Send {send.send} was given up with part of its frame written, and {ms(open_us)} "
            f"after its end the connection was still open: the next frame would follow a torn one."
        )
        yield timed(LAW, "part-written", at_least(open_us), why, [*evidence, still_open])
    elif send.torn is not None and behind is not None and conn.closed_seen() is not None:
        if behind.frame is None:
            yield given.within_grace(run, "part-written", given.late(run), evidence)
        else:
            why = f"Send {send.send} was given up and torn, and send {behind.send} followed it."
            yield given.broken("part-written", why, [*evidence, behind.frame])
