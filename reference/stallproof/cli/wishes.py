"""What a user of a verdict does not want judged, and what of it may stay open."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, get_args

import msgspec
from cyclopts import Parameter

from stallproof.cli.arguments import words_of
from stallproof.cli.completion import names
from stallproof.cli.expecting import known_of
from stallproof.judge.expected_failures import Known, evaluated
from stallproof.judge.report import Allowable, Report
from stallproof.judge.rules.machines import DECIDED, REQUIREMENTS
from stallproof.judge.whole import weighed
from stallproof.reports.output import UnusableError
from stallproof.requirements.registry import load_registry
from stallproof.wire.protocol import FEATURES

GROUPS: Mapping[str, Sequence[str]] = {
    group: [name for name, ids in DECIDED.items() if group in {one[:2] for one in ids}]
    for group in sorted({one[:2] for one in REQUIREMENTS})
}
"""The groups that machines alone decide, with their machines."""


def _features() -> Sequence[str]:
    return [*FEATURES, *GROUPS]


def _allowable() -> Sequence[str]:
    return get_args(Allowable)


@Parameter(name="*")
@dataclass(frozen=True)
class Wishes:
    """What is wanted of the verdict on the whole; the report's last line names all of it.

    Parameters
    ----------
    expected_failures
        A file of what is known to fail; `stallproof expect` writes the first version.
    without
        Features that nobody wants judged, such as tls: what takes them is left out. A group of
        machines, such as RT, stands for all of its machines.
    allow
        What may stay open in a PASS: inconclusive, not-exercised, unsupported.
    """

    expected_failures: Path | None = None
    without: Annotated[list[str] | None, names(_features), Parameter(negative="")] = None
    allow: Annotated[list[str] | None, names(_allowable), Parameter(negative="")] = None

    def read(self) -> "Granted":
        """Return what is meant; raises `UnusableError` for what cannot be."""
        known = known_of(self.expected_failures)
        without = _words("--without", self.without, FEATURES, GROUPS)
        without = [one for name in without for one in GROUPS.get(name, (name,))]
        words = _words("--allow", self.allow, get_args(Allowable))
        allowed: list[Allowable] = [one for one in get_args(Allowable) if one in words]
        return Granted(known, frozenset(without).union(known.without if known else ()), allowed)


@dataclass(frozen=True)
class Granted:
    """Wishes that were read: what is known to fail, what is left out, and what may stay open."""

    known: Known | None
    without: frozenset[str]
    allowed: list[Allowable]

    @property
    def excused(self) -> frozenset[str]:
        """The requirements that may fail."""
        entries = (*self.known.expected, *self.known.flaky) if self.known else ()
        return frozenset(entry.requirement for entry in entries)

    def weighed(self, report: Report) -> Report:
        """Return `report` with the verdict on the whole that follows."""
        report = msgspec.structs.replace(report, allowed=self.allowed)
        return weighed(report) if self.known is None else evaluated(report, self.known)


def _words(
    option: str, given: list[str] | None, known: Iterable[str], groups: Iterable[str] = ()
) -> list[str]:
    """Return the words of an option; commas and blanks part them."""
    names = words_of(given or ())
    if given is not None and not names:
        raise UnusableError(f"{option} names nothing")
    for name in names:
        if groups and name not in groups and name in _all_groups():
            raise UnusableError(
                f"{option}: the group {name} has no feature of its own: name features "
                f"(`stallproof law --features` has them), or judge less with --only"
            )
        if name not in known and name not in groups:
            near = difflib.get_close_matches(name, known, n=3)
            meant = f" (is {' or '.join(near)} meant?)" if near else ""
            names_ = ", ".join(sorted(known))
            raise UnusableError(f"{option}: {name!r} is none of {names_}{meant}")
    return names


def _all_groups() -> set[str]:
    return {one.group for one in load_registry().requirements}
