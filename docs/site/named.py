"""Links from the pages written by hand to the pages that only the site has.

A page that is made of code and data is no file, so that a link to it would lead nowhere where the
repository is browsed. Pages written by hand name it instead: by its title, as the first cell of a
row, or in quotes by its title or its file, as in: the page "results". On the site the name
becomes a link.
"""

import os
import re
from collections.abc import Mapping

_TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
_CELL = re.compile(r"^\| ([^|]+) \|", re.MULTILINE)
_QUOTED = re.compile(r'\b(page\s+)"([^"|]+)"')


def linked(page: str, text: str, made: Mapping[str, str]) -> str:
    """Return the text of `page` with links to the pages `made`; other names stay as they are."""
    titles = {
        found[1]: path
        for path, each in made.items()
        if path.endswith(".md") and (found := _TITLE.search(each))
    }

    def from_cell(row: re.Match[str]) -> str:
        path = titles.get(row[1])
        return row[0] if path is None else f"| [{row[1]}]({_way(page, path)}) |"

    def from_quotes(name: re.Match[str]) -> str:
        path = titles.get(" ".join(name[2].split()), f"docs/{name[2]}.md")
        return name[0] if path not in made else f'{name[1]}"[{name[2]}]({_way(page, path)})"'

    return _QUOTED.sub(from_quotes, _CELL.sub(from_cell, text))


def _way(page: str, path: str) -> str:
    return os.path.relpath(path, os.path.dirname(page))
