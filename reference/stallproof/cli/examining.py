"""The command `doctor`: what this machine can judge, and whether a harness can be judged on it."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter
from cyclopts.validators import Number

from stallproof.cli.arguments import Json, command_of
from stallproof.cli.codes import INCOMPLETE, complain
from stallproof.reports.doctor import encode_looks, render_able, render_look
from stallproof.reports.output import emit, is_colored, require_outputs, width_of, write_out
from stallproof.runner.doctor import Look, examined, is_able, suggested_jobs
from stallproof.runner.doctor.harness import harness_looks
from stallproof.runner.doctor.machine import available, load
from stallproof.runner.sut.ending import Ended, may_end

SECONDS_MAX = 3600
app = App(
    name="doctor",
    help_epilogue=(
        "Examples:\n\nstallproof doctor\n\nstallproof doctor --seconds 30 --json machine.json\n\n"
        "stallproof doctor --impl ./my-harness\n\n"
        "Exit codes: 0 everything can be judged here, 3 something cannot, 2 unusable arguments."
    ),
)


@app.default
def doctor(
    *,
    seconds: Annotated[float, Parameter(validator=Number(gt=0, lte=SECONDS_MAX))] = 2.0,
    impl: str | None = None,
    cwd: Path | None = None,
    json: Json = None,
) -> int:
    """Say what can be judged on this machine, and what to do about the rest.

    Parameters
    ----------
    seconds
        For how long the noise is measured.
    impl
        Look at this harness as well: "reference", or the command that starts it.
    cwd
        The folder in which the harness runs; by default the one in which stallproof does.
    """
    command = None if impl is None else command_of(impl, cwd)
    require_outputs({"--json": json}, inputs=())
    stream = sys.stderr if json == "-" else sys.stdout
    width, color = width_of(stream), is_colored(stream)
    looks: list[Look] = []
    try:
        with may_end():
            for look in _looks(seconds, command):
                looks.append(look)
                emit(stream, render_look(look, width=width, color=color))
    except Ended as why:
        return complain(f"interrupted {why}; not all was looked at", INCOMPLETE)
    emit(stream, render_able(looks, width=width, color=color))
    if json is not None:
        try:
            if not write_out(encode_looks(looks, jobs=suggested_jobs(available(), load())), json):
                return INCOMPLETE
        except OSError as error:
            return complain(f"--json {json}: {error.strerror or error}", INCOMPLETE)
    return 0 if is_able(looks) else INCOMPLETE


def _looks(seconds: float, command: Sequence[str] | None) -> Iterator[Look]:
    yield from examined(seconds)
    if command is not None:
        yield from harness_looks(command)
