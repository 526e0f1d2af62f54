"""The kit for Node.js: its player finds what the oracle finds, and node:test shows it."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from proofs.mutants.catalogue import MUTANTS
from proofs.mutants.committed import trials_of
from proofs.mutants.evidence import Trial
from proofs.mutants.mutant import ROOT
from proofs.mutants.plant import harness_of, program_of
from stallproof.requirements.knobs import KNOBS
from tests.implementations.node.running import HARNESS, KIT, need_node
from tests.implementations.talking import WAIT_S

HARNESS_LINES_MAX = 100
TRIED_EACH = 10
"""Of the mutants that vectors find, `make test` plays one in so many, `make nightly` the others."""
FOUND = [
    one
    for one in trials_of(MUTANTS.values())
    if one.evidence.kind == "vectors" and program_of(one.mutant) == "tests/implementations/node"
]
PLAYED = """
import { load, play, whyLeftOut } from "%(kit)s/vectors.js";
import { Example } from "%(harness)s";
const failed = {};
for (const vector of load("%(vectors)s")) {
  if (whyLeftOut(Example, vector) !== null) continue;
  const found = await play(Example, vector);
  if (found.length > 0) failed[vector.name] = vector.requirements;
}
console.log(JSON.stringify(failed));
"""
TESTS = """
import { oracle, vectors } from "%(kit)s/testing.js";
import { GuardedHarness } from "%(kit)s/examples/guarded.js";
class Late extends GuardedHarness {
  configure(knobs) {
    super.configure(knobs);
    this.knobs.streaming_send_timeout += 0.000001;
    return knobs;
  }
}
vectors(Late, { only: "SD-2,SD-14", folder: "%(vectors)s" });
oracle("node %(kit)s/examples/guarded.js", { only: "SD-4,SD-18", args: ["--clock", "virtual"] });
"""
PLACES = {"kit": KIT, "harness": HARNESS, "vectors": ROOT / "spec" / "vectors"}


@pytest.fixture(autouse=True)
def _node() -> None:
    need_node()


def ran(*arguments: str, path: Sequence[Path] = (), ci: str = "") -> str:
    """Return what Node.js prints; the PATH is `path`, where there is one."""
    node = shutil.which("node")
    assert node is not None
    where = {"PATH": os.pathsep.join(map(str, path))} if path else {}
    told = subprocess.run(
        [node, *arguments], capture_output=True, text=True, timeout=WAIT_S, check=False,
        env={**os.environ, **where, "CI": ci, "PYTHONPATH": str(ROOT / "reference")}, cwd=ROOT,
    )  # fmt: skip
    assert "" == told.stderr
    return told.stdout


def played(**places: Path) -> dict[str, list[str]]:
    """Return the vectors that fail within Node.js, and their requirements."""
    source = PLAYED % {**PLACES, **places}
    found: dict[str, list[str]] = json.loads(ran("--input-type=module", "-e", source))
    return found


def subtests(output: str) -> dict[str, str]:
    """Return how the subtests about requirements ended: `ok`, `not ok`, or why one was skipped."""
    lines = re.findall(r"^ +(ok|not ok) \d+ - (\w+-\d+.*?)(?: # SKIP (.*))?$", output, re.M)
    return {name: why or how for how, name, why in lines}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the program `stallproof`."""
    folder = tmp_path_factory.mktemp("path")
    program = folder / "stallproof"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m stallproof "$@"\n')
    program.chmod(0o755)
    return folder


def test_the_kit_passes_its_own_tests() -> None:
    """What the player compares and what it leaves open is tested where it is written."""
    assert "\n# fail 0\n" in ran("--test", "--test-reporter=tap", str(KIT))


def test_a_harness_on_the_kit_is_short() -> None:
    """The example takes less than a hundred lines beside its guards, and so do the small ones."""
    for file in (HARNESS, *(KIT / "examples").glob("*.js")):
        assert len(file.read_text("utf-8").splitlines()) < HARNESS_LINES_MAX, file


def test_the_player_knows_the_defaults_of_the_vectors() -> None:
    """A knob that a vector leaves out has one value everywhere."""
    source = f'import {{ KNOBS, LEAST }} from "{KIT}/vectors.js";'
    known, least = json.loads(
        ran("--input-type=module", "-e", f"{source} console.log(JSON.stringify([KNOBS, LEAST]))")
    )
    assert {name: knob.default for name, knob in KNOBS.items()} == known
    assert {name: k.least for name, k in KNOBS.items() if k.least is not None} == least


def test_the_example_passes_every_vector_within_node() -> None:
    """The player raises no false alarm over the implementation that the oracle passes."""
    assert {} == played()


@pytest.mark.parametrize(
    "one",
    [
        pytest.param(one, marks=pytest.mark.nightly if n % TRIED_EACH else (), id=one.mutant.id)
        for n, one in enumerate(FOUND)
    ],
)
def test_the_player_finds_what_the_oracle_finds(one: Trial, tmp_path: Path) -> None:
    """A vector fails that is for a requirement by which the oracle fails the mutant."""
    _, harness = harness_of(one.mutant, tmp_path)
    failed = played(kit=tmp_path / "kits" / "node", harness=Path(harness))
    named = {requirement for each in failed.values() for requirement in each}
    assert set(one.evidence.must_fail) & named


@pytest.fixture(scope="module")
def late(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return a file of tests, one of them of an implementation that is a microsecond late."""
    file = tmp_path_factory.mktemp("tests") / "late.test.mjs"
    file.write_text(TESTS % PLACES)
    return str(file)


def test_a_subtest_a_requirement_says_what_is_wrong(late: str, path: Path) -> None:
    """By vectors and by the oracle: a mistake fails, and what is not declared is skipped."""
    told = ran("--test-reporter=tap", late, path=(path, *map(Path, os.get_exec_path())))
    assert {
        "SD-2": "not ok",
        "SD-14": "not declared: sequence",
        "SD-4 No TIMEOUT before the deadline": "ok",
        "SD-18 Giving up": "unsupported",
    } == subtests(told)
    assert "expired-exactly-at-the-deadline: With" in told


@pytest.mark.parametrize(("ci", "expected"), [("", "ok 2 - oracle # SKIP"), ("1", "not ok 2 - ")])
def test_without_the_oracle_nothing_is_said_of_it(
    ci: str, expected: str, late: str, tmp_path: Path
) -> None:
    """The test is skipped where the oracle is not installed, and fails in CI."""
    told = ran("--test-reporter=tap", late, path=(tmp_path,), ci=ci)
    assert f"\n{expected}" in told
    assert "there is no stallproof on the PATH" in told
