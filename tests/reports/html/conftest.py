"""Pages of failing runs, made once: a real one, and single vectors in virtual time."""

import json
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from proofs.mutants.catalogue import MUTANTS
from proofs.mutants.plant import harness_of
from stallproof import cli
from stallproof.runner import conform
from stallproof.runner.play import SCENARIOS
from tests.browser import browser as browser
from tests.browser import opened as opened

NEGATIVE = Path(__file__).parents[2] / "implementations" / "negative"


@dataclass(frozen=True)
class Told:
    """One run of the oracle: its page, its report and its trace, as files."""

    folder: Path

    @property
    def page(self) -> Path:
        return self.folder / "page.html"

    @cached_property
    def report(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "report.json").read_text())
        return found

    def finding(self, requirement: str) -> dict[str, Any]:
        """Return the first finding of a requirement."""
        judged = next(one for one in self.report["requirements"] if one["id"] == requirement)
        found: dict[str, Any] = judged["findings"][0]
        return found

    def events(self, requirement: str) -> list[dict[str, Any]]:
        """Return the events of the run of its first finding, the run's first line included."""
        name = self.finding(requirement)["scenario"]
        text = (self.folder / "trace.jsonl").read_text()
        lines = [json.loads(line) for line in text.splitlines()]
        begins = [n for n, line in enumerate(lines) if line["event"] == "scenario"]
        for begin, end in zip(begins, [*begins[1:], len(lines)], strict=True):
            if f"{lines[begin]['name']} #{lines[begin]['repetition']}" == name:
                return lines[begin:end]
        raise LookupError(name)


def told(folder: Path, *tokens: str) -> Told:
    """Judge as the `tokens` say, and keep page, report and trace in `folder`."""
    made = ("--html", "page.html"), ("--json", "report.json"), ("--trace", "trace.jsonl")
    files = [part for option, name in made for part in (option, str(folder / name))]
    assert cli.run(["conform", *tokens, *files]) in (1, 3)
    return Told(folder)


def mutant(folder: Path, id: str, vector: str, only: str) -> Told:
    """Play one vector against a mutant of the reference, judged by one requirement."""
    command = " ".join(harness_of(MUTANTS[id], folder))
    return told(folder, "--impl", command, "--vectors", vector, "--only", only)


@pytest.fixture(scope="session")
def held_too_long(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Return a real run of one scenario: the send lock is held for 300 ms beyond its bound."""
    with pytest.MonkeyPatch.context() as patch:
        one = [scenario for scenario in SCENARIOS if scenario.name == "never-reads-unix"]
        patch.setattr(conform, "SCENARIOS", one)
        command = f"{sys.executable} {NEGATIVE / 'holds_longer.py'}"
        asked = ("--impl", command, "--clock", "real", "--only", "SD-3")
        return told(tmp_path_factory.mktemp("real"), *asked)


@pytest.fixture(scope="session")
def failed_too_early(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Return a run in which a stream fails at once, since a pause of its source counts."""
    folder = tmp_path_factory.mktemp("stream")
    vector = "paused-source-then-a-wait"
    return mutant(folder, "pause_counts_in_hardened", vector, "AP-4")


@pytest.fixture(scope="session")
def closed_too_late(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Return a run in which the monitor closes one check after the close window."""
    folder = tmp_path_factory.mktemp("monitor")
    return mutant(folder, "closes_one_check_late", "close-at-the-upper-end", "SC")
