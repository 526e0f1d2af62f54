"""What the noise of a machine hides from a judge, for tests of whole runs on the real clock."""

from stallproof.judge.report import Report


def masked(report: Report) -> set[str]:
    """Return the requirements of which the noise of the machine, and nothing else, hides all."""
    return {
        j.id
        for j in report.requirements
        if j.verdict == "inconclusive" and all("too noisy" in f.explanation for f in j.findings)
    }
