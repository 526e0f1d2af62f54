"""What hosts and readers of the repository are told beside its pages, against what it is."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from stallproof import __version__
from stallproof.runner.sut.lines import EVENTS_MAX
from stallproof.wire.protocol import LINE_MAX_BYTES
from tests.packaging.conftest import ROOT, Built

FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
KINDS = {"markdown", "input", "textarea", "dropdown", "checkboxes"}
ASKED = {
    "wrong-verdict.yml": ("report.json", "run.jsonl", "--version", "of the law", "The command"),
    "harness-trouble.yml": ("--smoke", "report.json", "run.jsonl", "--version"),
    "law-question.yml": ("of the law", "vector", "report.json", "run.jsonl"),
}
"""What each form has to ask for."""


def read(path: Path) -> dict[str, Any]:
    """Return what the YAML file `path` holds."""
    found = yaml.safe_load(path.read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def test_the_citation_tells_what_the_package_tells() -> None:
    """Title, version, licence and keywords, with all that the format requires."""
    cited = read(ROOT / "CITATION.cff")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert {"cff-version", "message", "title", "authors"} <= set(cited)
    assert "1.2.0" == cited["cff-version"]
    assert [{"name": "The stallproof authors"}] == cited["authors"]
    assert (project["name"], __version__) == (cited["title"], cited["version"])
    assert (project["license"], project["keywords"]) == (cited["license"], cited["keywords"])


def test_each_form_is_known_and_there_is_nothing_else() -> None:
    """Beside the configuration of the forms."""
    assert {"config.yml", *ASKED} == {path.name for path in FORMS}


@pytest.mark.parametrize("name", ASKED)
def test_a_form_is_one_and_asks_for_what_an_answer_takes(name: str) -> None:
    """Each question has a label, and none shares its identifier with another."""
    form = read(ROOT / ".github" / "ISSUE_TEMPLATE" / name)
    assert {"name", "description", "labels", "body"} == set(form)
    assert {one["type"] for one in form["body"]} <= KINDS
    questions = [one for one in form["body"] if one["type"] != "markdown"]
    assert len(questions) == len({one["id"] for one in questions})
    assert all(one["attributes"]["label"] for one in questions)
    for part in ASKED[name]:
        assert part in str(form["body"]), part


def test_the_page_on_security_tells_the_limits_in_force() -> None:
    """Of a line, and of the events of a run."""
    page = (ROOT / "SECURITY.md").read_text("utf-8")
    assert f"{LINE_MAX_BYTES // 1024**2} MiB at most" in page
    assert f"{EVENTS_MAX:,} events" in page


def test_the_readme_installs_the_wheel_of_this_version(built: Built) -> None:
    """By the name that the file has, where it is built."""
    assert f'"dist/{built.wheel.name}[all]"' in (ROOT / "README.md").read_text("utf-8")
