"""Rules for the deadline of a send: SD-1 to SD-4."""

import itertools
from collections.abc import Iterator

from stallproof.judge.evidence.blocked import FIRST_IN_FLIGHT, is_blocked_between
from stallproof.judge.evidence.facts import FOREVER, ConnFacts, SendFacts
from stallproof.judge.evidence.freed import held_at_most_us
from stallproof.judge.evidence.lock import lock_by_us, preparation_us
from stallproof.judge.evidence.moment import latest, worst
from stallproof.judge.evidence.observation import Observation, broken, held, ms, unsure
from stallproof.judge.evidence.queue import met_free_lock
from stallproof.judge.evidence.run import Run
from stallproof.judge.evidence.suspensions import BEFORE_DUE, WHEN_DUE
from stallproof.judge.rules import rule
from stallproof.judge.rules.stalled import (
    SMALL_BYTES,
    Stall,
    bounded,
    situation_of,
    stalled_sends,
    suspended,
    trickled,
)


@rule("SD-1")
def sd_1(run: Run) -> Iterator[Observation]:
    """Partial progress never extends the deadline."""
    for stall in stalled_sends(run):
        conn, send, deadline_us = stall.conn, stall.send, stall.deadline_us
        if not trickled(conn, send, deadline_us):
            continue
        late = run.late(run.ended_at(send), stall.deadline)
        what = (
            f"The peer kept reading a little, and {_when(run, send, deadline_us)}; the deadline "
            f"is fixed when the lock is taken, and progress does not move it."
        )
        evidence = [*send.evidence(), *conn.reads[-2:]]
        yield bounded(run, "SD-1", "trickle", stall, late, what, evidence)


def _when(run: Run, send: SendFacts, deadline_us: int) -> str:
    """Say when `send` returned, seen from its deadline."""
    timeout = ms(run.knob("send_timeout_us"))
    name = f"send {send.send} on connection {send.conn} (timeout {timeout})"
    if send.ended is None:
        return f"{name} had still not returned {ms(run.end_us - deadline_us)} after its deadline"
    late_us = send.ended_us - deadline_us
    side = f"{ms(late_us)} after" if late_us >= 0 else f"{ms(-late_us)} before"
    return f"{name} returned {side} its deadline with the outcome {send.outcome}"


@rule("SD-2")
def sd_2(run: Run) -> Iterator[Observation]:
    """With bytes left at the deadline the outcome is TIMEOUT, and no write begins any more."""
    yield from _late_writes(run)
    for stall in filter(lambda stall: stall.is_charged, stalled_sends(run)):
        conn, send, deadline_us = stall.conn, stall.send, stall.deadline_us
        if send.size_bytes <= SMALL_BYTES or not conn.stopped_between(send.asked_us, deadline_us):
            continue
        if not _read_after(conn, send, deadline_us + run.measured_noise_us):
            continue
        situation = _which(run, stall, WHEN_DUE, "unfinished-at-deadline")
        left = send.size_bytes - run.begun.kernel_holds_bytes
        late_bytes = conn.read_by(FOREVER) - conn.read_by(deadline_us)
        if send.frame is None and late_bytes > run.begun.kernel_holds_bytes:
            yield broken(
                "SD-2",
                situation,
                f"After the deadline of send {send.send} {late_bytes} bytes more arrived on "
                f"connection {conn.conn}, and the kernel holds {run.begun.kernel_holds_bytes} at "
                f"most: the implementation wrote after the deadline.",
                [*send.evidence(), *conn.reads[-1:]],
            )
        elif send.frame is not None:
            yield broken(
                "SD-2",
                situation,
                f"At least {left} bytes of send {send.send} had not left when its deadline came, "
                f"because the peer had read nothing; yet the whole frame arrived in the end, so "
                f"the implementation wrote after the deadline (outcome {send.outcome}).",
                send.evidence(),
            )
        elif send.outcome == "timeout":
            yield held("SD-2", situation, send.evidence())
        elif send.outcome is not None:
            yield broken(
                "SD-2",
                situation,
                f"Send {send.send} had bytes left at its deadline and the outcome was "
                f"{send.outcome}; it must be TIMEOUT.",
                send.evidence(),
            )


def _read_after(conn: ConnFacts, send: SendFacts, due_us: int) -> bool:
    """Tell whether the peer read on beyond `due_us`, to the frame or to the end.

    A sender that took its lock late, by the noise, has its deadline so much later.
    """
    at_end = conn.end is not None and conn.end.how in ("eof", "truncated")
    return conn.drains_after(due_us) and (send.frame is not None or at_end)


def _late_writes(run: Run) -> Iterator[Observation]:
    """By its own word: no write begins at or after lock taken + send timeout."""
    for _conn, send in run.all_sends():
        if send.lock is None:
            continue
        due_us = send.lock.at_us + run.knob("send_timeout_us")
        for write in send.writes:
            over_us = write.began_us - due_us
            if over_us < 0:
                continue
            what = (
                f"A write of send {send.send} began {ms(over_us)} after the deadline, by the "
                f"implementation's own word"
            )
            if over_us >= 2 * run.uncertainty_us:
                yield broken("SD-2", None, what + ".", [send.lock, write])
            else:
                yield unsure("SD-2", None, what + ": the clock cannot tell.", [send.lock, write])


@rule("SD-3")
def sd_3(run: Run) -> Iterator[Observation]:
    """The stalled send and a probe begun during the stall have both returned by the bound."""
    for stall in stalled_sends(run):
        conn, send, deadline_us = stall.conn, stall.send, stall.deadline_us
        probes = _probes(run, stall)
        if not probes:
            continue
        situation = suspended(run, stall) or situation_of(conn, send, deadline_us)
        # A probe waits for the lock, so the i-th may take i more graces, as in any queue. What it
        # does before it asks for the lock takes no longer than it took the stalled one.
        before_us = preparation_us(conn, send)
        probe_late, probe = max(
            (
                (
                    run.late(
                        run.ended_at(p), latest(stall.deadline, run.started_at(p).later(before_us))
                    ).less(place * run.grace_us),
                    p,
                )
                for place, p in enumerate(sorted(probes, key=lambda p: p.ended_us), 1)
            ),
            key=lambda late: late[0].most_us,
        )
        late = worst(run.late(run.ended_at(send), stall.deadline), probe_late)
        how = "" if situation is None else f" ({situation})"
        why = f"The peer did not take the frame{how}, and {_when(run, send, deadline_us)}"
        if probe.ended is None:
            why += f"; the probe send {probe.send}, begun meanwhile, had not returned at all"
        elif late.most_us == probe_late.most_us:
            after = ms(probe.ended_us - deadline_us)
            why += (
                f"; the probe send {probe.send}, begun meanwhile, was freed only {after} after the "
                f"deadline"
            )
        why += ": the send lock was held beyond its bound."
        evidence = [*send.evidence(), *probe.evidence()]
        yield bounded(run, "SD-3", situation, stall, late, why, evidence)


def _probes(run: Run, stall: Stall) -> list[SendFacts]:
    """Return the sends that were asked for while the stalled one held the lock.

    What was asked for after it had returned meets another holder, or nobody, and is no probe.
    """
    send = stall.send
    ended_us = FOREVER if send.ended is None else send.ended.at_us
    taken_us = stall.deadline_us - run.knob("send_timeout_us")
    asked = stall.conn.by_request.between(taken_us, min(stall.deadline_us, ended_us) - 1)
    return [p for p in asked if p is not send and p.started is not None]


@rule("SD-4")
def sd_4(run: Run) -> Iterator[Observation]:
    """No TIMEOUT before the deadline, by the oracle's eyes and by the implementation's word."""
    timeout_us = run.knob("send_timeout_us")
    stalled = {id(stall.send): stall for stall in stalled_sends(run)}
    for conn, send in run.all_sends():
        if send.started is None or send.ended is None or send.repeat > 1:
            continue
        if send.outcome == "timeout":
            stall = stalled.get(id(send))
            situation = None if stall is None else _which(run, stall, BEFORE_DUE, "timed-out")
            if not met_free_lock(conn, send):
                situation = "queued"
            yield _early_or_not(run, conn, send, situation)
        elif send.outcome == "ok" and send.frame is not None:
            waited_us = send.frame.at_us - send.asked_us
            if waited_us > timeout_us and _was_queued(run, conn, send):
                yield held("SD-4", "queued", send.evidence())


def _which(run: Run, stall: Stall, slept: str, otherwise: str) -> str:
    """Return `slept` if a suspension put `stall` into that situation."""
    return slept if suspended(run, stall) == slept else otherwise


def _was_queued(run: Run, conn: ConnFacts, send: SendFacts) -> bool:
    """Tell whether the peer proves that another send was unfinished when `send` had started."""
    began_us = send.started_us
    ahead = itertools.islice(conn.under_way.covering(began_us, began_us), FIRST_IN_FLIGHT)
    for other in ahead:
        by_us = lock_by_us(conn, other)
        # Who was ahead may have had to take the lock yet.
        at_us = began_us if by_us is None else max(began_us, by_us)
        if other is not send and is_blocked_between(run, conn, other, at_us, at_us):
            return True
    return False


def _early_or_not(run: Run, conn: ConnFacts, send: SendFacts, situation: str | None) -> Observation:
    """Judge one TIMEOUT: the lock was taken no earlier than the send ahead had ended."""
    timeout_us = run.knob("send_timeout_us")
    lasted_us = held_at_most_us(run, conn, send)
    slack_us = 2 * run.uncertainty_us
    what = (
        f"Send {send.send} on connection {send.conn} ended with TIMEOUT {ms(lasted_us)} after it "
        f"can have taken the lock at the earliest; the send timeout is {ms(timeout_us)}"
    )
    if lasted_us + slack_us < timeout_us:
        return broken("SD-4", situation, what + ": too early.", send.evidence())
    if lasted_us - slack_us < timeout_us:
        return unsure("SD-4", situation, what + ": the clock cannot tell.", send.evidence())
    # A queued send that timed out after its whole hold is right, but not what 'queued' asks for.
    return held("SD-4", None if situation == "queued" else situation, send.evidence())
