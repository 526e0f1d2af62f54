"""Rules for the close window and what comes before it: SC-9 and CX-5."""

import itertools
from collections.abc import Iterator

from stallproof.judge.evidence.facts import FOREVER, ConnFacts, SendFacts, heard_us
from stallproof.judge.evidence.lock import lock_by_us
from stallproof.judge.evidence.observation import Observation, broken, held, ms, timed
from stallproof.judge.evidence.queue import met_free_lock
from stallproof.judge.evidence.run import Run
from stallproof.judge.rules import rule
from stallproof.judge.rules.stalled import stalled_sends
from stallproof.wire.events import AnyEvent, Closing


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
    lower_us, upper_us = close_window_us(run)
    since_us = _monitored_since_us(run)
    if run.knob("send_timeout_us") < upper_us + run.grace_us:
        return
    for conn in run.conns.values():
        seen = conn.hangup or conn.closed_seen()
        gone_us = run.end_us if seen is None else seen.at_us
        for send in () if run.asked("close", conn.conn) else conn.by_request.since(since_us + 1):
            began_us = lock_by_us(conn, send)
            if send.repeat > 1 or began_us is None:
                continue
            if not _kept_up(run, conn, send, min(gone_us, began_us + upper_us)):
                continue
            evidence = [*send.evidence(), *conn.warnings[-1:], *([seen] if seen else [])]
            earliest_us = gone_us - send.asked_us
            window = f"({ms(lower_us)}, {ms(upper_us)}]"
            if seen is not None and earliest_us <= lower_us:
                yield broken(
                    "SC-9",
                    "close-window",
                    f"The connection was closed at most {ms(earliest_us)} after the stall began; "
                    f"the close window is {window}: too early.",
                    evidence,
                )
                continue
            over_us = gone_us - began_us - upper_us
            what = "was closed" if seen is not None else "was not closed"
            yield timed(
                "SC-9",
                "close-window",
                over_us,
                f"The connection {what} {ms(gone_us - began_us)} after the stall began; the "
                f"close window is {window}.",
                evidence,
            )


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
    allowed_us = run.grace_us + run.noise_us
    least_us = period_us - (slack_us if run.monitor_form == "b" else 0)
    starts = [heard_us(a) for a in run.asked("monitor")]
    for conn in run.conns.values():
        checks = [c for c in conn.checks if starts and heard_us(c) >= starts[0]]
        for before, after in itertools.pairwise(checks):
            gap_us = after.at_us - before.at_us
            over_us = gap_us - period_us - slack_us
            if run.passes or (gap_us >= least_us - allowed_us and over_us <= run.grace_us):
                continue
            what = (
                f"Two checks in a row of connection {conn.conn} came {ms(gap_us)} apart; with the "
                f"period {ms(period_us)} the declared form ({run.monitor_form}, slack "
                f"{ms(slack_us)}) allows {ms(least_us)} to {ms(period_us + slack_us)}."
            )
            if over_us > run.grace_us:
                yield timed("SC-9", "close-window", over_us, what, [before, after])
            else:
                yield broken("SC-9", None, what, [before, after])


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
        warned: list[AnyEvent] = [*conn.warnings[:1]]
        looked = conn.checked.between(taken_us + 1, send.ended_us - 1)
        beyond = conn.checked.between(taken_us + limit_us + 1, send.ended_us - 1, 1)
        if send_us + run.grace_us <= limit_us:
            if not looked:
                continue
            if warned:
                yield broken(
                    "CX-5",
                    "never-warns",
                    f"The send timeout {ms(send_us)} plus grace is within the stall timeout "
                    f"{ms(limit_us)}, and the monitor warned all the same.",
                    [*send.evidence(), *warned],
                )
            else:
                yield held("CX-5", "never-warns", send.evidence())
        elif send_us + run.grace_us <= lower_us and run.knob("close_stalled"):
            by_monitor: list[Closing] = [c for c in conn.closings if c.cause == "monitor"]
            if by_monitor:
                yield broken(
                    "CX-5",
                    "never-closes",
                    f"The send timeout {ms(send_us)} plus grace lies before the close window "
                    f"(from {ms(lower_us)}), and the monitor closed the connection.",
                    [*send.evidence(), *by_monitor],
                )
            elif beyond:
                yield held("CX-5", "never-closes", [*send.evidence(), beyond[0]])
