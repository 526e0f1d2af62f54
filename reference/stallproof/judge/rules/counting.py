"""Rules for counting consecutive stalled checks: SC-1 to SC-3."""

import itertools
from collections.abc import Iterator

from stallproof.judge.evidence.blocked import blocked_between
from stallproof.judge.evidence.facts import FOREVER, ConnFacts, SendFacts, heard_us
from stallproof.judge.evidence.freed import lock_not_before_us
from stallproof.judge.evidence.lock import lock_at
from stallproof.judge.evidence.moment import Moment, at_least
from stallproof.judge.evidence.observation import Observation, broken, held, ms, timed, unsure
from stallproof.judge.evidence.queue import met_free_lock
from stallproof.judge.evidence.run import Pass, Run
from stallproof.judge.rules import rule
from stallproof.judge.rules.stalled import TRICKLE_BYTES, TRICKLE_READS
from stallproof.wire.events import AnyEvent, Checked

HEALTHY_CHECKS = 3


class Look:
    """One check of one connection in a pass the oracle asked for, with what bounds its truth.

    `least_us` and `most_us` bound the true stall time at the check: the send cannot have taken the
    lock before it was asked for, and had taken it, if the lock was free, when `taken` says.
    """

    def __init__(self, run: Run, conn: ConnFacts, one: Pass, checked: Checked) -> None:
        self.one, self.checked, self.conn = one, checked, conn
        begun, done = one.asked.at_us, heard_us(checked)
        self.send = _holder(run, conn, begun, checked)
        self.least_us, self.most_us = 0, FOREVER
        self.taken: Moment | None = None
        if self.send is not None:
            by_own_word_us = checked.at_us - lock_not_before_us(run, conn, self.send)
            self.most_us = min(done - self.send.asked_us, max(0, by_own_word_us))
            taken = lock_at(run, conn, self.send)
            if taken is not None and met_free_lock(conn, self.send):
                self.taken = taken
                self.least_us = max(0, begun - taken.by_us - run.grace_us - run.measured_noise_us)

    @property
    def evidence(self) -> list[AnyEvent]:
        story = [] if self.send is None else [self.send.asked, self.send.started]
        return [e for e in (*story, self.one.asked, self.checked) if e is not None]


def _holder(run: Run, conn: ConnFacts, begun_us: int, checked: Checked) -> SendFacts | None:
    """Return the send that held the lock all through the check: first come, not yet done."""
    for send in blocked_between(run, conn, begun_us, max(begun_us, checked.at_us)):
        ended_us = None if send.ended is None else send.ended.at_us
        if ended_us is not None and ended_us <= checked.at_us and checked.stall_us == 0:
            # It ended between the request and the look, and the look agrees.
            continue
        return send
    return None


def looks_at(run: Run, conn: ConnFacts) -> list[Look]:
    """Return the checks of `conn` in the order of the passes."""
    if "looks" not in conn.memo:
        checked = [(one, one.checks[conn.conn]) for one in run.passes if conn.conn in one.checks]
        conn.memo["looks"] = [Look(run, conn, *pair) for pair in checked]
    looks: list[Look] = conn.memo["looks"]
    return looks


@rule("SC-1")
def sc_1(run: Run) -> Iterator[Observation]:
    """Stall time runs from taking the lock to the end of the send; zero when idle."""
    for conn in run.conns.values():
        before: Look | None = None
        for look in looks_at(run, conn):
            if look.send is None:
                yield from _idle(run, conn, look)
            else:
                yield from _in_flight(run, look, _has_moved(conn, before, look))
            before = look


def _in_flight(run: Run, look: Look, has_moved: bool) -> Iterator[Observation]:
    """The stall time is that since the lock, whatever part of the frame has left meanwhile."""
    assert look.send is not None
    said_us, situation = look.checked.stall_us, "moving" if has_moved else "in-flight"
    if run.suspensions.within(look.send.asked_us, look.one.asked.at_us):
        situation = "suspended-in-flight"
    if said_us > look.most_us:
        tell = broken if said_us > look.most_us + 2 * run.uncertainty_us else unsure
        yield tell(
            "SC-1",
            situation,
            f"The check says that send {look.send.send} had been stalled for {ms(said_us)}, and it "
            f"can have held the lock for {ms(look.most_us)} at most.",
            look.evidence,
        )
    elif look.least_us > 0 and look.taken is not None:
        moved = ", while the peer read some of it again and again" if has_moved else ""
        yield timed(
            "SC-1",
            situation,
            run.looked(look.one.asked, look.checked)
            .after(look.taken, said_us)
            .whatever_held_it_up(),
            f"Send {look.send.send} had held the lock for about "
            f"{ms(look.one.asked.at_us - look.taken.by_us)}{moved}, and the check says "
            f"{ms(said_us)}.",
            look.evidence,
        )


def _has_moved(conn: ConnFacts, before: Look | None, look: Look) -> bool:
    """Tell whether the peer took part of one and the same send between two checks."""
    if before is None or before.send is not look.send:
        return False
    reads = conn.reads_done.between(before.one.asked.at_us, look.one.asked.at_us)
    return len(reads) >= TRICKLE_READS and sum(r.got_bytes for r in reads) >= TRICKLE_BYTES


def _idle(run: Run, conn: ConnFacts, look: Look) -> Iterator[Observation]:
    """With every send over, stall time is zero, however the last one ended."""
    begun_us = look.one.asked.at_us
    last = conn.last_by_request.before(heard_us(look.checked))
    if last is None or last.ended_us >= begun_us:
        return
    situation = _how_it_became_idle(run, conn, last)
    if look.checked.stall_us == 0:
        yield held("SC-1", situation, [*last.evidence(), look.checked])
    else:
        yield broken(
            "SC-1",
            situation,
            f"No send was in flight any more (the last one ended with {last.outcome}), and the "
            f"check found a stall of {ms(look.checked.stall_us)}.",
            [*last.evidence(), look.checked],
        )


def _how_it_became_idle(run: Run, conn: ConnFacts, last: SendFacts) -> str | None:
    """Name the situation if the peer made the last send wait, or refused it; else `None`."""
    if last.outcome == "ok":
        big = last.size_bytes > run.begun.kernel_holds_bytes
        return "idle-again" if big and conn.mode_at(last.asked_us) != "drain" else None
    refused = any(d.action in ("shut_read", "reset") for d in conn.meddling)
    return "ended-by-failure" if refused and not conn.closings else None


@rule("SC-2")
def sc_2(run: Run) -> Iterator[Observation]:
    """Stalled is strict: longer than the limit, and not at the limit."""
    limit_us = run.knob("stall_timeout_us")
    for conn in run.conns.values():
        for look in looks_at(run, conn):
            counted = look.checked.count > 0
            said_us = look.checked.stall_us
            if look.send is None:
                if counted and said_us <= limit_us:
                    yield _side(look, None, True, f"{ms(said_us)} by its own word", limit_us)
            elif look.most_us <= limit_us:
                yield _side(look, "below-limit", counted, f"at most {ms(look.most_us)}", limit_us)
            elif look.least_us > limit_us and counted:
                yield _side(look, "above-limit", False, f"at least {ms(look.least_us)}", limit_us)
            elif look.least_us > limit_us:
                wrong = _side(look, "above-limit", True, f"at least {ms(look.least_us)}", limit_us)
                allowed_us = run.grace_us + run.measured_noise_us
                late = at_least(look.least_us + allowed_us - limit_us).whatever_held_it_up()
                yield timed("SC-2", "above-limit", late, wrong.explanation, wrong.events)
            elif counted != (said_us > limit_us):
                yield _side(look, None, True, f"{ms(said_us)} by its own word", limit_us)


def _side(
    look: Look, situation: str | None, wrong: bool, lasted: str, limit_us: int
) -> Observation:
    if not wrong and situation is not None:
        return held("SC-2", situation, look.evidence)
    verb = "counted as stalled" if look.checked.count > 0 else "not counted as stalled"
    return broken(
        "SC-2",
        situation,
        f"The send had held the lock for {lasted}; the limit is {ms(limit_us)}, and the check "
        f"{verb}.",
        look.evidence,
    )


@rule("SC-3")
def sc_3(run: Run) -> Iterator[Observation]:
    """Count + 1 at each stalled check; 0 at any other."""
    limit_us = run.knob("stall_timeout_us")
    for conn in run.conns.values():
        looks = looks_at(run, conn)
        yield from _counts_from_one(looks, limit_us)
        for before, after in itertools.pairwise(looks):
            was, now = before.checked.count, after.checked.count
            pair: list[AnyEvent] = [before.checked, after.checked]
            stalled = after.send is not None and after.least_us > limit_us
            if stalled and before.send is after.send and was > 0:
                if now == was + 1:
                    yield held("SC-3", "counted", pair)
                else:
                    yield broken(
                        "SC-3",
                        "counted",
                        f"The same send was stalled at two checks in a row and the count went "
                        f"from {was} to {now}; it must go up by one.",
                        pair,
                    )
            elif was > 0 and after.send is None and after.checked.stall_us <= limit_us:
                if now == 0:
                    let_go = before.send is not None and before.send.frame is not None
                    yield held("SC-3", "reset" if let_go else None, pair)
                else:
                    yield broken(
                        "SC-3",
                        "reset",
                        f"A check found no stall and the count is {now}; it must be 0.",
                        pair,
                    )


def _counts_from_one(looks: list[Look], limit_us: int) -> Iterator[Observation]:
    """The first stalled check, and the first after a count of 0, count 1 and no more."""
    was = 0
    for look in looks:
        if was == 0 and look.checked.count > 1 and look.send is not None:
            yield broken(
                "SC-3",
                None,
                f"The first stalled check counted {look.checked.count}; it must count 1.",
                look.evidence,
            )
        was = look.checked.count
