"""Rules for how soon a failure is found, and what looking costs: AP-6, AP-7 and AP-14."""

from collections.abc import Iterator

from stallproof.judge.evidence.due import (
    Due,
    due_of,
    is_plainly_judged,
    late_by,
    progress_during,
    suspended,
)
from stallproof.judge.evidence.flow import Flow, Wait, flows
from stallproof.judge.evidence.moment import Lateness
from stallproof.judge.evidence.observation import Observation, broken, held, ms, timed
from stallproof.judge.evidence.run import Run
from stallproof.judge.rules import rule
from stallproof.wire.events import ProcessorUsed

LONG_WAIT_US = 100 * 10_000
"""A wait of a hundred of the shortest check intervals shows what looking costs."""
BUSY_SHARE = 4
"""More than a fourth of a processor in a wait is a busy loop; looking takes a hundredth of it."""


def _judged_waits(run: Run) -> Iterator[tuple[Flow, Wait, Due]]:
    """Yield the waits in which a stream had to fail, unless another rule judges their lateness."""
    for flow in flows(run):
        for wait in flow.waits:
            if is_plainly_judged(flow, wait):
                yield flow, wait, due_of(flow, wait)


def _told(flow: Flow, wait: Wait, due: Due, late: Lateness) -> str:
    """Say what was due and when the stream ended."""
    ended = "had not ended" if flow.facts.end is None else "ended"
    return (
        f"{due.reason.upper()} was due on {flow.facts.name} in the wait for chunk {wait.index}, "
        f"and it {ended} {ms(late.least_us)} after that"
    )


@rule("AP-6")
def ap_6(run: Run) -> Iterator[Observation]:
    """A failure is found within one check interval and grace."""
    for flow, wait, due in _judged_waits(run):
        late = late_by(flow, wait, due, within_us=flow.interval_us)
        if late is not None:
            yield timed(
                "AP-6",
                suspended(flow, wait, due)
                or _how_kept(flow, wait, due, "no-progress-found", "ack-wait-found"),
                late.less(flow.interval_us),
                f"{_told(flow, wait, due, late)}; the check interval is {ms(flow.interval_us)}.",
                flow.facts.evidence(wait.ready),
            )


@rule("AP-14")
def ap_14(run: Run) -> Iterator[Observation]:
    """A failure is found when it is due, whatever the check interval."""
    for flow, wait, due in _judged_waits(run):
        late = late_by(flow, wait, due, within_us=0)
        if late is None:
            continue
        situation = _how_kept(flow, wait, due, "long-interval", "long-interval-ack-wait")
        bound_us = flow.progress_timeout_us if due.reason == "no_progress" else flow.ack_wait_us
        yield timed(
            "AP-14",
            suspended(flow, wait, due) or (situation if flow.interval_us > bound_us else None),
            late,
            f"{_told(flow, wait, due, late)}; the due moment is known, and no check "
            f"interval ({ms(flow.interval_us)}) excuses missing it.",
            flow.facts.evidence(wait.ready),
        )


def _how_kept(flow: Flow, wait: Wait, due: Due, without: str, with_progress: str) -> str | None:
    """Name how the peer kept the wait up: without any progress, or with progress to the end."""
    progress = progress_during(flow, wait)
    if due.reason == "no_progress":
        return None if progress else without
    return with_progress if any(a.kind == "progress" for a in progress) else None


@rule("AP-7")
def ap_7(run: Run) -> Iterator[Observation]:
    """A waiting sender does not spin, whatever the check interval."""
    asked_us = run.begun.policy.get("ack_check_interval_asked_us")
    situation = None
    if asked_us is not None and asked_us <= 0:
        situation = "zero-interval" if asked_us == 0 else "negative-interval"
    for used in run.of(ProcessorUsed):
        length_us = used.at_us - used.began_us
        if length_us < LONG_WAIT_US:
            continue
        covering = ((f, f.wait_by(used.began_us)) for f in flows(run))
        waits = ((f, w) for f, w in covering if w is not None and _covers(f, w, used))
        flow, wait = next(waits, (None, None))
        if flow is None or wait is None:
            continue
        evidence = flow.facts.evidence(wait.ready, used)
        if used.used_us * BUSY_SHARE > length_us:
            yield broken(
                "AP-7",
                situation,
                f"While {flow.facts.name} did nothing but wait for {ms(length_us)}, the "
                f"implementation used {ms(used.used_us)} of processor time: a busy loop.",
                evidence,
            )
        else:
            yield held("AP-7", situation, evidence)


def _covers(flow: Flow, wait: Wait, used: ProcessorUsed) -> bool:
    """Tell whether the wait lasted all the time in which processor time was measured."""
    until_us = min(wait.kept_until_us, flow.facts.ended_us)
    return wait.began_by_us <= used.began_us and used.at_us <= until_us
