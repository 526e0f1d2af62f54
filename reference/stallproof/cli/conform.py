"""The command `conform`: an implementation is driven and judged, in one of four ways.

Over real sockets, by the installed vectors in virtual time, by generated scenarios, or by vector
files that are played again. Which options go together is decided here, before anything runs.
"""

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from stallproof.cli.arguments import (
    Only,
    Profile,
    command_of,
    seconds_of,
    selected_of,
    whole,
)
from stallproof.cli.delivery import INCOMPLETE, Outputs, complain, deliver
from stallproof.cli.judging import JOBS, Run, generated, installed, judged, replayed
from stallproof.cli.smoking import smoked
from stallproof.cli.wishes import Granted, Wishes
from stallproof.judge.report import Report
from stallproof.reports.output import UnusableError
from stallproof.reports.progress import progress
from stallproof.requirements.registry import load_registry
from stallproof.requirements.vectors import VectorError
from stallproof.runner.conform import Clock, decidable
from stallproof.runner.scenarios.scenario import GraceError
from stallproof.runner.sut.command import HarnessCommand
from stallproof.runner.sut.ending import limited, sheltered
from stallproof.wire.request import Role

SEED = 0
FAILURES = Path("failures")
HELP_EPILOGUE = (
    "Examples:\n\n"
    "stallproof conform\n\n"
    "stallproof conform --only SD,CX-4 --json report.json\n\n"
    'stallproof conform --impl "./my-harness --fast" --trace run.jsonl\n\n'
    "stallproof conform --clock virtual --only SD\n\n"
    "stallproof conform --vectors expired-exactly-at-the-deadline\n\n"
    "stallproof conform --impl ./my-harness --smoke\n\n"
    "stallproof conform --impl ./my-harness --expected-failures known.toml\n\n"
    "stallproof conform --impl ./my-harness --without tls --allow inconclusive --timeout 10m\n\n"
    "stallproof conform --role accept --only SD-3\n\n"
    "stallproof conform --clock virtual --generate 2000 --seed 7\n\n"
    "stallproof conform --clock virtual --replay failures/*.json"
)


@Parameter(name="*")
@dataclass(frozen=True)
class Play:
    """What is played, and by which clock.

    Parameters
    ----------
    clock
        real: over real sockets, with grace; virtual: the vectors, exactly and at once, where the
        implementation takes its clock from outside (spec/virtual.md); auto: real, and the vectors
        too where virtual time is declared.
    vectors
        Play only these installed vectors, in virtual time: names, parted by commas.
    generate
        Play this many generated scenarios instead; a failure is shrunk and written as a vector.
    seed
        Of the generated scenarios: the same seed, the same scenarios; 0 if not given.
    failures
        The folder for the vectors of failures; `failures` if not given.
    replay
        Play these vector files instead.
    grace_ms
        The allowance for a real scheduler and clock, in ms; 50 by default. More than a tenth of the
        smallest bound in play is refused. In virtual time there is none.
    jobs
        How many scenarios run side by side on the real clock; 4 by default.
    role
        connect: the implementation connects to the peer; accept: the peer connects to it, where it
        declares accepting. Unix sockets and TCP, on the real clock.
    timeout
        End the whole run after so long, in seconds or as in 5m; the report says what was judged.
    """

    clock: Clock = "auto"
    vectors: Annotated[list[str] | None, Parameter(negative="")] = None
    generate: Annotated[
        int | None, Parameter(converter=whole, validator=Number(gte=1, lte=1_000_000))
    ] = None
    seed: Annotated[
        int | None, Parameter(converter=whole, validator=Number(gte=0, lte=2**63 - 1))
    ] = None
    failures: Path | None = None
    replay: Annotated[list[Path] | None, Parameter(negative="", consume_multiple=True)] = None
    grace_ms: Annotated[
        int | None, Parameter(converter=whole, validator=Number(gte=1, lte=60_000))
    ] = None
    jobs: Annotated[
        int | None,
        Parameter(name=("--jobs", "--lanes"), converter=whole, validator=Number(gte=1, lte=64)),
    ] = None
    role: Role = "connect"
    timeout: str | None = None

    @property
    def clock_in_force(self) -> Clock:
        """The clock; not asked for it is `virtual` for named vectors, `real` for who accepts."""
        if self.role == "accept" and self.clock == "auto":
            return "real"
        return "virtual" if self.vectors is not None and self.clock == "auto" else self.clock

    @property
    def grace_us(self) -> int | None:
        return None if self.grace_ms is None else self.grace_ms * 1000

    def require_together(self) -> None:
        """Raise `UnusableError` for options that do not go together."""
        ways = {"--vectors": self.vectors, "--generate": self.generate, "--replay": self.replay}
        taken = [option for option, value in ways.items() if value is not None]
        if len(taken) > 1:
            raise UnusableError(f"{taken[0]} and {taken[1]}: one of them at a time")
        for option, value in {"--seed": self.seed, "--failures": self.failures}.items():
            if value is not None and self.generate is None:
                raise UnusableError(f"{option} belongs to --generate")
        if self.role == "accept" and (taken or self.clock_in_force == "virtual"):
            raise UnusableError("--role accept: only scenarios on the real clock have roles")
        if self.clock_in_force == "virtual":
            for option, number in {
                "--grace-ms": self.grace_ms,
                "--jobs": self.jobs,
            }.items():
                if number is not None:
                    raise UnusableError(f"{option}: there is none in virtual time, it is exact")
        if self.vectors is not None and self.clock == "real":
            raise UnusableError("--vectors are played in virtual time: leave out --clock real")
        if self.replay is not None and not self.replay:
            raise UnusableError("--replay names no file")


_SMOKE_ALONE = "--smoke judges nothing: it takes --impl, --cwd, --role, --timeout and --json alone"


def conform(
    *,
    impl: str = "reference",
    profile: Profile = "hardened",
    only: Only = None,
    play: Play | None = None,
    outputs: Outputs | None = None,
    trace: Path | None = None,
    smoke: Annotated[bool, Parameter(negative="")] = False,
    cwd: Path | None = None,
    wishes: Wishes | None = None,
) -> int:
    """Drive an implementation and judge it, requirement by requirement.

    Parameters
    ----------
    impl
        "reference", or the command that starts a harness (spec/protocol.md).
    profile
        seed: what the origin intends; hardened: also what a careful design needs.
    trace
        Write every event here; `stallproof check` judges it again.
    smoke
        Say in seconds whether the harness itself is sound, and judge nothing.
    cwd
        The folder in which the harness runs; by default the one in which stallproof does.
    """
    play, wishes = play or Play(), wishes or Wishes()
    outputs = outputs or Outputs()
    with sheltered(is_its_own=True), limited(seconds_of(play.timeout, "--timeout")):
        if smoke:
            given = (only, replace(play, timeout=None, role="connect"), trace, wishes)
            return _smoked(command_of(impl, cwd, role=play.role), given, outputs)
        play.require_together()
        granted, selected = wishes.read(), _selected(only, profile, play)
        inputs = [*(play.replay or ()), *filter(None, [wishes.expected_failures])]
        outputs.require(inputs, trace)
        command, jobs = command_of(impl, cwd, granted.without, play.role), play.jobs or JOBS
        run = Run(command, play.clock_in_force, profile, selected, play.grace_us, trace, jobs)
        return _judge(run, play, granted, outputs)


def _smoked(command: HarnessCommand, given: tuple[object, ...], outputs: Outputs) -> int:
    """Ask whether the harness is sound; raises `UnusableError` where more than that is `given`."""
    if (*given, replace(outputs, json=None)) != (None, Play(), None, Wishes(), Outputs()):
        raise UnusableError(_SMOKE_ALONE)
    return smoked(command, outputs.json)


def _judge(run: Run, play: Play, granted: Granted, outputs: Outputs) -> int:
    """Judge, and deliver the report."""
    try:
        return deliver(granted.weighed(_report(run, play)), outputs)
    except VectorError as error:
        return complain(f"the installed vectors cannot be read: {error}", INCOMPLETE)
    except GraceError as error:
        raise UnusableError(f"--grace-ms: {error}") from error


def _selected(only: list[str] | None, profile: str, play: Play) -> frozenset[str]:
    """Return what is judged; raises `UnusableError` where the clock can decide nothing of it."""
    selected = selected_of(load_registry(), only, profile)
    if play.clock_in_force == "virtual" and not decidable(selected):
        names = ", ".join(sorted(selected))
        raise UnusableError(f"--only: virtual time cannot decide {names}; use --clock real")
    return selected


def _report(run: Run, play: Play) -> Report:
    """Judge in the way that was asked for; raises `VectorError` for installed vectors."""
    with progress(sys.stderr) as show:
        if play.generate is not None:
            seed = SEED if play.seed is None else play.seed
            return generated(run, play.generate, seed, play.failures or FAILURES, show)
        if play.replay is not None:
            return replayed(run, play.replay, show)
        vectors, run = installed(run, play.vectors)
        return judged(run, vectors, show)
