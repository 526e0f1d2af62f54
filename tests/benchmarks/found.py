"""The rows that there are: every module of `rows/` that exports `ROW`, found and not listed."""

import importlib
import pkgutil
from collections.abc import Collection
from pathlib import Path

from tests.benchmarks.row import Row

_FOLDER = Path(__file__).with_name("rows")
_PACKAGE = "tests.benchmarks.rows"


def names() -> list[str]:
    """Return the names of the modules, without importing one."""
    return sorted(one.name for one in pkgutil.iter_modules([str(_FOLDER)]))


def row_of(name: str) -> Row | None:
    """Return the row of the module `name`; `None` for a module that only helps others."""
    row = getattr(importlib.import_module(f"{_PACKAGE}.{name}"), "ROW", None)
    if row is not None and not isinstance(row, Row):
        raise TypeError(f"{_PACKAGE}.{name}.ROW is no Row")
    return row


def rows(only: Collection[str] = ()) -> dict[str, Row]:
    """Return all rows by the names of their modules, in the order of their numbers.

    With `only` no other module is imported; a name that no row has is not among those returned.
    """
    chosen = [name for name in names() if not only or name in only]
    found = {name: row for name in chosen if (row := row_of(name)) is not None}
    return dict(sorted(found.items(), key=lambda each: (each[1].number, each[0])))
