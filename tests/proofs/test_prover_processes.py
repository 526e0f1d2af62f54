"""The processes of the prover: what they may share, and what it may leave out."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from proofs.prover import ledger
from proofs.prover.processes import BATCH, batches, run
from proofs.prover.question import Answer, Kind, Task
from proofs.prover.statement import REGISTERED

ROOT = Path(__file__).resolve().parents[2]
NAMES = list(REGISTERED)[:4]
LAW, MUTANT = "sd4_a_step_never_times_out_early", "step_expires_one_early"


def in_a_process(*lines: str) -> str:
    """Return what `lines` print in a process of their own, which may import the prover."""
    code = "\n".join(["from proofs.prover import ask, omitted", *lines])
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'reference'}{os.pathsep}{ROOT}"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120
    )
    return done.stdout + done.stderr.strip().rpartition("\n")[2]


def die_at_the_second(task: Task) -> Answer:
    if task.obligation == NAMES[1]:
        os._exit(7)
    return Answer("confirmed", "")


def raise_at_the_second(task: Task) -> Answer:
    if task.obligation == NAMES[1]:
        raise RuntimeError("as planned")
    return Answer("confirmed", str(os.getpid()))


def hang_at_the_second(task: Task) -> Answer:
    if task.obligation == NAMES[1]:
        time.sleep(600)
    return Answer("confirmed", "")


def ask_after_another(task: Task) -> Answer:
    """Ask about the code as it is, and then about `task`, as no process of the gate would."""
    from proofs.prover import ask

    ask.carry_out(Task(task.obligation, task.kind))
    return ask.carry_out(task)


def test_the_tasks_of_a_batch_ask_one_kind_of_question_about_one_code() -> None:
    """Every task is in exactly one batch, none is larger than it may be, and each has a subject."""
    tasks = ledger.all_tasks()
    found = batches(tasks)
    assert sorted(map(repr, tasks)) == sorted(repr(task) for batch in found for task in batch)
    assert {len({task.subject for task in batch}) for batch in found} == {1}
    assert max(len(batch) for batch in found) == BATCH


@pytest.mark.parametrize(
    ("work", "verdict"),
    [
        (die_at_the_second, "error"),
        (raise_at_the_second, "error"),
        (hang_at_the_second, "not-confirmed"),
    ],
)
def test_what_befalls_one_task_of_a_batch_befalls_no_other(work: object, verdict: str) -> None:
    """The tasks before it have their answers, and those behind it get a process that is sound."""
    tasks = [Task(name, "proof") for name in NAMES]
    done = {each.task: each.answer for each in run(tasks, work=work, limit_s=1.5)}  # type: ignore[arg-type]
    assert {task: answer.verdict for task, answer in done.items()} == {
        task: verdict if task.obligation == NAMES[1] else "confirmed" for task in tasks
    }
    if work is raise_at_the_second:
        assert done[tasks[0]].detail != done[tasks[2]].detail


def test_a_process_that_asked_about_one_code_asks_about_no_other() -> None:
    """A mutant that comes too late is an error: its proof is never asked of the right code."""
    [done] = run([Task(LAW, "mutant", MUTANT)], work=ask_after_another)
    assert done.answer.verdict == "error"
    assert "never about" in done.answer.detail


def test_no_contract_is_left_that_the_prover_could_enforce() -> None:
    """It looks up none at a call, which is an equal only if there is none to find."""
    printed = in_a_process(
        "import sys",
        "ask.prepare(('proof', None))",
        "modules = [m for n, m in sys.modules.items() if n.startswith(('stallproof', 'proofs'))]",
        "values = [value for module in modules for value in vars(module).values()]",
        "marks = ('__preconditions__', '__postconditions__', '__invariants__')",
        "print(len(modules) > 50, [v for v in values if any(hasattr(v, m) for m in marks)])",
    )
    assert printed == "True []\n"


@pytest.mark.parametrize(
    ("kind", "mutant", "verdict"),
    [
        ("proof", None, "confirmed"),
        ("witness", None, "refuted-as-expected"),
        ("mutant", MUTANT, "refuted-as-expected"),
        ("mutant", "step_never_expires", "not-confirmed"),
    ],
)
@pytest.mark.parametrize("omits", [True, False])
def test_what_is_left_out_changes_no_verdict(
    kind: Kind, mutant: str | None, verdict: str, *, omits: bool
) -> None:
    """The whole prover says the same as the one that leaves out what nothing rests on."""
    whole = "omitted.omit_work = omitted.omit_words = lambda: None"
    printed = in_a_process(
        "" if omits else whole,
        "omitted.omit_work()",
        "from proofs.prover.question import Task",
        f"print(ask.carry_out(Task({LAW!r}, {kind!r}, {mutant!r})).verdict)",
    )
    assert printed == f"{verdict}\n"


def test_a_refuted_proof_still_tells_its_counterexample() -> None:
    """Only who wants a refutation does without the words."""
    [proof] = run([Task(LAW, "proof", MUTANT)])
    [mutant] = run([Task(LAW, "mutant", MUTANT)])
    assert "when calling" in proof.answer.detail
    assert "when calling" not in mutant.answer.detail


def test_a_prover_without_what_is_left_out_is_an_error() -> None:
    """Another version may call it otherwise: then nothing is taken for left out."""
    printed = in_a_process(
        "from crosshair import core", "del core.EnforcedConditions", "omitted.omit_work()"
    )
    assert printed == "LookupError: this version of the prover has no EnforcedConditions"
