"""The hook of MkDocs that brings the pages, and what they link to.

Each text has the path on the site that it has in the repository, so that links between pages are
the same in both. A source file that a page links to comes along as text; MkDocs itself finds out
which links lead nowhere.
"""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from docs.site import sources
from docs.site.navigation import tree

_LINK = re.compile(r"\]\(([^)#\s]+)")
_SHOWN = {".css", ".js", ".png", ".svg"}
"""What a browser shows or runs as it is; any other file is shown as text."""
_SEARCHED_MAX = 200_000
"""Of a page with more characters than this, search would find a line for every word asked for."""


def on_config(config: MkDocsConfig) -> None:
    """Leave out the page for what a server does not find: it would need the site's address."""
    config.theme.static_templates.discard("404.html")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add every page with what it links to, and the navigation."""
    texts = sources.texts()
    for path, text in texts.items():
        files.append(File.generated(config, path, content=text))
    for path in sorted({*_linked(texts), *sources.assets()} - texts.keys()):
        file = File.generated(config, path, abs_src_path=str(sources.ROOT / path))
        if Path(path).suffix not in _SHOWN:
            file.dest_uri = f"{path}.txt"
        files.append(file)
    config.nav = tree(path for path in texts if path.endswith(".md"))
    config.exclude_docs = None
    return files


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Leave a very long page out of the search: it is a table to look something up in."""
    if len(markdown) > _SEARCHED_MAX:
        page.meta["search"] = {"exclude": True}
    return markdown


def _linked(texts: Mapping[str, str]) -> Iterator[str]:
    """Give each file of the repository that a page links to."""
    for page, text in texts.items():
        for target in _LINK.findall(text):
            path = os.path.normpath(os.path.join(os.path.dirname(page), target))
            if not path.startswith("..") and (sources.ROOT / path).is_file():
                yield path
