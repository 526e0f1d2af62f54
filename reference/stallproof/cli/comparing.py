"""The command `stallproof compare`: what changed between two JSON reports.

Exit codes: 0 nothing got worse, 1 a regression, 2 unusable arguments or input, 3 it could not be
written.
"""

import sys
from pathlib import Path

from cyclopts import App

from stallproof.cli.arguments import Json, Markdown, Only, report_of, select
from stallproof.cli.codes import INCOMPLETE, complain
from stallproof.judge.comparison import compared
from stallproof.reports.comparison import (
    comparison_markdown,
    encode_comparison,
    render_comparison,
)
from stallproof.reports.output import (
    emit,
    is_colored,
    require_outputs,
    width_of,
    write_out,
)
from stallproof.requirements.registry import load_registry

REGRESSION = 1
app = App(
    name="compare",
    help_epilogue=(
        "Examples:\n\n"
        "stallproof compare old.json new.json\n\n"
        "stallproof compare old.json new.json --markdown summary.md\n\n"
        "stallproof compare nightly.json new.json --only SD\n\n"
        "Exit codes: 0 nothing got worse, 1 a regression, 2 unusable arguments or input."
    ),
)


@app.default
def compare(
    old: Path, new: Path, /, *, only: Only = None, json: Json = None, markdown: Markdown = None
) -> int:
    """Say what changed between two JSON reports, and whether anything got worse.

    Worse is what passed and does not pass any more, also on one transport or in one situation, and
    what fails and did not. What the new run allows to stay open is no regression.

    Parameters
    ----------
    old
        The JSON report of before.
    new
        The JSON report of now.
    """
    outputs = {"--json": json, "--markdown": markdown}
    require_outputs(outputs, inputs=(old, new))
    chosen = None if only is None else select(load_registry(), only, "--only")
    found = compared(report_of(old), report_of(new), only=chosen)
    stream = sys.stderr if "-" in outputs.values() else sys.stdout
    emit(stream, render_comparison(found, width=width_of(stream), color=is_colored(stream)))
    code = REGRESSION if found.is_worse else 0
    contents = {"--json": encode_comparison, "--markdown": comparison_markdown}
    for option, destination in outputs.items():
        if destination is None:
            continue
        try:
            arrived = write_out(contents[option](found), destination)
        except OSError as error:
            code = complain(f"{option} {destination}: {error.strerror or error}", INCOMPLETE)
        else:
            code = code if arrived else INCOMPLETE
    return code
