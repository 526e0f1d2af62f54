"""What `stallproof.conform` is asked for, checked before anything runs.

The use: `Asked.of(...)` takes what a caller wrote and refuses what cannot be; `report` judges, in
whatever process it is called. Between the two it can go to another process as JSON.
"""

import shlex
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, get_args

import msgspec

from stallproof.api.judging import Run, generated, installed, judged
from stallproof.api.wanted import allowed_of, features_of, require_decidable
from stallproof.judge.report import Allowable, Report
from stallproof.judge.whole import weighed
from stallproof.reports.output import UnusableError
from stallproof.reports.spans import seconds_of
from stallproof.requirements.registry import Profile, Registry, load_registry
from stallproof.requirements.words import parted
from stallproof.runner.conform import Clock, Progress
from stallproof.runner.scenarios.scenario import GraceError
from stallproof.runner.sut.command import REFERENCE_COMMAND, HarnessCommand
from stallproof.wire.request import Role

Words = str | Iterable[str]
"""Names, as one text that commas and blanks part, or one by one."""
Impl = str | Sequence[str] | type
"""Who is judged: `reference`, the command of a harness, or a class that is one."""

_NAMED = "stallproof.harness.named"
_UNGUARDED = (
    "conform was called while a harness was being imported: put that call behind "
    "`if __name__ == '__main__':`"
)
_NO_IMPL = 'give "reference", a command or a harness class'


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One run of the oracle: who is judged, by what, and for how long."""

    command: tuple[str, ...]
    profile: Profile
    selected: tuple[str, ...]
    without: tuple[str, ...]
    allowed: tuple[Allowable, ...]
    clock: Clock
    generate: int | None
    seed: int
    failures: str
    jobs: int | None
    timeout: float | None
    trace: str | None
    cwd: str | None
    role: Role

    @classmethod
    def of(
        cls, impl: Impl, *, only: Words | None, skip: Words | None, without: Words | None,
        allow: Words | None, clock: Clock, profile: Profile, generate: int | None,
        seed: int | None, failures: str | Path | None, jobs: int | None,
        timeout: float | str | None, trace: str | Path | None, cwd: str | Path | None,
        role: Role,
    ) -> "Asked":  # fmt: skip
        """Return what is meant; raises `UnusableError` for what cannot be."""
        if getattr(sys.modules["__main__"].__spec__, "name", None) == _NAMED:
            raise UnusableError(_UNGUARDED)
        _require_one_of("clock", clock, get_args(Clock))
        _require_one_of("profile", profile, get_args(Profile))
        _require_one_of("role", role, get_args(Role))
        _require_number("jobs", jobs, 1, 64)
        _require_number("generate", generate, 1, 1_000_000)
        _require_number("seed", seed, 0, 2**63 - 1)
        if generate is None:
            _require_none(seed=seed, failures=failures)
        clock = _clock_of(clock, role, generate)
        if cwd is not None and not Path(cwd).is_dir():
            raise UnusableError(f"cwd {cwd}: this is no folder")
        selected = selected_of(load_registry(), names_of(only), names_of(skip), profile)
        require_decidable("only", selected, clock)
        return cls(
            command=command_of(impl),
            profile=profile,
            selected=tuple(sorted(selected)),
            without=tuple(sorted(features_of("without", names_of(without)))),
            allowed=tuple(allowed_of("allow", names_of(allow))),
            clock=clock,
            generate=generate,
            seed=seed or 0,
            failures=str(failures or "failures"),
            jobs=jobs,
            timeout=seconds_of(timeout, "timeout"),
            trace=None if trace is None else str(trace),
            cwd=None if cwd is None else str(cwd),
            role=role,
        )

    def report(self, on_progress: Callable[[Progress], None]) -> Report:
        """Judge, here and now, and return the report; raises `UnusableError`, and `VectorError`."""
        command = HarnessCommand(self.command, without=self.without, cwd=self.cwd, role=self.role)
        trace = None if self.trace is None else Path(self.trace)
        chosen = frozenset(self.selected)
        run = Run(command, self.clock, self.profile, chosen, None, trace, self.jobs)
        try:
            if self.generate is not None:
                failures = Path(self.failures)
                report = generated(run, self.generate, self.seed, failures, on_progress)
            else:
                vectors, run = installed(run, None)
                report = judged(run, vectors, on_progress)
        except (OSError, GraceError) as error:
            raise UnusableError(f"{error}") from error
        return weighed(msgspec.structs.replace(report, allowed=list(self.allowed)))


def selected_of(
    registry: Registry, only: Sequence[str] | None, skip: Sequence[str] | None, profile: str
) -> frozenset[str]:
    """Return what of the profile is named by `only` (`None`: all of it), and not by `skip`.

    Raises `UnusableError` for a name that is none, and where nothing is left.
    """
    chosen = frozenset(one.id for one in registry.applicable(profile))
    for option, names in (("only", only), ("skip", skip)):
        if names is None:
            continue
        try:
            named = registry.select(names)
        except ValueError as error:
            raise UnusableError(f"{option}: {error}") from error
        chosen = chosen & named if option == "only" else chosen - named
    if not chosen:
        raise UnusableError(f"only and skip leave nothing of the profile {profile}")
    return chosen


def command_of(impl: Impl) -> tuple[str, ...]:
    """Return the command that starts the harness `impl`; raises `UnusableError` for none.

    A class is started by name in a process of its own, so that it has to be importable there.
    """
    if isinstance(impl, type):
        return _class_command(impl)
    try:
        words = shlex.split(impl) if isinstance(impl, str) else list(impl)
    except (TypeError, ValueError) as error:
        why = error if isinstance(impl, str) else _NO_IMPL
        raise UnusableError(f"impl {impl!r}: {why}") from error
    if not all(isinstance(word, str) for word in words):
        raise UnusableError(f"impl {impl!r}: {_NO_IMPL}")
    if words == ["reference"]:
        return REFERENCE_COMMAND
    if not words or not words[0]:
        raise UnusableError(f"impl is empty: {_NO_IMPL}")
    return tuple(words)


def _class_command(impl: type) -> tuple[str, ...]:
    if not callable(getattr(impl, "main", None)):
        raise UnusableError(f"impl {impl.__qualname__}: no harness, it has no `main`")
    if "<locals>" in impl.__qualname__:
        raise UnusableError(
            f"impl {impl.__qualname__}: a process of its own cannot find a class within a function"
        )
    module = impl.__module__
    if module == "__main__":
        module = getattr(sys.modules["__main__"], "__file__", None) or ""
        if not module.endswith(".py"):
            raise UnusableError(f"impl {impl.__qualname__}: put the class into a file")
        module = str(Path(module).resolve())
    name = f"{module}:{impl.__qualname__}"
    return (sys.executable, "-m", _NAMED, name, *filter(None, sys.path))


def names_of(given: Any) -> list[str] | None:
    """Return the names in `given`, `None` where nothing was; raises `UnusableError` for others."""
    if given is None:
        return None
    words = [given] if isinstance(given, str) else given
    words = list(words) if isinstance(words, Iterable) else [words]
    if not all(isinstance(word, str) for word in words):
        raise UnusableError(f"{given!r}: give names")
    return parted(words)


def _clock_of(clock: Clock, role: Role, generate: int | None) -> Clock:
    """Return the clock in force; raises `UnusableError` where it has no roles."""
    if role == "connect":
        return clock
    if clock == "virtual" or generate is not None:
        raise UnusableError("role 'accept': only scenarios on the real clock have roles")
    return "real"


def _require_none(**given: object) -> None:
    for name, value in given.items():
        if value is not None:
            raise UnusableError(f"{name} belongs to generate")


def _require_one_of(name: str, value: str, known: Sequence[str]) -> None:
    if value not in known:
        raise UnusableError(f"{name} {value!r}: one of {', '.join(known)}")


def _require_number(name: str, value: Any, least: int, most: int) -> None:
    if value is None:
        return
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise UnusableError(f"{name} {value!r}: a whole number from {least} to {most}")
