"""The navigation: which page stands where, by patterns of paths.

A section's name with a slash lies within another section. A page belongs to the first pattern that
matches it. Within a section pages stand in the order of the patterns, then of their paths.
"""

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any

NAVIGATION: dict[str, tuple[str, ...]] = {
    "Start": ("README.md", "docs/tutorial.md", "docs/tutorial-*.md", "docs/reading-*.md"),
    "Operators": (
        "docs/operators.md", "docs/calculator.md", "docs/jobs.md", "docs/simulate.md",
    ),
    "Implementers": (
        "docs/implementers.md", "docs/porting.md", "docs/situations.md", "docs/pytest.md",
        "docs/ci.md", "docs/cluster.md", "docs/glossary.md",
        "spec/protocol.md", "spec/trace.md", "spec/virtual.md", "spec/vectors/README.md",
    ),
    "Reviewers": (
        "docs/reviewers.md", "docs/verdicts.md", "docs/sentences.md", "docs/unassured.md",
        "docs/checklist.md", "docs/symbols.md", "docs/slides.md", "docs/traceability.md",
        "docs/machines.md",
    ),
    "Reviewers/The law": ("spec/README.md", "spec/*.md"),
    "Reviewers/Requirements": ("docs/law/*.md",),
    "Reviewers/Evidence": (
        "proofs/README.md", "docs/ledger.md", "spec/models/README.md", "docs/models.md",
        "docs/mutants.md", "docs/generated.md", "docs/plays.md",
    ),
    "Results": (
        "docs/results.md", "docs/performance.md", "docs/reports.md", "docs/results/*.md",
    ),
    "Reference": ("docs/command-line.md", "docs/api.md", "docs/reference/*.md"),
    "Reference/Commands": ("docs/reference/commands/*.md",),
    "Reference/Python": ("docs/reference/python/*.md",),
    "Reference/Schemas": ("docs/reference/schemas/*.md",),
    "Project": ("CONTRIBUTING.md", "docs/*.md", "*.md"),
}  # fmt: skip


def sections(paths: Iterable[str]) -> dict[str, list[str]]:
    """Return the pages `paths` by section; one that no pattern matches is an error."""
    ranks = [(section, pattern) for section, patterns in NAVIGATION.items() for pattern in patterns]
    found: dict[str, list[tuple[int, str]]] = {section: [] for section in NAVIGATION}
    for path in paths:
        rank, section = _place(path, ranks)
        found[section].append((rank, path))
    return {
        section: [path for _, path in sorted(pages, key=_order)] for section, pages in found.items()
    }


def _order(page: tuple[int, str]) -> tuple[int, list[tuple[str, int]]]:
    """Return what a page is sorted by: its rank, then its path, with numbers as numbers."""
    rank, path = page
    parts = re.findall(r"(\D+)(\d*)", path)
    return rank, [(word, int(number or 0)) for word, number in parts]


def _place(path: str, ranks: list[tuple[str, str]]) -> tuple[int, str]:
    """Return the first pattern of the same folder that matches, as its rank and section."""
    folder = path.rpartition("/")[0]
    for rank, (section, pattern) in enumerate(ranks):
        if pattern.rpartition("/")[0] == folder and fnmatchcase(path, pattern):
            return rank, section
    raise ValueError(f"no pattern of the navigation matches the page {path}")


def tree(paths: Iterable[str]) -> list[dict[str, Any]]:
    """Return the navigation as MkDocs takes it; a section without pages is left out."""
    found: dict[str, list[Any]] = {}
    for section, pages in sections(paths).items():
        outer, _, inner = section.partition("/")
        items = found.setdefault(outer, [])
        if not inner:
            items += pages
        elif pages:
            items.append({inner: pages})
    return [{section: items} for section, items in found.items() if items]
