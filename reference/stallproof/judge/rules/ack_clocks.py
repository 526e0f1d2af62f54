"""Rules for the clock of the watchdog: AP-15.

As for the clock of the send deadline (`clocks.py`): a wait that a jump of the wall clock met is
judged beside one that none met, and only where that one ended when it was due is the jump blamed.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from stallproof.judge.evidence.due import (
    Due,
    due_of,
    hardened_clock_us,
    is_plainly_judged,
    late_by,
    surely_before_us,
)
from stallproof.judge.evidence.flow import Flow, Wait, flows
from stallproof.judge.evidence.jumps import UNEXPLAINED, Jump, is_untouched, jump_within, jumps_of
from stallproof.judge.evidence.moment import Lateness
from stallproof.judge.evidence.observation import Observation, broken, ms, timed, unsure
from stallproof.judge.evidence.run import Run
from stallproof.judge.evidence.streams import StreamFacts
from stallproof.judge.rules import rule
from stallproof.judge.rules.ack_early import Early, side_of


@dataclass(slots=True, frozen=True)
class Watched:
    """A wait that was to end by the watchdog, and how it did: `late` is `None` if unwatched."""

    flow: Flow
    wait: Wait
    due: Due
    side: Early
    late: Lateness | None

    @property
    def facts(self) -> StreamFacts:
        return self.flow.facts

    @property
    def reason(self) -> str:
        """What was due, or what came in its place before anything was."""
        early = self.side != "due" and self.facts.outcome is not None
        return self.facts.outcome or "" if early else self.due.reason

    @property
    def is_kept(self) -> bool:
        """Whether the stream failed when it was due, as far as anybody knows."""
        run, late = self.flow.run, self.late
        on_time = late is not None and late.most_us <= run.grace_us + run.noise_us
        return self.side == "due" and on_time


@rule("AP-15")
def ap_15(run: Run) -> Iterator[Observation]:
    """A jump of the wall clock changes neither when a waiting stream fails, nor why."""
    if not jumps_of(run).events:
        return
    found = list(_watched(run))
    untouched: dict[str, list[Watched]] = {}
    for one in found:
        facts = one.facts
        if is_untouched(run, facts.asked.asked_us, min(facts.ended_by_us, run.end_us)):
            untouched.setdefault(one.reason, []).append(one)
    kept = {reason: all(one.is_kept for one in beside) for reason, beside in untouched.items()}
    for one in found:
        jump = _jump_during(run, one)
        if jump is not None:
            beside = untouched.get(one.reason, [])[:1]
            yield from _judged(one, jump, beside, kept=kept.get(one.reason, False))


def _watched(run: Run) -> Iterator[Watched]:
    for flow in flows(run):
        wait = flow.last_wait
        if wait is not None and is_plainly_judged(flow, wait) and not _is_let_go(flow):
            due = due_of(flow, wait)
            late = late_by(flow, wait, due, within_us=0)
            yield Watched(flow, wait, due, _side(flow, wait), late)


def _is_let_go(flow: Flow) -> bool:
    """Tell whether something else than its watchdog ended the stream, before that was due."""
    return flow.facts.outcome not in (None, "no_progress", "ack_wait")


def _side(flow: Flow, wait: Wait) -> Early:
    """Say whether the watchdog failed the stream before that was due, by its own word."""
    if flow.facts.outcome == "no_progress":
        clock_us = hardened_clock_us(flow, wait, surely_before_us(flow))
        perhaps_us = hardened_clock_us(flow, wait, flow.facts.ended_us)
        return side_of(flow, clock_us, flow.progress_timeout_us, perhaps_us)
    if flow.facts.outcome == "ack_wait":
        return side_of(flow, wait.began_us, flow.ack_wait_us)
    return "due"


def _jump_during(run: Run, one: Watched) -> Jump | None:
    """Return the jump that came during the wait, before anything was due."""
    bound_us = one.flow.ack_wait_us if one.reason == "ack_wait" else one.flow.progress_timeout_us
    jump = jump_within(run, one.wait.began_by_us, one.due.moment.since_us, bound_us)
    if jump is None or one.facts.ended_us < jump.asked_us:
        return None
    return jump


def _judged(
    one: Watched, jump: Jump, beside: list[Watched], *, kept: bool
) -> Iterator[Observation]:
    """Judge one wait that a jump has met; `beside`: one that none has, and whether those `kept`."""
    facts, late = one.facts, one.late
    situation = f"jump-{jump.way}-{one.reason.replace('_', '-')}"
    evidence = facts.evidence(one.wait.ready, *jump.evidence)
    what = f"{jump.told} during a wait of the {facts.name}, and {_how(one)}"
    what = what[0].upper() + what[1:]
    right = facts.outcome == one.due.reason and one.side == "due"
    if right and late is not None and late.most_us <= one.flow.run.grace_us:
        yield timed("AP-15", situation, late, f"{what}.", evidence)
    elif not beside:
        # Nothing shows that the clock was the reason: AP-3 to AP-6 and AP-14 judge it.
        return
    elif not kept:
        why = f"{what}. Whether it is so without a jump is not certain: so nobody can tell."
        yield unsure("AP-15", situation, why, evidence)
    elif one.side == "early":
        yield broken("AP-15", situation, f"{what}: {_beside(beside)}", evidence)
    elif one.side == "unsure":
        yield unsure("AP-15", situation, f"{what}: the clock cannot tell.", evidence)
    elif late is not None and not jump.can_make_late:
        yield unsure("AP-15", situation, f"{what}. {UNEXPLAINED}", evidence)
    elif late is not None:
        yield timed("AP-15", situation, late, f"{what}: {_beside(beside)}", evidence)


def _beside(beside: list[Watched]) -> str:
    return f"the {beside[0].facts.name}, which no jump met, failed when that was due."


def _how(one: Watched) -> str:
    """Say what became of the stream, seen from the moment at which it was due to fail."""
    facts, due = one.facts, one.due
    reason = due.reason.upper()
    if facts.end is None:
        after = ms(one.flow.run.end_us - due.by_us)
        return f"it had not failed {after} after {reason} was due"
    if one.side == "early":
        bound_us = one.flow.progress_timeout_us
        if facts.outcome == "ack_wait":
            bound_us = one.flow.ack_wait_us
        return (
            f"it failed with {str(facts.outcome).upper()} {ms(facts.ended_us - one.wait.began_us)} "
            f"after the wait can have begun (timeout {ms(bound_us)}), which was too early"
        )
    after = ms(facts.ended_by_us - due.by_us)
    return f"it ended with '{facts.outcome}' {after} after {reason} was due"
