"""What a user of a verdict does not want judged, and what of it may stay open."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, get_args

import msgspec
from cyclopts import Parameter

from stallproof.judge.expected_failures import Known, evaluated
from stallproof.judge.report import Allowable, Report
from stallproof.judge.whole import weighed
from stallproof.reports.output import UnusableError
from stallproof.wire.protocol import FEATURES


@Parameter(name="*")
@dataclass(frozen=True)
class Wishes:
    """What is wanted of the verdict on the whole; the report's last line names all of it.

    Parameters
    ----------
    without
        Features that nobody wants judged, such as tls: what takes them is left out.
    allow
        What may stay open in a PASS: inconclusive, not-exercised, unsupported.
    """

    without: Annotated[list[str] | None, Parameter(negative="")] = None
    allow: Annotated[list[str] | None, Parameter(negative="")] = None

    def left_out(self, known: Known | None) -> frozenset[str]:
        """Return the features that nobody wants, those that the file of failures names included.

        Raises `UnusableError` for one that is none.
        """
        named = _words("--without", self.without, FEATURES)
        return frozenset(named).union(() if known is None else known.without)

    def require_known(self) -> None:
        """Raise `UnusableError` for what cannot be allowed."""
        _words("--allow", self.allow, get_args(Allowable))

    def granted(self, report: Report, known: Known | None) -> Report:
        """Return `report` with what may stay open and what was known beforehand, weighed by both.

        Raises `UnusableError` for what cannot be allowed.
        """
        words = _words("--allow", self.allow, get_args(Allowable))
        allowed: list[Allowable] = [one for one in get_args(Allowable) if one in words]
        report = msgspec.structs.replace(report, allowed=allowed)
        return weighed(report) if known is None else evaluated(report, known)


def _words(option: str, given: list[str] | None, known: Iterable[str]) -> list[str]:
    """Return the words of an option; commas and blanks part them."""
    names = [name for word in given or () for name in word.replace(",", " ").split()]
    if given is not None and not names:
        raise UnusableError(f"{option} names nothing")
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=3) or sorted(known)
            raise UnusableError(f"{option}: {name!r} is none of {', '.join(near)}")
    return names
