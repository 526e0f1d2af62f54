"""Rules for the close window and what comes before it: SC-9 and CX-5."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from stallproof.judge.evidence.facts import FOREVER, ConnFacts, SendFacts, heard_us
from stallproof.judge.evidence.lock import lock_at
from stallproof.judge.evidence.moment import Moment, at_least, exactly
from stallproof.judge.evidence.observation import Observation, broken, held, ms, timed, unsure
from stallproof.judge.evidence.queue import met_free_lock
from stallproof.judge.evidence.run import Run
from stallproof.judge.rules import rule
from stallproof.judge.rules.skipped_ticks import SkippedTicks, moved_by_skips, moved_by_suspensions
from stallproof.judge.rules.stalled import stalled_sends
from stallproof.wire.events import AnyEvent, AnyPeerEvent, Closing


def close_window_us(run: Run) -> tuple[int, int]:
    """Return the close window after the stall began, lower end excluded, by the declared form."""
    limit_us, period_us = run.knob("stall_timeout_us"), run.knob("monitor_period_us")
    checks, slack_us = run.knob("checks_max"), run.monitor_slack_us
    if run.monitor_form == "a":
        return limit_us + (checks - 1) * period_us, limit_us + checks * (period_us + slack_us)
    lower_us = limit_us + max(0, (checks - 1) * period_us - slack_us)
    return lower_us, limit_us + checks * period_us + slack_us


def _window_premise(run: Run) -> bool:
    limit_us, period_us = run.knob("stall_timeout_us"), run.knob("monitor_period_us")
    return limit_us >= period_us + run.monitor_slack_us


def _monitored_since_us(run: Run) -> int:
    """Return when the monitor had been started; `FOREVER` if it never was."""
    answers = map(run.answer_to, run.asked("monitor"))
    started = (a.at_us for a in answers if a is not None and a.error is None)
    return min(started, default=FOREVER)


@rule("SC-9")
def sc_9(run: Run) -> Iterator[Observation]:
    """The monitor closes inside the close window."""
    if not run.knob("close_stalled") or run.monitor_form is None or not _window_premise(run):
        return
    (least_us, most_us), skips = close_window_us(run), SkippedTicks(run)
    since_us = _monitored_since_us(run)
    for conn in run.conns.values():
        seen = conn.hangup or conn.closed_seen()
        gone_us = run.end_us if seen is None else seen.at_us
        for send in () if run.asked("close", conn.conn) else conn.by_request.since(since_us + 1):
            began = lock_at(run, conn, send)
            if send.repeat > 1 or began is None:
                continue
            began_us = began.by_us
            moved_us = moved_by_skips(run, skips, send.asked_us, began_us, gone_us)
            slept_us = moved_by_suspensions(run, send.asked_us, began_us, gone_us)
            if moved_us is None or slept_us is None:
                continue
            lower_us = least_us + max(moved_us[0], slept_us[0])
            # Who made up right after it for the checks that it missed would be too early.
            tells = slept_us[0] and run.suspensions.told[-1].at_us <= send.asked_us + lower_us
            window = Window(
                lower_us,
                most_us + max(moved_us[1], slept_us[1]),
                most_us + slept_us[1],
                "suspended-ticks" if tells else "close-window",
            )
            if run.knob("send_timeout_us") < window.upper_us + run.grace_us:
                continue
            if not _kept_up(run, conn, send, min(gone_us, began_us + window.upper_us)):
                continue
            evidence = [*send.evidence(), *conn.warnings[-1:], *([seen] if seen else [])]
            yield _in_window(run, send, began, seen, window, [*evidence, *skips.said])


@dataclass(slots=True, frozen=True)
class Window:
    """The close window of a stall, lower end excluded, counted from its beginning.

    `unmoved_us` is its upper end without the ticks that were said to be skipped.
    """

    lower_us: int
    upper_us: int
    unmoved_us: int
    situation: str


def _in_window(
    run: Run,
    send: SendFacts,
    began: Moment,
    seen: AnyPeerEvent | None,
    window: Window,
    evidence: list[AnyEvent],
) -> Observation:
    """Say where in its close window a stall was closed that the peer saw end by `seen`."""
    gone = run.unseen if seen is None else exactly(seen.at_us)
    lower_us, upper_us, situation = window.lower_us, window.upper_us, window.situation
    ends = f"the close window is ({ms(lower_us)}, {ms(upper_us)}]"
    if seen is not None and seen.at_us - send.asked_us <= lower_us:
        what = f"The connection was closed at most {ms(seen.at_us - send.asked_us)} after the stall"
        return broken("SC-9", situation, f"{what} began; {ends}: too early.", evidence)
    late = gone.after(began, upper_us).whatever_held_it_up()
    lasted_us = gone.since_us - began.by_us
    what = "was closed" if seen is not None else "was not closed"
    what = f"The connection {what} {ms(lasted_us)} after the stall began"
    if late.most_us <= 0 and lasted_us > window.unmoved_us + run.grace_us:
        why = f"{what}; that is in the close window only by the ticks said to be skipped."
        return unsure("SC-9", situation, why, evidence)
    return timed("SC-9", situation, late, f"{what}; {ends}.", evidence)


def _kept_up(run: Run, conn: ConnFacts, send: SendFacts, until_us: int) -> bool:
    """Tell whether the peer kept `send` blocked until then, and only the monitor ended it."""
    if send.size_bytes <= run.begun.kernel_holds_bytes or send.frame is not None:
        return False
    if not met_free_lock(conn, send) or send.outcome == "timeout":
        return False
    return send.started is not None and conn.stopped_between(send.asked_us, until_us)


@rule("SC-9")
def sc_9_schedule(run: Run) -> Iterator[Observation]:
    """The declared numbers are a promise: checks come no closer and no further apart."""
    if run.monitor_form is None or "SC-9" not in run.begun.requirements:
        return
    period_us, slack_us = run.knob("monitor_period_us"), run.monitor_slack_us
    allowed_us = run.grace_us + run.measured_noise_us
    least_us = period_us - (slack_us if run.monitor_form == "b" else 0)
    starts, skips = [heard_us(a) for a in run.asked("monitor")], SkippedTicks(run)
    for conn in run.conns.values():
        checks = [c for c in conn.checks if starts and heard_us(c) >= starts[0]]
        last_us = run.begun.at_us
        for before, after in itertools.pairwise(checks):
            before_us, last_us = last_us, before.at_us
            gap_us = after.at_us - before.at_us
            ticks = 1 + skips.between(before.at_us, after.at_us)
            over_us = gap_us - ticks * period_us - slack_us
            if run.passes or (gap_us >= least_us - allowed_us and over_us <= run.grace_us):
                continue
            what = (
                f"Two checks in a row of connection {conn.conn} came {ms(gap_us)} apart; with the "
                f"period {ms(period_us)} the declared form ({run.monitor_form}, slack "
                f"{ms(slack_us)}) allows {ms(least_us)} to {ms(period_us + slack_us)}."
            )
            if over_us > run.grace_us:
                late = run.late(run.said(after), run.said(before), ticks * period_us + slack_us)
                yield timed("SC-9", "close-window", late, what, [before, after])
            elif not run.suspensions.at_most(before_us, before.at_us):
                # One that came late comes close to the next: by more than the noise it was early.
                # One that was held up by a suspension comes as close as may be.
                close_us = least_us - gap_us - 2 * run.uncertainty_us
                late = at_least(close_us).whatever_held_it_up()
                yield timed("SC-9", None, late, what, [before, after])


@rule("CX-5")
def cx_5(run: Run) -> Iterator[Observation]:
    """Guardrail A, where it works, is quicker than guardrail C."""
    if not _window_premise(run) or run.monitor_form is None:
        return
    send_us, limit_us = run.knob("send_timeout_us"), run.knob("stall_timeout_us")
    lower_us, _upper_us = close_window_us(run)
    since_us = _monitored_since_us(run)
    for stall in stalled_sends(run, whoever_closes=True):
        conn, send, taken_us = stall.conn, stall.send, stall.deadline_us - send_us
        in_time = send.ended_us <= stall.deadline_us + run.grace_us + run.noise_us
        if send.asked_us <= since_us or not in_time:
            continue
        # No longer than this can the send have held the lock, by whatever the noise kept it.
        held_us = run.ended_at(send).after(run.started_at(send)).most_us
        warned: list[AnyEvent] = [*conn.warnings[:1]]
        looked = conn.checked.between(taken_us + 1, send.ended_us - 1)
        beyond = conn.checked.between(taken_us + limit_us + 1, send.ended_us - 1, 1)
        if send_us + run.grace_us <= limit_us:
            if not looked:
                continue
            if warned:
                why = (
                    f"The send timeout {ms(send_us)} plus grace is within the stall timeout "
                    f"{ms(limit_us)}, and the monitor warned all the same."
                )
                evidence = [*send.evidence(), *warned]
                yield _met("never-warns", why, evidence, certain=held_us <= limit_us)
            else:
                yield held("CX-5", "never-warns", send.evidence())
        elif send_us + run.grace_us <= lower_us and run.knob("close_stalled"):
            by_monitor: list[Closing] = [c for c in conn.closings if c.cause == "monitor"]
            if by_monitor:
                why = (
                    f"The send timeout {ms(send_us)} plus grace lies before the close window "
                    f"(from {ms(lower_us)}), and the monitor closed the connection."
                )
                evidence = [*send.evidence(), *by_monitor]
                yield _met("never-closes", why, evidence, certain=held_us <= lower_us)
            elif beyond:
                yield held("CX-5", "never-closes", [*send.evidence(), beyond[0]])


def _met(situation: str, why: str, evidence: list[AnyEvent], *, certain: bool) -> Observation:
    """Judge guardrails that met: if the noise may have held the send so long, both did right."""
    if certain:
        return broken("CX-5", situation, why, evidence)
    why += " The noise may have held the send for so long that this was right."
    return timed("CX-5", situation, at_least(0), why, evidence)
