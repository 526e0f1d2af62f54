"""How much a judging command tells while it judges, and in the end."""

from dataclasses import dataclass
from typing import Annotated

from cyclopts import Parameter

from stallproof.reports.output import UnusableError


@Parameter(name="*")
@dataclass(frozen=True)
class Telling:
    """How much is told; files are written all the same.

    Parameters
    ----------
    quiet
        Show the last line alone: the whole verdict; of a smoke test also what is broken.
    verbose
        Show all events of a finding; of a run, which settings are in force and what each scenario
        broke.
    """

    quiet: Annotated[bool, Parameter(name=("--quiet", "-q"), negative="")] = False
    verbose: Annotated[bool, Parameter(name=("--verbose", "-v"), negative="")] = False

    def __post_init__(self) -> None:
        """Raise `UnusableError` where both are asked for."""
        if self.quiet and self.verbose:
            raise UnusableError("--quiet and --verbose: one of them at a time")
