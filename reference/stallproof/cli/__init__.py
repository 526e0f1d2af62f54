"""The command line: judge an implementation or a trace, explain a configuration, read the law.

Exit codes of every command: 0 every applicable requirement passed (or what was asked for was
shown); 1 one failed, or a relation between knobs is broken; 2 unusable arguments or input, or
a configuration that is refused; 3 anything else: incomplete, the harness broke, nothing exercised,
interrupted.
"""

import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal, NoReturn

from cyclopts import App, CycloptsError, Parameter
from cyclopts.validators import Number

from stallproof import __version__
from stallproof.cli import configuration
from stallproof.cli.arguments import Json, Only, command_of, select, selected_of
from stallproof.oracle.check import check_traces
from stallproof.oracle.conform import conform as run_oracle
from stallproof.oracle.report import Report, exit_code
from stallproof.registry import RegistryError, load_registry
from stallproof.reports import schemas
from stallproof.reports.configuration import configuration_schema
from stallproof.reports.json_report import encode_report
from stallproof.reports.law import render_law
from stallproof.reports.output import (
    UnusableError,
    emit,
    is_colored,
    require_outputs,
    width_of,
    write_json,
)
from stallproof.reports.progress import progress
from stallproof.reports.terminal import render
from stallproof.trace.codec import TraceError

UNUSABLE = 2
INCOMPLETE = 3
LANES = 4
"""How many scenarios run side by side: they mostly wait, so that more than the cores is fine."""

Profile = Literal["seed", "hardened"]

app = App(
    name="stallproof",
    version=__version__,
    help="Judge guardrails against stalled sends: on real sockets, or from a trace.",
    help_epilogue="Exit codes: 0 pass, 1 fail, 2 unusable arguments or input, 3 anything else.",
    help_format="plaintext",
    result_action="return_value",
    exit_on_error=False,
    print_error=False,
    suppress_keyboard_interrupt=False,
)


@app.command(
    help_epilogue=(
        "Examples:\n\n"
        "stallproof conform\n\n"
        "stallproof conform --only SD,CX-4 --json report.json\n\n"
        'stallproof conform --impl "./my-harness --fast" --trace run.jsonl'
    )
)
def conform(
    *,
    impl: str = "reference",
    profile: Profile = "hardened",
    only: Only = None,
    json: Json = None,
    trace: Path | None = None,
    grace_ms: Annotated[int | None, Parameter(validator=Number(gte=1, lte=60_000))] = None,
    lanes: Annotated[int, Parameter(validator=Number(gte=1, lte=64))] = LANES,
) -> int:
    """Drive an implementation over real sockets and judge it, requirement by requirement.

    Parameters
    ----------
    impl
        "reference", or the command that starts a harness (spec/protocol.md).
    profile
        seed: what the origin intends; hardened: also what a careful design needs.
    trace
        Write every event here; `stallproof check` judges it again.
    grace_ms
        The allowance for a real scheduler and clock, in ms; 50 by default, at most a tenth of the
        smallest bound in play.
    lanes
        How many scenarios run side by side.
    """
    command = command_of(impl)
    selected = selected_of(load_registry(), only, profile)
    require_outputs(json, trace, inputs=())
    with progress(sys.stderr) as show:
        report = run_oracle(
            command,
            profile=profile,
            selected=selected,
            grace_us=None if grace_ms is None else grace_ms * 1000,
            lanes=lanes,
            trace_path=trace,
            progress=show,
        )
    return _deliver(report, json)


@app.command(help_epilogue="Example: stallproof check run.jsonl --only SD --json again.json")
def check(
    *files: Path,
    json: Json = None,
    profile: Profile | None = None,
    only: Only = None,
) -> int:
    """Judge traces again, offline, to the same verdicts.

    Parameters
    ----------
    files
        Traces, as `stallproof conform --trace` writes them.
    profile
        Judge by this profile instead of the one in the trace.
    """
    if not files:
        raise UnusableError("name at least one trace file")
    registry = load_registry()
    # Without --only the trace itself says what was selected.
    selected = None if only is None else selected_of(registry, only, profile or "hardened")
    require_outputs(json, None, inputs=files)
    return _deliver(check_traces(files, profile=profile, selected=selected), json)


@app.command(help_epilogue="Examples: stallproof law SD-3 CX, stallproof law")
def law(*ids: str) -> int:
    """Show what is required, and when a requirement counts as exercised.

    Parameters
    ----------
    ids
        Requirements or groups, such as SD-3 or CX; all of them if none is named.
    """
    registry = load_registry()
    everything = frozenset(requirement.id for requirement in registry.requirements)
    chosen = select(registry, list(ids), "IDS") if ids else everything
    emit(sys.stdout, render_law(registry, chosen, width=width_of(sys.stdout)))
    return 0


@app.command(help_epilogue="Example: stallproof schema trace")
def schema(of: Literal["trace", "report", "configuration"], /) -> int:
    """Print a JSON Schema: of a line of a trace, of the report, or of what `config` says."""
    made = {
        "trace": schemas.trace_schema,
        "report": schemas.report_schema,
        "configuration": configuration_schema,
    }[of]()
    emit(sys.stdout, schemas.encode_schema(made).decode())
    return 0


app.command(configuration.config, help_epilogue=configuration.HELP_EPILOGUE)


def _deliver(report: Report, json: str | None) -> int:
    """Show the report and write its JSON; what could not be delivered makes the code 3."""
    stream = sys.stderr if json == "-" else sys.stdout
    emit(stream, render(report, width=width_of(stream), color=is_colored(stream)))
    if json is not None:
        try:
            arrived = write_json(encode_report(report), json)
        except OSError as error:
            return _complain(f"--json {json}: {error.strerror or error}", INCOMPLETE)
        if not arrived:
            return INCOMPLETE
    return exit_code(report)


def _complain(message: str, code: int) -> int:
    with suppress(BrokenPipeError):
        print(f"stallproof: {message}", file=sys.stderr, flush=True)
    return code


def run(tokens: Sequence[str] | None = None) -> int:
    """Carry out the command line `tokens` (`None`: the process's own); return its exit code."""
    given = list(sys.argv[1:] if tokens is None else tokens)
    try:
        code = app(given)
    except (CycloptsError, UnusableError, TraceError) as error:
        return _complain(f"{error}", UNUSABLE)
    except RegistryError as error:
        return _complain(f"the installed law cannot be read: {error}", INCOMPLETE)
    except KeyboardInterrupt:
        return _complain("interrupted; nothing was judged", INCOMPLETE)
    except Exception:
        traceback.print_exc()
        return _complain("this is a fault of stallproof, not of what it judged", INCOMPLETE)
    # Help was asked for, or nothing at all: that must not look like a pass.
    return code if isinstance(code, int) else (0 if given else UNUSABLE)


def main() -> NoReturn:
    """Run as the program `stallproof`."""
    sys.exit(run())
