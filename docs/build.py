"""The site of all pages, hand-written and generated: `make docs`, or `python -m docs.build`.

MkDocs builds it, with what `docs/mkdocs.yml` says; nothing that is made is committed.

Exit status: 0 built; 3 a link leads nowhere, or a source cannot be read.
"""

import sys
from pathlib import Path

from mkdocs.commands.build import build as build_site
from mkdocs.config import load_config
from mkdocs.exceptions import MkDocsException

from docs.site.sources import ROOT

SITE = ROOT / "build" / "site"


def build(to: Path = SITE) -> None:
    """Build the site anew; raises `MkDocsException`, `OSError` and `ValueError`."""
    build_site(load_config(str(ROOT / "docs" / "mkdocs.yml"), site_dir=str(to)))


def main() -> int:
    """Build the site and return the exit status."""
    try:
        build()
    except (MkDocsException, OSError, ValueError) as error:
        print(f"docs: {error}", file=sys.stderr)
        return 3
    print(f"docs: {SITE.relative_to(ROOT)}/index.html", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
