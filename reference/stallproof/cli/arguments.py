"""What several commands take: the implementation, the requirements, the file of the JSON."""

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter, Token

from stallproof.cli.completion import names, requirement_names
from stallproof.reports.output import UnusableError
from stallproof.reports.spans import seconds_of as seconds_of
from stallproof.requirements.words import parted
from stallproof.runner.sut.command import REFERENCE_COMMAND, HarnessCommand
from stallproof.wire.role import Role

if TYPE_CHECKING:
    # Some commands take a file alone, and never read the law.
    from stallproof.judge.report import Report
    from stallproof.requirements.registry import Registry

Profile = Literal["seed", "hardened"]
Only = Annotated[
    list[str] | None,
    names(requirement_names),
    Parameter(name="--only", negative="", help="Requirements or groups, such as SD-3,SC."),
]
Skip = Annotated[
    list[str] | None,
    names(requirement_names),
    Parameter(name="--skip", negative="", help="Requirements or groups that are not judged."),
]
Json = Annotated[
    str | None,
    Parameter(
        name="--json", allow_leading_hyphen=True, help="The JSON report's file; - for stdout."
    ),
]
Junit = Annotated[
    str | None,
    Parameter(
        name="--junit", allow_leading_hyphen=True, help="The JUnit XML's file; - for stdout."
    ),
]
Markdown = Annotated[
    str | None,
    Parameter(
        name="--markdown",
        allow_leading_hyphen=True,
        help="A summary for a pull request, 60 lines at most; - for stdout.",
    ),
]
Badge = Annotated[
    str | None,
    Parameter(
        name="--badge",
        allow_leading_hyphen=True,
        help="A badge: .json for a badge service, or .svg.",
    ),
]
Html = Annotated[
    str | None,
    Parameter(
        name="--html",
        allow_leading_hyphen=True,
        help="The file of the page for a browser; - for stdout.",
    ),
]


@Parameter(name="*")
@dataclass(frozen=True)
class Subject:
    """Who is judged.

    Parameters
    ----------
    impl
        "reference", or the command that starts a harness (`stallproof spec protocol`).
    cwd
        The folder in which the harness runs; by default the one in which stallproof does.
    """

    impl: str = "reference"
    cwd: Path | None = None

    def command(
        self, without: frozenset[str] = frozenset(), role: Role = "connect"
    ) -> HarnessCommand:
        """Return the command, as `command_of` does."""
        return command_of(self.impl, self.cwd, without, role)


@Parameter(name="*")
@dataclass(frozen=True)
class Scope:
    """What is judged.

    Parameters
    ----------
    profile
        seed: what the origin intends; hardened: also what a careful design needs.
    """

    profile: Profile = "hardened"
    only: Only = None
    skip: Skip = None


def whole(_: object, tokens: Sequence[Token]) -> int:
    """Return the whole number that an option is given; 1.5 is none, and is not rounded."""
    text = tokens[0].value
    if re.fullmatch(r"[+-]?[0-9]{1,30}", text.strip()) is None:
        raise ValueError(f"{text!r} is no whole number")
    return int(text)


def command_of(
    impl: str,
    cwd: Path | None = None,
    without: frozenset[str] = frozenset(),
    role: Role = "connect",
) -> HarnessCommand:
    """Return the command line of the harness; `reference` names our own.

    It runs in the folder `cwd`, and is taken as if it lacked the features in `without`. Raises
    `UnusableError` for what is no command, and no folder.
    """
    try:
        command = REFERENCE_COMMAND if impl == "reference" else shlex.split(impl)
    except ValueError as error:
        raise UnusableError(f"--impl {impl!r}: {error}") from error
    if not command or not command[0]:
        raise UnusableError('--impl is empty: give "reference" or a command')
    if cwd is not None and not cwd.is_dir():
        raise UnusableError(f"--cwd {cwd}: this is no folder")
    return HarnessCommand(
        command, without=without, cwd=None if cwd is None else str(cwd), role=role
    )


def report_of(path: Path) -> "Report":
    """Return the JSON report in the file `path`; raises `UnusableError` for what is none."""
    # Few commands read a report, and what makes one takes long to import.
    from stallproof.reports.json_report import ReportError, read_report

    try:
        return read_report(path)
    except ReportError as error:
        raise UnusableError(str(error)) from error


def select(registry: "Registry", words: list[str], option: str) -> frozenset[str]:
    """Return the IDs that `words` name; commas and blanks part words.

    Raises `UnusableError`, naming `option`, for an ID that is none.
    """
    names = parted(words)
    if not names:
        raise UnusableError(f"{option} names no requirement")
    try:
        return registry.select(names)
    except ValueError as error:
        raise UnusableError(f"{option}: {error}") from error


def skipped_of(registry: "Registry", skip: list[str] | None) -> frozenset[str]:
    """Return what `--skip` names; raises `UnusableError` for an ID that is none."""
    return frozenset() if skip is None else select(registry, skip, "--skip")


def selected_of(
    registry: "Registry", only: list[str] | None, profile: str, skip: list[str] | None = None
) -> frozenset[str]:
    """Return what `--only` and `--skip` leave of the profile; without them all of it.

    Raises `UnusableError` where nothing is left of all, or of one word of `--only`.
    """
    applicable = frozenset(requirement.id for requirement in registry.applicable(profile))
    skipped = skipped_of(registry, skip)
    left_out = f"--skip {','.join(skip or ())}"
    if only is None:
        if not applicable - skipped:
            raise UnusableError(f"{left_out}: nothing is left of the profile {profile}")
        return applicable - skipped
    selected = select(registry, only, "--only") & applicable
    if not selected:
        raise UnusableError(f"--only {','.join(only)}: nothing of it is in the profile {profile}")
    for word in parted(only):
        named = registry.select([word]) & applicable
        if named and named <= skipped:
            raise UnusableError(f"--only {word} and {left_out}: nothing is left of {word}")
    return selected - skipped
