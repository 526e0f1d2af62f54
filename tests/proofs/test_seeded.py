"""The seeded mistakes: the catalogue, what was committed of it, and the runner's own honesty."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from proofs.seeded import committed
from proofs.seeded.__main__ import main, titles
from proofs.seeded.catalogue import SEEDED
from proofs.seeded.processes import ROOT
from proofs.seeded.runner import Result, run_mistakes
from proofs.seeded.seeded import KINDS, why_unfit
from tests.proofs.seeded_sample import LATE

RERUN = "run `python -m proofs.seeded --stale --write`"
PART_MAX_S = 180.0


# --- the catalogue and what was committed of it --------------------------------------------------


def test_every_mistake_fits() -> None:
    """The text that each replaces stands in its module exactly once."""
    assert {} == {one.name: why for one in SEEDED if (why := why_unfit(one))}


def test_every_requirement_has_a_mistake() -> None:
    """There are at least 60 mistakes, none for a requirement that is unknown."""
    assert set(titles()) == {each for one in SEEDED for each in one.requirements}
    assert len(SEEDED) >= 60
    assert set(KINDS) == {one.evidence.kind for one in SEEDED}


def test_every_mistake_was_caught_as_it_is_now() -> None:
    """What was committed says caught of each, and rests on the present code and evidence."""
    entries = committed.load()
    assert [] == [one.name for one in SEEDED if committed.is_stale(one, entries)], RERUN
    assert {one.name for one in SEEDED} == set(entries), RERUN


def test_the_part_hits_every_requirement_in_time() -> None:
    """The part that `make test` runs takes less than three minutes by what was committed."""
    entries = committed.load()
    part = committed.part_of(SEEDED, list(titles()), entries)
    assert set(titles()) == {each for one in part for each in one.requirements}
    assert sum(committed.cost_s(one, entries) for one in part) < PART_MAX_S


# --- digests and the part ------------------------------------------------------------------------


def test_a_digest_covers_source_entry_and_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever changes of the three, what was committed is stale."""
    entries = {"late": committed.Entry("caught", 1.0, committed.digest_of(LATE))}
    assert not committed.is_stale(LATE, entries)
    assert committed.is_stale(replace(LATE, new="something else"), entries)
    monkeypatch.setattr(committed, "evidence_file", lambda evidence: ROOT / "Makefile")
    assert committed.is_stale(LATE, entries)
    monkeypatch.undo()
    monkeypatch.setattr(committed, "source_of", lambda module: "other code")
    assert committed.is_stale(LATE, entries)


def test_a_mistake_that_was_not_caught_stays_stale() -> None:
    """An entry with another verdict than caught never counts."""
    for verdict in ("missed", "does-not-fit", "broken"):
        entry = committed.Entry(verdict, 1.0, committed.digest_of(LATE))
        assert committed.is_stale(LATE, {"late": entry})
    assert committed.is_stale(LATE, {})


def test_written_entries_come_back(tmp_path: Path) -> None:
    """Writing keeps what was not run, and drops what left the catalogue."""
    file = tmp_path / "caught.json"
    gone = committed.Entry("caught", 2.0, "0")
    file.write_text(json.dumps({"gone": vars(gone), "late": vars(gone)}))
    other = replace(LATE, name="other")
    (result,) = run_mistakes([replace(other, old="text that nobody wrote")])
    committed.write([replace(result, seeded=other)], [LATE, other], file)
    assert {"late", "other"} == set(committed.load(file))
    assert gone == committed.load(file)["late"]


def test_what_was_edited_during_a_run_is_stale(tmp_path: Path) -> None:
    """A verdict counts for what was there when the run began, and for nothing newer."""
    file = tmp_path / "caught.json"
    now, before = committed.digest_of(LATE), "another text"
    for digest, is_stale in ((now, False), (before, True)):
        committed.write([Result(LATE, "caught", 1.0, "")], [LATE], file, digests={"late": digest})
        assert is_stale == committed.is_stale(LATE, committed.load(file))


def test_the_part_is_cheap() -> None:
    """The least costly mistake hits a requirement, and none is superfluous."""
    dear, both, one = (
        replace(LATE, name=name, requirements=tuple(ids.split()))
        for name, ids in (("dear", "A B"), ("both", "A B C"), ("one", "C"))
    )
    seconds = {"dear": 9.0, "both": 4.0, "one": 1.0}
    entries = {name: committed.Entry("caught", cost, "") for name, cost in seconds.items()}
    assert [both] == committed.part_of([dear, both, one], ["A", "B", "C"], entries)
    assert [one] == committed.part_of([dear, both, one], ["C"], entries)
    entries["one"] = committed.Entry("broken", 0.1, "")
    assert [both] == committed.part_of([dear, both, one], ["C"], entries)


# --- the command ---------------------------------------------------------------------------------


def test_a_requirement_without_a_mistake_ends_the_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 1, and the requirement is named, before anything is run."""
    monkeypatch.setattr("proofs.seeded.__main__.SEEDED", (LATE,))
    with pytest.raises(SystemExit) as ended:
        main([])
    assert 1 == ended.value.code
    assert "SD-2" in capsys.readouterr().err


def test_arguments_that_name_nothing_are_refused() -> None:
    """Status 2 for an unknown name, an unknown kind and a folder that is not there."""
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
    """0 only when every mistake that was run is caught; the JSON has the verdicts."""
    monkeypatch.setattr("proofs.seeded.__main__.SEEDED", (replace(LATE, old=old),))
    file = tmp_path / "results.json"
    assert status == main(["--only", "late", "--json", str(file)])
    assert [verdict] == [one["verdict"] for one in json.loads(file.read_text())]


def test_two_mistakes_with_one_name_are_refused() -> None:
    """Names are unique over all files of the catalogue."""
    assert len(SEEDED) == len({one.name for one in SEEDED})
