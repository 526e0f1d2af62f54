"""The CI recipes are run, as far as a shell can: a red check, a green one, and two nights."""

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.packaging.conftest import Built
from tests.packaging.environments import outside
from tests.packaging.recipes import ROOT, Job, actions, github, gitlab, play

RECIPES: dict[str, Callable[[], dict[str, Job]]] = {"github": github, "gitlab": gitlab}
NIGHTLY = {"github": "nightly", "gitlab": "stallproof-nightly"}
CHECK = {"github": "pull-request", "gitlab": "stallproof"}
EXAMPLES = ROOT / "tests" / "implementations" / "python"
SMALL = {"REQUIREMENTS": "SD-2", "SCRIPTS": "3", "SEED": "11"}
"""What a CI system would put in, and less of what is only much."""


@pytest.fixture
def project(built: Built, tmp_path: Path) -> Path:
    """Return a project that has what the page asks for: a wheel, settings, a harness."""
    (tmp_path / "vendor").mkdir()
    shutil.copy(built.wheel, tmp_path / "vendor")
    for path in EXAMPLES.glob("*.py"):
        shutil.copy(path, tmp_path)
    page = (ROOT / "docs" / "ci.md").read_text("utf-8")
    (settings,) = re.findall(r"^```toml\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    # In virtual time the runs take seconds, and their outcome does not depend on the machine.
    (tmp_path / "pyproject.toml").write_text(f'{settings}clock = "virtual"\n')
    return tmp_path


def spoil(project: Path) -> None:
    """Make the transport of `project` miss its deadline by a microsecond."""
    path = project / "guarded.py"
    right = path.read_text("utf-8")
    wrong = right.replace("now_us() >= deadline_us", "now_us() > deadline_us")
    assert right != wrong
    path.write_text(wrong, "utf-8")


def played(job: Job, project: Path, installed: Path) -> tuple[int, str]:
    """Run `job` in `project` as a CI system would."""
    path = f"{installed}{os.pathsep}{outside()['PATH']}"
    summary = {"GITHUB_STEP_SUMMARY": str(project / "step-summary.md")}
    return play(job, project, {"PATH": path, "PYTHONPATH": "", **summary, **SMALL})


@pytest.mark.parametrize("name", RECIPES)
def test_a_check_is_green_and_red_as_the_transport_is(
    name: str, project: Path, installed: Path
) -> None:
    """Right: it leaves what it promises. Wrong: it says what is broken all the same."""
    job = RECIPES[name]()[CHECK[name]]
    code, said = played(job, project, installed)
    assert code == 0, said
    for file in ("report.xml", "report.html", "report.json", "summary.md", "run.jsonl"):
        assert (project / file).stat().st_size > 0, file
    spoil(project)
    code, said = played(job, project, installed)
    assert code == 1, said
    assert "SD-2" in (project / "summary.md").read_text()
    if name == "github":
        assert (
            (project / "step-summary.md").read_text().endswith((project / "summary.md").read_text())
        )


@pytest.mark.parametrize("name", RECIPES)
def test_a_second_night_compares_with_the_first(name: str, project: Path, installed: Path) -> None:
    """The seed is told; a regression is red, and is not what the next night compares with."""
    job = RECIPES[name]()[NIGHTLY[name]]
    code, said = played(job, project, installed)
    assert code == 0, said
    assert f"The seed is {SMALL['SEED']};" in said
    assert json.loads((project / "badge.json").read_bytes())
    good = (project / "last" / "report.json").read_bytes()
    spoil(project)
    code, said = played(job, project, installed)
    assert code == 1, said
    assert "SD-2" in said
    assert good == (project / "last" / "report.json").read_bytes()


def test_every_action_of_others_is_pinned_to_a_version() -> None:
    """By owner, name and major version."""
    used = actions()
    assert {"actions/checkout@v4"} <= set(used)
    assert [] == [one for one in used if re.fullmatch(r"actions/[a-z-]+@v\d+", one) is None]


def test_both_recipes_judge_alike() -> None:
    """Check and night have the same options, but that GitHub shows a summary of the night too."""
    options = {
        name: {
            kind: set(re.findall(r"--[a-z]+", " ".join(step.lines for step in recipe()[job].steps)))
            for kind, job in (("check", CHECK[name]), ("night", NIGHTLY[name]))
        }
        for name, recipe in RECIPES.items()
    }
    options["gitlab"]["night"].add("--markdown")
    assert options["github"] == options["gitlab"]
