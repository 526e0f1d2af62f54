"""The law for a page, for a sheet, and for a meeting."""

import csv
import io

import pytest

from stallproof import cli
from stallproof.reports.law_formats import PAGE_WIDTH, law_csv, law_markdown, one_page
from stallproof.requirements.registry import load_registry

REGISTRY = load_registry()


def test_the_sheet_has_a_row_for_each_requirement() -> None:
    """A reader of CSV gets back what the law says."""
    rows = list(csv.DictReader(io.StringIO(law_csv(REGISTRY))))
    assert [one.id for one in REGISTRY.requirements] == [row["id"] for row in rows]
    for one, row in zip(REGISTRY.requirements, rows, strict=True):
        assert (one.title, one.level, one.profile) == (row["title"], row["level"], row["profile"])
        assert " ".join(one.boundary.split()) == row["boundary"]
        assert all(f"{each.name}: " in row["situations"] for each in one.situations)


def test_the_page_has_a_section_for_each_requirement() -> None:
    """With its sentences, its boundary, its reason and its situations."""
    sections = law_markdown(REGISTRY).split("## ")[1:]
    assert len(REGISTRY.requirements) == len(sections)
    for one, section in zip(REGISTRY.requirements, sections, strict=True):
        assert section.startswith(f"{one.id}: {one.title}\n")
        assert f"**Boundary.** {one.boundary}" in section
        assert f"**Why.** {one.why}" in section
        assert all(f"- `{each.name}`: " in section for each in one.situations)
        assert all(" ".join(sentence.split()) in section for sentence in one.law)


def test_one_page_holds_all_titles_in_eighty_columns() -> None:
    """Two columns, with a mark for what is only in the profile hardened."""
    text = one_page(REGISTRY)
    assert max(map(len, text.splitlines())) <= PAGE_WIDTH
    assert len(text.splitlines()) <= 80
    said = text.split()
    for one in REGISTRY.requirements:
        mark = "*" if one.profile == "hardened" else ""
        assert 1 == said.count(f"{mark}{one.id}")
    halves = [line[:39] for line in text.splitlines()], [line[41:] for line in text.splitlines()]
    words = " ".join(" ".join(" ".join(half).split()) for half in halves)
    assert all(one.title in words for one in REGISTRY.requirements)
    assert f"{len(REGISTRY.requirements)} requirements" in text


def test_one_page_of_a_part_has_that_part_alone() -> None:
    """A group that nothing is left of is not named."""
    text = one_page(REGISTRY.only(frozenset({"SD-3", "MD-1"})))
    assert "SD-3" in text
    assert "MD-1" in text
    assert "CX" not in text
    assert "2 requirements" in text


def test_a_named_requirement_says_what_its_situations_take(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The features of any of the ways, where it is named; not where all are shown."""
    assert 0 == cli.run(["law", "SD-3"])
    shown = " ".join(capsys.readouterr().out.split())
    assert "a probe send was begun during the stall. Takes tls." in shown
    assert 0 == cli.run(["law"])
    assert "Takes tls." not in " ".join(capsys.readouterr().out.split())


def test_a_requirement_names_its_page(capsys: pytest.CaptureFixture[str]) -> None:
    """It is what `stallproof spec` prints, in a checkout and without one."""
    assert 0 == cli.run(["law", "SD-3"])
    assert "    MUST, seed, page sd\n" in capsys.readouterr().out
    assert 0 == cli.run(["law", "SD-3", "--format", "md"])
    assert "*MUST · seed · page sd*\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("tokens", "why"),
    [
        (["--format", "csv", "--json"], "--format or --json"),
        (["--format", "md", "--features"], "--features or --format md"),
        (["--format", "csv", "--one-page"], "--one-page or --format csv"),
        (["--one-page", "--features"], "one of --evidence, --features and --one-page"),
        (["--format", "xml"], "xml"),
    ],
)
def test_what_does_not_go_together_is_refused(
    tokens: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line names both."""
    assert 2 == cli.run(["law", *tokens])
    out, err = capsys.readouterr()
    assert "" == out
    assert why in err


def test_json_is_one_of_the_formats(capsys: pytest.CaptureFixture[str]) -> None:
    """Both ways to ask for it bring the same."""
    found = []
    for tokens in (["--json"], ["--format", "json"]):
        assert 0 == cli.run(["law", "MD", *tokens])
        found.append(capsys.readouterr().out)
    assert found[0] == found[1]
    assert '"MD-1"' in found[0]
