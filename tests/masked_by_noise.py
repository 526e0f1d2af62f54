"""What the noise of a machine hides from a judge, for tests of whole runs on the real clock."""

from stallproof.judge.report import Finding, Judgement, Report

NOISE = (
    "too noisy",
    "within the noise",
    "which the channel may have delayed",
    # A monitor skips a tick where it was kept from running until the next one was due.
    "only by the ticks said to be skipped",
)
"""How a finding says that the machine, and not the implementation, left something open."""


def masked(report: Report) -> set[str]:
    """Return the requirements of which the noise of the machine, and nothing else, hides all."""
    return {
        j.id
        for j in report.requirements
        if j.verdict == "inconclusive"
        and all(any(word in f.explanation for word in NOISE) for f in doubts_in(j))
    }


def doubts_in(judgement: Judgement) -> list[Finding]:
    """Return what says why it is open; a note tells of that how often it was found, for one."""
    return [one for one in judgement.findings if one.tells != "note"]


def explanations(report: Report) -> dict[str, tuple[str, set[tuple[str, str]]]]:
    """Return what was found of each requirement that was asked for, equal things once."""
    return {
        j.id: (j.verdict, {(f.tells, f.explanation) for f in j.findings})
        for j in report.requirements
        if j.selected
    }
