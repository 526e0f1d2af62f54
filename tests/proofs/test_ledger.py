"""The committed verdicts of the proofs: current, complete, and never better than what was read."""

import copy
import io
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from proofs.mutants.catalogue import refuted_by
from proofs.prover import ledger, page, reasons, run, sources, verdicts
from proofs.prover.processes import Done
from proofs.prover.question import Answer, Task, Verdict
from proofs.prover.statement import REGISTERED
from tests.proofs.mutant_sample import LATE

NAME = "sd1_the_lock_fixes_the_deadline"
STALE = "the sources that decide have changed since the verdicts were written"


def good(task: Task) -> Done:
    """Return what must come of `task`."""
    return Done(task, Answer(ledger.WISHES[task.kind], ""), 0.5)  # type: ignore[arg-type]


def a_run(*, but: Task | None = None, verdict: Verdict = "not-confirmed") -> list[Done]:
    """Return a whole run as it must be, with another verdict for the task `but`."""
    dones = [good(task) for task in ledger.all_tasks()]
    return [Done(d.task, Answer(verdict, "why"), 0.5) if d.task == but else d for d in dones]


A_PROOF = Task(NAME, "proof")
A_WITNESS = Task(NAME, "witness")
A_MUTANT = Task(NAME, "mutant", "lock_time_lost")


# --- what is committed ----------------------------------------------------------------------------


def test_the_committed_verdicts_are_current() -> None:
    """They are of these sources, and as they must be; else `python -m proofs prove --write`."""
    assert verdicts.complaints(verdicts.committed()) == [], verdicts.REGENERATE


def test_every_requirement_has_its_rows() -> None:
    """Each requirement is in the ledger, with each of its obligations or with its reason."""
    rows = page.ledger(verdicts.collected(a_run())).splitlines()
    for requirement in reasons.requirement_ids():
        served = [name for name, each in REGISTERED.items() if requirement in each.requirements]
        mine = [row for row in rows if row.startswith(f"| {requirement} |")]
        assert served == [name for row in mine for name in served if f"(`{name}`)" in row]
        assert len(mine) == max(1, len(served))
        assert served or reasons.unproved()[requirement] in mine[0]


def test_an_unconfirmed_proof_shows_in_the_ledger() -> None:
    """Whatever the verdicts say is shown as it is, and not counted as confirmed."""
    shown = page.ledger(verdicts.collected(a_run(but=A_PROOF)))
    count = len(REGISTERED)
    assert f"{count - 1} of {count} obligations are confirmed" in shown
    assert "| not-confirmed | yes |" in shown
    assert "| 1 of 2 |" in page.ledger(verdicts.collected(a_run(but=A_MUTANT)))


# --- damage ---------------------------------------------------------------------------------------


def _proof(entries: dict[str, Any]) -> None:
    entries[NAME]["proof"] = "not-confirmed"


def _witness(entries: dict[str, Any]) -> None:
    entries[NAME]["witness"] = "confirmed"


def _mutant(entries: dict[str, Any]) -> None:
    entries[NAME]["mutants"]["lock_time_lost"] = "not-confirmed"


def _no_mutant(entries: dict[str, Any]) -> None:
    del entries[NAME]["mutants"]["lock_time_lost"]


def _edits(entries: dict[str, Any]) -> None:
    entries[NAME]["edits"] = "0"


def _statement(entries: dict[str, Any]) -> None:
    entries[NAME]["statement"] = "Every send ends well"


def _requirements(entries: dict[str, Any]) -> None:
    entries[NAME]["requirements"] = ["SD-2"]


def _gone(entries: dict[str, Any]) -> None:
    del entries[NAME]


def _new(entries: dict[str, Any]) -> None:
    entries["sd99"] = entries[NAME]


DAMAGES: list[tuple[Callable[[dict[str, Any]], None], str]] = [
    (_proof, f"{NAME}: the proof is committed as not-confirmed"),
    (_witness, f"{NAME}: the witness is committed as confirmed"),
    (_mutant, f"{NAME}: the mutant lock_time_lost is committed as not-confirmed"),
    (_no_mutant, f"{NAME}: not the mutants that it must refute"),
    (_edits, f"{NAME}: edits: not what the code says"),
    (_statement, f"{NAME}: statement: not what the code says"),
    (_requirements, f"{NAME}: requirements: not what the code says"),
    (_gone, f"without a verdict: {NAME}"),
    (_new, "no such obligation: sd99"),
]


@pytest.mark.parametrize(("damage", "told"), DAMAGES, ids=[d.__name__[1:] for d, _ in DAMAGES])
def test_damaged_verdicts_are_reported(damage: Callable[[dict[str, Any]], None], told: str) -> None:
    """Each way to spoil the file is named, and a run of the gate differs from it."""
    sound = verdicts.collected(a_run())
    assert verdicts.complaints(sound) == []
    damaged = copy.deepcopy(sound)
    damage(damaged["obligations"])
    assert verdicts.complaints(damaged) == [told]
    assert verdicts.differences(sound, damaged) != []


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": "other", "obligations": {}}'])
def test_a_file_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    """What is not JSON, or not of this schema, is no set of verdicts; neither is a missing file."""
    path = tmp_path / "verdicts.json"
    with pytest.raises(verdicts.UnusableVerdicts):
        verdicts.committed(path)
    path.write_text(text, "utf-8")
    with pytest.raises(verdicts.UnusableVerdicts):
        verdicts.committed(path)


@pytest.mark.parametrize(
    "changed",
    [
        "reference/stallproof/machines/send_deadline.py", "reference/stallproof/machines/policy.py",
        "proofs/prover/ask.py", "proofs/obligations/due.py", "proofs/mutants/plant.py",
    ],
)  # fmt: skip
def test_a_changed_source_makes_the_verdicts_stale(tmp_path: Path, changed: str) -> None:
    """One more byte in any file that decides is another digest, and that is reported."""
    for path in sources.deciding():
        copied = tmp_path / path.relative_to(sources.ROOT)
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copied)
    assert sources.digest() == sources.digest(root=tmp_path)
    with (tmp_path / changed).open("a", encoding="utf-8") as file:
        file.write("\n")
    stale = {**verdicts.collected(a_run()), "sources": sources.digest(root=tmp_path)}
    assert verdicts.complaints(stale) == [STALE]
    assert verdicts.differences(verdicts.collected(a_run()), stale) == [STALE]


def test_a_mutant_of_a_driver_leaves_the_verdicts_as_they_are() -> None:
    """What the proofs must refute has digests of its own: an edit elsewhere touches none."""
    refuted = refuted_by(NAME)
    assert sources.edits_digest(refuted) == verdicts.described(NAME)["edits"]
    for changed in ([*refuted, LATE], refuted[1:], [replace(refuted[0], new="x"), *refuted[1:]]):
        assert sources.edits_digest(changed) != sources.edits_digest(refuted)
    assert not [path for path in sources.deciding() if "mutants/catalogue" in path.as_posix()]


# --- runs -----------------------------------------------------------------------------------------


def test_the_file_says_what_was_found(tmp_path: Path) -> None:
    """What is written can be read again and is the same."""
    path = tmp_path / "verdicts.json"
    assert verdicts.write(a_run(), path)
    assert verdicts.collected(a_run()) == verdicts.committed(path)


@pytest.mark.parametrize("task", [A_PROOF, A_WITNESS, A_MUTANT], ids=lambda task: task.kind)
@pytest.mark.parametrize("verdict", ["not-confirmed", "error"])
def test_a_run_that_is_not_as_it_must_be_is_not_written(
    tmp_path: Path, task: Task, verdict: Verdict
) -> None:
    """One proof that was not confirmed, one witness or mutant not refuted, and no file is made."""
    path = tmp_path / "verdicts.json"
    assert not verdicts.write(a_run(but=task, verdict=verdict), path)
    assert not path.exists()


def test_a_run_without_one_task_is_not_written(tmp_path: Path) -> None:
    """A verdict that was never read is none."""
    path = tmp_path / "verdicts.json"
    for missing in (A_PROOF, A_WITNESS, A_MUTANT):
        assert not verdicts.write([done for done in a_run() if done.task != missing], path)
    assert not path.exists()


def test_seconds_are_not_compared() -> None:
    """A slower run finds the same; another verdict is a difference that is named."""
    slow = [Done(done.task, done.answer, 60.0) for done in a_run()]
    known = verdicts.collected(a_run())
    assert verdicts.differences(verdicts.collected(slow), known) == []
    [told] = verdicts.differences(verdicts.collected(a_run(but=A_PROOF)), known)
    assert f"{NAME}: proof: confirmed -> not-confirmed" == told


def _judged(monkeypatch: pytest.MonkeyPatch, dones: list[Done], known: dict[str, Any]) -> int:
    monkeypatch.setattr(verdicts, "committed", lambda: known)
    return run.judged(dones, to=io.StringIO(), write=False, part=False)


def test_a_run_that_differs_from_what_is_committed_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The status is 0 only for the committed verdicts on the committed sources."""
    known = verdicts.collected(a_run())
    assert 0 == _judged(monkeypatch, a_run(), known)
    assert 1 == _judged(monkeypatch, a_run(), {**known, "sources": "0"})
    assert STALE in capsys.readouterr().err
    assert 1 == _judged(monkeypatch, a_run(but=A_PROOF), known)
    assert 3 == _judged(monkeypatch, a_run(but=A_PROOF, verdict="error"), known)
    worse = verdicts.collected(a_run(but=A_PROOF))
    assert 1 == _judged(monkeypatch, a_run(but=A_PROOF), worse)
    assert 1 == _judged(monkeypatch, a_run(), worse)
