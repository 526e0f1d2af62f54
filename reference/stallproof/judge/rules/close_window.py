"""Rules for the close window and what comes before it: SC-9 and CX-5."""

import itertools
from collections.abc import Iterator

from stallproof.judge.evidence.facts import ConnFacts, SendFacts, heard_us
from stallproof.judge.evidence.moment import at_least, exactly
from stallproof.judge.evidence.observation import Observation, broken, held, ms, timed
from stallproof.judge.evidence.run import Run, in_flight_at_start
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


def _monitored_before(run: Run, send: SendFacts) -> bool:
    """Tell whether the monitor had been started before `send` was asked for."""
    return any(
        (answer := run.answer_to(a)) is not None
        and answer.error is None
        and answer.at_us < send.asked_us
        for a in run.asked("monitor")
    )


@rule("SC-9")
def sc_9(run: Run) -> Iterator[Observation]:
    """The monitor closes inside the close window."""
    if not run.knob("close_stalled") or run.monitor_form is None or not _window_premise(run):
        return
    lower_us, upper_us = close_window_us(run)
    for conn in run.conns.values():
        for send in conn.sends.values():
            if send.asked.repeat not in (None, 1) or not _monitored_before(run, send):
                continue
            if run.knob("send_timeout_us") < upper_us + run.grace_us or run.asked(
                "close", conn.conn
            ):
                continue
            seen = conn.hangup or conn.closed_seen()
            gone_us = run.end_us if seen is None else seen.at_us
            if not _kept_up(run, conn, send, min(gone_us, send.started_us + upper_us)):
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
            gone = run.unseen if seen is None else exactly(gone_us)
            what = "was closed" if seen is not None else "was not closed"
            yield timed(
                "SC-9",
                "close-window",
                gone.after(run.started_at(send), upper_us),
                f"The connection {what} {ms(gone_us - send.started_us)} after the stall began; the "
                f"close window is {window}.",
                evidence,
            )


def _kept_up(run: Run, conn: ConnFacts, send: SendFacts, until_us: int) -> bool:
    """Tell whether the peer kept `send` blocked until then, and only the monitor ended it."""
    if send.size_bytes <= run.begun.kernel_holds_bytes or send.frame is not None:
        return False
    if in_flight_at_start(conn, send) or send.outcome == "timeout":
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
                late = run.said(after).after(run.said(before), period_us + slack_us)
                yield timed("SC-9", "close-window", late, what, [before, after])
            else:
                # One that came late comes close to the next: by more than the noise it was early.
                close_us = least_us - gap_us - 2 * run.uncertainty_us
                yield timed("SC-9", None, at_least(close_us), what, [before, after])


@rule("CX-5")
def cx_5(run: Run) -> Iterator[Observation]:
    """Guardrail A, where it works, is quicker than guardrail C."""
    if not _window_premise(run) or run.monitor_form is None:
        return
    send_us, limit_us = run.knob("send_timeout_us"), run.knob("stall_timeout_us")
    lower_us, _upper_us = close_window_us(run)
    for conn, send, deadline_us in stalled_sends(run, whoever_closes=True):
        in_time = send.ended_us <= deadline_us + run.grace_us + run.noise_us
        if not _monitored_before(run, send) or not in_time:
            continue
        # No longer than this can the send have held the lock, by whatever the noise kept it.
        held_us = run.ended_at(send).after(run.started_at(send)).most_us
        warned: list[AnyEvent] = [*conn.warnings[:1]]
        looked = [c for c in conn.checks if send.started_us < heard_us(c) < send.ended_us]
        beyond = [c for c in looked if heard_us(c) - send.started_us > limit_us]
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
