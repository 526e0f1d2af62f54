"""The command `conform`: an implementation is driven and judged, in one of four ways.

Over real sockets, by the installed vectors in virtual time, by generated scenarios, or by vector
files that are played again. Two ways judge nothing: a smoke test, and a list of what would be
judged. Which options go together is decided here, before anything runs.
"""

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from stallproof.api.judging import Run, generated, installed, judged, replayed
from stallproof.api.wanted import require_decidable
from stallproof.cli import settings
from stallproof.cli.arguments import Scope, Subject, seconds_of, selected_of
from stallproof.cli.codes import INCOMPLETE, complain
from stallproof.cli.delivery import Outputs, deliver
from stallproof.cli.listing import listed
from stallproof.cli.playing import Play
from stallproof.cli.settings import Sources, announce
from stallproof.cli.smoking import smoked
from stallproof.cli.telling import Telling
from stallproof.cli.wishes import Granted, Wishes
from stallproof.judge.report import Report
from stallproof.reports.output import UnusableError
from stallproof.reports.progress import progress
from stallproof.requirements.registry import load_registry
from stallproof.requirements.vectors import VectorError
from stallproof.runner.scenarios.scenario import GraceError
from stallproof.runner.sut.ending import limited, sheltered
from stallproof.runner.watching import Watch

SEED = 0
FAILURES = Path("failures")
app = App(
    name="conform",
    config=(settings.for_conform,),
    help_epilogue=(
        "Examples:\n\n"
        "stallproof conform\n\n"
        "stallproof conform --only SD,CX-4 --skip SD-17 --json report.json\n\n"
        "stallproof conform --only SD --without tls --list\n\n"
        'stallproof conform --impl "./my-harness --fast" --trace run.jsonl\n\n'
        "stallproof conform --only SC --html page.html\n\n"
        "stallproof conform --clock virtual --only SD\n\n"
        "stallproof conform --vectors expired-exactly-at-the-deadline\n\n"
        "stallproof conform --impl ./my-harness --smoke\n\n"
        "stallproof conform --impl ./my-harness --expected-failures known.toml --fail-fast\n\n"
        "stallproof conform --impl ./my-harness --without tls --allow inconclusive "
        "--timeout 10m\n\n"
        "stallproof conform --role accept --only SD-3\n\n"
        "stallproof conform --clock virtual --generate 2000 --seed 7\n\n"
        "stallproof conform --clock virtual --generate 100000 --dask tcp://host:8786\n\n"
        "stallproof conform --clock virtual --replay failures/*.json"
    ),
)
_SMOKE_ALONE = (
    "--smoke judges nothing: it takes --impl, --cwd, --role, --timeout, --json and --quiet alone"
)
_LIST_ALONE = "--list plays nothing: it takes what chooses requirements, scenarios and vectors"


@Parameter(name="*")
@dataclass(frozen=True)
class Instead:
    """What is done instead of judging.

    Parameters
    ----------
    smoke
        Say in seconds whether the harness itself is sound, and judge nothing.
    show_list
        Show what would be judged and played with the options given, and play nothing; with --quiet
        the IDs alone, with --verbose the vectors by name.
    """

    smoke: Annotated[bool, Parameter(negative="")] = False
    show_list: Annotated[bool, Parameter(name="--list", negative="")] = False


@app.default
def conform(
    *,
    subject: Subject | None = None,
    scope: Scope | None = None,
    play: Play | None = None,
    outputs: Outputs | None = None,
    trace: Path | None = None,
    instead: Instead | None = None,
    telling: Telling | None = None,
    wishes: Wishes | None = None,
    sources: Sources | None = None,
) -> int:
    """Drive an implementation and judge it, requirement by requirement.

    Parameters
    ----------
    trace
        Write every event here; `stallproof check` judges it again.
    """
    asked = _Asked(
        subject or Subject(), scope or Scope(), play or Play(), outputs or Outputs(), trace,
        telling or Telling(), wishes or Wishes(),
    )  # fmt: skip
    announce(asked.telling, sources)
    instead = instead or Instead()
    with settings.blamed():
        limit_s = seconds_of(asked.play.timeout, "--timeout")
    with settings.blamed(), sheltered(is_its_own=True), limited(limit_s):
        try:
            if instead.smoke:
                return asked.smoked(is_listed=instead.show_list)
            return asked.listed() if instead.show_list else asked.judged()
        except VectorError as error:
            return complain(f"the installed vectors cannot be read: {error}", INCOMPLETE)
        except GraceError as error:
            raise UnusableError(f"--grace-ms: {error}") from error


@dataclass(frozen=True)
class _Asked:
    """All that the command line asks for."""

    subject: Subject
    scope: Scope
    play: Play
    outputs: Outputs
    trace: Path | None
    telling: Telling
    wishes: Wishes

    def smoked(self, *, is_listed: bool) -> int:
        """Smoke the harness; raises `UnusableError` for what is of no use to that."""
        given = (
            self.scope, replace(self.play, timeout=None, role="connect"),
            replace(self.outputs, json=None), replace(self.telling, quiet=False), self.wishes,
        )  # fmt: skip
        is_alone = given == (Scope(), Play(), Outputs(), Telling(), Wishes())
        if not is_alone or self.trace is not None or is_listed:
            raise UnusableError(_SMOKE_ALONE)
        command = self.subject.command(role=self.play.role)
        return smoked(command, self.outputs.json, quiet=self.telling.quiet)

    def listed(self) -> int:
        """Show what would be judged; raises `UnusableError` for what is of no use to that."""
        run, granted = self._run()
        ways = (self.play.generate, self.play.replay, self.play.fail_fast or None, self.trace)
        if ways != (None,) * len(ways) or self.outputs != Outputs():
            raise UnusableError(_LIST_ALONE)
        return listed(run, self.play.vectors, granted.without, self.telling)

    def judged(self) -> int:
        """Judge, and deliver the report."""
        run, granted = self._run()
        with self.outputs.traced(run.trace) as trace:
            report = granted.weighed(_report(replace(run, trace=trace), self.play, self.telling))
            traces = () if trace is None else (trace,)
            return deliver(report, self.outputs, self.telling, harness=run.command, traces=traces)

    def _run(self) -> tuple[Run, Granted]:
        """Return what all ways have in common; raises `UnusableError` for what cannot be."""
        play, granted = self.play, self.wishes.read()
        play.require_together()
        selected = _selected(self.scope, play)
        inputs = [*(play.replay or ()), *filter(None, [self.wishes.expected_failures])]
        self.outputs.require(inputs, self.trace)
        run = Run(
            self.subject.command(granted.without, play.role), play.clock_in_force,
            self.scope.profile, selected, play.grace_us, self.trace, play.jobs,
            _watch(play, granted, self.telling),
        )  # fmt: skip
        return run, granted


def _watch(play: Play, granted: Granted, telling: Telling) -> Watch | None:
    """Return what looks at each scenario when it has played, `None` where nobody asks for it."""
    if not (play.fail_fast or telling.verbose):
        return None
    return Watch(tells=telling.verbose, fail_fast=play.fail_fast, excused=granted.excused)


def _selected(scope: Scope, play: Play) -> frozenset[str]:
    """Return what is judged; raises `UnusableError` where the clock can decide nothing of it."""
    selected = selected_of(load_registry(), scope.only, scope.profile, scope.skip)
    require_decidable("--only", selected, play.clock_in_force)
    return selected


def _report(run: Run, play: Play, telling: Telling) -> Report:
    """Judge in the way that was asked for; raises `VectorError` for installed vectors."""
    with progress(sys.stderr, quiet=telling.quiet) as show:
        if play.generate is not None:
            seed = SEED if play.seed is None else play.seed
            failures = play.failures or FAILURES
            return generated(run, play.generate, seed, failures, show, dask=play.dask)
        if play.replay is not None:
            return replayed(run, play.replay, show)
        vectors, run = installed(run, play.vectors)
        return judged(run, vectors, show)
