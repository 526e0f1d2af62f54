"""What every judging command does in the end: show the report, write its files, say the code."""

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path

from cyclopts import Parameter

from stallproof.cli.arguments import Json
from stallproof.cli.telling import Telling
from stallproof.judge.report import Report, exit_code
from stallproof.reports.json_report import encode_report
from stallproof.reports.output import emit, is_colored, require_outputs, width_of, write_out
from stallproof.reports.terminal import render, render_last

UNUSABLE = 2
INCOMPLETE = 3


@Parameter(name="*")
@dataclass(frozen=True)
class Outputs:
    """Where reports go, beside the one that a person reads.

    Each field is an option, and `ENCODERS` says how its file is made.
    """

    json: Json = None

    def require(self, inputs: Sequence[Path] = (), trace: Path | None = None) -> None:
        """Raise `UnusableError` unless each can be written, and none is read or written twice."""
        require_outputs({**self.options, "--trace": trace}, inputs=inputs)

    @property
    def options(self) -> Mapping[str, str | None]:
        """The options with what was given for each."""
        return {f"--{one.name}": getattr(self, one.name) for one in fields(self)}


ENCODERS: Mapping[str, Callable[[Report], bytes]] = {"--json": encode_report}
"""How each kind of report is made."""


def deliver(report: Report, outputs: Outputs, telling: Telling | None = None) -> int:
    """Show the report and write its files; what could not be delivered makes the code 3.

    `telling`: how much is shown, the usual for `None`.
    """
    telling = telling or Telling()
    stream = sys.stderr if "-" in outputs.options.values() else sys.stdout
    width, color = width_of(stream), is_colored(stream)
    if telling.quiet:
        emit(stream, render_last(report, width=width, color=color))
    else:
        emit(stream, render(report, width=width, color=color, verbose=telling.verbose))
    code = exit_code(report)
    for option, destination in outputs.options.items():
        if destination is None:
            continue
        try:
            arrived = write_out(ENCODERS[option](report), destination)
        except OSError as error:
            code = complain(f"{option} {destination}: {error.strerror or error}", INCOMPLETE)
        else:
            code = code if arrived else INCOMPLETE
    return code


def complain(message: str, code: int) -> int:
    """Say `message` on standard error and return `code`."""
    with suppress(OSError):
        print(f"stallproof: {message}", file=sys.stderr, flush=True)
    return code
