"""When a waiting stream was due to fail, and how early or late it was: brackets, not verdicts.

NO_PROGRESS is due at the progress clock plus the progress timeout, ACK_WAIT at the start of the
wait plus the ACK wait, both inclusive (`spec/ap.md`). Being early counts from the earliest moment
at which each can have begun, being late from the latest. Lateness uses the clock of the hardened
profile in both profiles: it is never the earlier one.
"""

from dataclasses import dataclass
from typing import Literal

from stallproof.judge.evidence.flow import Ack, Flow, Wait
from stallproof.judge.evidence.moment import FOREVER, Lateness, Moment


@dataclass(slots=True, frozen=True)
class Due:
    """Why a stream had to fail in a wait, and the moment at which that was due."""

    reason: Literal["no_progress", "ack_wait"]
    moment: Moment

    @property
    def by_us(self) -> int:
        return self.moment.by_us


def ended_at(flow: Flow) -> Moment:
    """Return when the stream ended: at the latest when the peer held its notice."""
    if flow.facts.end is None:
        return flow.run.unheard
    return Moment(flow.run.said(flow.facts.end).since_us, flow.facts.ended_by_us)


def came_after_its_end(flow: Flow, ack: Ack) -> bool:
    """Tell whether the stream may have ended, by its own dates, when it took the ACK.

    Two threads date the two: as much as the noise may lie between each and its date.
    """
    word = flow.word_on(ack)
    return word is not None and word.at_us + flow.run.noise_us >= flow.facts.ended_us


def due_of(flow: Flow, wait: Wait) -> Due:
    """Return what was due first in `wait`, with the progress that the peer sent in time.

    Progress that came after the due moment but before a check had to have found it counts, since
    only checks fail a stream.
    """
    due: Due | None = flow.dues.get(wait.index)
    if due is None:
        due = flow.dues[wait.index] = _due_of(flow, wait)
    return due


def _due_of(flow: Flow, wait: Wait) -> Due:
    run = flow.run
    found_within_us = flow.interval_us + run.grace_us + run.noise_us
    clock_us, since_us = wait.began_by_us, wait.seen_us
    for ack, asked_us, applied_by_us in flow.progress.applied_after(clock_us):
        if asked_us > wait.kept_until_us + found_within_us:
            # What was due before it lies beyond the end of the wait, where nothing is judged.
            break
        if ack is wait.opening:
            continue
        if asked_us > clock_us + flow.progress_timeout_us + found_within_us:
            break
        clock_us = max(clock_us, applied_by_us)
        since_us = max(since_us, asked_us)
    progress_us = clock_us + flow.progress_timeout_us
    wait_us = wait.began_by_us + flow.ack_wait_us
    if progress_us <= wait_us:
        return Due("no_progress", Moment(since_us + flow.progress_timeout_us, progress_us))
    return Due("ack_wait", Moment(wait.seen_us + flow.ack_wait_us, wait_us))


def seed_clock_us(flow: Flow, at_us: int) -> int:
    """Return the earliest value of the seed profile's progress clock at `at_us`."""
    sure = flow.progress.last_sure(at_us)
    return flow.facts.made_us if sure is None else max(flow.facts.made_us, sure.asked_us)


def surely_before_us(flow: Flow) -> int:
    """Return a moment that was certainly before the stream ended.

    Who was kept from running dates late what it did: what came before its end by no more than the
    noise may have come after it.
    """
    return flow.facts.ended_us - flow.run.noise_us


def hardened_clock_us(flow: Flow, wait: Wait, at_us: int) -> int:
    """Return the earliest value of the hardened profile's progress clock at `at_us`."""
    return max(seed_clock_us(flow, at_us), wait.began_us)


def late_by(flow: Flow, wait: Wait, due: Due, *, within_us: int) -> Lateness | None:
    """Return how long after `due` the stream ended, `None` if that was not watched.

    A stream that did not end was watched when the peer kept the wait up beyond `within_us`, grace
    and noise after the due moment. One that ended for what the seed clock calls too early tells
    nothing of lateness.
    """
    if flow.facts.ended_us <= wait.kept_until_us:
        clock_us = seed_clock_us(flow, flow.facts.ended_us)
        early_by = min(clock_us + flow.progress_timeout_us, wait.began_us + flow.ack_wait_us)
        if flow.facts.ended_us < early_by:
            return None
        return flow.run.late(ended_at(flow), due.moment)
    until_us = min(wait.kept_until_us, ended_at(flow).since_us)
    allowed_us = within_us + flow.run.grace_us + flow.run.measured_noise_us
    late = flow.run.late(Moment(until_us, FOREVER), due.moment)
    return late if late.least_us > allowed_us else None


def suspended(flow: Flow, wait: Wait, due: Due) -> str | None:
    """Name what a suspension did in `wait`, `None` if it did nothing or what was due is unclear."""
    if due.reason != "no_progress" or progress_during(flow, wait):
        return None
    return flow.run.suspensions.situation(wait.began_by_us, due.moment)


def progress_during(flow: Flow, wait: Wait) -> list[Ack]:
    """Return the ACKs asked for during `wait` that were or may have been progress."""
    return flow.during(wait, "progress", "perhaps")


def is_plainly_judged(flow: Flow, wait: Wait) -> bool:
    """Tell whether lateness in `wait` is the watchdog's: no ACK was a repeat or could be untrue.

    What follows a repeat that moved the clock is judged by AP-1, what follows an ACK that cannot
    be true by AP-10.
    """
    return flow.is_plain and not flow.during(wait, "no-news")
