"""What a user of a verdict does not want judged, and what of it may stay open."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, get_args

import msgspec
from cyclopts import Parameter

from stallproof.api.wanted import GROUPS, allowed_of, features_of
from stallproof.cli.completion import names
from stallproof.cli.expecting import known_of
from stallproof.judge.expected_failures import Known, evaluated
from stallproof.judge.report import Allowable, Report
from stallproof.judge.whole import weighed
from stallproof.wire.protocol import FEATURES


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
        without = features_of("--without", self.without)
        allowed = allowed_of("--allow", self.allow)
        return Granted(known, without.union(known.without if known else ()), allowed)


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
