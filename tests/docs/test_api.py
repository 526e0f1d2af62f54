"""Each program of `docs/api.md` runs, and prints what the page shows below it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import stallproof
from stallproof import harness

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "api.md").read_text()
EXAMPLES = re.findall(r"^```python\n(.*?)^```\n\n```text\n(.*?)^```$", PAGE, re.M | re.S)


@pytest.mark.parametrize(("program", "shown"), EXAMPLES)
def test_each_program_of_the_page_prints_what_it_shows(
    program: str, shown: str, tmp_path: Path
) -> None:
    """It is run as it stands, in a folder of its own."""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT / "reference")},
    )  # fmt: skip
    assert ("", shown) == (done.stderr, done.stdout)


def test_no_program_of_the_page_is_left_out() -> None:
    """Each has its output below it."""
    assert PAGE.count("```python\n") == len(EXAMPLES) > 4


@pytest.mark.parametrize(
    "name", [one for one in (*stallproof.__all__, *harness.__all__) if not one.startswith("_")]
)
def test_each_promised_name_is_on_the_page(name: str) -> None:
    """Nobody has to guess what is there."""
    assert re.search(rf"`{name}[`.(]", PAGE)
