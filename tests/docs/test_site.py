"""The site: built from code and data, with links that lead somewhere, and true to the data."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from docs import build
from docs.build import BrokenLink
from docs.site.sources import ROOT
from proofs.results.record import read_all
from stallproof.requirements.registry import load_registry

EVIDENCE = ROOT / "proofs" / "evidence"
MUTANT = re.compile(
    r"<code>(\w+)</code></a> \(([a-z -]+)(?:, [0-9.]+ s)?\): .*\(<code>([^<]+)</code>\)</li>"
)
"""A mutant on the page: its name, its verdict, and the evidence that was asked."""


class Page(HTMLParser):
    """What a page links to, and the places in it that can be linked to."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.places: set[str] = set()
        self.text = path.read_text("utf-8")
        self.feed(self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src") and value is not None:
                self.links.append(value)
            if name == "id" and value is not None:
                self.places.add(value)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site once."""
    folder = tmp_path_factory.mktemp("site")
    build.build(folder)
    return folder


def test_every_link_leads_somewhere(site: Path) -> None:
    """To a file of the site, and to a place in it where one is named."""
    pages = {path: Page(path) for path in site.rglob("*.html")}
    broken = [
        f"{path.relative_to(site)}: {link}"
        for path, page in pages.items()
        for link in page.links
        if not _leads(path, link, pages)
    ]
    assert [] == broken


def _leads(path: Path, link: str, pages: dict[Path, Page]) -> bool:
    if re.match(r"(https?|mailto):", link):
        return True
    target, _, place = link.partition("#")
    file = (path.parent / target).resolve() if target else path
    return file.is_file() and (not place or place in pages[file].places)


def test_every_page_can_be_reached_from_the_first(site: Path) -> None:
    """The navigation names them all, in the order that is written down and the rest after it."""
    first = Page(site / "index.html")
    reached = {(site / link.partition("#")[0]).resolve() for link in first.links}
    pages = {path for path in site.rglob("*.html") if path.name != "index.html"}
    assert set() == pages - reached


def test_the_site_says_of_each_requirement_what_the_data_says(site: Path) -> None:
    """Verdicts of proofs and mutants, and how implementations came out, are those of the data."""
    said = (site / "docs" / "traceability.html").read_text("utf-8")
    parts = re.split(r'<h3 id="[^"]*">([A-Z]{2}-\d+): ', said)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    assert [one.id for one in load_registry().applicable("hardened")] == list(sections)
    obligations = json.loads((EVIDENCE / "verdicts.json").read_text("utf-8"))["obligations"]
    for name, entry in obligations.items():
        for requirement in entry["requirements"]:
            link = f"<code>{name}</code></a> ({entry['proof']})"
            assert link in sections[requirement], f"{requirement}: {name}"
    caught = json.loads((EVIDENCE / "caught.json").read_text("utf-8"))
    for name, section in sections.items():
        mutants = section.partition("<li>mutant:")[2]
        shown = MUTANT.findall(mutants)
        assert len(shown) == mutants.count('<li><a href="../'), name
        for one, verdict, evidence in shown:
            known = caught.get(one, {}).get(evidence)
            assert verdict in ((known["verdict"],) if known else ("asked", "not run")), (name, one)
    assert "<li>mutant:" in said
    for name, record in read_all().items():
        for judged in record.requirements:
            assert f"{name} {judged.verdict}" in sections[judged.id]


def test_a_link_that_leads_nowhere_ends_the_build(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It is named with its page."""
    pages = {"docs/new.md": "# New\n\n[there](../nowhere.py)\n"}
    monkeypatch.setattr(build, "texts", lambda: pages)
    with pytest.raises(BrokenLink, match=r"docs/new\.md: the link \.\./nowhere\.py leads nowhere"):
        build.build(tmp_path / "site")
