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

from proofs.traceability.written import anchor
from stallproof.requirements.registry import load_registry

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "build" / "site"
NAVIGATION: dict[str, tuple[str, ...]] = {
    "Start": (
        "README.md", "docs/tutorial.md", "docs/tutorial-asyncio.md", "docs/operators.md",
        "docs/jobs.md", "docs/simulate.md", "docs/implementers.md", "docs/api.md", "docs/pytest.md",
        "docs/command-line.md", "docs/reading-reports.md", "docs/reading-html.md", "docs/ci.md",
    ),
    "The law": (
        "spec/README.md",
        *dict.fromkeys(f"spec/{one.group.lower()}.md" for one in load_registry().requirements),
        "spec/protocol.md", "spec/trace.md", "spec/virtual.md", "spec/vectors/README.md",
    ),
    "Evidence": (
        "docs/reviewers.md", "docs/traceability.md", "docs/results.md", "docs/machines.md",
        "proofs/README.md", "docs/ledger.md", "spec/models/README.md", "docs/models.md",
        "docs/mutants.md", "docs/generated.md", "docs/plays.md", "docs/reports.md",
    ),
}  # fmt: skip
"""The pages in the order of the navigation; every other one follows under "More"."""
MORE = "More"

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


def generated() -> tuple[dict[str, str], dict[str, str]]:
    """Return the pages that are made of code and data, and the pictures, by their paths."""
    from proofs.diagrams.page import page as machines
    from proofs.models import pictures, pictures_runs
    from proofs.mutants import committed
    from proofs.mutants.__main__ import titles
    from proofs.mutants.catalogue import MUTANTS
    from proofs.mutants.generated import kept
    from proofs.mutants.generated import page as scripts
    from proofs.mutants.page import mutants_page
    from proofs.mutants.plays import page as plays
    from proofs.mutants.plays import record
    from proofs.mutants.plays.__main__ import situations
    from proofs.prover import page as ledger
    from proofs.prover import verdicts
    from proofs.results import page as results
    from proofs.results.record import read_all
    from proofs.traceability import catalogues, page, reasons, whole
    from proofs.world import page as world
    from proofs.world.reports import kinds

    runs = pictures_runs.kept()
    pages = {
        "docs/traceability.md": page.document(
            whole.rows(), reasons.reasons(), catalogues.recorded()
        ),
        "docs/results.md": results.document(read_all()),
        "docs/machines.md": machines(),
        "docs/ledger.md": ledger.document(verdicts.committed()),
        "docs/models.md": pictures.document(runs),
        "docs/generated.md": scripts.document(MUTANTS.values(), kept.load()),
        "docs/mutants.md": mutants_page(MUTANTS.values(), titles(), committed.load()),
        "docs/plays.md": plays.document(situations(), record.load(MUTANTS.values())),
        "docs/reports.md": world.document(kinds(), titles()),
    }
    images = {f"docs/images/{name}": text for name, text in pictures.pictures(runs).items()}
    return pages, images


def written() -> dict[str, str]:
    """Return the pages that are written by hand, by their paths."""
    folders = ("", "docs", "spec", "spec/models", "spec/vectors", "proofs")
    found = (path for folder in folders for path in sorted((ROOT / folder).glob("*.md")))
    return {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in found}


def build(to: Path = SITE) -> list[str]:
    """Build the site anew and return its pages; raises `BrokenLink`."""
    made, images = generated()
    pages = {**written(), **made}
    shutil.rmtree(to, ignore_errors=True)
    for path, text in images.items():
        _write(to / path, text)
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
    rest = tuple(one for one in titles if not any(one in many for many in NAVIGATION.values()))
    parts = []
    for head, names in {**NAVIGATION, MORE: rest}.items():
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
