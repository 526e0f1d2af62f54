"""The diagrams are drawn from the machines, and a changed machine changes them."""

import os
import subprocess
from pathlib import Path

import pytest

from proofs.diagrams.arrows import Arrow, Seen, arrows, conditions
from proofs.diagrams.page import DIAGRAMS, page, picture, walked
from tests.proofs.mutant_sample import under

ROOT = Path(__file__).resolve().parents[2]

CHANGED = [
    (
        "stallproof.machines.send_deadline",
        "    if closing:\n        return after, End", "    if False:\n        return after, End",
    ),
    (
        "stallproof.machines.stall_count",
        "and checks >= policy.checks_max and not", "and checks > policy.checks_max and not",
    ),
    (
        "stallproof.machines.connection",
        "else Cause.TORN_FRAME",
        "else Cause.SEND_TIMEOUT",
    ),
    ("stallproof.machines.ack_progress", "    if wait_left_us <= 0:", "    if wait_left_us <= -9:"),
]  # fmt: skip


@pytest.mark.parametrize("mistake", CHANGED, ids=[each[0] for each in CHANGED])
def test_a_changed_machine_changes_its_diagram(
    mistake: tuple[str, str, str], tmp_path: Path
) -> None:
    """With a mutant of a machine the page is another one."""
    done = subprocess.run(
        [*under(mistake, tmp_path), "proofs.diagrams"],
        cwd=ROOT, capture_output=True, text=True, timeout=120,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'reference'}{os.pathsep}{ROOT}"},
    )  # fmt: skip
    assert 0 == done.returncode, done.stderr
    assert done.stdout.startswith("# The machines\n")
    assert page() != done.stdout


def test_the_picture_and_the_table_show_the_same_arrows() -> None:
    """Every arrow of a diagram is one label of its picture."""
    for diagram in DIAGRAMS:
        found = walked(diagram)
        drawn = [line for line in picture(found) if "-->" in line]
        assert len(found) == sum(line.count("<br/>") + 1 for line in drawn)


def test_a_condition_that_makes_no_difference_is_left_out() -> None:
    """One arrow for the moves that lead to the same box whatever the second fact is."""
    seen = [
        Seen("a", "step", (done, when), "", "end" if done == "done" else "a")
        for done in ("done", "not done")
        for when in ("early", "late")
    ]
    expected = [
        Arrow("a", "step", ("done",), "", "end"),
        Arrow("a", "step", ("not done",), "", "a"),
    ]
    assert expected == arrows(seen)


def test_a_condition_that_makes_a_difference_stays() -> None:
    """A fact without which the arrow would claim another's moves is kept."""
    yes: set[tuple[str, ...]] = {("done", "early")}
    no: set[tuple[str, ...]] = {("done", "late"), ("not done", "early")}
    assert [("done", "early")] == conditions(yes, no)


def test_facts_that_do_not_tell_arrows_apart_are_shown_on_both() -> None:
    """The same facts that lead to two boxes make two arrows, each with these facts."""
    seen = [Seen("a", "step", ("done",), "", target) for target in ("b", "c")]
    assert ["b", "c"] == [arrow.target for arrow in arrows(seen)]
