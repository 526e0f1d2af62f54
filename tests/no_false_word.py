"""Judge right implementations where a machine treats them badly: nobody may be accused.

Whole runs on the real clock, as a user would start them, of implementations that are right, in six
environments:

  idle      as it is, with the default number of jobs
  busy      beside 8 busy loops
  pinned    on one processor
  quota-1   under a control group with the time of one processor
  quota-0.5 under one with the time of half a processor
  jobs-32   with 32 scenarios side by side

A fail is a false word, whatever the noise: there must be none. A run may be left open by a noisy
machine; how often is told. A quota takes root: where it cannot be had the table says NOT TRIED.
"""

import argparse
import contextlib
import functools
import importlib
import json
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from proofs.mutants.processes import uninterrupted
from tests.anywhere import Enter, alone, asked, busy, end, exit_on_signals, pinned, say
from tests.quota import Missing, quota_of

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "tests" / "implementations"
FINE = ("pass", "unsupported")
EXAMPLES = """
examples:
  python tests/no_false_word.py                                 all of it: 5 runs of each in each
  python tests/no_false_word.py --runs 1 --of reference --in jobs-32     one run
  python tests/no_false_word.py --of c --of go --in quota-0.5   two, in one place
  python tests/no_false_word.py --only CX,SD-3 --in busy        some requirements only
  python tests/no_false_word.py --keep traces                   keep the traces of what failed

exit status: 0 nobody was accused, 1 somebody was, 2 unusable arguments, 3 something is missing
"""

Make = Callable[[Path], Sequence[str]]
"""Returns the command of an implementation, built into a folder; raises `Missing`."""


# --- who is judged --------------------------------------------------------------------------------


def reference(_folder: Path) -> Sequence[str]:
    """The reference."""
    return (sys.executable, "-m", "stallproof.harness")


def python(_folder: Path) -> Sequence[str]:
    """The guarded connection of about a hundred lines."""
    return (sys.executable, str(HERE / "python" / "harness.py"))


def node(_folder: Path) -> Sequence[str]:
    """All guards over node:net."""
    if shutil.which("node") is None:
        raise Missing("there is no Node.js")
    return ("node", str(HERE / "node" / "harness.js"))


def c(folder: Path) -> Sequence[str]:
    """All guards in one file of C."""
    if shutil.which("cc") is None:
        raise Missing("there is no C compiler")
    building = importlib.import_module("tests.implementations.c.building")
    return (str(building.built(building.SOURCE, folder, options=building.USUAL)),)


def go(folder: Path) -> Sequence[str]:
    """All guards in Go."""
    if not (HERE / "go" / "building.py").exists() or shutil.which("go") is None:
        raise Missing("there is no Go, or no example in it")
    building = importlib.import_module("tests.implementations.go.building")
    return (str(building.program(folder)),)


IMPLEMENTATIONS: Mapping[str, Make] = {
    each.__name__: each for each in (reference, python, node, c, go)
}

ENVIRONMENTS: Mapping[str, Callable[[], contextlib.AbstractContextManager[Enter]]]


@contextlib.contextmanager
def quota(processors: float) -> Iterator[Enter]:
    """Give a run the time of so many processors."""
    with quota_of(processors) as group:
        yield group.enter
        say(f"quota: {group.folder} was held up {group.held_up()} times")


ENVIRONMENTS = {
    "idle": alone,
    "busy": busy,
    "pinned": pinned,
    "quota-1": functools.partial(quota, 1.0),
    "quota-0.5": functools.partial(quota, 0.5),
    "jobs-32": alone,
}
JOBS: Mapping[str, int] = {"jobs-32": 32}
"""Where not the default number of scenarios plays side by side."""


# --- runs -----------------------------------------------------------------------------------------


class Run(NamedTuple):
    """What came of one whole run: requirements that failed, and those that were left open."""

    took_s: float
    failed: tuple[str, ...] = ()
    left_open: tuple[str, ...] = ()
    trouble: tuple[str, ...] = ()

    @property
    def word(self) -> str:
        """The one word for the table."""
        if self.failed:
            return "accused"
        if self.trouble:
            return "trouble"
        return "open" if self.left_open else "whole"


class Cell(NamedTuple):
    """What came of one implementation in one environment, or why there is nothing."""

    environment: str
    implementation: str
    runs: tuple[Run, ...] = ()
    missing: str | None = None


def read(report: Mapping[str, Any], took_s: float) -> Run:
    """Make a run of the report on it."""
    selected = [one for one in report["requirements"] if one["selected"]]
    trouble = tuple(f"{one['scenario']}: {one['detail']}" for one in report["harness"])
    failed = tuple(
        f"{one['id']}: {(one['findings'] or [{'explanation': ''}])[0]['explanation']}"
        for one in selected
        if one["verdict"] == "fail"
    )
    left = tuple(one["id"] for one in selected if one["verdict"] not in ("fail", *FINE))
    return Run(took_s, failed, left, trouble)


def run_once(
    command: Sequence[str], enter: Enter, options: argparse.Namespace, jobs: int | None, name: str
) -> Run:
    """Judge `command` once in a process of its own; one that takes too long is trouble."""
    with tempfile.TemporaryDirectory() as folder:
        report, trace = Path(folder, "report.json"), Path(folder, "trace.jsonl")
        whole = [
            *(sys.executable, "-m", "stallproof", "conform", "--clock", "real"),
            *("--impl", shlex.join(command), "--json", str(report), "--trace", str(trace)),
            *(("--jobs", str(jobs)) if jobs else ()),
            *(("--only", options.only) if options.only else ()),
        ]
        began = time.monotonic()
        with uninterrupted() as as_before:

            def begin() -> None:
                as_before()
                enter()

            judging = subprocess.Popen(
                whole, cwd=ROOT, preexec_fn=begin,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        try:
            judging.wait(options.limit_s)
        except subprocess.TimeoutExpired:
            return Run(time.monotonic() - began, trouble=(f"not over in {options.limit_s:g} s",))
        finally:
            end(judging)
        took_s = time.monotonic() - began
        if not report.exists():
            return Run(took_s, trouble=(f"ended with status {judging.returncode}, no report",))
        run = read(json.loads(report.read_text("utf-8")), took_s)
        if options.keep is not None and run.failed:
            options.keep.mkdir(parents=True, exist_ok=True)
            shutil.copy(trace, options.keep / f"{name}.jsonl")
        return run


def judge_in(environment: str, implementation: str, options: argparse.Namespace) -> Cell:
    """Judge one implementation so many times in one environment."""
    runs: list[Run] = []
    where = f"{implementation} in {environment}"
    with tempfile.TemporaryDirectory() as folder:
        try:
            command = IMPLEMENTATIONS[implementation](Path(folder))
            with ENVIRONMENTS[environment]() as enter:
                for number in range(1, options.runs + 1):
                    name = f"{environment}-{implementation}-{number}"
                    runs.append(run_once(command, enter, options, JOBS.get(environment), name))
                    say(f"{where}: run {number} of {options.runs}: {in_words(runs[-1])}")
        except Missing as missing:
            say(f"{where}: NOT TRIED: {missing}")
            return Cell(environment, implementation, missing=str(missing))
    return Cell(environment, implementation, tuple(runs))


# --- what is told ---------------------------------------------------------------------------------


def in_words(run: Run) -> str:
    """Return `run` in one line, and what speaks against it below."""
    told = f"{run.word} after {run.took_s:.0f} s, {len(run.left_open)} requirements left open"
    return "\n      ".join([told, *run.failed, *run.trouble[:5]])


def table(cells: Sequence[Cell]) -> str:
    """Return what came of each implementation in each environment."""
    lines = [
        f"{'environment':<12} {'implementation':<15} {'runs':>5} {'accused':>8} {'whole':>6} "
        f"{'open':>5} {'trouble':>8} {'share open':>11}"
    ]
    for environment, implementation, runs, missing in cells:
        if missing is not None:
            lines.append(f"{environment:<12} {implementation:<15} NOT TRIED: {missing}")
            continue
        words = Counter(run.word for run in runs)
        share = (len(runs) - words["whole"] - words["accused"]) / len(runs)
        lines.append(
            f"{environment:<12} {implementation:<15} {len(runs):>5} {words['accused']:>8} "
            f"{words['whole']:>6} {words['open']:>5} {words['trouble']:>8} {share:>10.0%}"
        )
    return "\n".join(lines)


def status(cells: Sequence[Cell], *, allow_missing: bool) -> int:
    """Return the exit status."""
    if any(run.failed for cell in cells for run in cell.runs):
        return 1
    return 3 if any(cell.missing for cell in cells) and not allow_missing else 0


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options."""
    parser = asked("no_false_word.py", __doc__, EXAMPLES, ENVIRONMENTS, 1800)
    parser.add_argument(
        "--of", dest="implementations", action="append", choices=list(IMPLEMENTATIONS),
        help="only this implementation; may be given again",
    )  # fmt: skip
    parser.add_argument("--runs", type=int, default=5, help="runs of each in each (5)")
    parser.add_argument("--only", help="requirements or groups, as `stallproof conform` takes them")
    parser.add_argument("--keep", type=Path, help="a folder for the traces of runs that failed")
    options = parser.parse_args(arguments)
    if options.runs < 1:
        parser.error("--runs must be at least 1")
    return options


def main(arguments: Sequence[str]) -> int:
    """Judge everybody everywhere, print the table, and return the exit status."""
    options = parse(arguments)
    exit_on_signals()
    cells = [
        judge_in(environment, implementation, options)
        for environment in options.environments or ENVIRONMENTS
        for implementation in options.implementations or IMPLEMENTATIONS
    ]
    print(f"\n{table(cells)}")
    return status(cells, allow_missing=options.allow_missing)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
