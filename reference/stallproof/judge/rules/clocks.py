"""Rules for the clock of the send deadline: SD-17.

The intuition: a jump of the wall clock came while a send was blocked, or while it was queued. If
its deadline moves, the clock can be the reason, and whatever else moves deadlines can be it too. So
the same is brought about beside it without a jump, and only where that one kept its deadline is the
jump blamed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from stallproof.judge.evidence.blocked import blocked_between, is_unfinished_at
from stallproof.judge.evidence.facts import ConnFacts, SendFacts
from stallproof.judge.evidence.freed import held_at_most_us
from stallproof.judge.evidence.jumps import UNEXPLAINED, Jump, is_untouched, jump_within, jumps_of
from stallproof.judge.evidence.lock import lock_at
from stallproof.judge.evidence.moment import Lateness, exactly, worst
from stallproof.judge.evidence.observation import Observation, broken, ms, timed, unsure
from stallproof.judge.evidence.queue import met_free_lock
from stallproof.judge.evidence.run import Run
from stallproof.judge.rules import rule
from stallproof.judge.rules.stalled import Stall, stalled_sends
from stallproof.wire.events import AnyEvent

FROM_ITS_CALL = (
    "It had lasted for the whole timeout since its call: counting from there, which is a matter of "
    "SD-4, explains that without the clock."
)
Kind = Literal["in-flight", "queued"]


@dataclass(slots=True, frozen=True)
class Hold:
    """A send that the peer kept from finishing by its deadline, and how it came by its lock."""

    kind: Kind
    stall: Stall

    @property
    def send(self) -> SendFacts:
        return self.stall.send


@rule("SD-17")
def sd_17(run: Run) -> Iterator[Observation]:
    """A jump of the wall clock moves no deadline, of a send in flight or in the queue."""
    if not jumps_of(run).events:
        return
    holds = list(_holds(run))
    untouched: dict[Kind, list[Hold]] = {"in-flight": [], "queued": []}
    for hold in holds:
        if is_untouched(run, hold.send.asked_us, min(hold.send.ended_us, run.end_us)):
            untouched[hold.kind].append(hold)
    kept = {kind: all(_keeps(run, one) for one in beside) for kind, beside in untouched.items()}
    for hold in holds:
        jump = _jump_during(run, hold)
        if jump is not None:
            beside = untouched[hold.kind][:1]
            yield from _judged(run, hold, jump, beside, kept=kept[hold.kind])


def _holds(run: Run) -> Iterator[Hold]:
    """Yield the sends that had bytes left at their deadline, and those that expired before it."""
    stalled = {id(stall.send) for stall in stalled_sends(run)}
    for conn, send in run.all_sends():
        taken = lock_at(run, conn, send)
        if send.started is None or taken is None:
            continue
        kind: Kind = "in-flight" if met_free_lock(conn, send) else "queued"
        stall = Stall(conn, send, taken.later(run.knob("send_timeout_us")), is_charged=True)
        hold = Hold(kind, stall)
        if kind == "in-flight":
            is_kept = id(send) in stalled
        else:
            # Its turn comes when the peer has read the one before it, and a moment later it stops.
            is_kept = _is_kept(run, stall, taken.by_us + run.knob("send_timeout_us") // 2)
        if is_kept or (send.outcome == "timeout" and _early_us(run, hold) > 0):
            yield hold


def _is_kept(run: Run, stall: Stall, since_us: int) -> bool:
    """Tell whether the peer kept the send from finishing by its deadline, all by itself."""
    conn, send, deadline_us = stall.conn, stall.send, stall.deadline_us
    if deadline_us >= run.end_us or any(d.at_us <= deadline_us for d in conn.meddling[:1]):
        return False
    if run.requests("close", conn.conn).has_between(send.asked_us, deadline_us):
        return False
    return conn.held_back_between(since_us, deadline_us) and is_unfinished_at(
        run, conn, send, deadline_us
    )


def _jump_during(run: Run, hold: Hold) -> Jump | None:
    """Return the jump that came while the send was blocked, or waited behind one that was."""
    timeout_us = run.knob("send_timeout_us")
    conn, send, deadline = hold.stall.conn, hold.send, hold.stall.deadline
    since_us = deadline.by_us - timeout_us if hold.kind == "in-flight" else send.started_us
    # However far its clock is off, it took no lock before it was asked for.
    until_us = max(deadline.since_us, send.asked_us + timeout_us)
    jump = jump_within(run, since_us, until_us, timeout_us)
    if jump is None or send.ended_us < jump.asked_us:
        return None
    if hold.kind == "queued":
        ahead = blocked_between(run, conn, jump.asked_us, jump.answered_us)
        if not any(other is not send for other in ahead):
            return None
    return jump


def _judged(
    run: Run, hold: Hold, jump: Jump, beside: list[Hold], *, kept: bool
) -> Iterator[Observation]:
    """Judge one send that a jump has met; `beside`: one that none has, and whether those `kept`."""
    send, situation = hold.send, f"jump-{jump.way}-{hold.kind}"
    evidence = [*send.evidence(), *jump.evidence]
    late, early_us = _late(run, hold), _early_us(run, hold)
    what = f"{jump.told} while send {send.send} on connection {send.conn} was {_word(hold)}, and "
    what = what[0].upper() + what[1:] + _how(run, hold, early_us)
    slack_us = 2 * run.uncertainty_us
    if early_us <= -slack_us and late.most_us <= run.grace_us:
        yield timed("SD-17", situation, late, f"{what}.", evidence)
    elif not beside:
        # Nothing shows that the clock was the reason: SD-3 and SD-4 judge it.
        return
    elif not kept:
        why = f"{what}. Whether one is kept without a jump is not certain: so nobody can tell."
        yield unsure("SD-17", situation, why, evidence)
    elif run.ended_at(send).since_us < jump.asked_us:
        yield unsure("SD-17", situation, f"{what}. That may have been before the jump.", evidence)
    elif early_us > 0 and _counts_from_its_call(run, hold):
        yield unsure("SD-17", situation, f"{what}. {FROM_ITS_CALL}", evidence)
    elif early_us > slack_us:
        yield broken("SD-17", situation, f"{what}: {_beside(beside)}", evidence)
    elif early_us > -slack_us:
        yield unsure(
            "SD-17", situation, f"{what}. The clock cannot tell whether that is early.", evidence
        )
    elif hold.kind == "in-flight" and not jump.can_make_late:
        yield unsure("SD-17", situation, f"{what}. {UNEXPLAINED}", evidence)
    else:
        yield timed("SD-17", situation, late, f"{what}: {_beside(beside)}", evidence)


def _counts_from_its_call(run: Run, hold: Hold) -> bool:
    """Tell whether it ended when its timeout was over since its call, so that no clock was wrong.

    A clock that jumped ahead ends a queued send when it next looks, long before that.
    """
    send = hold.send
    if hold.kind == "in-flight" or send.ended is None or send.outcome != "timeout":
        return False
    over_us = send.ended.at_us - send.asked_us - run.knob("send_timeout_us")
    slack_us = 2 * run.uncertainty_us
    return -slack_us <= over_us <= run.grace_us + run.noise_us + slack_us


def _beside(beside: list[Hold]) -> str:
    send = beside[0].send
    return f"send {send.send} on connection {send.conn}, which no jump met, kept its deadline."


def _word(hold: Hold) -> str:
    return "in flight" if hold.kind == "in-flight" else "waiting for the lock"


def _how(run: Run, hold: Hold, early_us: int) -> str:
    """Say what became of the send, seen from its deadline."""
    send, timeout = hold.send, f"(timeout {ms(run.knob('send_timeout_us'))})"
    if early_us > 0:
        seen = "it" if send.outcome == "timeout" else "the connection"
        return f"{seen} ended at least {ms(early_us)} before its deadline {timeout}"
    if send.ended is None:
        after = ms(run.end_us - hold.stall.deadline_us)
        return f"it had still not returned {after} after its deadline {timeout}"
    after = ms(send.ended_us - hold.stall.deadline_us)
    return f"it returned {after} after its deadline {timeout} with the outcome {send.outcome}"


def _keeps(run: Run, hold: Hold) -> bool:
    """Tell whether a send that no jump has met kept its deadline, as far as anybody knows."""
    late = _late(run, hold)
    return _early_us(run, hold) <= 0 and late.most_us <= run.grace_us + run.noise_us


def _late(run: Run, hold: Hold) -> Lateness:
    """Return how late the send was: by its return, and by the end of the connection."""
    stall, send = hold.stall, hold.send
    returned = run.ended_at(send).after(stall.deadline)
    seen = _closed_seen(run, stall.conn) if send.outcome == "timeout" else None
    return returned if seen is None else worst(returned, exactly(seen.at_us).after(stall.deadline))


def _early_us(run: Run, hold: Hold) -> int:
    """Return by how much it was too early for certain, by its word or by the peer's eyes.

    Not more than 0: it was not.
    """
    conn, send, timeout_us = hold.stall.conn, hold.send, run.knob("send_timeout_us")
    lasted = []
    if send.outcome == "timeout":
        lasted.append(held_at_most_us(run, conn, send))
    seen = _closed_seen(run, conn)
    if hold.kind == "in-flight" and seen is not None and seen.at_us >= send.asked_us:
        lasted.append(seen.at_us - send.asked_us)
    return timeout_us - min(lasted, default=2 * timeout_us)


def _closed_seen(run: Run, conn: ConnFacts) -> AnyEvent | None:
    """Return where the peer saw the connection end, if nobody but a send can have ended it."""
    asked = run.asked("close", conn.conn) or run.asked("monitor") or run.passes
    return None if asked or conn.meddling else conn.closed_seen()
