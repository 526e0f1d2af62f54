"""Rules for when the watchdog does not run, and that a pause is no stall: AP-2 and AP-4."""

import itertools
from collections.abc import Iterator

from stallproof.judge.evidence.due import (
    due_of,
    hardened_clock_us,
    late_by,
    surely_before_us,
)
from stallproof.judge.evidence.facts import FOREVER
from stallproof.judge.evidence.flow import Flow, Wait, flows
from stallproof.judge.evidence.moment import at_least
from stallproof.judge.evidence.observation import Observation, broken, held, ms, timed, unsure
from stallproof.judge.evidence.run import Run
from stallproof.judge.evidence.streams import WATCHDOG
from stallproof.judge.rules import rule
from stallproof.judge.rules.ack_early import side_of


@rule("AP-2")
def ap_2(run: Run) -> Iterator[Observation]:
    """The watchdog runs only during a wait."""
    for flow in flows(run):
        if not flow.is_plain:
            continue
        outside = _failed_outside(flow)
        if outside is not None:
            yield outside
            continue
        yield from _at_window(flow)
        for wait in flow.waits:
            late = late_by(flow, wait, due_of(flow, wait), within_us=flow.interval_us)
            if late is not None and flow.facts.outcome in WATCHDOG:
                yield held("AP-2", "above-window", flow.facts.evidence(wait.ready))
        for index in range(1, len(flow.facts.ready)):
            if _is_paused(flow, index):
                ready = flow.facts.ready[index]
                yield held("AP-2", "source-paused", flow.facts.evidence(ready))


def _failed_outside(flow: Flow) -> Observation | None:
    """Return what is wrong with a failure by the watchdog while nobody waited."""
    facts = flow.facts
    at_us, sent = facts.ended_us, facts.arrived_by(FOREVER)
    if facts.outcome not in WATCHDOG or not facts.ready or flow.undisturbed_until_us < at_us:
        return None
    index = -(-sent // flow.chunk_bytes)
    outstanding = sent - flow.acknowledged_by(surely_before_us(flow))
    ahead_us = facts.ready_us(index) - at_us
    situation: str | None = None
    if sent < facts.total_bytes and ahead_us > 0:
        situation = "source-paused" if _is_paused(flow, index) else None
        why = f"no chunk was ready after the {sent} bytes that it had sent"
    elif sent >= facts.total_bytes:
        why = "no chunk was left to send"
    elif outstanding <= flow.window_bytes:
        situation = "at-window" if outstanding == flow.window_bytes else None
        why = f"{outstanding} bytes were outstanding, and the window is {flow.window_bytes}"
    else:
        return None
    what = f"The watchdog failed {facts.name} with '{facts.outcome}' outside a wait: {why}"
    if 0 < ahead_us <= 2 * flow.run.uncertainty_us:
        return unsure("AP-2", situation, what + ", as far as the clock tells.", facts.evidence())
    return broken("AP-2", situation, what + ".", facts.evidence())


def _at_window(flow: Flow) -> Iterator[Observation]:
    """With exactly the window outstanding the chunk that is ready begins."""
    facts, run = flow.facts, flow.run
    for index in range(1, len(facts.ready)):
        sent = index * flow.chunk_bytes
        before, chunk = facts.chunk_at(sent - flow.chunk_bytes), facts.chunk_at(sent)
        if before is None or sent >= facts.total_bytes:
            return
        seen_us = max(facts.ready_us(index), before.began_us)
        acknowledged = flow.acknowledged_at_most(seen_us)
        certain = acknowledged == flow.acknowledged_by(seen_us)
        if not certain or sent - acknowledged != flow.window_bytes:
            continue
        later = [a.asked_us for a in flow.asked_between(seen_us, FOREVER, most=1)]
        until_us = min(
            [flow.undisturbed_until_us, flow.stopped_us, facts.ended_us, *later, run.end_us]
        )
        since_us = max(facts.ready_by_us(index), before.at_us)
        if chunk is not None:
            yield held("AP-2", "at-window", facts.evidence(facts.ready[index], chunk))
        elif until_us - since_us > flow.interval_us + run.grace_us + run.noise_us:
            yield timed(
                "AP-2",
                "at-window",
                at_least(until_us - since_us - flow.interval_us),
                f"Exactly the window, {flow.window_bytes} bytes, was outstanding on {facts.name} "
                f"when chunk {index} was ready, which is no wait yet; the chunk was held back for "
                f"{ms(until_us - since_us)} all the same, as in a wait.",
                facts.evidence(facts.ready[index]),
            )


def _is_paused(flow: Flow, index: int) -> bool:
    """Tell whether the source kept chunk `index` back for longer than both bounds, without an ACK.

    Bytes were outstanding all the time, and nobody waited: the chunk before it had been sent, or,
    where a sender reads one chunk ahead, could have been, since the window had room for it.
    """
    facts, ready_us = flow.facts, flow.facts.ready_us(index)
    last = facts.came.last_by(ready_us - 1)
    sent = facts.came_whole.by(ready_us - 1)
    held_back = index * flow.chunk_bytes - sent
    if last is None or not 0 <= held_back <= flow.chunk_bytes:
        return False
    begin_us = max(last.at_us, facts.ready_by_us(index - 1))
    if held_back and sent - flow.acknowledged_by(begin_us) > flow.window_bytes:
        return False
    end_us = min(facts.ready_us(index), facts.ended_us, flow.stopped_us, flow.undisturbed_until_us)
    asked = [a.asked_us for a in flow.asked_between(begin_us, end_us)]
    bound_us = max(flow.progress_timeout_us, flow.ack_wait_us)
    return any(
        until_us - since_us > bound_us and sent > flow.acknowledged_at_most(since_us)
        for since_us, until_us in itertools.pairwise([begin_us, *asked, end_us])
    )


@rule("AP-4")
def ap_4(run: Run) -> Iterator[Observation]:
    """No NO_PROGRESS before the hardened progress clock plus the progress timeout."""
    for flow in flows(run):
        if not flow.is_plain:
            continue
        for wait in flow.waits:
            situation = _after_pause(flow, wait)
            if flow.last_wait is wait and flow.facts.outcome == "no_progress":
                yield from _not_before(flow, wait, situation)
            elif situation is not None and _lasted(flow, wait):
                yield held("AP-4", situation, flow.facts.evidence(wait.ready))


def _not_before(flow: Flow, wait: Wait, situation: str | None) -> Iterator[Observation]:
    """Judge one NO_PROGRESS by the hardened clock."""
    facts = flow.facts
    clock_us = hardened_clock_us(flow, wait, surely_before_us(flow))
    perhaps_us = hardened_clock_us(flow, wait, facts.ended_us)
    side = side_of(flow, clock_us, flow.progress_timeout_us, perhaps_us)
    what = (
        f"The {facts.name} failed with NO_PROGRESS {ms(facts.ended_us - clock_us)} after the start "
        f"of the wait or the last progress in it; the progress timeout is "
        f"{ms(flow.progress_timeout_us)}"
    )
    evidence = facts.evidence(facts.made, wait.ready)
    if side == "early":
        yield broken("AP-4", situation, what + ": too early, a pause is not a stall.", evidence)
    elif side == "unsure":
        yield unsure("AP-4", situation, what + ": the clock cannot tell.", evidence)
    elif situation is not None:
        yield held("AP-4", situation, evidence)


def _after_pause(flow: Flow, wait: Wait) -> str | None:
    """Name what came before `wait` and is no stall: longer than the timeout without progress."""
    facts, timeout_us = flow.facts, flow.progress_timeout_us
    before_us = flow.applied_before(wait.seen_us)
    made_us = facts.made_by_us
    if max(made_us, made_us if before_us is None else before_us) + timeout_us >= wait.began_us:
        return None
    previous = facts.chunk_at(wait.sent_bytes - flow.chunk_bytes)
    paused_us = max(facts.ready_by_us(wait.index - 1), previous.at_us if previous else FOREVER)
    if wait.began_us - paused_us > timeout_us:
        return "paused-source"
    is_first = wait is flow.waits[0] and before_us is None
    queued = facts.ready_us(0) - facts.made_by_us > timeout_us
    return "queued-start" if is_first and queued else None


def _lasted(flow: Flow, wait: Wait) -> bool:
    """Tell whether the stream was still alive after a check of this wait must have come."""
    run = flow.run
    until_us = min(wait.kept_until_us, flow.facts.ended_us)
    return until_us - wait.began_by_us > flow.interval_us + run.grace_us + run.noise_us
