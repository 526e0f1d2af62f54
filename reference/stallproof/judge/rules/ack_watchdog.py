"""Rules for when and why the watchdog fails a stream: AP-2, AP-3 and AP-5."""

from collections.abc import Iterator

from stallproof.judge.evidence.due import (
    due_of,
    is_plainly_judged,
    late_by,
    progress_during,
    seed_clock_us,
    surely_before_us,
    suspended,
)
from stallproof.judge.evidence.facts import FOREVER
from stallproof.judge.evidence.flow import Flow, Wait, flows
from stallproof.judge.evidence.moment import Lateness
from stallproof.judge.evidence.observation import Observation, broken, held, ms, timed, unsure
from stallproof.judge.evidence.run import Run
from stallproof.judge.evidence.suspensions import WHEN_DUE
from stallproof.judge.rules import rule
from stallproof.judge.rules.ack_early import side_of
from stallproof.judge.rules.ack_offsets import moved_clocks


@rule("AP-3")
def ap_3(run: Run) -> Iterator[Observation]:
    """No progress fails the stream, by the seed profile's clock not too early."""
    for flow in flows(run):
        if not flow.is_plain:
            continue
        late_progress = [
            (ack, wait)
            for wait in flow.waits
            for ack, due_us in moved_clocks(flow, wait)
            if ack.asked_us >= due_us - flow.progress_timeout_us // 2
        ]
        early = _too_early(flow, "late-progress" if late_progress else _without_progress(flow))
        if early is not None:
            yield early
            continue
        for ack, _wait in late_progress:
            yield held("AP-3", "late-progress", flow.facts.evidence(ack.request.asked))
        if flow.last_wait is not None:
            yield from _no_progress(flow, flow.last_wait)


def _too_early(flow: Flow, situation: str) -> Observation | None:
    """Return what is wrong with a NO_PROGRESS that even the seed profile's clock forbids."""
    facts = flow.facts
    if facts.outcome != "no_progress":
        return None
    clock_us = seed_clock_us(flow, surely_before_us(flow))
    perhaps_us = seed_clock_us(flow, facts.ended_us)
    side = side_of(flow, clock_us, flow.progress_timeout_us, perhaps_us)
    if side == "due":
        return None
    what = (
        f"The {facts.name} failed with NO_PROGRESS {ms(facts.ended_us - clock_us)} after its last "
        f"progress, or its making; the progress timeout is {ms(flow.progress_timeout_us)}"
    )
    if side == "early":
        return broken("AP-3", situation, what + ": too early.", facts.evidence())
    return unsure("AP-3", situation, what + ": the clock cannot tell.", facts.evidence())


def _without_progress(flow: Flow) -> str:
    """Name the situation of a stream whose last wait was kept up without progress."""
    wait = flow.last_wait
    if wait is not None and suspended(flow, wait, due_of(flow, wait)) == WHEN_DUE:
        return WHEN_DUE
    return "no-progress"


def _no_progress(flow: Flow, wait: Wait) -> Iterator[Observation]:
    """A wait without any progress ends with NO_PROGRESS."""
    due, facts = due_of(flow, wait), flow.facts
    late = late_by(flow, wait, due, within_us=flow.interval_us)
    before_wait_is_over = due.by_us < wait.began_us + flow.ack_wait_us
    if late is None or progress_during(flow, wait) or not is_plainly_judged(flow, wait):
        return
    if due.reason != "no_progress" or not before_wait_is_over or facts.outcome == "ack_wait":
        # An ACK_WAIT is too early, which is AP-5's, or so late that either reason is right.
        return
    situation = _without_progress(flow)
    if facts.outcome == "no_progress":
        yield held("AP-3", situation, facts.evidence())
        return
    what = f"The {facts.name} waited without any progress until after NO_PROGRESS was due"
    yield _wrong_end(flow, "AP-3", situation, late, what + f", and {how_it_ended(flow)}.")


def _wrong_end(
    flow: Flow, requirement: str, situation: str, late: Lateness, what: str
) -> Observation:
    """Say that the stream ended for a wrong reason, or not at all: that may be the noise."""
    evidence = flow.facts.evidence()
    if flow.facts.end is not None:
        return broken(requirement, situation, what, evidence)
    return timed(requirement, situation, late.less(flow.interval_us), what, evidence)


def how_it_ended(flow: Flow) -> str:
    """Say how the stream ended, if it did, after "and"."""
    facts = flow.facts
    if facts.end is None:
        return f"it had not failed by {ms(flow.run.end_us - facts.asked.asked_us)} after its start"
    return f"its outcome was '{facts.outcome}'"


@rule("AP-5")
def ap_5(run: Run) -> Iterator[Observation]:
    """The wait itself is bounded, and the reason is the right one."""
    for flow in flows(run):
        wait = flow.last_wait
        if not flow.is_plain or wait is None:
            continue
        situation = _bounded(flow, wait)
        side = side_of(flow, wait.began_us, flow.ack_wait_us)
        if flow.facts.outcome == "ack_wait" and side != "due":
            what = (
                f"The {flow.facts.name} failed with ACK_WAIT "
                f"{ms(flow.facts.ended_us - wait.began_us)} after its wait can have begun; the ACK "
                f"wait is {ms(flow.ack_wait_us)}"
            )
            tell, why = (
                (broken, "too early") if side == "early" else (unsure, "the clock is coarse")
            )
            yield tell("AP-5", situation, f"{what}: {why}.", flow.facts.evidence(wait.ready))
        elif situation is not None:
            yield from _reason(flow, wait, situation)


def _bounded(flow: Flow, wait: Wait) -> str | None:
    """Name the situation of AP-5 that the peer brought about in `wait`, `None` if it is neither."""
    progress = progress_during(flow, wait)
    if not progress:
        same = flow.progress_timeout_us == flow.ack_wait_us
        return "both-due" if same and is_plainly_judged(flow, wait) else None
    due = due_of(flow, wait)
    last_us = max((a.asked_us for a in progress if a.kind == "progress"), default=-FOREVER)
    kept = last_us + flow.progress_timeout_us > due.by_us
    return "ack-wait" if due.reason == "ack_wait" and kept else None


def _reason(flow: Flow, wait: Wait, situation: str) -> Iterator[Observation]:
    """With both due NO_PROGRESS is the reason; with progress to the end ACK_WAIT is."""
    facts = flow.facts
    due = due_of(flow, wait)
    late = late_by(flow, wait, due, within_us=flow.interval_us)
    if late is None:
        return
    right = "no_progress" if situation == "both-due" else "ack_wait"
    if facts.outcome == right:
        yield held("AP-5", situation, facts.evidence(wait.ready))
    elif situation == "ack-wait" and facts.outcome == "no_progress":
        # Too early for NO_PROGRESS is AP-3's and AP-4's; when only lateness made both due it is
        # as good a reason as the other.
        return
    else:
        due_was = "NO_PROGRESS and ACK_WAIT" if situation == "both-due" else "ACK_WAIT"
        what = (
            f"The {facts.name} waited until {due_was} had come due "
            f"({ms(flow.ack_wait_us)} after the wait began), and {how_it_ended(flow)}; the reason "
            f"has to be '{right}'."
        )
        yield _wrong_end(flow, "AP-5", situation, late, what)
