"""The names of pages that only the site has, in pages that are written by hand."""

import pytest

from docs.site.named import linked

MADE = {
    "docs/results.md": "# What came out\n",
    "docs/law/SD-1.md": "---\nhide:\n---\n# SD-1: One\n",
}


@pytest.mark.parametrize(
    ("page", "text", "expected"),
    [
        ("docs/a.md", 'the page "results".', 'the page "[results](results.md)".'),
        ("spec/a.md", 'the page "results".', 'the page "[results](../docs/results.md)".'),
        ("a.md", 'page "What\ncame out"', 'page "[What\ncame out](docs/results.md)"'),
        ("docs/a.md", "| What came out | x |", "| [What came out](results.md) | x |"),
        ("docs/a.md", "| SD-1: One | x |", "| [SD-1: One](law/SD-1.md) | x |"),
    ],
)
def test_a_name_becomes_a_link(page: str, text: str, expected: str) -> None:
    """By title or by file, and from any folder."""
    assert expected == linked(page, text, MADE)


@pytest.mark.parametrize(
    "text",
    [
        'the page "nothing".',
        "| x | What came out |",
        "What came out",
        'results, "results"',
        "| [What came out](results.md) | x |",
    ],
)
def test_what_names_no_page_stays(text: str) -> None:
    """So does a title in another cell, or what is a link already."""
    assert text == linked("docs/a.md", text, MADE)
