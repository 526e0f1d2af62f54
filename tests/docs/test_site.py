"""The site: built from code and data, with links that lead somewhere, and true to the data."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from mkdocs.exceptions import MkDocsException

import stallproof
from docs import build
from docs.site import sources
from docs.site.sources import ROOT
from proofs.results.record import read_all
from stallproof.cli import app
from stallproof.judge.model.situation import VIRTUAL
from stallproof.requirements.registry import load_registry

EVIDENCE = ROOT / "proofs" / "evidence"
MUTANT = re.compile(
    r"<code>(\w+)</code></a> \(([a-z -]+)(?:, [0-9.]+ s)?\): .*\(<code>([^<]+)</code>\)</li>"
)
"""A mutant on the page: its name, its verdict, and the evidence that was asked."""

BLOCKS = ("h1", "h2", "h3", "li", "table", "td", "pre", "img")
"""What a page is made of; paragraphs are left out, since CommonMark hides those of tight lists."""


class Tags(HTMLParser):
    """How many of each tag a text has, within the page's own part if it is a page of the site."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.counts = dict.fromkeys(BLOCKS, 0)
        _, article, inside = text.partition("<article")
        self.feed(inside.partition("</article>")[0] if article else text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.counts:
            self.counts[tag] += 1


def test_each_page_is_made_of_the_blocks_that_commonmark_sees(site: Path) -> None:
    """No list, table or piece of code is lost because the site is rendered by other rules."""
    commonmark = MarkdownIt("commonmark", {"html": True}).enable("table")
    for path, text in sources.written().items():
        expected = Tags(commonmark.render(text)).counts
        assert (path, expected) == (path, Tags(_page(site, path).read_text("utf-8")).counts)


def _page(site: Path, path: str) -> Path:
    folder, name = (site / path).parent, Path(path).stem
    return folder / ("index.html" if name == "README" else f"{name}.html")


def test_a_source_that_a_page_links_to_comes_along_as_text(site: Path) -> None:
    """A browser would else offer it to be saved, or run it."""
    link = "../reference/stallproof/machines/send_deadline.py"
    assert f'href="{link}.txt"' in (site / "docs" / "traceability.html").read_text("utf-8")
    copied = site / "reference" / "stallproof" / "machines" / "send_deadline.py.txt"
    assert (ROOT / link.removeprefix("../")).read_bytes() == copied.read_bytes()


def test_the_reference_names_each_command_and_each_promised_name(site: Path) -> None:
    """With what the program itself and its docstrings say."""
    commands = (site / "docs" / "reference" / "commands.html").read_text("utf-8")
    names = [name for name in app if not name.startswith("-") and app[name].show]
    assert [] == [name for name in names if f'id="stallproof-{name}"' not in commands]
    assert "stallproof law SD-6 --evidence" in commands
    python = (site / "docs" / "reference" / "python.html").read_text("utf-8")
    promised = [f"stallproof.{name}" for name in stallproof.__all__ if name != "__version__"]
    # A name that stands for another is shown under its own.
    found = set(re.findall(r'id="(stallproof[^"]*)"', python))
    assert [] == [name for name in promised if name not in found]


def test_the_table_of_situations_names_each_of_them(site: Path) -> None:
    """One row a situation, in the order of the law."""
    text = (site / "docs" / "situations.html").read_text("utf-8")
    shown = re.findall(r"<tr>\s*<td>.*?</td>\s*<td><code>([^<]+)</code>", text)
    law = load_registry().requirements
    named = [name for name in shown if name != VIRTUAL]
    assert [name for one in law for name in one.situation_names] == named


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


@pytest.mark.parametrize(
    ("link", "complaint"),
    [
        ("../nowhere.py", "'../nowhere.py', but the target 'nowhere.py' is not found"),
        ("../README.md#no-such-part", "does not contain an anchor '#no-such-part'"),
        ("new.md#no-such-part", "there is no such anchor on this page"),
    ],
)
def test_a_link_that_leads_nowhere_ends_the_build(
    link: str,
    complaint: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is named with its page, whether the file is missing or the place in it."""
    pages = {"docs/new.md": f"# New\n\n[there]({link})\n", "README.md": "# First\n"}
    monkeypatch.setattr(sources, "texts", lambda: pages)
    with pytest.raises(MkDocsException, match="Aborted with 1 warnings in strict mode"):
        build.build(tmp_path / "site")
    (warning,) = [one.getMessage() for one in caplog.records if one.levelname == "WARNING"]
    assert "docs/new.md" in warning
    assert complaint in warning


def test_a_page_without_a_place_ends_the_build(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A new folder gets its pattern in the navigation."""
    monkeypatch.setattr(sources, "texts", lambda: {"somewhere/new.md": "# New\n"})
    with pytest.raises(ValueError, match=r"no pattern .* matches the page somewhere/new\.md"):
        build.build(tmp_path / "site")


def test_a_page_that_is_made_twice_ends_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is written by hand has no maker, so that none is lost without a word."""
    monkeypatch.setattr(sources, "generated", lambda: {"README.md": "# Made\n"})
    with pytest.raises(ValueError, match=r"README\.md is written by hand, and made as well"):
        sources.texts()
