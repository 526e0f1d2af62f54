"""The proof gate: what passes, what never does, and that the prover is really asked."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from proofs.assumptions import invariant
from proofs.mutants.mutant import DoesNotFit
from proofs.mutants.plant import wrong_functions
from proofs.prover import ledger, reasons
from proofs.prover.processes import Done, run
from proofs.prover.question import Answer, Kind, Task, read_verdict
from proofs.prover.statement import INDUCTION, REGISTERED, Claim, obligation
from stallproof.machines import connection, send_deadline
from tests.proofs.mutant_sample import LATE

ROOT = Path(__file__).resolve().parents[2]


def command(*arguments: str, optimised: bool = False) -> "subprocess.CompletedProcess[str]":
    """Run the gate as its users do."""
    flags = ["-O"] if optimised else []
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "reference")}
    return subprocess.run(
        [sys.executable, *flags, "-m", "proofs", "prove", *arguments],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240,
    )  # fmt: skip


STATES = [
    "CONFIRMED",
    "CANNOT_CONFIRM",
    "PRE_UNSAT",
    "POST_ERR",
    "EXEC_ERR",
    "POST_FAIL",
    "SYNTAX_ERR",
    "IMPORT_ERR",
    "NEW_ONE",
]
"""What the prover can say, and a word that it does not know yet."""


def test_the_prover_stays_out_of_the_process_that_asks() -> None:
    """Importing it turns every contract off, so neither the gate nor these tests ever do."""
    code = (
        "import sys, proofs.prover.ledger, proofs.prover.processes\n"
        "import proofs.prover.printed, proofs.obligations\n"
        "sys.exit(any(name.startswith('crosshair') for name in sys.modules))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "reference")}
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment).returncode == 0
    assert not any(name.startswith("crosshair") for name in sys.modules)


EITHER = ("on_check", "on_close", "on_received")
"""The events that can befall a connection with a send in flight and an idle one."""


def reached(given: Callable[..., bool]) -> set[str]:
    """Return the name of a precondition and of those that it calls."""
    if given in (invariant.sending, invariant.resting):
        return {given.__name__}
    return {given.__name__, *given.__code__.co_names}


# --- reading verdicts -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["proof", "witness", "mutant"])
@pytest.mark.parametrize("state", STATES)
def test_only_the_exact_answer_passes(kind: Kind, state: str) -> None:
    """A proof passes only when confirmed, the others only when a postcondition was refuted."""
    verdict = read_verdict(kind, [(state, "text")]).verdict
    if kind == "proof":
        assert (verdict == "confirmed") == (state == "CONFIRMED")
        assert verdict != "refuted-as-expected"
    else:
        assert (verdict == "refuted-as-expected") == (state == "POST_FAIL")
        assert verdict != "confirmed"


@pytest.mark.parametrize("kind", ["proof", "witness", "mutant"])
def test_no_answer_never_passes(kind: Kind) -> None:
    """A prover that found nothing to check, or said two things at once, has proved nothing."""
    both = [("CONFIRMED", ""), ("POST_FAIL", "")]
    for states in ([], both):
        assert read_verdict(kind, states).verdict == "not-confirmed"


# --- the frozen list ------------------------------------------------------------------------------


def test_the_list_of_obligations_is_the_frozen_one() -> None:
    """Nothing vanished, nothing appeared, every mutant fits and every statement refutes one."""
    assert ledger.complaints() == []


def test_a_missing_or_an_extra_obligation_is_named() -> None:
    """A name that only the list has, or only the code, is a complaint that says which."""
    names = ledger.NAMES.read_text("utf-8").split()
    gone, rest = names[0], names[1:]
    assert ledger.complaints(rest) == [f"in the code but not in names.txt: {gone}"]
    assert ledger.complaints([*names, "sd99"]) == ["in names.txt but not in the code: sd99"]


def test_every_obligation_has_a_proof_and_a_witness() -> None:
    """Each obligation is asked both ways, and each mutant once by each that must refute it."""
    tasks = ledger.all_tasks()
    for name in REGISTERED:
        kinds = [task.kind for task in tasks if task.obligation == name]
        assert kinds[:2] == ["proof", "witness"]
        assert set(kinds[2:]) == {"mutant"}
    assert len(set(tasks)) == len(tasks)


def test_every_requirement_is_proved_or_says_why_not() -> None:
    """Exactly the requirements that no obligation serves have a reason."""
    assert reasons.complaints() == []


def test_the_reasons_name_files_that_are_there() -> None:
    """What stands in the place of a proof can be opened."""
    named = {path for text in reasons.unproved().values() for path in re.findall("`(.+?)`", text)}
    assert [] == sorted(path for path in named if not (ROOT / path).is_file())
    assert len(named) >= len(reasons.unproved())


def test_a_missing_a_needless_and_an_unknown_reason_are_named() -> None:
    """A requirement with neither proof nor reason, with both, or that is none, is a complaint."""
    [first, *_] = given = dict(reasons.unproved())
    without = {name: text for name, text in given.items() if name != first}
    assert reasons.complaints(without) == [f"{first}: no proof, and no reason why"]
    needless = reasons.complaints({**given, "SD-1": "none"})
    assert needless == ["SD-1: a reason, although it is proved"]
    assert reasons.complaints({**given, "SD-99": "none"}) == ["SD-99: no such requirement"]


def test_every_event_of_the_connection_has_a_step_of_the_induction() -> None:
    """Whatever can befall a connection, also one that is idle, is shown to keep the invariant."""
    asked = {
        (name, shape)
        for each in REGISTERED.values()
        if each.evidence == INDUCTION
        for name in each.statement.__code__.co_names
        if name.startswith("on_") and hasattr(connection, name)
        for shape in ("sending", "resting")
        if shape in reached(each.given)
    }
    anywhere = {(name, shape) for name in EITHER for shape in ("sending", "resting")}
    once = {("on_lock_taken", "resting"), ("on_step", "sending"), ("on_failed", "sending")}
    assert asked == anywhere | once
    assert {name for name in dir(connection) if name.startswith("on_")} == {n for n, _ in asked}


def test_an_obligation_cannot_be_registered_twice() -> None:
    """A second statement under the same name would hide the first, so it is an error."""

    def sd1_the_lock_fixes_the_deadline() -> Claim:
        """Say nothing."""
        return None

    with pytest.raises(ValueError, match="two obligations"):
        obligation("SD-1")(sd1_the_lock_fixes_the_deadline)


def test_a_mutant_that_no_longer_fits_is_an_error() -> None:
    """An edit whose text is not in the file exactly once is refused, not passed over."""
    for old in ("no such text", "send"):
        with pytest.raises(DoesNotFit, match="late"):
            wrong_functions(replace(LATE, old=old))


def test_a_mutant_of_more_than_functions_is_refused() -> None:
    """The prover has imported the module: only its functions can be exchanged."""
    with pytest.raises(DoesNotFit, match="functions only"):
        wrong_functions(replace(LATE, old="from enum import Enum", new="from enum import *"))


def test_only_the_function_that_a_mutant_changes_is_exchanged() -> None:
    """The wrong one is made with its contracts, and nothing else of the module is made anew."""
    module = dict(vars(send_deadline))
    exec(wrong_functions(LATE), module)
    changed = {name for name, value in module.items() if value is not vars(send_deadline)[name]}
    assert {"on_lock_taken"} == changed
    assert hasattr(module["on_lock_taken"], "__wrapped__")


# --- the pool -------------------------------------------------------------------------------------


def sleep_long(task: Task) -> Answer:
    time.sleep(600)
    return Answer("confirmed", "")


def die(task: Task) -> Answer:
    os._exit(7)


def crash(task: Task) -> Answer:
    raise RuntimeError("as planned")


def confirm(task: Task) -> Answer:
    return Answer("confirmed", "")


TASK = Task("sd1_the_lock_fixes_the_deadline", "proof")


def test_a_task_that_hangs_is_not_confirmed() -> None:
    """A process that uses up its wall-clock limit is ended, and has proved nothing."""
    [done] = run([TASK], work=sleep_long, limit_s=1.0)
    assert done.answer.verdict == "not-confirmed"


@pytest.mark.parametrize("work", [die, crash])
def test_a_task_whose_process_breaks_is_an_error(work: object) -> None:
    """A process that dies without a word, or raises, is an error and no verdict."""
    [done] = run([TASK], work=work)  # type: ignore[arg-type]
    assert done.answer.verdict == "error"


def test_every_task_comes_back_once() -> None:
    """More tasks than processes all come back, each once."""
    tasks = [Task(name, "proof") for name in list(REGISTERED)[:5]]
    assert {done.task for done in run(tasks, work=confirm)} == set(tasks)


def test_the_ledger_tells_why_something_did_not_pass() -> None:
    """An entry carries its detail exactly when the verdict is not the wish."""
    good = ledger.as_entry(Done(TASK, Answer("confirmed", ""), 0.5))
    bad = ledger.as_entry(Done(TASK, Answer("not-confirmed", "because"), 0.5))
    assert good == {
        "name": TASK.obligation,
        "requirements": ["SD-1"],
        "kind": "proof",
        "verdict": "confirmed",
        "seconds": 0.5,
    }
    assert bad["detail"] == "because"


# --- the whole, on a few real questions -----------------------------------------------------------


def test_a_real_obligation_is_proved_and_its_mutants_are_refuted(tmp_path: Path) -> None:
    """The command proves one obligation of each machine's boundary, and writes the ledger."""
    path = tmp_path / "ledger.json"
    done = command("--only", "sd2_a_step_expires_at_the_deadline", "--json", str(path))
    assert done.returncode == 0, done.stdout + done.stderr
    entries = json.loads(path.read_text("utf-8"))
    verdicts = [(entry["kind"], entry["verdict"]) for entry in entries]
    assert verdicts == [
        ("proof", "confirmed"),
        ("witness", "refuted-as-expected"),
        ("mutant", "refuted-as-expected"),
        ("mutant", "refuted-as-expected"),
    ]


def test_a_mutant_that_survives_fails() -> None:
    """A wrong variant that a statement does not notice is confirmed there, and so not accepted."""
    blind = Task("sd4_a_step_never_times_out_early", "mutant", "step_never_expires")
    [done] = run([blind])
    assert done.answer.verdict == "not-confirmed"
    assert "CONFIRMED" in done.answer.detail


def test_a_proof_over_wrong_code_fails() -> None:
    """Asked as a proof, a statement over a wrong variant is refuted, and so not confirmed."""
    wrong = Task("sd4_a_step_never_times_out_early", "proof", "step_expires_one_early")
    [done] = run([wrong])
    assert done.answer.verdict == "not-confirmed"
    assert "POST_FAIL" in done.answer.detail


def test_the_ledger_on_standard_output_is_only_json() -> None:
    """With `--json -` the table goes to standard error and standard output can be parsed."""
    done = command("--only", "sd1_the_lock_fixes_the_deadline", "--json", "-")
    assert done.returncode == 0, done.stderr
    assert {entry["kind"] for entry in json.loads(done.stdout)} == {"proof", "witness", "mutant"}


def test_without_assertions_nothing_is_run() -> None:
    """`python -O` takes contracts away, so the gate refuses to run under it."""
    done = command("--only", "sd1", optimised=True)
    assert done.returncode == 3
    assert "assertions are off" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("--only", "no_such_task"),
        ("--json", "no/such/folder/x.json"),
        ("--write", "--only", "sd1"),
        ("--nothing",),
    ],
)
def test_unusable_arguments_are_told_apart(arguments: tuple[str, ...]) -> None:
    """A selection of nothing, a folder that is not there or an unknown option exit with 2."""
    assert command(*arguments).returncode == 2


def test_the_list_names_every_task() -> None:
    """`--list` runs nothing and prints one line a task."""
    done = command("--list")
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == len(ledger.all_tasks())
