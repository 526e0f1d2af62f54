"""Edits that change nothing that could be seen, each with its reason; all files here are found.

An entry is quoted like a mutant of the catalogue, by text and not by line: `old` stands in the file
exactly once, with as much around the edit as that takes, and `new` is what an edit makes of it. An
entry that fits no edit any more is an error.
"""

import importlib
import pkgutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from proofs.mutants.sampling.edits import Edit, applied, edits_of, is_there, text_of


@dataclass(frozen=True)
class Equivalent:
    """An edit of `file` that nobody could notice, and `why` that is so."""

    file: str
    why: str
    old: str
    new: str


def load() -> tuple[Equivalent, ...]:
    """Return all that is committed."""
    names = sorted(each.name for each in pkgutil.iter_modules(__path__))
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    return tuple(one for module in modules for one in module.EQUIVALENTS)


@cache
def _by_result() -> dict[tuple[str, str], Equivalent]:
    """Return the entries by their file and what becomes of its whole text."""
    entries = [one for one in load() if is_there(one.file)]
    return {(one.file, text_of(one.file).replace(one.old, one.new)): one for one in entries}


def why_equivalent(edit: Edit) -> str | None:
    """Return why nobody could notice `edit`; `None`: it is not known to be so."""
    known = _by_result().get((edit.file, applied(edit, text_of(edit.file))))
    return None if known is None else known.why


def unfit(entries: Sequence[Equivalent]) -> Iterator[str]:
    """Yield what is wrong with `entries`: a text that moved on, an edit that is never drawn."""
    for one in entries:
        text = text_of(one.file) if is_there(one.file) else ""
        times = text.count(one.old)
        if times != 1:
            yield f"{one.file}: the old text stands {times} times: {one.old!r}"
            continue
        result = text.replace(one.old, one.new)
        if not any(result == applied(edit, text) for edit in edits_of(one.file)):
            yield f"{one.file}: no edit makes {one.new!r} of {one.old!r}"
