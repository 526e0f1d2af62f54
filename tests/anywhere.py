"""Run the tests that need no real clock where a machine treats them badly.

Such a test passes on any machine: on a slow one, a crowded one, one with a single processor. So
each of four environments runs them several times:

  alone    as they are
  busy     beside 8 busy loops
  pinned   on one processor
  quota    under a control group (version 1 or 2) with the time of one processor

The last one takes root. Where it cannot be had the table says NOT TRIED, which is no success.
"""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from proofs.mutants.processes import uninterrupted
from tests.quota import Missing, quota_of_one_processor

ROOT = Path(__file__).resolve().parent.parent
LOOPS = 8
EXAMPLES = """
Whatever this program does not know goes to pytest.

examples:
  python tests/anywhere.py                             every test, 3 times in each environment
  python tests/anywhere.py --times 1 tests/judge       one folder, once in each
  python tests/anywhere.py --in busy --in pinned -n 2  two environments, two processes of tests
  python tests/anywhere.py --in quota -k stopped_peer   tests by name, under the quota alone
  python tests/anywhere.py --allow-missing             succeed also where there is no quota

exit status: 0 every run passed, 1 a run failed, 2 unusable arguments, 3 an environment is missing
"""

Enter = Callable[[], None]
"""Called in the process of the tests before they begin; `alone` has nothing to do there."""


class Run(NamedTuple):
    """What came of the tests once: `failed` names tests, `why` says what else went wrong."""

    took_s: float
    passed: int = 0
    skipped: int = 0
    failed: tuple[str, ...] = ()
    why: str | None = None

    @property
    def is_good(self) -> bool:
        """Whether nothing failed, and something passed."""
        return not self.failed and self.why is None and self.passed > 0


class Outcome(NamedTuple):
    """What came of one environment: its runs, or why there were none."""

    environment: str
    runs: tuple[Run, ...] = ()
    missing: str | None = None


# --- environments ---------------------------------------------------------------------------------


@contextlib.contextmanager
def alone() -> Iterator[Enter]:
    """Leave the tests as they are."""
    yield lambda: None


@contextlib.contextmanager
def busy() -> Iterator[Enter]:
    """Keep busy loops beside the tests; they end with this program, however that ends."""
    loop = f"import os\nwhile os.getppid() == {os.getpid()}:\n    for _ in range(100_000): pass"
    loops: list[subprocess.Popen[bytes]] = []
    try:
        for _ in range(LOOPS):
            loops.append(subprocess.Popen([sys.executable, "-S", "-c", loop]))
        say(f"busy loops: {' '.join(str(each.pid) for each in loops)}")
        yield lambda: None
    finally:
        for each in loops:
            each.kill()
        for each in loops:
            each.wait()


@contextlib.contextmanager
def pinned() -> Iterator[Enter]:
    """Pin the tests to one of the processors that this program may use."""
    if not hasattr(os, "sched_setaffinity"):
        raise Missing("this system pins no process to a processor")
    processor = max(os.sched_getaffinity(0))
    yield lambda: os.sched_setaffinity(0, {processor})


@contextlib.contextmanager
def quota() -> Iterator[Enter]:
    """Give the tests the time of one processor, and say how often they had used it up."""
    with quota_of_one_processor() as group:
        yield group.enter
        say(f"quota: {group.folder} was held up {group.held_up()} times")


ENVIRONMENTS: dict[str, Callable[[], contextlib.AbstractContextManager[Enter]]] = {
    each.__name__: each for each in (alone, busy, pinned, quota)
}


# --- runs -----------------------------------------------------------------------------------------


def try_in(environment: str, times: int, limit_s: float, selection: Sequence[str]) -> Outcome:
    """Run the selected tests so many times in `environment`."""
    runs: list[Run] = []
    try:
        with ENVIRONMENTS[environment]() as enter:
            for number in range(1, times + 1):
                say(f"{environment}: run {number} of {times} begins")
                runs.append(run_once(enter, limit_s, selection))
                say(f"{environment}: run {number} of {times}: {in_words(runs[-1])}")
    except Missing as missing:
        say(f"{environment}: NOT TRIED: {missing}")
        return Outcome(environment, missing=str(missing))
    return Outcome(environment, tuple(runs))


def run_once(enter: Enter, limit_s: float, selection: Sequence[str]) -> Run:
    """Run the selected tests once; after `limit_s` they count as hung."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        command = [sys.executable, "-m", "pytest", "-q", "-m", "not timing", f"--junitxml={report}"]
        with uninterrupted() as as_before:

            def begin() -> None:
                as_before()
                enter()

            tests = subprocess.Popen([*command, *selection], cwd=ROOT, preexec_fn=begin)
        try:
            code = tests.wait(limit_s)
        except subprocess.TimeoutExpired:
            return Run(time.monotonic() - began, why=f"not over after {limit_s:g} s")
        finally:
            end(tests)
        took_s = time.monotonic() - began
        if not report.exists():
            return Run(took_s, why=f"pytest ended with status {code} and without a report")
        return read_report(report.read_text(), code, took_s)


def end(tests: subprocess.Popen[bytes]) -> None:
    """End the tests if they still run: in peace at first, so that they end what they started."""
    if tests.poll() is None:
        tests.send_signal(signal.SIGINT)
        try:
            tests.wait(10)
        except subprocess.TimeoutExpired:
            tests.kill()
            tests.wait()


def read_report(text: str, code: int, took_s: float) -> Run:
    """Make a run of pytest's report and its exit status."""
    passed = skipped = 0
    failed: list[str] = []
    for case in ET.fromstring(text).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            failed.append(f"{case.get('classname')}::{case.get('name')}")
        elif case.find("skipped") is not None:
            skipped += 1
        else:
            passed += 1
    why = f"pytest ended with status {code}" if code != 0 and not failed else None
    return Run(took_s, passed, skipped, tuple(failed), why)


# --- what is told ---------------------------------------------------------------------------------


def say(line: str) -> None:
    """Print `line` at once, marked as ours among what pytest prints."""
    print(f"--- {line}", flush=True)


def in_words(run: Run) -> str:
    """Return `run` in one line."""
    told = f"{run.passed} passed, {run.skipped} skipped, {len(run.failed)} failed"
    return f"{told} in {run.took_s:.0f} s{f'; {run.why}' if run.why else ''}"


def table(outcomes: Sequence[Outcome]) -> str:
    """Return what came of each environment, with the tests that failed under it."""
    lines = [f"{'environment':<12} {'good':>7} {'tests':>6} {'skipped':>8} {'slowest':>8}"]
    for environment, runs, missing in outcomes:
        if missing is not None:
            lines.append(f"{environment:<12} NOT TRIED: {missing}")
            continue
        good = f"{sum(run.is_good for run in runs)} of {len(runs)}"
        tests, skipped = max(run.passed for run in runs), max(run.skipped for run in runs)
        slowest = f"{max(run.took_s for run in runs):.0f} s"
        lines.append(f"{environment:<12} {good:>7} {tests:>6} {skipped:>8} {slowest:>8}")
        for number, run in enumerate(runs, 1):
            lines += [f"  run {number}: {what}" for what in (*run.failed, run.why) if what]
    return "\n".join(lines)


def status(outcomes: Sequence[Outcome], *, allow_missing: bool) -> int:
    """Return the exit status."""
    if any(not run.is_good for outcome in outcomes for run in outcome.runs):
        return 1
    is_missing = any(outcome.missing is not None for outcome in outcomes)
    return 3 if is_missing and not allow_missing else 0


def asked(
    name: str, about: str | None, examples: str, environments: Iterable[str], limit_s: float
) -> argparse.ArgumentParser:
    """Return the parser of a program that does the same in each environment, with what all take."""
    parser = argparse.ArgumentParser(
        name, description=about, epilog=examples, allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument(
        "--in", dest="environments", action="append", choices=list(environments),
        help="only in this environment; may be given again",
    )  # fmt: skip
    parser.add_argument(
        "--limit-s", type=float, default=limit_s,
        help=f"a run that takes longer is trouble ({limit_s:g})",
    )  # fmt: skip
    parser.add_argument(
        "--allow-missing", action="store_true", help="what is missing is no failure"
    )
    return parser


def parse(arguments: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """Return this program's own options, and what goes to pytest."""
    parser = asked("anywhere.py", __doc__, EXAMPLES, ENVIRONMENTS, 3600)
    parser.add_argument("--times", type=int, default=3, help="runs in each environment (3)")
    options, selection = parser.parse_known_args(arguments)
    if options.times < 1:
        parser.error("--times must be at least 1")
    return options, selection


def exit_on_signals() -> None:
    """Clean up when ended by a signal too, also where Ctrl-C was ignored for whoever started us."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, frame: sys.exit(128 + number))


def main(arguments: Sequence[str]) -> int:
    """Try every environment, print the table, and return the exit status."""
    options, selection = parse(arguments)
    exit_on_signals()
    outcomes = [
        try_in(environment, options.times, options.limit_s, selection)
        for environment in options.environments or ENVIRONMENTS
    ]
    print(f"\n{table(outcomes)}")
    return status(outcomes, allow_missing=options.allow_missing)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
