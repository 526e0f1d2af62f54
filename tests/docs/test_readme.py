"""The two runs that the README shows, typed as they stand; what they say is what it shows."""

import itertools
import re
from pathlib import Path

import pytest

from tests.docs.test_docs import here
from tests.docs.test_tutorial import Block, blocks, missing, typed

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
LINES_MAX = 110
"""Two screens."""


def _shown_runs() -> list[tuple[Block, Block]]:
    """Return each `sh` block that has a `text` block behind it, with that block."""
    page = blocks(README)
    pairs = itertools.pairwise(page)
    return [(one, after) for one, after in pairs if (one.kind, after.kind) == ("sh", "text")]


def test_the_readme_shows_a_red_run_and_a_green_one() -> None:
    """In that order, on two screens."""
    shown = [re.findall(r"\(exit code (\d)\)", text.text) for _, text in _shown_runs()]
    assert [["1"], ["0"]] == shown
    assert LINES_MAX >= len(README.read_text("utf-8").splitlines())


@pytest.mark.timing
@pytest.mark.parametrize("place", [0, 1], ids=["red", "green"])
def test_the_runs_that_the_readme_shows_say_what_it_shows(place: int) -> None:
    """With other numbers, and with the exit code of the last line."""
    command, shown = _shown_runs()[place]
    (code,) = re.findall(r"\(exit code (\d)\)", shown.text)
    said = typed(here(command.text.strip()), int(code), ROOT)
    assert missing(shown.text, said) is None, said
