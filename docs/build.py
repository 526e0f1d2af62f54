"""The site of all pages, hand-written and generated: `make docs`, or `python -m docs.build`.

The intuition: the site mirrors the folders, so that relative links between pages stay what they are
on disk. A page that shows code or data is made of it here, and not committed.

The complication: pages link to source files as well. Such a file comes along as text, so that every
link leads somewhere.

Exit status: 0 built; 3 a link leads nowhere, or a source cannot be read.
"""

import html
import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from docs.site.navigation import sections
from docs.site.sources import ROOT, texts
from proofs.traceability.written import anchor

SITE = ROOT / "build" / "site"
_STYLE = """
:root { color-scheme: light dark }
body { margin: 0; display: flex; font: 16px/1.55 system-ui, sans-serif }
nav { flex: 0 0 13em; padding: 1em; font-size: 0.9em; border-right: 1px solid #8886 }
nav ul { list-style: none; padding: 0; margin: 0 0 1em }
main { flex: 1; min-width: 0; max-width: 62em; padding: 1em 2em }
table { border-collapse: collapse; display: block; overflow-x: auto }
th, td { border: 1px solid #8886; padding: 0.2em 0.6em; text-align: left; vertical-align: top }
pre { overflow-x: auto; padding: 0.7em; background: #8882 }
code { font-size: 0.92em }
img { max-width: 100% }
@media (max-width: 50em) { body { display: block } nav { border: 0 } }
"""


class BrokenLink(ValueError):
    """A link of a page that leads nowhere."""


def build(to: Path = SITE) -> list[str]:
    """Build the site anew and return its pages; raises `BrokenLink`."""
    all_texts = texts()
    pages = {path: text for path, text in all_texts.items() if path.endswith(".md")}
    shutil.rmtree(to, ignore_errors=True)
    for path in all_texts.keys() - pages.keys():
        _write(to / path, all_texts[path])
    _write(to / "style.css", _STYLE)
    titles = {path: _title(text) for path, text in pages.items()}
    for path, text in pages.items():
        body = _body(path, text, pages, to)
        _write(to / _page_name(path), _whole(path, body, titles))
    shutil.copyfile(to / _page_name("README.md"), to / "index.html")
    return sorted(pages)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def _page_name(path: str) -> str:
    return str(Path(path).with_suffix(".html"))


def _title(text: str) -> str:
    return text.partition("\n")[0].removeprefix("# ").replace("`", "")


def _body(path: str, text: str, pages: Mapping[str, str], to: Path) -> str:
    markdown = MarkdownIt("commonmark", {"html": True}).enable("table")
    tokens = markdown.parse(text)
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            token.attrSet("id", anchor(tokens[place + 1].content))
    for token in _all(tokens):
        for name in ("href", "src"):
            target = token.attrGet(name)
            if isinstance(target, str):
                token.attrSet(name, _target(path, target, pages, to))
    return str(markdown.renderer.render(tokens, markdown.options, {}))


def _all(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _all(token.children or [])


def _target(path: str, link: str, pages: Mapping[str, str], to: Path) -> str:
    """Return where a link of the page `path` leads on the site; its file comes along."""
    target, mark, place = link.partition("#")
    if not target or re.match(r"[a-z]+:", target):
        return link
    file = os.path.normpath(os.path.join(os.path.dirname(path), target))
    if file in pages:
        return _page_name(target) + mark + place
    if (to / file).is_file():
        return link
    if not (ROOT / file).is_file() or file.startswith(".."):
        raise BrokenLink(f"{path}: the link {link} leads nowhere")
    is_picture = file.endswith((".svg", ".png"))
    copy = to / (file if is_picture else f"{file}.txt")
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(ROOT / file, copy)
    return target if is_picture else f"{target}.txt"


def _whole(path: str, body: str, titles: Mapping[str, str]) -> str:
    base = os.path.relpath(".", os.path.dirname(path) or ".")
    parts = []
    for head, names in sections(titles).items():
        links = "".join(
            f'<li><a href="{base}/{_page_name(one)}">{html.escape(titles[one])}</a></li>'
            for one in names
        )
        parts.append(f"<p>{head}</p><ul>{links}</ul>")
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{html.escape(titles[path])}</title>\n"
        f'<link rel="stylesheet" href="{base}/style.css">\n'
        f"<nav>{''.join(parts)}</nav>\n<main>\n{body}</main>\n</html>\n"
    )


def main() -> int:
    """Build the site and return the exit status."""
    try:
        pages = build()
    except (BrokenLink, OSError, ValueError) as error:
        print(f"docs: {error}", file=sys.stderr)
        return 3
    print(f"docs: {len(pages)} pages in {SITE.relative_to(ROOT)}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
