"""What several commands take: the implementation, the requirements, the file of the JSON."""

import re
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter, Token

from stallproof.reports.output import UnusableError
from stallproof.requirements.registry import Registry
from stallproof.runner.conform import REFERENCE_COMMAND
from stallproof.runner.sut.command import HarnessCommand
from stallproof.wire.request import Role

_UNITS_S = {"": 1, "s": 1, "m": 60, "h": 3600}
_DAY_S = 86_400
Profile = Literal["seed", "hardened"]
Only = Annotated[
    list[str] | None,
    Parameter(name="--only", negative="", help="Requirements or groups, such as SD-3,SC."),
]
Json = Annotated[
    str | None,
    Parameter(
        name="--json", allow_leading_hyphen=True, help="The JSON report's file; - for stdout."
    ),
]


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


def seconds_of(text: str | None, option: str) -> float | None:
    """Return a span such as 90, 90s, 5m or 1h in seconds; raises `UnusableError` for what is none.

    It is more than 0, and a day at most.
    """
    if text is None:
        return None
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", text.strip())
    seconds = 0.0 if match is None else float(match[1]) * _UNITS_S[match[2]]
    if not 0 < seconds <= _DAY_S:
        raise UnusableError(f"{option} {text!r}: give seconds, or a span such as 90s, 5m or 1h")
    return seconds


def select(registry: Registry, words: list[str], option: str) -> frozenset[str]:
    """Return the IDs that `words` name; commas and blanks part words.

    Raises `UnusableError`, naming `option`, for an ID that is none.
    """
    names = [name for word in words for name in word.replace(",", " ").split()]
    if not names:
        raise UnusableError(f"{option} names no requirement")
    try:
        return registry.select(names)
    except ValueError as error:
        raise UnusableError(f"{option}: {error}") from error


def selected_of(registry: Registry, only: list[str] | None, profile: str) -> frozenset[str]:
    """Return what `--only` leaves of the profile; without that option all of it."""
    applicable = frozenset(requirement.id for requirement in registry.applicable(profile))
    if only is None:
        return applicable
    selected = select(registry, only, "--only") & applicable
    if not selected:
        raise UnusableError(f"--only {','.join(only)}: nothing of it is in the profile {profile}")
    return selected
