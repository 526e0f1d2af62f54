"""The glossary of `spec/README.md` against the words that code and pages use."""

import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.docs.test_docs import DOCUMENTS

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "spec" / "README.md").read_text("utf-8")
TERMS_PART, RETIRED_PART = GUIDE.split("## Glossary")[1].split("### Words that are not used")
CODE = [
    path
    for folder in ("reference", "proofs", "tests")
    for path in sorted((ROOT / folder).rglob("*.py"))
    # Its words are those of the package that it drives.
    if "nvflare" not in path.parts
]
IN_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def rows(text: str) -> list[str]:
    """Return the first cell of each row of the table in `text`, without its head."""
    return re.findall(r"^\| ([^|]+?) \|", text, re.MULTILINE)[1:]


TERMS = [term for cell in rows(TERMS_PART) for term in cell.split(", ")]
RETIRED = rows(RETIRED_PART)


def words_of(source: str) -> Iterator[str]:
    """Yield the words that the identifiers of `source` are made of, in lower case."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.NAME:
            yield from (part.lower() for part in IN_PARTS.findall(token.string))


def prose_of(text: str) -> str:
    """Return a page without its code: what is quoted from a program is no word of ours."""
    return re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL)


@cache
def all_that_is_said() -> str:
    """Return every page and all of the code but the table of terms itself, on one line."""
    pages = "\n".join(path.read_text("utf-8") for path in DOCUMENTS).replace(TERMS_PART, "")
    code = "\n".join(path.read_text("utf-8") for path in CODE)
    return " ".join(f"{pages}\n{code}".split()).lower()


def retired_in(words: set[str]) -> list[str]:
    """Return which words that are not used stand in `words`, also as a plural."""
    return [word for word in RETIRED if words & {word, f"{word}s"}]


def test_the_tables_are_in_order() -> None:
    """Each term has one row, in alphabetical order, and none of them is retired."""
    for part in (TERMS_PART, RETIRED_PART):
        cells = [cell.lower() for cell in rows(part)]
        assert sorted(set(cells)) == cells
    assert len(TERMS) > 40
    assert len(RETIRED) > 10
    assert [] == retired_in(set(TERMS))


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_identifier_has_a_word_that_is_not_used(path: Path) -> None:
    """The names of the code are those of the glossary's second column, not of its first."""
    assert [] == retired_in(set(words_of(path.read_text("utf-8"))))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_no_page_has_a_word_that_is_not_used(path: Path) -> None:
    """What was said before is said in the changelog, and nowhere else."""
    text = path.read_text("utf-8")
    if path.name == "CHANGELOG.md":
        return
    text = text.replace(RETIRED_PART, "")
    assert [] == retired_in(set(re.findall(r"[a-z]+", prose_of(text).lower())))


@pytest.mark.parametrize("term", TERMS)
def test_each_term_is_used(term: str) -> None:
    """A word that nothing uses needs no meaning: it stands in a page or in the code besides."""
    assert re.search(rf"\b{re.escape(term.lower())}", all_that_is_said())


@pytest.mark.parametrize(
    ("source", "found"),
    [("class LabFrame: ...", ["lab"]), ("twins = 2", ["twin"]), ("label = template", [])],
)
def test_a_word_that_is_not_used_is_caught(source: str, found: list[str]) -> None:
    """Whole words of a name count, in either style, and no part of another word does."""
    assert found == retired_in(set(words_of(source)))
