"""Rules for the deadline of a send: SD-1 to SD-4."""

from collections.abc import Iterator

from stallproof.judge.evidence.facts import FOREVER, ConnFacts, SendFacts
from stallproof.judge.evidence.moment import worst
from stallproof.judge.evidence.observation import Observation, broken, held, ms, timed, unsure
from stallproof.judge.evidence.run import (
    Run,
    in_flight_at_start,
    is_blocked_between,
    lock_not_before_us,
)
from stallproof.judge.rules import rule
from stallproof.judge.rules.stalled import SMALL_BYTES, situation_of, stalled_sends, trickled


@rule("SD-1")
def sd_1(run: Run) -> Iterator[Observation]:
    """Partial progress never extends the deadline."""
    for conn, send, deadline_us in stalled_sends(run):
        if not trickled(conn, send, deadline_us):
            continue
        yield timed(
            "SD-1",
            "trickle",
            run.ended_at(send).after(run.started_at(send), run.knob("send_timeout_us")),
            f"The peer kept reading a little, and {_when(run, send, deadline_us)}; the deadline "
            f"is fixed when the lock is taken, and progress does not move it.",
            [*send.evidence(), *conn.reads[-2:]],
        )


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
    for conn, send, deadline_us in stalled_sends(run):
        if send.size_bytes <= SMALL_BYTES or not conn.stopped_between(send.asked_us, deadline_us):
            continue
        if not _read_after(conn, send, deadline_us + run.noise_us):
            continue
        left = send.size_bytes - run.begun.kernel_holds_bytes
        late_bytes = conn.read_by(FOREVER) - conn.read_by(deadline_us)
        if send.frame is None and late_bytes > run.begun.kernel_holds_bytes:
            yield broken(
                "SD-2",
                "unfinished-at-deadline",
                f"After the deadline of send {send.send} {late_bytes} bytes more arrived on "
                f"connection {conn.conn}, and the kernel holds {run.begun.kernel_holds_bytes} at "
                f"most: the implementation wrote after the deadline.",
                [*send.evidence(), *conn.reads[-1:]],
            )
        elif send.frame is not None:
            yield broken(
                "SD-2",
                "unfinished-at-deadline",
                f"At least {left} bytes of send {send.send} had not left when its deadline came, "
                f"because the peer had read nothing; yet the whole frame arrived in the end, so "
                f"the implementation wrote after the deadline (outcome {send.outcome}).",
                send.evidence(),
            )
        elif send.outcome == "timeout":
            yield held("SD-2", "unfinished-at-deadline", send.evidence())
        elif send.outcome is not None:
            yield broken(
                "SD-2",
                "unfinished-at-deadline",
                f"Send {send.send} had bytes left at its deadline and the outcome was "
                f"{send.outcome}; it must be TIMEOUT.",
                send.evidence(),
            )


def _read_after(conn: ConnFacts, send: SendFacts, due_us: int) -> bool:
    """Tell whether the peer read on beyond `due_us`, to the frame or to the end.

    A sender that took its lock late, by the noise, has its deadline so much later.
    """
    drained = any(m.mode == "drain" and m.at_us > due_us for m in conn.modes)
    at_end = conn.end is not None and conn.end.how in ("eof", "truncated")
    return drained and (send.frame is not None or at_end)


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
    for conn, send, deadline_us in stalled_sends(run):
        probes = [
            p
            for p in conn.sends.values()
            if p is not send
            and p.started is not None
            and send.started_us <= p.asked_us < deadline_us
        ]
        if not probes:
            continue
        situation = situation_of(conn, send, deadline_us)
        # A probe waits for the lock, so the i-th may take i more graces, as in any queue.
        deadline = run.started_at(send).later(run.knob("send_timeout_us"))
        probe_late, probe = max(
            (
                (run.ended_at(p).after(deadline, place * run.grace_us), p)
                for place, p in enumerate(sorted(probes, key=lambda p: p.ended_us), 1)
            ),
            key=lambda late: late[0].most_us,
        )
        late = worst(run.ended_at(send).after(deadline), probe_late)
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
        yield timed(
            "SD-3",
            situation,
            late,
            why + ": the send lock was held beyond its bound.",
            [*send.evidence(), *probe.evidence()],
        )


@rule("SD-4")
def sd_4(run: Run) -> Iterator[Observation]:
    """No TIMEOUT before the deadline, by the oracle's eyes and by the implementation's word."""
    timeout_us = run.knob("send_timeout_us")
    stalled = {id(send) for _conn, send, _deadline_us in stalled_sends(run)}
    for conn, send in run.all_sends():
        if send.started is None or send.ended is None or send.repeat > 1:
            continue
        if send.outcome == "timeout":
            situation = "timed-out" if id(send) in stalled else None
            if in_flight_at_start(conn, send):
                situation = "queued"
            yield _early_or_not(run, conn, send, situation)
        elif send.outcome == "ok" and send.frame is not None:
            waited_us = send.frame.at_us - send.asked_us
            if waited_us > timeout_us and _was_queued(run, conn, send):
                yield held("SD-4", "queued", send.evidence())


def _was_queued(run: Run, conn: ConnFacts, send: SendFacts) -> bool:
    """Tell whether the peer proves that another send was unfinished when `send` had started."""
    return any(
        is_blocked_between(run, conn, ahead, send.started_us, send.started_us)
        for ahead in in_flight_at_start(conn, send)
    )


def _early_or_not(run: Run, conn: ConnFacts, send: SendFacts, situation: str | None) -> Observation:
    """Judge one TIMEOUT: the lock was taken no earlier than the send ahead had ended."""
    assert send.ended is not None
    timeout_us = run.knob("send_timeout_us")
    lowest_us = lock_not_before_us(run, conn, send)
    if send.lock is not None:
        lowest_us = max(lowest_us, send.lock.at_us)
    lasted_us = min(send.ended.at_us - lowest_us, send.ended_us - send.asked_us)
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
