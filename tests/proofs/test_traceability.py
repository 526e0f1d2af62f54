"""The traceability matrix: current, without holes, and told when something is not as it says."""

import json
from dataclasses import replace

import pytest

from proofs.prover.statement import REGISTERED
from proofs.traceability import catalogues, evidence, gaps, page, tested, whole, written
from proofs.traceability.__main__ import as_json, main
from proofs.traceability.evidence import ByRequirement, Column, Evidence
from proofs.traceability.gaps import EVERYTHING, Reason
from proofs.traceability.reasons import REASONS
from stallproof.requirements.vectors import load_all
from tests.proofs import traced_tests
from tests.proofs.traced_tests import TESTED

COMMAND = "python -m proofs.traceability"
FOUND = whole.columns()
ROWS = evidence.matrix(FOUND)


def without(column: Column, requirement: str) -> dict[Column, ByRequirement]:
    """Return everything that was found, but for one cell."""
    left = {name: pieces for name, pieces in FOUND[column].items() if name != requirement}
    return {**FOUND, column: left}


def test_the_document_is_current() -> None:
    """It shows what the sources say now."""
    assert page.is_current(page.generated(ROWS, REASONS)), f"regenerate it with: {COMMAND}"


def test_every_cell_has_its_evidence_or_one_reason() -> None:
    """Nothing is missing, nothing is stale, and every file and test is there."""
    assert [] == whole.complaints(FOUND)


def test_every_requirement_has_a_row() -> None:
    """The rows are those of the registry, in its order."""
    registry = json.loads((evidence.ROOT / "spec" / "requirements.json").read_text("utf-8"))
    ids = [entry["id"] for entry in registry["requirements"] if entry["status"] == "active"]
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
    reasons = [reason for reason in REASONS if not reason.covers("CX-1")]
    emptied = evidence.matrix(without(column, "CX-1"))
    expected = f"{column}: nothing for CX-1, and no reason"
    assert expected in gaps.faults(emptied, reasons)
    assert expected not in gaps.faults(ROWS, reasons)


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


def test_the_reason_for_a_whole_column_is_stale_at_its_first_evidence() -> None:
    """Once there are vectors, nobody may say that there are none."""
    reasons = [one for one in REASONS if one.column != "vector"]
    none = [*reasons, Reason("vector", EVERYTHING, "There are none.")]
    assert [] == gaps.faults(evidence.matrix({**FOUND, "vector": {}}), none)
    named = catalogues.vectored(load_all()[:1])
    requirement, (piece, *_) = next(iter(named.items()))
    assert (evidence.ROOT / piece.path).is_file()
    wrong = gaps.faults(evidence.matrix({**FOUND, "vector": named}), none)
    assert f"vector: the reason for {requirement} is stale, there is {piece.name} now" in wrong


@pytest.mark.parametrize(
    ("node", "kinds", "complaint"),
    [
        (
            "tests/machines/test_settings.py::test_nobody_wrote_this",
            ("boundary",),
            "there is no test",
        ),
        ("tests/test_nowhere.py::test_x", ("boundary",), "there is no test"),
        ("tests/machines/test_settings.py::maybe", ("boundary",), "there is no test"),
        (TESTED[0].node, ("boundary",), "twice"),
        (
            "tests/machines/test_settings.py::test_sizes_have_two_ends",
            ("generated",),
            "is not generated",
        ),
        (
            "tests/machines/test_settings.py::test_the_strongest_source_with_a_value_wins",
            ("boundary",),
            "is generated",
        ),
    ],
)
def test_a_test_that_is_not_what_the_table_says_is_reported(
    node: str, kinds: tuple[str, ...], complaint: str
) -> None:
    """It has to exist, once, and to be generated exactly if it is called so."""
    assert [] == tested.faults()
    wrong = tested.faults([*TESTED, traced_tests.Tested(node, kinds, "SD-1")])
    assert any(complaint in one for one in wrong), wrong


def test_evidence_for_a_stranger_or_in_no_file_is_reported() -> None:
    """An ID that the registry lacks, and a file that is not there, are faults."""
    ghost = Evidence("ghost", "proofs/ghost.py", "boo")
    haunted: dict[Column, ByRequirement] = {**FOUND, "proof": {**FOUND["proof"], "SD-99": [ghost]}}
    wrong = whole.complaints(haunted)
    assert "proof: ghost speaks of SD-99, which is no requirement" in wrong
    haunted["proof"]["SD-1"] = [ghost]
    assert "there is no file proofs/ghost.py" in whole.complaints(haunted)


def test_a_rule_that_does_not_speak_of_its_requirement_is_refused() -> None:
    """The name of a rule is not believed without its words."""

    def sd_16() -> None:
        """Judge nothing."""

    with pytest.raises(LookupError, match="says nothing of"):
        catalogues.requirement_of(sd_16)
    with pytest.raises(LookupError, match="does not say"):
        catalogues.requirement_of(without)


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


def test_a_changed_cell_makes_the_document_stale() -> None:
    """One piece of evidence more or less is seen."""
    fewer = [replace(ROWS[0], cells={**ROWS[0].cells, "proof": ()}), *ROWS[1:]]
    assert not page.is_current(page.generated(fewer, REASONS))


@pytest.mark.parametrize("text", ["", page.BEGIN, page.END + page.BEGIN, 2 * page.BEGIN + page.END])
def test_a_document_without_its_marks_is_an_error(text: str) -> None:
    """Nothing is written into a document that does not say where."""
    with pytest.raises(page.MarksMissing):
        page.spliced(text, "x")


def test_the_command_tells_programs_as_well(capsys: pytest.CaptureFixture[str]) -> None:
    """The JSON has every requirement, and what is wrong."""
    assert main(["--check", "--json", "-"]) == 0
    assert as_json(ROWS, []) == capsys.readouterr().out
