"""No false alarms: what is right is never accused, whatever scripts it is put through."""

import os
import sys
from pathlib import Path

import pytest

from stallproof.generate.run import run_generated
from stallproof.requirements.registry import load_registry
from stallproof.runner.sut.command import REFERENCE_COMMAND
from tests.implementations.c.building import SOURCE, built
from tests.implementations.go.building import program
from tests.implementations.node.running import COMMAND as NODE
from tests.implementations.node.running import need_node

SEEDS = range(int(os.environ.get("STALLPROOF_SEEDS", "5")))
"""How many runs: a few in every test, and as many as anybody likes by the environment variable."""
SCRIPTS = 25
WORLDS = int(os.environ.get("STALLPROOF_WORLDS", "6"))
"""How many worlds on the real clock, for each implementation."""
PYTHON = Path(__file__).resolve().parents[1] / "implementations" / "python" / "harness.py"
EVERYTHING = frozenset(requirement.id for requirement in load_registry().requirements)


def command_of(language: str, folder: Path) -> tuple[str, ...]:
    """Return the command of a right implementation."""
    if language == "node":
        need_node()
        return NODE
    if language == "c":
        return (str(built(SOURCE, folder)),)
    if language == "go":
        return (str(program(folder)),)
    return REFERENCE_COMMAND if language == "reference" else (sys.executable, str(PYTHON))


@pytest.mark.parametrize("language", ["reference", "python", "node", "c", "go"])
def test_a_right_one_is_never_accused(language: str, tmp_path: Path) -> None:
    """In each run of generated scripts nothing fails, and no harness is found broken."""
    command = command_of(language, tmp_path)
    alarms = {}
    for seed in SEEDS:
        report = run_generated(
            command, count=SCRIPTS, seed=seed, clock="virtual", profile="hardened",
            selected=EVERYTHING, grace_us=None, trace_path=None, failure_dir=tmp_path,
            progress=lambda _told: None,
        )  # fmt: skip
        failed = [j.id for j in report.requirements if j.verdict in ("fail", "inconclusive")]
        if failed or report.harness:
            alarms[seed] = (failed, report.harness)
    assert {} == alarms


@pytest.mark.nightly
@pytest.mark.timing
@pytest.mark.parametrize("language", ["reference", "python", "node", "c", "go"])
def test_a_right_one_is_never_accused_in_a_world(language: str, tmp_path: Path) -> None:
    """Over real sockets a noisy machine may leave a requirement open, and never breaks one."""
    report = run_generated(
        command_of(language, tmp_path), count=WORLDS, seed=1, clock="real", profile="hardened",
        selected=EVERYTHING, grace_us=None, trace_path=None, failure_dir=tmp_path,
        progress=lambda _told: None,
    )  # fmt: skip
    assert [] == [(j.id, j.findings[0]) for j in report.requirements if j.verdict == "fail"]
    assert [] == report.harness
