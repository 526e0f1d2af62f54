"""Expected failures on the command line: the first file of them, and what a run makes of it."""

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from stallproof.cli.arguments import report_of
from stallproof.judge.expected_failures import (
    ExpectationsError,
    Known,
    first_version,
    read_expectations,
)
from stallproof.reports.output import UnusableError, emit, require_writable
from stallproof.requirements.registry import load_registry

app = App(
    name="expect",
    help_epilogue=(
        "Examples:\n\n"
        "stallproof expect report.json --write known.toml\n\n"
        "stallproof conform --impl ./my-harness --expected-failures known.toml"
    ),
)


@app.default
def expect(
    report: Path,
    /,
    *,
    write: Path | None = None,
    force: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Write the first version of a file of expected failures, to be edited by hand.

    Parameters
    ----------
    report
        A JSON report of `stallproof conform` or `stallproof check`.
    write
        The file to write; without it the text goes to standard output.
    force
        Write over a file that exists, and with it over the reasons that it holds.
    """
    text = first_version(report_of(report))
    if write is None:
        emit(sys.stdout, text)
        return 0
    if write.exists() and not force:
        raise UnusableError(f"--write {write}: this file exists; --force writes over it")
    require_writable(write, "--write")
    write.write_text(text, encoding="utf-8")
    return 0


def known_of(path: Path | None) -> Known | None:
    """Return what the file `path` expects, `None` without one; raises `UnusableError`."""
    if path is None:
        return None
    try:
        return read_expectations(path, load_registry())
    except ExpectationsError as error:
        raise UnusableError(f"--expected-failures: {error}") from error
