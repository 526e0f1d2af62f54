"""The pages for reviewers say what the data says, and lead to all of it."""

import json
import os
import re
from pathlib import Path

import pytest

from docs.pages import law, sentences, sheets
from docs.reviewing.words import cell
from proofs.mutants.catalogue import MUTANTS
from proofs.mutants.mutant import KINDS
from stallproof.requirements.registry import Requirement, load_registry

ROOT = Path(__file__).resolve().parents[2]
ACTIVE = [one for one in load_registry().requirements if one.status == "active"]
RESULTS = sorted((ROOT / "proofs" / "evidence" / "results").glob("*.json"))
LINK = re.compile(r"\]\(([^)\s]+)\)")


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    """Make the pages once."""
    return {**law.pages(), **sentences.pages(), **sheets.pages()}


def rows(page: str) -> list[list[str]]:
    """Return the cells of every row of the tables of a page."""
    lines = [line for line in page.splitlines() if line.startswith("| ")]
    return [[each.strip() for each in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def flat(text: str) -> str:
    """Return a text without its line breaks."""
    return " ".join(text.split())


def test_every_requirement_has_a_page_with_its_law_and_its_situations(
    made: dict[str, str],
) -> None:
    """Each sentence under its name, the boundary, and each situation in a row."""
    for one in ACTIVE:
        page = made[f"docs/law/{one.id}.md"]
        for number, sentence in enumerate(one.law, 1):
            assert f'<a id="s{number}"></a>**{one.id}.{number}** {sentence}' in page
        assert flat(one.boundary) in flat(page)
        first = {row[0] for row in rows(page)}
        assert {f"`{name}`" for name in one.situation_names} <= first
    assert len(ACTIVE) == sum(path.startswith("docs/law/") for path in made)


def test_a_page_shows_every_mutant_of_its_requirement(made: dict[str, str]) -> None:
    """With what must catch it, as often as it is in the catalogue."""
    for one in ACTIVE:
        page = made[f"docs/law/{one.id}.md"]
        for mutant in MUTANTS.values():
            if one.id in mutant.requirements:
                assert f"[`{mutant.id}`]" in page, one.id
                assert all(f"| `{cell(each)}` |" in page for each in mutant.caught_by), mutant.id


def test_a_page_shows_vectors_where_there_are_any(made: dict[str, str]) -> None:
    """As pictures that are there, or as what is asked and demanded."""
    for one in ACTIVE:
        page = made[f"docs/law/{one.id}.md"].partition("## In pictures")[2].partition("\n## ")[0]
        pictures = re.findall(r"\]\(\.\./(images/vector-[^)]*)\)\]", page)
        assert [] == [each for each in pictures if f"docs/{each}" not in made]
        assert one.id in load_registry().undecidable or pictures or len(rows(page)) > 1, one.id


def test_all_titles_stand_on_one_page_with_their_verdicts(made: dict[str, str]) -> None:
    """Of the reference, and of each record, as the records say."""
    found = {row[0].partition("]")[0].strip("["): row for row in rows(made["docs/verdicts.md"])}
    heads = found.pop("requirement")
    assert [one.id for one in ACTIVE] == list(found)
    assert {path.stem for path in RESULTS} == set(heads[5:])
    undecidable = load_registry().undecidable
    for one in ACTIVE:
        assert f"[{one.id}](law/{one.id}.md)" == found[one.id][0]
        assert one.title == found[one.id][1]
        assert ("real clock" if one.id in undecidable else "pass") == found[one.id][3]
    for path in RESULTS:
        place = heads.index(path.stem)
        for entry in json.loads(path.read_text("utf-8"))["requirements"]:
            shown = found[entry["id"]][place].strip("*")
            # A record from before a situation came into the law says nothing of it any more.
            assert shown in (entry["verdict"], "-"), (path.stem, entry["id"])


def test_the_matrix_has_a_row_for_each_sentence_with_what_there_is(made: dict[str, str]) -> None:
    """Vectors are counted in their files; a sentence that is not alone says so."""
    heads, *found = rows(made["docs/sentences.md"])
    assert sum(len(one.law) for one in ACTIVE) == len(found)
    named: dict[str, int] = {}
    for path in (ROOT / "spec" / "vectors").glob("*/*.json"):
        for requirement in json.loads(path.read_text("utf-8"))["requirements"]:
            named[requirement] = named.get(requirement, 0) + 1
    expected = [
        (f"[{one.id}.{number}](law/{one.id}.md#s{number})", cell(sentence), broken_by(one, number),
         "its own" if len(one.law) == 1 else f"shared by {len(one.law)}",
         str(len(one.situations)), str(named.get(one.id, "none")))
        for one in ACTIVE
        for number, sentence in enumerate(one.law, 1)
    ]  # fmt: skip
    place = heads.index("vector")
    assert expected == [(*row[:5], row[place]) for row in found]


def broken_by(one: Requirement, number: int) -> str:
    """Return how many mutants break a sentence by the catalogue, and by what they are caught."""
    mine = [
        each
        for each in MUTANTS.values()
        if f"{one.id}.{number}" in each.breaks
        or (len(one.law) == 1 and one.id in each.requirements)
    ]
    kinds = [(kind, sum(len(each.targets(kind)) for each in mine)) for kind in KINDS]
    caught = ", ".join(f"{kind} {count}" for kind, count in kinds if count)
    return f"{len(mine)} ({caught})"


def test_the_checklist_has_each_sentence_once(made: dict[str, str]) -> None:
    """With a box to tick, in the order of the law."""
    found = [row[0] for row in rows(made["docs/checklist.md"]) if row[0].startswith("☐")]
    expected = [
        f"☐ [{one.id}.{number}](law/{one.id}.md#s{number})"
        for one in ACTIVE
        for number, _sentence in enumerate(one.law, 1)
    ]
    assert expected == found


def test_every_link_leads_to_a_page_or_a_file(made: dict[str, str]) -> None:
    """And each requirement's page leads to the law, its evidence and what is not assured."""
    generated = {"docs/results.md", "docs/plays.md", "docs/generated.md"}
    for path, page in made.items():
        if path.endswith(".md"):
            targets = {target.partition("#")[0] for target in LINK.findall(page)}
            files = {
                os.path.normpath(os.path.join(os.path.dirname(path), each)) for each in targets
            }
            lost = [each for each in files - generated - made.keys() if not (ROOT / each).is_file()]
            assert [] == lost, path
    assert all("(../unassured.md)" in made[f"docs/law/{one.id}.md"] for one in ACTIVE)


def test_a_gap_of_the_matrix_is_on_the_page_of_what_is_not_assured(made: dict[str, str]) -> None:
    """Each reason of the law that speaks of one requirement, word by word."""
    page = flat(made["docs/unassured.md"])
    told = [waiver.reason for one in ACTIVE for waiver in one.waivers]
    assert told
    assert [] == [each for each in told if cell(each) not in page]


def test_the_sheet_has_every_symbol_of_the_tables_of_the_law(made: dict[str, str]) -> None:
    """With the default of the knob that it stands for, and the requirements that write it."""
    found = {row[0]: row for row in rows(made["docs/symbols.md"])}
    for name in ("ap", "sc"):
        text = (ROOT / "spec" / f"{name}.md").read_text("utf-8")
        table = text.partition("| name | symbol | meaning |")[2].partition("\n\n")[0]
        symbols = [line.split("|")[2].strip() for line in table.splitlines()[2:]]
        letters = [each.partition(" = ")[0].strip("`") for each in symbols if each]
        assert letters
        assert [] == [each for each in letters if f"`{each}`" not in found]
    assert ("s", "30") == tuple(found["`S`"][2:4])
    assert ("s", "45") == tuple(found["`L`"][2:4])
    assert "[SD-2](law/SD-2.md)" in found["`D`"][5]


def test_a_bar_or_a_line_break_does_not_end_a_cell() -> None:
    """What is law may hold both."""
    assert "a \\| b c" == cell("a | b\n  c")
