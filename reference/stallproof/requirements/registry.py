"""The registry of requirements: what the law says, for programs.

The prose in `spec/` is what people read; `spec/requirements.json` says the same for code. This
module loads it into frozen values and refuses a file that is not a registry, so that a verdict is
never given against half a law. `tests/requirements/test_prose.py` keeps the two in step.
"""

import difflib
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

import msgspec

Level = Literal["MUST", "SHOULD"]
Profile = Literal["seed", "hardened"]
Status = Literal["active", "retired"]

SCHEMA = "stallproof.requirements/1"
FILE_NAME = "requirements.json"
PROFILES: tuple[Profile, ...] = ("seed", "hardened")
KEYWORD = re.compile(r"\b(?:MUST NOT|MUST|SHOULD)\b")
_ID = re.compile(r"[A-Z]{2}-[1-9][0-9]*")
_SITUATION = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class RegistryError(ValueError):
    """Say that the registry is missing or is no registry, and where."""


class Situation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that the lab itself must have witnessed before its requirement can pass."""

    name: str
    text: str


class Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A group of requirements with its prose file; `judged` if the oracle has scenarios for it."""

    id: str
    title: str
    prose: str
    judged: bool


class Requirement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One requirement; `reason` says why it was retired and is None while it is active."""

    id: str
    group: str
    level: Level
    profile: Profile
    status: Status
    title: str
    law: tuple[str, ...]
    situations: tuple[Situation, ...]
    reason: str | None = None

    @property
    def situation_names(self) -> tuple[str, ...]:
        """Name the situations in the order of the law."""
        return tuple(situation.name for situation in self.situations)


class Registry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole law, in the order of the prose."""

    schema: str
    groups: tuple[Group, ...]
    requirements: tuple[Requirement, ...]

    def by_id(self, requirement_id: str) -> Requirement:
        """Return one requirement, active or retired; the ID is exact. Raise KeyError if unknown."""
        for requirement in self.requirements:
            if requirement.id == requirement_id:
                return requirement
        raise KeyError(f"no requirement has the ID {requirement_id!r}")

    def group(self, group_id: str) -> Group:
        """Return one group; the ID is exact. Raise KeyError if unknown."""
        for group in self.groups:
            if group.id == group_id:
                return group
        raise KeyError(f"no group has the ID {group_id!r}")

    def applicable(self, profile: str) -> tuple[Requirement, ...]:
        """Return the active requirements of a profile; hardened includes those of seed.

        Whether the oracle judges a requirement yet is a matter of its group: see `Group.judged`.
        """
        if profile not in PROFILES:
            raise ValueError(f"unknown profile {profile!r}: use {' or '.join(PROFILES)}")
        return tuple(
            requirement
            for requirement in self.requirements
            if requirement.status == "active" and profile in ("hardened", requirement.profile)
        )

    def select(self, words: Sequence[str]) -> frozenset[str]:
        """Return the IDs that the words name: an ID, or a group for all its active ones.

        Case does not matter. Raise ValueError on a word that names neither, with what comes near
        to it, and on a retired ID, with the reason.
        """
        chosen: set[str] = set()
        for word in words:
            chosen |= self._named_by(word.strip().upper(), word)
        return frozenset(chosen)

    def _named_by(self, name: str, word: str) -> set[str]:
        for requirement in self.requirements:
            if requirement.id == name and requirement.status == "retired":
                raise ValueError(f"{name} is retired: {requirement.reason}")
        active = [one for one in self.requirements if one.status == "active"]
        named = {one.id for one in active if name in (one.id, one.group)}
        if named or name in {group.id for group in self.groups}:
            return named
        groups = [group.id for group in self.groups]
        near = difflib.get_close_matches(name, [*groups, *(one.id for one in active)], n=5)
        meant = f"; near to it: {', '.join(near)}" if near else ""
        raise ValueError(
            f"unknown requirement or group {word!r}{meant}; groups: {', '.join(groups)}"
        )


def find_spec() -> Path:
    """Return the folder of the law: inside an installed package, else in a source checkout."""
    here = Path(__file__).resolve()
    places = (here.parents[1] / "_spec", here.parents[3] / "spec")
    for place in places:
        if (place / FILE_NAME).is_file():
            return place
    raise RegistryError(f"no {FILE_NAME} in {' or '.join(map(str, places))}")


def load_registry(folder: Path | None = None) -> Registry:
    """Load the registry of a spec folder, by default our own.

    Raise RegistryError, naming the file and the place in it, if it is missing or not well formed.
    """
    path = (find_spec() if folder is None else folder) / FILE_NAME
    try:
        registry = msgspec.json.decode(path.read_bytes(), type=Registry)
    except OSError as error:
        raise RegistryError(f"{path}: {error.strerror or error}") from error
    except msgspec.DecodeError as error:
        raise RegistryError(f"{path}: {error}") from error
    except UnicodeDecodeError as error:
        raise RegistryError(f"{path}: not UTF-8 text") from error
    for problem in _problems(registry):
        raise RegistryError(f"{path}: {problem}")
    return registry


def _problems(registry: Registry) -> Iterable[str]:
    """Say what types cannot: what is wrong with a registry that decoded."""
    if registry.schema != SCHEMA:
        yield f"schema is {registry.schema!r}, expected {SCHEMA!r}"
    if not registry.requirements:
        yield "there are no requirements"
    for what, names in (
        ("group", [group.id for group in registry.groups]),
        ("requirement", [requirement.id for requirement in registry.requirements]),
    ):
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield f"{what} {name!r} occurs more than once"
    groups = {group.id for group in registry.groups}
    for requirement in registry.requirements:
        for problem in _requirement_problems(requirement, groups):
            yield f"{requirement.id or 'a requirement without ID'}: {problem}"


def _requirement_problems(requirement: Requirement, groups: set[str]) -> Iterable[str]:
    if not _ID.fullmatch(requirement.id):
        yield "an ID is two capitals, a hyphen and a number, such as SD-1"
    if requirement.group not in groups or requirement.id.split("-")[0] != requirement.group:
        yield f"group {requirement.group!r} is unknown or is not that of the ID"
    if not requirement.title.strip():
        yield "the title is empty"
    if (requirement.status == "retired") != bool(requirement.reason and requirement.reason.strip()):
        yield "a retired requirement has a reason, and only a retired one"
    if not requirement.law:
        yield "there is no law sentence"
    for sentence in requirement.law:
        if len(KEYWORD.findall(sentence)) != 1:
            yield f"not exactly one of MUST, MUST NOT and SHOULD in {sentence!r}"
    softest = not any("MUST" in sentence for sentence in requirement.law)
    if softest != (requirement.level == "SHOULD"):
        yield f"level {requirement.level} does not agree with the law sentences"
    yield from _situation_problems(requirement)


def _situation_problems(requirement: Requirement) -> Iterable[str]:
    names = requirement.situation_names
    if not names:
        yield "there is no situation, so that it could pass without being exercised"
    for name in names:
        if not _SITUATION.fullmatch(name):
            yield f"a situation's name is lower-case words with hyphens, not {name!r}"
        if names.count(name) > 1:
            yield f"situation {name!r} occurs more than once"
    for situation in requirement.situations:
        if not situation.text.strip():
            yield f"situation {situation.name!r} has no text"
