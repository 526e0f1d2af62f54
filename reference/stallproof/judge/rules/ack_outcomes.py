"""Rules for the end of a stream: one outcome, and nothing after it: AP-13."""

from collections.abc import Iterator

from stallproof.judge.evidence.due import due_of, is_plainly_judged, late_by
from stallproof.judge.evidence.facts import FOREVER
from stallproof.judge.evidence.flow import Flow, flows
from stallproof.judge.evidence.moment import at_least
from stallproof.judge.evidence.observation import Observation, broken, held, ms, timed, unsure
from stallproof.judge.evidence.run import Run
from stallproof.judge.evidence.streams import said_us
from stallproof.judge.rules import rule
from stallproof.judge.rules.ack_notices import notices_on


@rule("AP-13")
def ap_13(run: Run) -> Iterator[Observation]:
    """A stream has exactly one outcome; after it comes nothing but one notice."""
    for flow in flows(run):
        situation, by_us = _how_it_had_to_end(flow)
        if flow.facts.end is None:
            if situation is not None:
                yield _never_ended(flow, situation, by_us)
            continue
        for name in [situation, *(["late-ack"] if _came_late(flow) else [])]:
            wrong = _wrong(flow, name)
            if wrong is not None:
                yield wrong
                break
            if name is not None:
                yield held("AP-13", name, flow.facts.evidence())


def _never_ended(flow: Flow, situation: str, by_us: int) -> Observation:
    """Say that a stream which had to end at `by_us` told no outcome: that may be the noise."""
    facts, over_us = flow.facts, flow.run.unheard.since_us - by_us - flow.interval_us
    why = f"The {facts.name} had to end ({situation}), and no outcome was told."
    return timed("AP-13", situation, at_least(over_us), why, facts.evidence())


def _how_it_had_to_end(flow: Flow) -> tuple[str | None, int]:
    """Name how the peer brought the stream to its end, and when; `None` if it did not have to."""
    facts, run = flow.facts, flow.run
    settled_us = run.end_us - flow.interval_us - run.grace_us - run.noise_us
    left = facts.arrived_by(facts.ended_us) < facts.total_bytes
    cancel_us = min((c.asked_us for c in facts.cancels), default=FOREVER)
    if cancel_us == flow.stopped_us <= facts.ended_us and left and cancel_us < settled_us:
        return "cancelled", cancel_us
    whole = facts.arrived_by(FOREVER) >= facts.total_bytes
    acknowledged = any(_is_of_everything(r.offset, facts.total_bytes) for r in facts.acks)
    last_us = max(c.at_us for c in facts.chunks)
    if whole and acknowledged and last_us < settled_us:
        return "completed", last_us
    wait = flow.last_wait
    if wait is None or not is_plainly_judged(flow, wait):
        return None, 0
    due = due_of(flow, wait)
    late = late_by(flow, wait, due, within_us=flow.interval_us)
    return (None, 0) if late is None else ("failed", due.by_us)


def _is_of_everything(offset: object, total_bytes: int) -> bool:
    return isinstance(offset, int) and not isinstance(offset, bool) and offset == total_bytes


def _came_late(flow: Flow) -> bool:
    """Tell whether an ACK and a cancel came after the end, and the peer watched on."""
    ended_us = flow.facts.ended_by_us
    until_us = flow.run.end_us - flow.run.grace_us - flow.run.noise_us
    ack = any(ended_us < a.asked_us < until_us for a in flow.acks if a.kind == "late")
    return ack and any(ended_us < c.asked_us < until_us for c in flow.facts.cancels)


def _wrong(flow: Flow, situation: str | None) -> Observation | None:
    """Return what is wrong with the end of the stream and with what followed it."""
    facts = flow.facts
    if len(facts.ended) > 1:
        told = ", ".join(f"'{e.outcome}'" for e in facts.ended)
        why = f"has {len(facts.ended)} outcomes: {told}"
    elif (untrue := _untrue_outcome(flow, situation)) is not None:
        why = untrue
    else:
        return _after_the_end(flow, situation)
    return broken("AP-13", situation, f"The {facts.name} {why}.", facts.evidence())


def _untrue_outcome(flow: Flow, situation: str | None) -> str | None:
    """Say how the outcome contradicts what the peer saw."""
    facts, run = flow.facts, flow.run
    arrived = facts.arrived_by(FOREVER)
    settled_us = facts.ended_by_us + run.grace_us + run.noise_us
    if facts.outcome == "done" and arrived < facts.total_bytes:
        if flow.undisturbed_until_us > settled_us:
            return f"ended 'done' with {arrived} of {facts.total_bytes} bytes sent"
        return None
    stopped = facts.outcome in ("cancelled", "send_failed", "ack_error")
    if situation == "completed" and stopped and flow.stopped_us == FOREVER:
        return f"was sent and acknowledged as a whole, and its outcome is '{facts.outcome}'"
    return None


def _after_the_end(flow: Flow, situation: str | None) -> Observation | None:
    """Return what a stream did after its outcome: chunks that began, and frames too many."""
    facts, run = flow.facts, flow.run
    notices = notices_on(flow)
    begun = next((b for b in facts.begun if said_us(b) > facts.ended_us), None)
    if begun is not None:
        gap_us = said_us(begun) - facts.ended_us
        tell = broken if gap_us > 2 * run.uncertainty_us else unsure
        why = f"began a chunk {ms(gap_us)} after its outcome '{facts.outcome}', by its own word"
        return tell("AP-13", situation, f"The {facts.name} {why}.", facts.evidence(begun))
    late = _late_chunk(flow, situation)
    if late is not None:
        return late
    if len(notices.frames) > notices.most and not notices.is_of_stops:
        why = f"After the outcome of {facts.name} ('{facts.outcome}') something was sent"
        evidence = facts.evidence(*notices.frames[:2])
        return broken("AP-13", situation, f"{why}: {notices.words}.", evidence)
    return None


def _late_chunk(flow: Flow, situation: str | None) -> Observation | None:
    """Return what is wrong with chunks that arrived after the end.

    What had begun before it may have been under way, but no more than the kernel holds, not for
    long with a peer that reads, and never the chunk that was waiting then.
    """
    facts, run = flow.facts, flow.run
    arrived = [c for c in facts.chunks if c.began_us > facts.ended_by_us]
    if not arrived:
        return None
    last = max(arrived, key=lambda c: c.began_us)
    over_us = last.began_us - facts.ended_by_us
    wait = flow.last_wait
    waited = wait is not None and wait.opening is None and wait.chunk in arrived
    # A stream that is done has begun all its chunks; the peer may read the last ones later.
    waited = waited and facts.outcome != "done"
    too_many = sum(c.size_bytes for c in arrived) > run.begun.kernel_holds_bytes > 0
    what = (
        f"{len(arrived)} chunk(s) of {facts.name} arrived after its outcome '{facts.outcome}', the "
        f"last one {ms(over_us)} after it"
    )
    evidence = facts.evidence(*arrived[:2])
    if waited:
        why = "it was waiting when the stream ended"
        return broken("AP-13", situation, f"{what}: {why}.", evidence)
    if too_many:
        why = f"more than the {run.begun.kernel_holds_bytes} bytes that can have been under way"
        return broken("AP-13", situation, f"{what}: {why}.", evidence)
    if over_us > run.grace_us and last.began_us <= flow.undisturbed_until_us:
        return timed("AP-13", situation, at_least(over_us), what + ".", evidence)
    return None
