"""The list of public reports, read from `tests/world/reports.toml`, its only source.

The intuition: an oracle is as good as the faults that it finds, and those that people really make
are the ones to begin with. Each kind of fault names what finds it, so that a kind without a finder
shows.

Source: the threads themselves, at their addresses.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proofs.mutants.catalogue import MUTANTS

ROOT = Path(__file__).resolve().parents[2]
LIST = ROOT / "tests" / "world" / "reports.toml"
IMPLEMENTATIONS = ROOT / "tests" / "implementations"


@dataclass(frozen=True)
class Report:
    """A public thread and its fault; `is_read` is false where only somebody's word stands."""

    address: str
    fault: str
    is_read: bool


@dataclass(frozen=True)
class Kind:
    """Reports of one kind; without a finder `outside` or `not_found` says why, else both are ''."""

    slug: str
    says: str
    requirements: tuple[str, ...]
    found_by: tuple[str, ...]
    outside: str
    not_found: str
    reports: tuple[Report, ...]


def kinds(path: Path = LIST) -> list[Kind]:
    """Return all kinds in the order of the list; raises `KeyError` for one that lacks a field."""
    return [_kind(slug, entry) for slug, entry in tomllib.loads(path.read_text("utf-8")).items()]


def _kind(slug: str, entry: dict[str, Any]) -> Kind:
    return Kind(
        slug,
        entry["says"],
        tuple(entry["requirements"]),
        tuple(entry.get("found_by", ())),
        entry.get("outside", ""),
        entry.get("not_found", ""),
        tuple(
            Report(one["address"], one["fault"], not one.get("unread", False))
            for one in entry["reports"]
        ),
    )


def finder_file(finder: str) -> str | None:
    """Return the file of a finder, by its path in the project; `None` where there is none.

    A finder is a mutant by its ID, a wrong implementation by the name of its file, or a vector.
    """
    if finder in MUTANTS:
        return MUTANTS[finder].file
    if finder.endswith(".py"):
        found = sorted(IMPLEMENTATIONS.glob(f"*/{finder}"))
    else:
        found = sorted((ROOT / "spec" / "vectors").glob(f"*/{finder}.json"))
    return found[0].relative_to(ROOT).as_posix() if found else None
