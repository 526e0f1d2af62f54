"""Rules for the close window and what comes before it: SC-9 and CX-5."""

import itertools
from collections.abc import Iterator

from stallproof.judge.evidence.facts import ConnFacts, SendFacts, heard_us
from stallproof.judge.evidence.observation import Observation, broken, held, ms, timed, unsure
from stallproof.judge.evidence.run import Run, in_flight_at_start
from stallproof.judge.rules import rule
from stallproof.judge.rules.skipped_ticks import SkippedTicks, moved_by_skips
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
    (least_us, most_us), skips = close_window_us(run), SkippedTicks(run)
    for conn in run.conns.values():
        for send in conn.sends.values():
            if send.asked.repeat not in (None, 1) or not _monitored_before(run, send):
                continue
            seen = conn.hangup or conn.closed_seen()
            gone_us = run.end_us if seen is None else seen.at_us
            moved_us = moved_by_skips(run, skips, send.asked_us, send.started_us, gone_us)
            if moved_us is None:
                continue
            lower_us, upper_us = least_us + moved_us[0], most_us + moved_us[1]
            if run.knob("send_timeout_us") < upper_us + run.grace_us or run.asked(
                "close", conn.conn
            ):
                continue
            if not _kept_up(run, conn, send, min(gone_us, send.started_us + upper_us)):
                continue
            evidence = [*send.evidence(), *conn.warnings[-1:], *([seen] if seen else [])]
            earliest_us = gone_us - send.asked_us
            window = f"({ms(lower_us)}, {ms(upper_us)}]"
            if seen is not None and earliest_us <= lower_us:
                what = f"The connection was closed at most {ms(earliest_us)} after the stall began"
                why = f"{what}; the close window is {window}: too early."
                yield broken("SC-9", "close-window", why, evidence)
                continue
            over_us = gone_us - send.started_us - upper_us
            what = "was closed" if seen is not None else "was not closed"
            what = f"The connection {what} {ms(gone_us - send.started_us)} after the stall began"
            if over_us <= 0 and gone_us - send.started_us > most_us + run.grace_us:
                why = f"{what}; that is in the close window only by the ticks said to be skipped."
                yield unsure("SC-9", "close-window", why, [*evidence, *skips.said])
                continue
            why = f"{what}; the close window is {window}."
            yield timed("SC-9", "close-window", over_us, why, evidence)


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
    starts, skips = [heard_us(a) for a in run.asked("monitor")], SkippedTicks(run)
    for conn in run.conns.values():
        checks = [c for c in conn.checks if starts and heard_us(c) >= starts[0]]
        for before, after in itertools.pairwise(checks):
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
    for conn, send, deadline_us in stalled_sends(run, whoever_closes=True):
        in_time = send.ended_us <= deadline_us + run.grace_us + run.noise_us
        if not _monitored_before(run, send) or not in_time:
            continue
        warned: list[AnyEvent] = [*conn.warnings[:1]]
        looked = [c for c in conn.checks if send.started_us < heard_us(c) < send.ended_us]
        beyond = [c for c in looked if heard_us(c) - send.started_us > limit_us]
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
