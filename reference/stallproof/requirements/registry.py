"""The registry of requirements: what the law says, for programs.

The prose in `spec/` is the source. This module finds it, reads it into frozen values and prints
them as JSON (`stallproof law --json`). Reading takes a few milliseconds, and a process reads the
same text once.
"""

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from stallproof.requirements.prose import read_group
from stallproof.requirements.requirement import (
    PROFILES,
    Group,
    Profile,
    RegistryError,
    Requirement,
    Situation,
    Waiver,
    waiver_of,
)

__all__ = [
    "PROFILES",
    "Group",
    "Profile",
    "Registry",
    "RegistryError",
    "Requirement",
    "Situation",
    "Waiver",
    "find_spec",
    "load_registry",
    "registry_json",
    "waiver_of",
]

SCHEMA = "stallproof.requirements/1"
GUIDE = "README.md"
"""The file whose table names the groups' files, in their order."""
_ROW = re.compile(r"^\| `([a-z]{2}\.md)` \|", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Registry:
    """The whole law, in the order of the prose."""

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

    @property
    def undecidable(self) -> frozenset[str]:
        """Name what virtual time cannot decide at all, each for the reason beside it."""
        return frozenset(one.id for one in self.requirements if one.provocation is None)

    def only(self, chosen: Set[str]) -> "Registry":
        """Return the requirements `chosen`, with the groups that they are of."""
        left = tuple(one for one in self.requirements if one.id in chosen)
        groups = {one.group for one in left}
        return Registry(tuple(one for one in self.groups if one.id in groups), left)

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
        # Few commands name what there is not.
        import difflib

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
        if (place / GUIDE).is_file():
            return place
    raise RegistryError(f"no {GUIDE} of the law in {' or '.join(map(str, places))}")


def load_registry(folder: Path | None = None) -> Registry:
    """Load the law of a spec folder, by default our own.

    Raise RegistryError, naming file and line, if it is missing or not well formed.
    """
    spec = find_spec() if folder is None else folder
    guide = _text(spec / GUIDE)
    names = _ROW.findall(guide)
    there = sorted(path.name for path in spec.glob("[a-z][a-z].md"))
    if not names or sorted(names) != there:
        raise RegistryError(
            f"{spec / GUIDE}: expected one row '| `sd.md` |' in its table for each of "
            f"{', '.join(there) or 'the files of the law, of which there are none'}"
        )
    return _read(tuple((str(spec / name), _text(spec / name)) for name in names))


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise RegistryError(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise RegistryError(f"{path}: not UTF-8 text") from error


@lru_cache(maxsize=4)
def _read(files: tuple[tuple[str, str], ...]) -> Registry:
    groups: list[Group] = []
    requirements: list[Requirement] = []
    seen: set[str] = set()
    for path, text in files:
        group, its_own = read_group(path, text)
        if group.prose != f"{group.id.lower()}.md":
            raise RegistryError(f"{path}:1: expected group {group.prose[:2].upper()}")
        if not its_own:
            raise RegistryError(f"{path}: there are no requirements")
        for one in its_own:
            if one.id in seen:
                raise RegistryError(f"{path}:{one.line}: {one.id} occurs more than once")
            seen.add(one.id)
        groups.append(group)
        requirements.extend(its_own)
    return Registry(tuple(groups), tuple(requirements))


def registry_json(registry: Registry) -> str:
    """Return the registry for programs: what is judged, without the prose around it."""
    import json

    groups = [
        {"id": one.id, "title": one.title, "prose": one.prose, "judged": one.judged}
        for one in registry.groups
    ]
    entries = [_entry(one) for one in registry.requirements]
    whole = {"schema": SCHEMA, "groups": groups, "requirements": entries}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _entry(one: Requirement) -> dict[str, object]:
    names = ("id", "group", "level", "profile", "status", "title", "law")
    entry: dict[str, object] = {name: getattr(one, name) for name in names}
    entry["situations"] = [{"name": each.name, "text": each.text} for each in one.situations]
    return entry if one.reason is None else {**entry, "reason": one.reason}
