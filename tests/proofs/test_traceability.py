"""The traceability matrix: without holes, and told when something is not as it says."""

import re
from dataclasses import replace

import pytest

from proofs.prover.statement import REGISTERED
from proofs.traceability import catalogues, evidence, gaps, page, tested, whole, written
from proofs.traceability.__main__ import as_json, main
from proofs.traceability.evidence import ByRequirement, Column, Evidence
from proofs.traceability.gaps import Reason
from proofs.traceability.reasons import reasons
from stallproof.requirements.registry import load_registry

FOUND = whole.columns()
ROWS = evidence.matrix(FOUND)
REASONS = reasons()


def without(column: Column, requirement: str) -> dict[Column, ByRequirement]:
    """Return everything that was found, but for one cell."""
    left = {name: pieces for name, pieces in FOUND[column].items() if name != requirement}
    return {**FOUND, column: left}


def test_every_cell_has_its_evidence_or_one_reason() -> None:
    """Nothing is missing, nothing is stale, and every file and test is there."""
    assert [] == whole.complaints(FOUND)


def test_every_requirement_has_a_row() -> None:
    """The rows are those of the registry, in its order."""
    ids = [one.id for one in load_registry().requirements if one.status == "active"]
    assert ids == [row.requirement for row in ROWS]


def test_every_requirement_has_a_test_with_drawn_inputs() -> None:
    """Boundaries alone would be the cases that somebody thought of."""
    drawn = {
        row.requirement for row in ROWS for e in row.cells["property"] if "generated" in e.says
    }
    assert set() == {row.requirement for row in ROWS} - drawn


def test_every_name_stands_in_the_file_that_it_links_to() -> None:
    """Obligations, laws, tests and rules are found where the document says."""
    columns: tuple[Column, ...] = ("proof", "search", "property")
    for column in columns:
        for row in ROWS:
            for one in row.cells[column]:
                text = (evidence.ROOT / one.path).read_text("utf-8")
                assert one.name in text, f"{one.name} is not in {one.path}"


# --- what is wrong is told ------------------------------------------------------------------------


@pytest.mark.parametrize("column", [c for c in evidence.COLUMNS if c != "vector"])
def test_a_cell_that_was_emptied_is_reported(column: Column) -> None:
    """Without its evidence and without a reason, CX-1 is a gap in any column."""
    given = [reason for reason in REASONS if not reason.covers("CX-1")]
    emptied = evidence.matrix(without(column, "CX-1"))
    expected = f"{column}: nothing for CX-1, and no reason"
    assert expected in gaps.faults(emptied, given)
    assert expected not in gaps.faults(ROWS, given)


def test_a_removed_obligation_is_reported() -> None:
    """The proofs of SD-7 hang on two obligations: without both of them there is a gap."""
    kept = [one for one in REGISTERED.values() if "SD-7" not in one.requirements]
    left = {**FOUND, "proof": catalogues.proved(kept)}
    assert "proof: nothing for SD-7, and no reason" in whole.complaints(left)


def test_a_missing_reason_is_reported() -> None:
    """A gap that nobody explains any more is a fault."""
    kept = [reason for reason in REASONS if reason.column != "proof"]
    assert "proof: nothing for SD-11, and no reason" in gaps.faults(ROWS, kept)


def test_a_stale_reason_is_reported() -> None:
    """A reason for what is there, or for what is no requirement, is a fault."""
    stale = Reason("proof", ("SD-1", "SD-99"), "Nobody tried.")
    wrong = gaps.faults(ROWS, [*REASONS, stale])
    assert any("the reason for SD-1 is stale" in one for one in wrong)
    assert "proof: a reason for SD-99, which is no requirement" in wrong


def test_a_second_reason_and_an_empty_one_are_reported() -> None:
    """One gap has one reason, and it says something."""
    again = Reason("proof", ("SD-11",), " ")
    wrong = gaps.faults(ROWS, [*REASONS, again])
    assert "proof: 2 reasons for SD-11, and one is enough" in wrong
    assert "proof: a reason without words" in wrong


def test_the_reason_of_a_group_speaks_of_its_gaps_and_lasts_as_long_as_one() -> None:
    """It is no fault beside evidence, until there is evidence for the whole group."""
    of_group = Reason("search", ("CF-4", "CF-5"), "No history.", is_of_group=True)
    others = [one for one in REASONS if one.column != "search"]
    filled = {**FOUND, "search": {**FOUND["search"], "CF-4": FOUND["search"]["SD-1"]}}
    found = [
        [one for one in gaps.faults(evidence.matrix(cells), [*others, of_group]) if "CF" in one]
        for cells in (FOUND, filled)
    ]
    lacking = [f"search: nothing for CF-{n}, and no reason" for n in (1, 2, 3)]
    stale = "search: the reason for group CF is stale, nothing lacks"
    assert [lacking, [*lacking, stale]] == found


def test_what_virtual_time_cannot_decide_has_no_vectors() -> None:
    """The reason for that gap is the one for which virtual time cannot decide it."""
    said = [one.text for one in REASONS if one.column == "vector" and one.covers("SD-16")]
    assert ["A vector plays in virtual time. There is no TLS in virtual time."] == said


TEST = """
@pytest.mark.requirement("SD-1", "SD-2", kind="socket")
@given(x=integers())
def test_one(x): ...

@pytest.mark.requirement("SD-3", kind=("boundary", "socket"))
def test_two(): ...

TestThree = pytest.mark.requirement("SD-4")(Three.TestCase)
"""


def test_a_marker_tells_the_requirements_and_what_kind_of_test_it_is() -> None:
    """Whether inputs are generated is seen in the test itself."""
    expected = [
        tested.Tested("t.py", "test_one", ("SD-1", "SD-2"), ("generated", "socket")),
        tested.Tested("t.py", "test_two", ("SD-3",), ("boundary", "socket")),
        tested.Tested("t.py", "TestThree", ("SD-4",), ("generated",)),
    ]
    assert expected == tested.marked_in(TEST, "t.py")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("def test_one", "def one", "t.py:2: one is no test"),
        ('"SD-1", "SD-2", ', "", "t.py:2: expected the IDs of requirements"),
        ('"SD-1", "SD-2"', '"SD-1", "SD-1"', "t.py:2: expected the IDs of requirements, each once"),
        ('"SD-1"', "ONE", "t.py:2: a marker says its requirements in words"),
        ('kind="socket"', 'sort="socket"', "t.py:2: expected the IDs of requirements"),
        ('kind="socket"', 'kind="sock"', "t.py:2: there is no kind 'sock': use boundary, socket"),
        (
            ', kind=("boundary", "socket")',
            "",
            "t.py:6: expected a kind, since",
        ),
        ("Three.TestCase", "Three.Test", "t.py:9: expected a kind, since nothing is generated"),
        ("TestThree = ", "", "t.py: a marker 'requirement' stands on no test"),
    ],
)
def test_a_marker_in_vain_is_refused(old: str, new: str, complaint: str) -> None:
    """It stands on a test, names requirements, and says what kind of test it is."""
    assert old in TEST
    with pytest.raises(tested.MarkerError, match=re.escape(complaint)):
        tested.marked_in(TEST.replace(old, new), "t.py")


def test_a_requirement_that_is_marked_and_does_not_exist_is_reported() -> None:
    """A slip in a marker is no evidence."""
    (slip,) = tested.marked_in(TEST.replace("SD-4", "SD-99"), "t.py")[2:]
    piece = Evidence(slip.name, slip.path, "generated")
    wrong = whole.complaints({**FOUND, "property": {**FOUND["property"], "SD-99": [piece]}})
    assert "property: TestThree speaks of SD-99, which is no requirement" in wrong


def test_evidence_for_a_stranger_or_in_no_file_is_reported() -> None:
    """An ID that the registry lacks, and a file that is not there, are faults."""
    ghost = Evidence("ghost", "proofs/ghost.py", "boo")
    haunted: dict[Column, ByRequirement] = {**FOUND, "proof": {**FOUND["proof"], "SD-99": [ghost]}}
    wrong = whole.complaints(haunted)
    assert "proof: ghost speaks of SD-99, which is no requirement" in wrong
    haunted["proof"]["SD-1"] = [ghost]
    assert "there is no file proofs/ghost.py" in whole.complaints(haunted)


def test_a_clause_counts_only_by_the_requirement_that_it_names() -> None:
    """Contracts are read from the syntax tree: comments and unnamed clauses are none."""
    source = (
        "@require(lambda x: x > 0)  # SD-1\n"
        '@ensure(lambda result: result, "SD-2, SD-3: it ends")\n'
        "def on_step(x: int) -> bool:\n"
        "    return x > 0\n"
    )
    found = [(requirement, e.name, e.says) for requirement, e in written.clauses_of(source, "m")]
    said = "ensures “SD-2, SD-3: it ends”"
    assert [("SD-2", "m.on_step", said), ("SD-3", "m.on_step", said)] == found


def test_a_verdict_is_told_beside_its_evidence() -> None:
    """What was not confirmed shows as that, and a judged implementation as it came out."""
    said = page.document(ROWS, REASONS, catalogues.recorded())
    piece = replace(ROWS[0].cells["proof"][0], verdict="not-confirmed")
    changed = replace(ROWS[0], cells={**ROWS[0].cells, "proof": (piece,)})
    assert f"[`{piece.name}`](../{piece.path}) (not-confirmed)" in page.document([changed], [], {})
    assert f"[`{piece.name}`](../{piece.path}) (confirmed)" in said
    assert "- [judged](results.md): nvflare-2.7.2 fail" in said
    assert "- [judged](results.md): nobody yet" in page.document([changed], [], {})


def test_the_command_tells_programs_as_well(capsys: pytest.CaptureFixture[str]) -> None:
    """The JSON has every requirement, and what is wrong."""
    assert main(["--json", "-"]) == 0
    assert as_json(ROWS, []) == capsys.readouterr().out


def test_the_command_shows_one_requirement_with_its_evidence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Every piece is named with its file, and a gap with its reason."""
    assert main(["--show", "SD-11"]) == 0
    said = capsys.readouterr().out
    (row,) = (row for row in ROWS if row.requirement == "SD-11")
    for pieces in row.cells.values():
        for one in pieces:
            assert one.name in said
            assert one.path in said
    gaps_told = [reason.text for reason in REASONS if reason.covers("SD-11")]
    assert [] == [text for text in gaps_told if text not in said]
    assert "nvflare-2.7.2: fail" in said
    assert "SD-12" not in {line.split(" ")[0] for line in said.splitlines()}


def test_an_unknown_requirement_is_refused() -> None:
    """Nothing is shown then."""
    with pytest.raises(SystemExit) as ended:
        main(["--show", "SD-99"])
    assert 2 == ended.value.code
