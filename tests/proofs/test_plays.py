"""Situations and the mutants that fail them: what is committed, and the page of it."""

from pathlib import Path

from proofs.mutants.catalogue import MUTANTS
from proofs.mutants.plays import page, record
from proofs.mutants.plays.__main__ import main, situations
from proofs.mutants.plays.measure import Situations, to_run
from proofs.mutants.plays.record import Entry

WEAK = Entry("1", {"SD-3": ["never-reads-unix"]})
STRONG = Entry("2", {"SD-3": ["never-reads-unix", "trickles"], "SD-5": ["timeout"]})


def test_the_page_says_which_situations_no_mutant_has_failed_yet() -> None:
    """What lacks is told, and the counts add up."""
    entries = record.load(MUTANTS.values())
    bare = page.bare(situations(), entries)
    text = page.document(situations(), entries)
    assert text.count("none yet") == len(bare)
    assert f"and {len(bare)} have neither." in text


def test_reasons_are_given_for_situations_of_the_law_that_no_mutant_fails() -> None:
    """A reason for what is not there, or for what a mutant does fail, is one too many."""
    entries = record.load(MUTANTS.values())
    bare = {
        f"{one} {name}"
        for one, names in situations().of.items()
        for name in names
        if not record.faults_of(one, name, entries)
    }
    assert set(page.reasons()) <= bare


def test_the_weakest_mutant_comes_first() -> None:
    """What breaks fewer requirements is weaker, whatever its name."""
    entries = {"a": STRONG, "b": WEAK}
    assert record.faults_of("SD-3", "never-reads-unix", entries) == ["b", "a"]
    assert record.faults_of("SD-3", "trickles", entries) == ["a"]
    assert record.faults_of("SD-5", "timeout", entries) == ["a"]
    assert record.faults_of("SD-3", "never-accepts", entries) == []


def test_a_mutant_that_has_changed_says_nothing_any_more(tmp_path: Path) -> None:
    """What was seen of another edit is left out when it is read."""
    one, other = [each for each in MUTANTS.values() if record.is_judged(each)][:2]
    file = tmp_path / "plays.json"
    record.write({one.id: Entry(record.digest_of(one), {}), other.id: WEAK}, file)
    assert list(record.load([one, other], file)) == [one.id]


def test_what_all_others_have_shown_is_not_run() -> None:
    """A mutant is worth a run while one of its situations has failed with nobody."""
    mutant = next(
        each for each in MUTANTS.values() if record.is_judged(each) and len(each.requirements) == 1
    )
    (requirement,) = mutant.requirements
    asked = Situations({requirement: ["first", "second"]})
    half = {"other": Entry("1", {requirement: ["first"]})}
    whole = {"other": Entry("1", {requirement: ["first", "second"]})}
    assert list(to_run([mutant], asked, half, all_of_them=False)) == [mutant]
    assert list(to_run([mutant], asked, whole, all_of_them=False)) == []
    assert list(to_run([mutant], asked, whole, all_of_them=True)) == [mutant]
    assert list(to_run([mutant], Situations({}), {}, all_of_them=True)) == []


def test_a_word_that_names_no_requirement_is_refused() -> None:
    """What cannot be asked for is no verdict."""
    assert main(["--only", "SD-999"]) == 2
