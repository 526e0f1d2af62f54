"""The mutants: the catalogue, what was committed of it, its page, and the command."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from proofs.mutants import committed
from proofs.mutants.__main__ import main, titles
from proofs.mutants.catalogue import MUTANTS, SUBJECTS
from proofs.mutants.evidence import Trial
from proofs.mutants.mutant import KINDS, ROOT, Evidence, Mutant, evidence_of, why_unfit
from proofs.mutants.page import mutants_page
from proofs.mutants.run import Result, run_mutants
from stallproof.requirements.registry import load_registry
from tests.proofs.mutant_sample import LATE, trial

RERUN = "run `python -m proofs mutants --stale --write`"
PART_MAX_S = 180.0
TRIALS = committed.trials_of(MUTANTS.values())
COMMITTED = [one for one in TRIALS if one.evidence.kind in committed.COMMITTED]
FEWEST = {
    "proofs/": 10, "reference/": 370, "spec/models/": 70,
    "tests/implementations/node/": 25, "tests/implementations/c/": 35,
    "tests/implementations/go/": 15,
}  # fmt: skip
"""How many mutants there are at least, by where the file lies."""


# --- the catalogue and what was committed of it --------------------------------------------------


def test_every_mutant_fits() -> None:
    """The text that each replaces stands in its file exactly once."""
    assert {} == {one.id: why for one in MUTANTS.values() if (why := why_unfit(one))}


def test_every_requirement_has_a_mutant() -> None:
    """There are many, by every kind of evidence and in every program, and none for a stranger."""
    every = MUTANTS.values()
    assert set(titles()) == {each for one in every for each in one.requirements}
    assert set(KINDS) == {one.evidence.kind for one in TRIALS}
    files = [one.file for one in every]
    for place, fewest in FEWEST.items():
        assert fewest <= sum(file.startswith(place) for file in files), place


def test_every_sentence_has_a_mutant() -> None:
    """Each sentence of the law is broken by itself at least once, and no other one is named."""
    law = {
        f"{one.id}.{number}": one
        for one in load_registry().requirements
        if one.status == "active"
        for number, _sentence in enumerate(one.law, 1)
    }
    named = {each for one in MUTANTS.values() for each in one.sentences}
    assert set() == named - law.keys()
    alone = {name for name, one in law.items() if len(one.law) == 1}
    assert set() == law.keys() - named - alone


def test_no_edit_stands_in_two_mutants() -> None:
    """One wrong text is one mutant, with all that must catch it."""
    assert len(MUTANTS) == len({(one.file, one.old, one.new) for one in MUTANTS.values()})
    assert all(one.caught_by and one.says for one in MUTANTS.values())
    assert len(TRIALS) == len(set(TRIALS))
    assert len(MUTANTS) == sum(len(mutants) for mutants in SUBJECTS.values())


def test_a_requirement_has_one_home() -> None:
    """Mutants stand with what they break first; those that belong to none stand apart."""
    homes: dict[str, set[str]] = {}
    apart = (
        "models",
        "judge_model",
        "oracle_time",
        "endings",
        "suspended",
        "sc_at_rest",
        "cf_jobs",
        "asyncio_code",
        "peer_layouts",
        "pytest_outcomes",
        "jobs",
        "cluster",
        "contracts",
        "generated_parts",
        "oracle_plays",
    )
    for subject, mutants in SUBJECTS.items():
        for one in () if subject in apart else mutants:
            homes.setdefault(one.requirements[0], set()).add(subject)
    assert {} == {one: found for one, found in homes.items() if len(found) > 1}


def test_every_test_that_must_catch_one_is_there() -> None:
    """A node names a file, and a test in it; what is not there catches nothing."""
    nodes = {one.evidence.target for one in TRIALS if one.evidence.kind == "test"}
    for node in nodes:
        path, _, name = node.partition("::")
        assert name.partition("[")[0].rpartition("::")[2] in (ROOT / path).read_text("utf-8"), node


def test_every_mutant_was_caught_as_it_is_now() -> None:
    """What was committed says caught of each, and rests on the present code and evidence."""
    entries = committed.load()
    assert [] == [committed.key_of(one) for one in COMMITTED if committed.is_stale(one, entries)], (
        RERUN
    )
    assert {committed.key_of(one) for one in COMMITTED} == set(entries), RERUN


def test_the_part_hits_every_requirement_in_time() -> None:
    """The part that `make test` runs takes less than three minutes by what was committed."""
    entries = committed.load()
    part = committed.part_of(TRIALS, list(titles()), entries)
    assert set(titles()) == {each for one in part for each in one.mutant.requirements}
    assert sum(committed.cost_s(one, entries) for one in part) < PART_MAX_S


def test_what_must_fail_before_the_oracle_breaks() -> None:
    """It is said once, in the evidence; what is judged beside it does not break."""
    evidence = ("oracle:SD-1,SD-3 beside SD-2", "vectors:SD-3,SC-1", f"test:{LATE.id}")
    mutant = replace(LATE, breaks=("AP-1",), caught_by=evidence)
    assert ("AP-1", "SD-1", "SD-3", "SC-1") == mutant.requirements
    assert ["SD-1", "SD-3", "SD-2"] == mutant.evidence[0].judged
    for one in MUTANTS.values():
        assert not {*one.breaks} & {each for by in one.evidence for each in by.must_fail}


def test_evidence_is_a_kind_and_a_target() -> None:
    """What is written in the catalogue comes back; anything else is refused."""
    assert Evidence("test", "tests/a.py::b") == evidence_of("test:tests/a.py::b")
    for text in ("luck:a", "test:", "test"):
        with pytest.raises(ValueError, match="no evidence"):
            evidence_of(text)


# --- the page ------------------------------------------------------------------------------------


def test_the_page_counts_and_tells_each_mutant() -> None:
    """A row of the matrix for each requirement, and under it each mutant with its verdicts."""
    both = replace(LATE, caught_by=(*LATE.caught_by, "vectors:SD-1"))
    entries = {committed.key_of(trial()): committed.Entry("caught", 1.25, "")}
    page = mutants_page([both], {"SD-1": "One deadline", "SD-2": "The end"}, entries)
    assert "| SD-1 One deadline | 1 |  |  |  |  | 1 |  | 1 |" in page
    assert "| SD-2 The end | 0 |" in page
    (row,) = [line for line in page.splitlines() if "(`late`)" in line]
    assert "`vectors:SD-1`" in row
    assert row.endswith("| caught, 1.2 s<br>asked |")
    assert "| not run<br>asked |" in mutants_page([both], {"SD-1": ""}, {})


# --- digests and the part ------------------------------------------------------------------------


def test_a_digest_covers_text_edit_and_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever changes of the three, what was committed is stale."""
    entries = {committed.key_of(trial()): committed.Entry("caught", 1.0, "")}

    def is_stale(one: Trial) -> bool:
        return committed.is_stale(one, {committed.key_of(one): entry})

    entry = replace(entries[committed.key_of(trial())], digest=committed.digest_of(trial()))
    assert not is_stale(trial())
    assert not is_stale(trial(replace(LATE, says="in other words")))
    assert is_stale(trial(replace(LATE, new="something else")))
    assert is_stale(trial(by="test:tests/machines/test_settings.py::test_a"))
    monkeypatch.setattr(committed, "text_of", lambda mutant: "other code")
    assert is_stale(trial())


def test_a_changed_test_makes_its_verdict_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file of the test is part of what was judged."""
    monkeypatch.setattr(committed, "ROOT", tmp_path)
    test = tmp_path / "test_it.py"
    one = trial(by="test:test_it.py::test_it")
    digests = set()
    for text in ("one", "two"):
        test.write_text(text)
        digests.add(committed.digest_of(one))
    test.unlink()
    assert len({*digests, committed.digest_of(one)}) == 3


def test_a_mutant_that_was_not_caught_stays_stale() -> None:
    """An entry with another verdict than caught never counts."""
    for verdict in ("missed", "does-not-fit", "broken"):
        entry = committed.Entry(verdict, 1.0, committed.digest_of(trial()))
        assert committed.is_stale(trial(), {committed.key_of(trial()): entry})
    assert committed.is_stale(trial(), {})


def test_written_entries_come_back(tmp_path: Path) -> None:
    """Writing keeps what was not run, and drops what left the catalogue or is not committed."""
    file = tmp_path / "caught.json"
    gone = committed.Entry("caught", 2.0, "0")
    evidence = LATE.caught_by[0]
    file.write_text(json.dumps({name: {evidence: asdict(gone)} for name in ("gone", "late")}))
    other = replace(LATE, id="other", caught_by=(*LATE.caught_by, "vectors:SD-1"))
    results = [Result(one, "caught", 1.0, "") for one in committed.trials_of([other])]
    committed.write(results, [LATE, other], file)
    assert {("late", evidence), ("other", evidence)} == set(committed.load(file))
    assert gone == committed.load(file)["late", evidence]
    assert 4 == len(file.read_text().splitlines())


def test_what_was_edited_during_a_run_is_stale(tmp_path: Path) -> None:
    """A verdict counts for what was there when the run began, and for nothing newer."""
    file, key = tmp_path / "caught.json", committed.key_of(trial())
    for digest, is_stale in ((committed.digest_of(trial()), False), ("another text", True)):
        results = [Result(trial(), "caught", 1.0, "")]
        committed.write(results, [LATE], file, digests={key: digest})
        assert is_stale == committed.is_stale(trial(), committed.load(file))


def test_the_part_is_cheap() -> None:
    """The least costly trials hit each requirement, none in vain, and only what is committed."""
    dear, both, one = (
        trial(replace(LATE, id=name, breaks=tuple(ids.split())))
        for name, ids in (("dear", "A B"), ("both", "A B C"), ("one", "C"))
    )
    asked = Trial(both.mutant, Evidence("vectors", "A"))
    every = [asked, dear, both, one]
    entries = {
        committed.key_of(each): committed.Entry("caught", cost, "")
        for each, cost in ((asked, 0.1), (dear, 9.0), (both, 4.0), (one, 1.0))
    }
    assert [both] == committed.part_of(every, ["A", "B", "C"], entries)
    assert [one] == committed.part_of(every, ["C"], entries)
    entries[committed.key_of(one)] = committed.Entry("broken", 0.1, "")
    assert [both] == committed.part_of(every, ["C"], entries)


# --- the command ---------------------------------------------------------------------------------


def only(monkeypatch: pytest.MonkeyPatch, *mutants: Mutant) -> None:
    """Leave nothing but `mutants` in the catalogue of the command."""
    monkeypatch.setattr("proofs.mutants.__main__.MUTANTS", {one.id: one for one in mutants})


def test_a_requirement_without_a_mutant_ends_the_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 1, and the requirement is named, before anything is run."""
    only(monkeypatch, LATE)
    with pytest.raises(SystemExit) as ended:
        main([])
    assert 1 == ended.value.code
    assert "SD-2" in capsys.readouterr().err


def test_arguments_that_name_nothing_are_refused() -> None:
    """Status 2 for an unknown ID, an unknown kind and a folder that is not there."""
    for arguments in (["--only", "nothing"], ["--kind", "luck"], ["--json", "/nowhere/a.json"]):
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--part"])
        assert 2 == ended.value.code


@pytest.mark.parametrize(
    ("old", "status", "verdict"),
    [(LATE.old, 0, "caught"), ("text that nobody wrote", 1, "does-not-fit")],
)
def test_the_status_says_whether_all_are_caught(
    old: str, status: int, verdict: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """0 only when every mutant that was run is caught; the JSON has the verdicts."""
    only(monkeypatch, replace(LATE, old=old))
    file = tmp_path / "results.json"
    assert status == main(["--only", "late", "--json", str(file)])
    assert [verdict] == [one["verdict"] for one in json.loads(file.read_text())]


def test_a_text_that_is_not_there_is_never_run() -> None:
    """It is told with how often it stands in the file."""
    (result,) = run_mutants([trial(replace(LATE, old="text that nobody wrote"))])
    assert "does-not-fit" == result.verdict
    assert "0 times" in result.detail
