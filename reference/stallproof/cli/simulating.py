"""The command `stallproof simulate`: a whole job in virtual time, while a connection stalls.

Exit codes: 0 the job completed, 1 it was aborted, 2 unusable arguments or input.

Spec: `docs/simulate.md`.
"""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from cyclopts import App

from stallproof.cli.arguments import Json
from stallproof.cli.planning import PlanWishes
from stallproof.reports.output import (
    UnusableError,
    emit,
    is_colored,
    require_outputs,
    require_writable,
    width_of,
    write_out,
)
from stallproof.reports.simulation import encode_simulation, render_simulation
from stallproof.reports.simulation_picture import draw_simulation
from stallproof.simulate.run import simulate as simulated
from stallproof.wire.codec import write_trace

ABORTED = 1
INCOMPLETE = 3

app = App(
    name="simulate",
    help_epilogue=(
        "Examples:\n\n"
        "stallproof simulate\n\n"
        "stallproof simulate --guardrails off\n\n"
        "stallproof simulate --knobs comm_config.json --stall relay-2@0.5+45 --min-sites 130\n\n"
        "stallproof simulate --clients 10000 --relays 100 --picture job.svg --trace job.jsonl\n\n"
        "Exit codes: 0 the job completed, 1 it was aborted, 2 unusable arguments or input."
    ),
)


@app.default
def simulate(
    *,
    wishes: PlanWishes | None = None,
    json: Json = None,
    trace: Path | None = None,
    picture: Path | None = None,
) -> int:
    """Simulate a job of many clients behind relays, of which one stalls, and say how it ends.

    The drivers and machines that ship decide, in virtual time.

    Parameters
    ----------
    wishes
        What is to be simulated.
    trace
        Write all that was asked and said to this file; `stallproof check` judges it.
    picture
        Draw it into this SVG file.
    """
    asked = wishes or PlanWishes()
    require_outputs({"--json": json, "--trace": trace}, inputs=tuple(asked.knobs or ()))
    if picture is not None:
        require_writable(picture, "--picture")
    outcome = simulated(asked.read(), is_traced=trace is not None)
    stream = sys.stderr if json == "-" else sys.stdout
    emit(stream, render_simulation(outcome, width=width_of(stream), color=is_colored(stream)))
    if trace is not None:
        _written("--trace", trace, partial(write_trace, trace, outcome.trace))
    if picture is not None:
        _written("--picture", picture, lambda: picture.write_bytes(draw_simulation(outcome)))
    if json is not None:
        told = partial(write_out, encode_simulation(outcome), json)
        if not _written("--json", json, told):
            return INCOMPLETE
    return 0 if outcome.completed else ABORTED


def _written(option: str, file: Path | str, write: Callable[[], object]) -> object:
    """Return what `write` does; raises `UnusableError` with the option where it cannot."""
    try:
        return write()
    except OSError as error:
        raise UnusableError(f"{option} {file}: {error.strerror or error}") from error
