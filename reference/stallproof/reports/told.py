"""How a requirement came out, in the one word that each report for people has for it.

The intuition: a failure that somebody expected alarms nobody, and what was left out by name lacks
nothing. The verdicts of the JSON report stay what they are: programs know them.
"""

from collections.abc import Iterable, Mapping
from typing import Literal

from stallproof.judge.report import Expectation, Judgement, Report

Told = Literal[
    "fail", "expected", "inconclusive", "not-exercised", "unsupported", "left-out", "pass"
]
ORDER: tuple[Told, ...] = (
    "fail", "inconclusive", "not-exercised", "unsupported", "expected", "left-out", "pass",
)  # fmt: skip
"""What matters most comes first."""
_WORDS: Mapping[str, str] = {"expected": "fail (expected)", "left-out": "left out"}


def known_failures(report: Report) -> dict[str, Expectation]:
    """Return what failed and was known to, by requirement: expected, or flaky."""
    met = report.expectations
    entries: Iterable[Expectation] = (*met.expected, *met.flaky_failed) if met else ()
    return {entry.requirement: entry for entry in entries}


def told_of(report: Report, judgement: Judgement) -> Told:
    """Return how `judgement` came out, as people are told."""
    if judgement.is_left_out:
        return "left-out"
    if judgement.verdict == "fail" and judgement.id in known_failures(report):
        return "expected"
    return judgement.verdict


def in_words(told: str) -> str:
    """Return the words for what `told_of` returns."""
    return _WORDS.get(told, told)
