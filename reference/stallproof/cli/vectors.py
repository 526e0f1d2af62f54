"""The commands `stallproof vectors list`, `show`, `verify` and `fill`: the conformance vectors.

Exit codes: 0 shown, filled, or every vector is in order; 1 one is not; 2 unusable arguments, a file
that cannot be opened, or a script that cannot be filled; 3 anything else.

Spec: `spec/vectors/README.md`.
"""

import difflib
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from stallproof.cli.arguments import Json, Only, select
from stallproof.cli.filling import fill_files, fill_installed, write_whole
from stallproof.cli.vetting import vet_files, vet_installed
from stallproof.reports.output import UnusableError, emit, require_outputs, width_of, write_out
from stallproof.reports.vectors import encode_list, render_changes, render_list, render_vector
from stallproof.requirements.registry import load_registry
from stallproof.requirements.vectors import Vector, VectorError, load_all

FAILED = 1
UNUSABLE = 2
INCOMPLETE = 3

app = App(
    name="vectors",
    help="Show the conformance vectors, verify that they are in order, and fill new ones.",
    help_epilogue=(
        "Examples:\n\n"
        "stallproof vectors list --only SD-2\n\n"
        "stallproof vectors show expired-exactly-at-the-deadline\n\n"
        "stallproof vectors verify\n\n"
        "stallproof vectors fill vectors/sd/my-vector.json\n\n"
        "Exit codes: 0 in order, 1 a vector is not, 2 unusable arguments, 3 anything else."
    ),
)


@app.default
def _nothing() -> int:
    """Show the help: to be asked for nothing must not look like vectors in order."""
    app.help_print([])
    return UNUSABLE


@app.command(
    name="list",
    help_epilogue="Examples: stallproof vectors list, stallproof vectors list --only CX --json -",
)
def list_(*, only: Only = None, json: Json = None) -> int:
    """List the vectors with the requirements that each puts to the test."""
    require_outputs({"--json": json}, inputs=())
    registry = load_registry()
    chosen = None if only is None else select(registry, only, "--only")
    vectors = _installed()
    if vectors is None:
        return INCOMPLETE
    listed = [one for one in vectors if chosen is None or chosen & set(one.requirements)]
    emit(sys.stderr if json == "-" else sys.stdout, render_list(listed))
    if json is None:
        return 0
    try:
        return 0 if write_out(encode_list(listed), json) else INCOMPLETE
    except OSError as error:
        return _complain(f"--json {json}: {error.strerror or error}")


@app.command(help_epilogue="Example: stallproof vectors show expired-exactly-at-the-deadline")
def show(name: str, /) -> int:
    """Show one vector: what it is for, what is asked for, and what has to be said.

    Parameters
    ----------
    name
        The name of a vector, as `stallproof vectors list` gives it.
    """
    vectors = _installed()
    if vectors is None:
        return INCOMPLETE
    found = {vector.name: vector for vector in vectors}
    if name not in found:
        near = difflib.get_close_matches(name, found, n=3)
        meant = f"; near to it: {', '.join(near)}" if near else ""
        raise UnusableError(f"no vector is called {name!r}{meant}")
    emit(sys.stdout, render_vector(found[name], width=width_of(sys.stdout)))
    return 0


@app.command(
    help_epilogue=(
        "Examples: stallproof vectors verify, stallproof vectors verify failures/found.json"
    )
)
def verify(*files: Path) -> int:
    """Verify vectors: format, form, manifest, script rules, expectations, what is put to the test.

    Parameters
    ----------
    files
        Vector files; the installed ones, with their manifest, if none is named.
    """
    for file in files:
        _require_readable(file)
    problems, count = vet_files(files) if files else vet_installed()
    if problems:
        emit(sys.stdout, "".join(f"{problem}\n" for problem in problems))
        emit(sys.stdout, f"{len(problems)} problems\n" if problems[1:] else "1 problem\n")
        return FAILED
    emit(sys.stdout, f"{count} vectors in order\n" if count != 1 else "1 vector in order\n")
    return 0


@app.command(
    help_epilogue=(
        "Examples:\n\n"
        "stallproof vectors fill vectors/sd/my-vector.json\n\n"
        "stallproof vectors fill --check\n\n"
        "Exit codes: 0 filled, or nothing would change; 1 with --check something would; "
        "2 a file that cannot be filled; 3 anything else."
    )
)
def fill(
    *files: Path, check: Annotated[bool, Parameter(name="--check", negative="")] = False
) -> int:
    """Fill vectors in: write what the law expects of their scripts, and list them in the manifest.

    A script needs schema, name, requirements, reason, knobs, and steps with at_us and do. Whatever
    it expects is replaced. If one file is not in order, none is written.

    Parameters
    ----------
    files
        Vector files; every installed one, with a new manifest, if none is named.
    check
        Write nothing; show what would change.
    """
    for file in files:
        _require_readable(file)
    filling = fill_files(files) if files else fill_installed()
    if filling.problems:
        for problem in filling.problems:
            print(f"stallproof: {problem}", file=sys.stderr)
        print("stallproof: nothing was written", file=sys.stderr, flush=True)
        return UNUSABLE
    changes = filling.changes()
    if check:
        emit(sys.stdout, render_changes(changes))
        return FAILED if changes else 0
    try:
        write_whole({path: after for path, (_, after) in changes.items()})
    except OSError as error:
        return _complain(f"not everything could be written: {error}")
    emit(sys.stdout, "".join(f"written: {path}\n" for path in changes))
    emit(sys.stdout, f"{filling.vectors} filled, {len(changes)} files changed\n")
    return 0


def _require_readable(file: Path) -> None:
    try:
        with file.open("rb"):
            pass
    except OSError as error:
        raise UnusableError(f"{file}: {error.strerror or error}") from error


def _installed() -> list[Vector] | None:
    """Return the installed vectors, or `None` after a complaint."""
    try:
        return load_all()
    except VectorError as error:
        _complain(f"the installed vectors cannot be read: {error}")
        return None


def _complain(message: str) -> int:
    print(f"stallproof: {message}", file=sys.stderr, flush=True)
    return INCOMPLETE
