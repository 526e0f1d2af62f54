"""Who bounds what: one cell for each transport and guarantee, decided by its record alone.

A breach in one of the column's situations means "no", with the number that the oracle found. With
all of them witnessed and kept it is "yes". Everything else is "not seen": a transport that does
nothing gets no "yes".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from proofs.results.record import Judged, Record, Situation


@dataclass(frozen=True, eq=False)
class Column:
    """One guarantee: where the record speaks of it, and how its findings name what went wrong.

    `numbers`: what a number means, and the pattern whose group finds it (in ms). `words`: what to
    say of a breach that has no number, and the words of its finding.
    """

    title: str
    requirement: str
    situations: tuple[str, ...]
    numbers: Mapping[str, str]
    words: Mapping[str, str] = field(default_factory=dict)


_CALL = {"the call": r"returned (\d[\d.]*) ms after its deadline"}
"""Also one that had still not returned then."""
_BEHIND = {"those behind it": r"was freed only (\d[\d.]*) ms after"}
_OPEN = {"still open": r"open (\d[\d.]*) ms later|and (\d[\d.]*) ms later the connection was still"}
_TURN = {"after its turn": r"returned (\d[\d.]*) ms after its turn"}
_SENT = {"sent all the same": "bytes of it arrived all the same"}
_BOUND = {"waited": r"returned after (\d[\d.]*) ms"}
_EARLY = {"ended after": r"with TIMEOUT (\d[\d.]*) ms after it can"}
_TOOK = {"a frame took": r"took (\d[\d.]*) ms while"}

COLUMNS = (
    Column("bound when the peer never reads", "SD-3", ("never-reads-unix",), _CALL | _BEHIND),
    Column("bound when the peer trickles", "SD-1", ("trickle",), _CALL),
    Column("never too early", "SD-4", ("timed-out", "queued"), _EARLY),
    Column("closes after a time-out", "SD-5", ("timed-out",), _OPEN),
    Column("closes when a frame fails midway", "SD-6", ("failed-midway",), _OPEN),
    Column("queue let go after a time-out", "SD-13", ("queued",), _TURN, _SENT),
    Column("other connections untouched", "CX-3", ("beside-stalled",), _TOOK),
    Column("queue fair and bounded", "CX-4", ("queued-in-order", "hogged"), _BOUND),
)

NOT_OURS_TO_JUDGE = {"grpcio": frozenset({"SD-5", "SD-6", "CX-4"})}
"""Cells that are left out, with the reason in a footnote: what acts there is our own server."""


def cell(column: Column, record: Record) -> str:
    """Return one cell; `record` alone decides it."""
    if column.requirement in NOT_OURS_TO_JUDGE.get(record.name, ()):
        return "left out"
    judged = record.judged(column.requirement)
    if judged is None:
        return "not judged yet"
    seen = _looked_at(column, judged)
    broken = [one for one in seen if one.broken]
    if broken:
        told = _told(column, [text for one in broken for text in one.worst])
        return f"**no** ({told})" if told else "**no**"
    if any(not one.witnessed for one in seen):
        return "not seen"
    if any(not one.kept for one in seen):
        return "inconclusive"
    return "yes"


def _looked_at(column: Column, judged: Judged) -> list[Situation]:
    """Return the column's situations, and the breaches that belong to none of the law's."""
    seen = [judged.situations[name] for name in column.situations]
    other = judged.situations.get("other")
    return [*seen, other] if other is not None and other.broken else seen


def _told(column: Column, findings: list[str]) -> str:
    """Return the greatest of each number that the column's findings name, or their words."""
    told: list[str] = []
    for what, pattern in column.numbers.items():
        found = [m for text in findings for m in re.finditer(pattern, text)]
        values = [float(next(filter(None, m.groups()))) for m in found]
        if values:
            told.append(f"{what} {max(values):.0f} ms")
    for what, words in column.words.items():
        if any(words in text for text in findings):
            told.append(what)
    return ", ".join(told)
