"""The command `stallproof spec`: a page of the law as it was written.

Help and messages name a page by this command, since the folder `spec/` is in a checkout alone.

Exit codes: 0 shown; 2 no such page; 3 the installed law cannot be read.
"""

import difflib
import sys
from collections.abc import Mapping
from pathlib import Path

from cyclopts import App

from stallproof.reports.output import UnusableError, emit
from stallproof.requirements.registry import GUIDE, RegistryError, find_spec

app = App(name="spec", help_epilogue="Examples:\n\nstallproof spec\n\nstallproof spec protocol")


@app.default
def spec(page: str | None = None, /) -> int:
    """Print a page of the law: its guide, a group, the harness protocol, the trace, virtual time.

    Parameters
    ----------
    page
        The page's name, such as protocol or sd; the list of them if none is named.
    """
    known = pages_of(find_spec())
    if page is None:
        width = max(map(len, known))
        titles = (f"{name:<{width}}  {_title_of(path)}\n" for name, path in known.items())
        emit(sys.stdout, "".join(titles))
        return 0
    name = page.lower().removesuffix(".md")
    if name not in known:
        near = difflib.get_close_matches(name, known, n=3)
        meant = f"; near to it: {', '.join(near)}" if near else ""
        raise UnusableError(f"no page is called {page!r}{meant}; `stallproof spec` lists them")
    emit(sys.stdout, _text_of(known[name]))
    return 0


def pages_of(folder: Path) -> Mapping[str, Path]:
    """Return the pages of the law in `folder` by name; a folder's guide has the folder's name."""
    own = {path.stem.lower(): path for path in folder.glob("*.md")}
    inner = {path.parent.name.lower(): path for path in folder.glob(f"*/{GUIDE}")}
    return dict(sorted({**own, **inner}.items()))


def _title_of(path: Path) -> str:
    return _text_of(path).partition("\n")[0].removeprefix("# ")


def _text_of(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, ValueError) as error:
        raise RegistryError(f"{path}: {error}") from error
