"""What several commands take: the implementation, the requirements, the file of the JSON."""

import shlex
from collections.abc import Sequence
from typing import Annotated, Literal

from cyclopts import Parameter

from stallproof.reports.output import UnusableError
from stallproof.requirements.registry import Registry
from stallproof.runner.conform import REFERENCE_COMMAND

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


def command_of(impl: str) -> Sequence[str]:
    """Return the command line of the harness; `reference` names our own.

    Raises `UnusableError` for what is no command.
    """
    if impl == "reference":
        return REFERENCE_COMMAND
    try:
        command = shlex.split(impl)
    except ValueError as error:
        raise UnusableError(f"--impl {impl!r}: {error}") from error
    if not command or not command[0]:
        raise UnusableError('--impl is empty: give "reference" or a command')
    return command


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
