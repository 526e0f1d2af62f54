"""What every command that judges does in the end: show the report, write its JSON, say the code."""

import sys
from contextlib import suppress

from stallproof.judge.report import Report, exit_code
from stallproof.reports.json_report import encode_report
from stallproof.reports.output import emit, is_colored, width_of, write_json
from stallproof.reports.terminal import render

UNUSABLE = 2
INCOMPLETE = 3


def deliver(report: Report, json: str | None) -> int:
    """Show the report and write its JSON; what could not be delivered makes the code 3."""
    stream = sys.stderr if json == "-" else sys.stdout
    emit(stream, render(report, width=width_of(stream), color=is_colored(stream)))
    if json is not None:
        try:
            arrived = write_json(encode_report(report), json)
        except OSError as error:
            return complain(f"--json {json}: {error.strerror or error}", INCOMPLETE)
        if not arrived:
            return INCOMPLETE
    return exit_code(report)


def complain(message: str, code: int) -> int:
    """Say `message` on standard error and return `code`."""
    with suppress(OSError):
        print(f"stallproof: {message}", file=sys.stderr, flush=True)
    return code
