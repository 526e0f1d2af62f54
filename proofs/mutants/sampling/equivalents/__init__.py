"""Edits that change nothing that could be seen, each with its reason; all files here are found.

An entry is quoted like a mutant of the catalogue, by text and not by line: `old` stands in the file
exactly once, with as much around the edit as that takes, and `new` is what an edit makes of it.
Where one reason holds for every edit of a kind in lines of one form, that is a family. An entry or
a family that fits no edit any more is an error.
"""

import importlib
import pkgutil
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from proofs.mutants.sampling.edits import Edit, applied, edits_of, files_in, is_there, text_of


@dataclass(frozen=True)
class Equivalent:
    """An edit of `file` that nobody could notice, and `why` that is so."""

    file: str
    why: str
    old: str
    new: str


@dataclass(frozen=True)
class Family:
    """Edits of one `kind` in lines of `file`, or of a folder, that `line` matches from the start.

    A line is matched without the blanks before it.
    """

    file: str
    why: str
    kind: str
    line: str

    def has(self, edit: Edit) -> bool:
        """Tell whether `edit` belongs to the family."""
        if edit.kind != self.kind or not edit.file.startswith(self.file):
            return False
        text = text_of(edit.file).splitlines()[edit.line - 1]
        return re.match(self.line, text.lstrip()) is not None


Entry = Equivalent | Family


def load() -> tuple[Entry, ...]:
    """Return all that is committed."""
    names = sorted(each.name for each in pkgutil.iter_modules(__path__))
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    return tuple(one for module in modules for one in module.EQUIVALENTS)


@cache
def _by_result() -> dict[tuple[str, str], Equivalent]:
    """Return the entries by their file and what becomes of its whole text."""
    every = [one for one in load() if isinstance(one, Equivalent)]
    entries = [one for one in every if is_there(one.file)]
    return {(one.file, text_of(one.file).replace(one.old, one.new)): one for one in entries}


def why_equivalent(edit: Edit) -> str | None:
    """Return why nobody could notice `edit`; `None`: it is not known to be so."""
    known: Entry | None = _by_result().get((edit.file, applied(edit, text_of(edit.file))))
    if known is None:
        families = (one for one in load() if isinstance(one, Family))
        known = next((one for one in families if one.has(edit)), None)
    return None if known is None else known.why


def unfit(entries: Sequence[Entry]) -> Iterator[str]:
    """Yield what is wrong with `entries`: a text that moved on, an edit that is never drawn."""
    for one in entries:
        if isinstance(one, Family):
            files = files_in(one.file.removeprefix("reference/stallproof/"))
            if not any(one.has(edit) for file in files for edit in edits_of(file)):
                yield f"{one.file}: no edit is {one.kind} in a line like {one.line!r}"
            continue
        text = text_of(one.file) if is_there(one.file) else ""
        times = text.count(one.old)
        if times != 1:
            yield f"{one.file}: the old text stands {times} times: {one.old!r}"
            continue
        result = text.replace(one.old, one.new)
        if not any(result == applied(edit, text) for edit in edits_of(one.file)):
            yield f"{one.file}: no edit makes {one.new!r} of {one.old!r}"
