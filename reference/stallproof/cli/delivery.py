"""What every judging command does in the end: show the report, write its files, say the code."""

import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from pathlib import Path

from cyclopts import Parameter

from stallproof.cli.arguments import Html, Json
from stallproof.judge.report import Report, exit_code
from stallproof.reports.evidence import Evidence
from stallproof.reports.html.page import encode_html
from stallproof.reports.json_report import encode_report
from stallproof.reports.output import emit, is_colored, require_outputs, width_of, write_out
from stallproof.reports.terminal import render

UNUSABLE = 2
INCOMPLETE = 3


@Parameter(name="*")
@dataclass(frozen=True)
class Outputs:
    """Where reports go, beside the one that a person reads.

    Each field is an option, and `ENCODERS` says how its file is made.
    """

    json: Json = None
    html: Html = None

    def require(self, inputs: Sequence[Path] = (), trace: Path | None = None) -> None:
        """Raise `UnusableError` unless each can be written, and none is read or written twice."""
        require_outputs({**self.options, "--trace": trace}, inputs=inputs)

    @property
    def options(self) -> Mapping[str, str | None]:
        """The options with what was given for each."""
        return {f"--{one.name}": getattr(self, one.name) for one in fields(self)}

    @contextmanager
    def traced(self, trace: Path | None) -> Iterator[Path | None]:
        """Yield where the trace of a run goes: to `trace`, or to a file for the time being.

        `None`: nobody asked for one, and no report here shows more than the findings have.
        """
        if trace is not None or self.html is None:
            yield trace
            return
        with tempfile.TemporaryDirectory(prefix="stallproof-") as folder:
            yield Path(folder) / "trace.jsonl"


ENCODERS: Mapping[str, Callable[[Report, Evidence], bytes]] = {
    "--json": lambda report, _evidence: encode_report(report),
    "--html": encode_html,
}
"""How each kind of report is made, of a report and of the traces behind it."""


def deliver(report: Report, outputs: Outputs, traces: Sequence[Path] = ()) -> int:
    """Show the report and write its files; what could not be delivered makes the code 3.

    `traces`: what the report was made of, as far as it is at hand.
    """
    stream = sys.stderr if "-" in outputs.options.values() else sys.stdout
    emit(stream, render(report, width=width_of(stream), color=is_colored(stream)))
    code = exit_code(report)
    for option, destination in outputs.options.items():
        if destination is None:
            continue
        try:
            arrived = write_out(ENCODERS[option](report, Evidence(traces)), destination)
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
