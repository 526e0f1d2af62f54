"""Rules for which ACK counts: AP-1."""

from collections.abc import Iterator

from stallproof.judge.evidence.acks import number_of
from stallproof.judge.evidence.due import (
    came_after_its_end,
    due_of,
    late_by,
    surely_before_us,
)
from stallproof.judge.evidence.facts import heard_us
from stallproof.judge.evidence.flow import Ack, Flow, Wait, flows
from stallproof.judge.evidence.moment import Lateness
from stallproof.judge.evidence.observation import Observation, broken, held, ms, timed, unsure
from stallproof.judge.evidence.run import Run
from stallproof.judge.rules import rule
from stallproof.judge.rules.ack_early import side_of


@rule("AP-1")
def ap_1(run: Run) -> Iterator[Observation]:
    """Exactly a greater offset is progress."""
    for flow in flows(run):
        if not flow.is_plain:
            continue
        yield from _own_count(flow)
        for wait in flow.waits:
            yield from _advance(flow, wait)
            yield from _no_news(flow, wait)


def _own_count(flow: Flow) -> Iterator[Observation]:
    """By its own word: the acknowledged offset at the end is the greatest one it was sent."""
    end = flow.facts.end
    if end is None or end.acknowledged is None:
        return
    off_us = 2 * flow.run.uncertainty_us
    least = flow.acknowledged_by(surely_before_us(flow) - off_us)
    most = flow.acknowledged_at_most(max(heard_us(end), end.at_us + off_us))
    # By a clock that is not known well, one that was taken in time may seem to have come too late.
    perhaps = [a.request.offset for a in flow.acks if 0 < a.asked_us - end.at_us <= off_us]
    most = max(most, *(number_of(one) or 0 for one in perhaps), 0)
    if not least <= end.acknowledged <= max(least, most):
        yield broken(
            "AP-1",
            None,
            f"The {flow.facts.name} ended with {end.acknowledged} bytes acknowledged by its own "
            f"word; the greatest offset that it was sent is {max(least, most)}.",
            flow.facts.evidence(),
        )


def moved_clocks(flow: Flow, wait: Wait) -> Iterator[tuple[Ack, int]]:
    """Yield the progress during `wait` that put NO_PROGRESS off, and when it was due before.

    The peer kept the wait up beyond that earlier moment, so that it shows whether the clock moved.
    """
    for ack in flow.during(wait, "progress"):
        before = max(wait.began_by_us, flow.progress.taken_before(ack) or wait.began_by_us)
        due_us = before + flow.progress_timeout_us
        lasted = _failed_in(flow, wait) or due_us < flow.facts.ended_us
        if lasted and ack.taken_by_us < due_us < wait.kept_until_us:
            yield ack, due_us


def _advance(flow: Flow, wait: Wait) -> Iterator[Observation]:
    """Progress that did not end the wait moved the progress clock."""
    for ack, _due_us in moved_clocks(flow, wait):
        word = flow.word_on(ack)
        evidence = flow.facts.evidence(ack.request.asked, word)
        early = _failed_in(flow, wait) and side_of(flow, ack.asked_us, flow.progress_timeout_us)
        if word is not None and not word.accepted:
            if came_after_its_end(flow, ack):
                continue
            yield broken(
                "AP-1",
                "advance",
                f"The ACK of {ack.offset} on {flow.facts.name} was greater than any before it, and "
                f"the implementation says that it changed nothing ({word.why}).",
                evidence,
            )
        elif early in ("early", "unsure"):
            lasted = ms(flow.facts.ended_us - ack.asked_us)
            tell = broken if early == "early" else unsure
            yield tell(
                "AP-1",
                "advance",
                f"The ACK of {ack.offset} was progress, and {flow.facts.name} failed with "
                f"NO_PROGRESS {lasted} after it was sent; the progress timeout is "
                f"{ms(flow.progress_timeout_us)}: the ACK did not move the progress clock.",
                evidence,
            )
        else:
            yield held("AP-1", "advance", evidence)


def _failed_in(flow: Flow, wait: Wait) -> bool:
    return flow.last_wait is wait and flow.facts.outcome == "no_progress"


def _no_news(flow: Flow, wait: Wait) -> Iterator[Observation]:
    """An ACK that repeats or goes back moved nothing: the stream failed when it was due."""
    due = due_of(flow, wait)
    telling_us = due.by_us - flow.progress_timeout_us // 2
    acks = [a for a in flow.during(wait, "no-news") if a.asked_us >= telling_us]
    late = late_by(flow, wait, due, within_us=flow.interval_us) if acks else None
    if late is None:
        return
    for situation, some in _by_situation(flow, acks).items():
        if not some:
            continue
        last = some[-1]
        ahead_us = due.by_us - last.asked_us
        side = "before" if ahead_us >= 0 else "after"
        yield timed(
            "AP-1",
            situation,
            late.less(flow.interval_us),
            f"An ACK of {last.offset}, no more than had been acknowledged, came "
            f"{ms(abs(ahead_us))} {side} {flow.facts.name} was due to fail, and it "
            f"{_ended(flow, late)}; an ACK that is no progress does not move the clock.",
            flow.facts.evidence(last.request.asked),
        )


def _by_situation(flow: Flow, acks: list[Ack]) -> dict[str, list[Ack]]:
    """Tell repeats from ACKs that go back."""
    found: dict[str, list[Ack]] = {"duplicate": [], "older": []}
    for ack in acks:
        greatest = flow.acknowledged_by(ack.asked_us)
        sent_before = flow.first_asked_us(ack.offset) < ack.asked_us
        if ack.offset < greatest:
            found["older"].append(ack)
        elif sent_before:
            found["duplicate"].append(ack)
    return found


def _ended(flow: Flow, late: Lateness) -> str:
    """Say when the stream ended, seen from its due moment."""
    if flow.facts.end is None:
        return f"had not ended {ms(late.least_us)} after that moment"
    return f"ended {ms(late.least_us)} after that moment"
