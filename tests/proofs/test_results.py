"""The page of results: current, and silent where it has to be; what a cell says."""

import re

import msgspec
import pytest

from proofs.results import page
from proofs.results.bounds import COLUMNS, cell
from proofs.results.context import CONTEXT, RACES, context_of
from proofs.results.implementations import BY_NAME, IMPLEMENTATIONS, NOT_HERE, ROOT
from proofs.results.record import FOLDER, Situation, problems, read_all, worst_ms
from tests.proofs.results_records import (
    BROKEN,
    HELD,
    LATE,
    NOISY,
    REGISTRY,
    UNSEEN,
    judged_as,
    record,
)

TRICKLE = next(column for column in COLUMNS if column.requirement == "SD-1")


# --- What is committed ----------------------------------------------------------------------------


def test_everybody_who_is_judged_has_a_record() -> None:
    """No release and no transport is left out quietly, and no record lies about unused."""
    assert sorted(BY_NAME) == sorted(path.stem for path in FOLDER.glob("*.json")), "make results"


def test_a_requirement_that_is_not_part_of_the_page_is_nowhere() -> None:
    """The footnote is all that is said of it, on the page and in the records."""
    for identifier in NOT_HERE:
        word = re.compile(rf"\b{identifier}\b")
        for path in FOLDER.glob("*.json"):
            assert [] == word.findall(path.read_text("utf-8")), path.name
        said = page.document(read_all())
        assert 1 == len(word.findall(said))
        assert f"{identifier} is not part of this page." in said
        assert identifier not in CONTEXT


def test_what_is_not_part_of_the_page_is_not_judged_for_it() -> None:
    """It is not even played, so that no other finding can speak of it."""
    assert frozenset({"SD-12"}) == NOT_HERE
    for one in IMPLEMENTATIONS:
        assert not NOT_HERE & one.selected(REGISTRY)


def test_the_sentences_are_about_requirements_that_exist() -> None:
    """A sentence for an ID that nobody knows would never be read."""
    ids = {one.id for one in REGISTRY.requirements}
    assert set() == (CONTEXT.keys() | RACES) - ids


def test_every_failure_of_nvflare_has_its_own_sentence() -> None:
    """A stand-in would not tell the reader what the requirement asks."""
    nvflare = [one for name, one in read_all().items() if BY_NAME[name].kind == "nvflare"]
    failed = {j.id for one in nvflare for j in one.requirements if j.verdict == "fail"}
    assert set() == failed - CONTEXT.keys()


def test_every_harness_that_is_named_exists() -> None:
    """The command can be run from the project's folder."""
    assert [] == [one.harness for one in IMPLEMENTATIONS if not (ROOT / one.harness).exists()]


# --- What a cell says -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trickle", "expected"),
    [
        (HELD, "yes"),
        (BROKEN, "**no** (the call 1810 ms)"),
        (UNSEEN, "not seen"),
        (NOISY, "inconclusive"),
    ],
)
def test_a_cell_is_decided_by_the_record(trickle: Situation, expected: str) -> None:
    """Kept is yes, broken is no with its number, and what was not seen is neither."""
    assert expected == cell(TRICKLE, record("trio", trickle=trickle))


def test_a_breach_beside_the_situations_of_the_law_counts() -> None:
    """It is told under a name of its own, and turns the cell."""
    held = record("trio")
    first = held.requirements[0]
    worse = judged_as("SD-1", {**first.situations, "other": BROKEN})
    broken = msgspec.structs.replace(held, requirements=[worse, *held.requirements[1:]])
    assert "**no** (the call 1810 ms)" == cell(TRICKLE, broken)


def test_what_is_not_the_transport_s_own_is_left_out() -> None:
    """The server behind gRPC is ours, so its torn frames say nothing about gRPC."""
    torn = next(column for column in COLUMNS if column.requirement == "SD-6")
    assert ("left out", "yes") == (cell(torn, record("grpcio")), cell(torn, record("trio")))
    assert "a deadline for each call would" in page.document({"grpcio": record("grpcio")})


def test_every_column_speaks_of_situations_that_exist() -> None:
    """A column of nothing would say "not seen" for ever."""
    for column in COLUMNS:
        assert set(column.situations) <= set(REGISTRY.by_id(column.requirement).situation_names)


def test_every_no_has_its_number() -> None:
    """The patterns fit what the oracle says now."""
    for name, one in read_all().items():
        if BY_NAME[name].kind != "nvflare":
            assert [] == [c.title for c in COLUMNS if cell(c, one) == "**no**"], name


def test_the_worst_time_is_of_what_happened() -> None:
    """Neither the timeout nor what is allowed is a time that was measured."""
    assert (1810.4, 0.0) == (worst_ms(LATE), worst_ms("no time at all"))


# --- The page -------------------------------------------------------------------------------------


def test_a_failure_is_on_the_page_with_its_finding_and_its_context() -> None:
    """Table, explanation and sentence come from one record, and releases alike share a line."""
    records = {n: record(n, trickle=BROKEN) for n in ("nvflare-2.7.2", "nvflare-2.9.0")}
    said = page.document(records)
    assert "| SD-1 One deadline for the whole frame | seed | **fail** | **fail** |" in said
    assert f"- 9.9, 9.9: {LATE} (`s`)" in said
    assert context_of("SD-1", "seed") in said


def test_a_requirement_without_a_sentence_gets_what_its_profile_says() -> None:
    """Nothing that failed stands there without a word."""
    assert "hardened profile adds" in context_of("XX-1", "hardened")


def test_what_came_into_the_law_after_a_run_is_not_judged_yet() -> None:
    """The record stays usable, and the page says of the new requirement that nobody judged it."""
    whole = record("nvflare-2.9.0")
    older = msgspec.structs.replace(
        whole, requirements=[one for one in whole.requirements if one.id != "SD-1"]
    )
    problems(older)
    said = page.document({"nvflare-2.9.0": older})
    assert "| SD-1 One deadline for the whole frame | seed | not judged yet |" in said
    assert cell(TRICKLE, older) == "not judged yet"
    assert f"of {len(older.requirements)} |" in said


def test_a_requirement_outside_of_the_selection_is_not_due() -> None:
    """A transport without streams was never to be judged by AP."""
    assert "| AP-1 |" not in page.document({"trio": record("trio")})
