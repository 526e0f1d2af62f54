"""What every judging command does in the end: show the report, write its files, say the code."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TextIO

from cyclopts import Parameter

from stallproof.cli.arguments import Badge, Html, Json, Junit, Markdown
from stallproof.cli.codes import INCOMPLETE, complain, words_typed
from stallproof.cli.telling import Telling
from stallproof.judge.report import Report, exit_code
from stallproof.reports.annotations import annotations, unobeyed
from stallproof.reports.badge import badge_of
from stallproof.reports.evidence import Evidence
from stallproof.reports.html.page import encode_html
from stallproof.reports.json_report import encode_report
from stallproof.reports.junit import encode_junit
from stallproof.reports.markdown import encode_markdown
from stallproof.reports.output import (
    UnusableError,
    emit,
    is_colored,
    require_outputs,
    width_of,
    write_out,
)
from stallproof.reports.record import recorded
from stallproof.reports.terminal import render, render_last


@Parameter(name="*")
@dataclass(frozen=True)
class Outputs:
    """Where reports go, beside the one that a person reads.

    Each field is an option, and `ENCODERS` says how its file is made; that of a badge follows from
    the ending of its name.
    """

    json: Json = None
    junit: Junit = None
    markdown: Markdown = None
    badge: Badge = None
    html: Html = None

    def require(self, inputs: Sequence[Path] = (), trace: Path | None = None) -> None:
        """Raise `UnusableError` unless each can be written, and none is read or written twice."""
        if self.badge is not None:
            try:
                badge_of(self.badge)
            except ValueError as error:
                raise UnusableError(f"--badge {self.badge}: {error}") from error
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


Encoder = Callable[[Report], bytes]
ENCODERS: Mapping[str, Encoder] = {
    "--json": encode_report,
    "--junit": encode_junit,
    "--markdown": encode_markdown,
}
"""How each kind of report is made that needs nothing but the report."""


def deliver(
    report: Report,
    outputs: Outputs,
    telling: Telling | None = None,
    *,
    harness: Sequence[str] | None = None,
    traces: Sequence[Path] = (),
) -> int:
    """Show the report and write its files; what could not be delivered makes the code 3.

    `telling`: how much is shown, the usual for `None`. `harness`: the command of the harness that
    was judged, `None` for a trace. `traces`: what the report was made of, as far as it is at hand.
    """
    report = recorded(report, command=words_typed(), harness=harness)
    stream = sys.stderr if "-" in outputs.options.values() else sys.stdout
    text = _shown(report, telling or Telling(), stream)
    if os.environ.get("GITHUB_ACTIONS") == "true":
        text = unobeyed(text) + annotations(report)
    emit(stream, text)
    code = exit_code(report)
    for option, destination in outputs.options.items():
        if destination is None:
            continue
        try:
            encode = _encoder(option, destination, traces)
            arrived = write_out(encode(report), destination)
        except OSError as error:
            code = complain(f"{option} {destination}: {error.strerror or error}", INCOMPLETE)
        else:
            code = code if arrived else INCOMPLETE
    return code


def _encoder(option: str, destination: str, traces: Sequence[Path]) -> Encoder:
    """Return how the report of `option` is made; a page for a browser shows the traces as well."""
    if option == "--html":
        return lambda report: encode_html(report, Evidence(traces))
    return ENCODERS.get(option) or badge_of(destination)


def _shown(report: Report, telling: Telling, stream: TextIO) -> str:
    """Return what a person reads of `report` on `stream`."""
    width, color = width_of(stream), is_colored(stream)
    if telling.quiet:
        return render_last(report, width=width, color=color)
    return render(report, width=width, color=color, verbose=telling.verbose)
