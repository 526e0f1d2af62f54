"""Reports built by hand for the tests of what a person and a program read."""

from collections.abc import Sequence

from stallproof.judge.report import (
    REPORT_SCHEMA,
    Finding,
    HarnessTrouble,
    Judgement,
    Report,
    Verdict,
    Whole,
)
from stallproof.wire.events import AnyEvent, PeerMode, Requested, SendEnded, SendStarted

STALL: tuple[AnyEvent, ...] = (
    Requested(at_us=10_001_000, id=4, op="send", conn="a", send=1, size_bytes=16_777_216),
    PeerMode(at_us=10_000_000, conn="a", mode="stop"),
    SendStarted(at_us=10_001_900, conn="a", send=1, heard_us=10_002_000),
    SendEnded(
        at_us=11_205_300,
        conn="a",
        send=1,
        outcome="timeout",
        raised=True,
        heard_us=11_305_300,
    ),
)
"""A send that ended far too late, its events out of order as two observers may leave them."""


def make_judgement(
    id: str = "SD-3",
    verdict: Verdict = "pass",
    *,
    title: str = "The lock is free again in time",
    selected: bool = True,
    findings: Sequence[Finding] = (),
    situations: dict[str, int] | None = None,
) -> Judgement:
    """Return a verdict on one requirement."""
    return Judgement(
        id=id,
        title=title,
        level="MUST",
        profile="seed",
        verdict=verdict,
        exercised=3 if verdict == "pass" else 0,
        selected=selected,
        findings=list(findings),
        situations={"never-reads": 3} if situations is None else situations,
    )


def make_finding(explanation: str = "The send ended 654.3 ms too late.") -> Finding:
    """Return a violation with its evidence."""
    return Finding(scenario="never-reads-unix/1", explanation=explanation, events=list(STALL))


def make_report(
    *judgements: Judgement,
    verdict: Whole = "pass",
    harness: Sequence[HarnessTrouble] = (),
    notes: Sequence[str] = (),
) -> Report:
    """Return a report of the given verdicts."""
    return Report(
        schema=REPORT_SCHEMA,
        verdict=verdict,
        profile="hardened",
        implementation={"name": "demo", "version": "1.0", "language": "go"},
        selected=[judgement.id for judgement in judgements if judgement.selected],
        grace_us=50_000,
        noise_us=1_234,
        clock_uncertainty_us=1,
        scenarios=30,
        harness=list(harness),
        requirements=list(judgements),
        notes=list(notes),
        volatile={"duration_s": 41.2, "jobs": 4},
    )
