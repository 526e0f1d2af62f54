"""Gaps and their reasons: every empty cell has exactly one, and no reason outlives its gap."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from proofs.traceability.evidence import COLUMNS, Column, Row


@dataclass(frozen=True)
class Reason:
    """Why a column has nothing for some requirements, in words for a reviewer.

    One `is_of_group` speaks of each requirement of a group that has nothing there; another one
    speaks of a gap that must be there.
    """

    column: Column
    requirements: tuple[str, ...]
    text: str
    is_of_group: bool = False

    def covers(self, requirement: str) -> bool:
        """Tell whether this reason speaks of `requirement`."""
        return requirement in self.requirements


def reason_for(reasons: Iterable[Reason], column: Column, requirement: str) -> Reason | None:
    """Return the first reason for a gap, or `None` when nobody wrote one."""
    return next((r for r in reasons if r.column == column and r.covers(requirement)), None)


def faults(rows: Sequence[Row], reasons: Sequence[Reason]) -> list[str]:
    """Return each gap without a reason or with two, and each reason without its gap."""
    found = [wrong for row in rows for column in COLUMNS for wrong in _cell(row, column, reasons)]
    known = {row.requirement: row for row in rows}
    for reason in reasons:
        if not reason.text.strip():
            found.append(f"{reason.column}: a reason without words")
        mine = [known[name] for name in reason.requirements if name in known]
        if reason.is_of_group and all(row.cells[reason.column] for row in mine):
            group = reason.requirements[0].partition("-")[0] if reason.requirements else "none"
            found.append(f"{reason.column}: the reason for group {group} is stale, nothing lacks")
        found += [
            f"{reason.column}: a reason for {name}, which is no requirement"
            for name in reason.requirements
            if name not in known
        ]
    return found


def _cell(row: Row, column: Column, reasons: Sequence[Reason]) -> list[str]:
    given = [r for r in reasons if r.column == column and r.covers(row.requirement)]
    its_own = [r for r in given if not r.is_of_group]
    evidence = row.cells[column]
    if not evidence and not given:
        return [f"{column}: nothing for {row.requirement}, and no reason"]
    if not evidence and len(given) > 1:
        return [f"{column}: {len(given)} reasons for {row.requirement}, and one is enough"]
    if evidence and its_own:
        return [
            f"{column}: the reason for {row.requirement} is stale, there is {evidence[0].name} now"
        ]
    return []
