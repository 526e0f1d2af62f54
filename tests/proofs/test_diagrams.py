"""The diagrams are drawn from the machines, and a changed machine changes them."""

import os
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from proofs.diagrams.arrows import Arrow, Seen, arrows, conditions
from proofs.diagrams.page import DIAGRAMS, image_of, page, pictures, walked
from tests.proofs.mutant_sample import under

ROOT = Path(__file__).resolve().parents[2]
SVG = "{http://www.w3.org/2000/svg}"

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


def test_the_picture_says_each_arrow_of_the_table() -> None:
    """Every arrow of a diagram is a sentence of its picture; every state has its box."""
    made = pictures()
    assert len(DIAGRAMS) == len(made)
    for diagram in DIAGRAMS:
        found, picture = walked(diagram), ElementTree.fromstring(made[image_of(diagram)])
        told = picture.findtext(f"{SVG}desc")
        assert told is not None
        assert len(found) == told.count("From ")
        words = "".join("".join(each.itertext()) for each in picture.iter(f"{SVG}text"))
        boxes = {box for arrow in found for box in (arrow.source, arrow.target)} - {"[*]"}
        assert [] == [box for box in boxes if box.replace(" ", "") not in words.replace(" ", "")]


def test_what_a_profile_alone_does_is_in_its_diagram_alone() -> None:
    """A stream has a diagram for each profile, and they are not the same."""
    streams = [walked(diagram) for diagram in DIAGRAMS if diagram.title.startswith("A stream")]
    assert 2 == len(streams)
    assert streams[0] != streams[1]


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
