"""Findings that say the same, told once: of which requirements, where, and how often.

The intuition: one mistake shows in each scenario, repetition and transport. A reader needs one of
these findings with its events, and the places of the others.

The complication: they are not equal letter by letter. Numbers differ, connections do, and so do the
situations that an explanation names. `shape_of` leaves out all three.
"""

import re
from dataclasses import dataclass, field

from stallproof.judge.evaluate import IN_THIS_RUN
from stallproof.judge.places import places_of
from stallproof.judge.report import Finding, Report

_NUMBER = re.compile(r"\d[\d,.]*( bytes?\b)?")


@dataclass(slots=True)
class Folded:
    """Findings of one kind and shape; the first of them is the one to tell."""

    tells: str
    of: str | None
    findings: list[Finding] = field(default_factory=list)
    ids: dict[str, list[str]] = field(default_factory=dict)
    """The requirements, each with the scenarios of its findings."""

    @property
    def first(self) -> Finding:
        return self.findings[0]

    @property
    def where(self) -> str:
        """Say in which scenarios, and how often if not once; empty where neither is to be told."""
        places = [one for scenarios in self.ids.values() for one in scenarios if one]
        times = f" ({len(self.findings)} times)" if len(self.findings) > 1 else ""
        return f" in {places_of(places)}{times}" if places else times


def folded(report: Report, *tells: str) -> list[Folded]:
    """Return the findings of these kinds of all that was selected, in the order of the law."""
    names = _names(report)
    found: dict[tuple[str, str | None, str], Folded] = {}
    for judgement in report.requirements:
        for finding in judgement.findings if judgement.selected else ():
            if finding.tells not in tells:
                continue
            key = (finding.tells, finding.of, shape_of(finding.explanation, names))
            told = found.setdefault(key, Folded(finding.tells, finding.of))
            told.findings.append(finding)
            told.ids.setdefault(judgement.id, []).append(finding.scenario)
    return list(found.values())


def _names(report: Report) -> re.Pattern[str] | None:
    """Return a pattern of the situations of all requirements, `None` if there are none."""
    names = {name for one in report.requirements for name in one.situations if name}
    if not names:
        return None
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])")


def shape_of(explanation: str, names: re.Pattern[str] | None = None) -> str:
    """Return `explanation` without its numbers, the situations `names`, and what else happened."""
    text = explanation.partition(IN_THIS_RUN)[0]
    return _NUMBER.sub("#", text if names is None else names.sub("*", text))
