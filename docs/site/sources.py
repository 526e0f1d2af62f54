"""The sources of the site: pages written by hand, and what is made of code and data.

A module in `docs/pages/` makes pages: its function `pages` returns texts by their paths. A path
that ends in `.md` is a page; any other file (a picture, a script) comes along as it is. The modules
are found, not listed.
"""

import importlib
import pkgutil
from pathlib import Path

from docs.site.named import linked

ROOT = Path(__file__).resolve().parents[2]
WRITTEN = ("", "docs", "spec", "spec/models", "spec/vectors", "proofs")
"""The folders whose Markdown files are pages."""


def generated() -> dict[str, str]:
    """Return every text that a module of `docs/pages/` makes, by its path; paths are made once."""
    found: dict[str, str] = {}
    for module in pkgutil.iter_modules([str(ROOT / "docs" / "pages")], "docs.pages."):
        made = importlib.import_module(module.name).pages()
        if twice := sorted(found.keys() & made.keys()):
            raise ValueError(f"{module.name} makes {twice[0]}, and another module does so too")
        found |= made
    return found


def written() -> dict[str, str]:
    """Return the pages that are written by hand, by their paths."""
    found = (path for folder in WRITTEN for path in sorted((ROOT / folder).glob("*.md")))
    return {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in found}


def texts() -> dict[str, str]:
    """Return both, by their paths; a file written by hand must not have the path of a made one."""
    pages, made = written(), generated()
    if twice := sorted(pages.keys() & made.keys()):
        raise ValueError(f"{twice[0]} is written by hand, and made as well")
    return {**{path: linked(path, text, made) for path, text in pages.items()}, **made}


def assets() -> list[str]:
    """Return the paths of the files in `docs/assets/`: styles, scripts, and what pages load."""
    found = (ROOT / "docs" / "assets").rglob("*")
    return sorted(path.relative_to(ROOT).as_posix() for path in found if path.is_file())
