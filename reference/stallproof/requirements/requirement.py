"""A requirement as a value: what its section of the prose says, part by part."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

from stallproof.requirements.registry_error import RegistryError as RegistryError

Level = Literal["MUST"]
Profile = Literal["seed", "hardened"]
Status = Literal["active", "retired"]
Waivable = Literal["contract", "proof", "search", "model", "property", "vector", "oracle", "mutant"]

PROFILES: tuple[Profile, ...] = get_args(Profile)
WAIVABLE: tuple[Waivable, ...] = get_args(Waivable)
"""The kinds of evidence that a section may say it has none of, and why."""

VIRTUAL = "virtual-time"
"""The one situation of every requirement in virtual time."""


class Place(NamedTuple):
    """A line of a file of the law; errors name it."""

    path: str
    line: int

    def error(self, expected: str) -> RegistryError:
        """Return the error that says what was expected here."""
        return RegistryError(f"{self.path}:{self.line}: {expected}")


@dataclass(frozen=True, slots=True)
class Situation:
    """One thing that the peer itself must have witnessed before its requirement can pass."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Waiver:
    """Why there is no evidence of one kind."""

    of: Waivable
    reason: str


@dataclass(frozen=True, slots=True)
class Group:
    """A group of requirements with its prose file; `judged` if the oracle has scenarios for it.

    `waivers` speak of each requirement of the group that has no evidence of that kind.
    """

    id: str
    title: str
    prose: str
    judged: bool = True
    waivers: tuple[Waiver, ...] = ()


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement; `reason` says why it was retired and is None while it is active.

    `provocation`: what puts it to the test in virtual time, `None` where that cannot be.
    `real_only`: what of it is decided on the real clock only, all of it without a `provocation`.
    `source` is the end of `why`. `line`: where its section begins.
    """

    id: str
    group: str
    level: Level
    profile: Profile
    status: Status
    title: str
    law: tuple[str, ...]
    situations: tuple[Situation, ...]
    why: str
    source: str
    observable: str
    boundary: str
    reason: str | None = None
    provocation: str | None = None
    real_only: str | None = None
    waivers: tuple[Waiver, ...] = ()
    line: int = 0

    @property
    def situation_names(self) -> tuple[str, ...]:
        """Name the situations in the order of the law."""
        return tuple(situation.name for situation in self.situations)


def waiver_of(waivers: Iterable[Waiver], kind: str) -> str | None:
    """Return the reason why there is no evidence of `kind`, `None` if there is no such waiver."""
    return next((one.reason for one in waivers if one.of == kind), None)
