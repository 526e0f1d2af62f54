"""What each kind of evidence is asked, and how its answer is read.

The question is a command; it runs on the wrong code, or on the code as it is. The answer is its
exit status and what it printed. Only the one answer that says "this is wrong" is a catch: a crash,
a time-out, a test that could not even be collected prove nothing.
"""

import ast
import json
import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from proofs.mutants.mutant import ROOT, Evidence, Kind, Mutant
from proofs.mutants.plant import harness_of, mutated_in
from proofs.mutants.processes import Ended

Verdict = Literal["caught", "missed", "does-not-fit", "broken"]
"""`missed`: the evidence passed over the mutant; `broken`: it gave no answer at all."""

LIMITS_S: dict[Kind, float] = {
    "search": 180, "model": 180, "spin": 180, "test": 240, "oracle": 240, "vectors": 120,
}  # fmt: skip
"""How long one question may take, by the wall clock; the prover has a limit of its own."""
_TAIL_CHARACTERS = 600
PYTEST = (
    "pytest", "-q", "-x", "--disable-plugin-autoload", "-p", "proofs.mutants.pytest_plugin",
    "-p", "no:cacheprovider",
)  # fmt: skip
"""What asks tests. A plugin of ours that loads by itself would bring the package past a mutant."""


@dataclass(frozen=True)
class Trial:
    """A mutant, and one piece of evidence that must catch it."""

    mutant: Mutant
    evidence: Evidence


@dataclass(frozen=True)
class Reading:
    """What an answer means; `again`: the machine was too busy to say, so that it may be asked anew.

    `wrong`: whether the evidence says that the code is wrong, `None` when it says neither.
    """

    wrong: bool | None
    detail: str = ""
    again: bool = False


def command(trial: Trial, folder: Path, *, right: bool = False) -> tuple[str, ...]:
    """Return the command that asks the evidence about the mutant, or about the code as it is.

    What the mutant needs is made in `folder`. Raises `DoesNotFit` when it cannot be made.
    """
    kind, target = trial.evidence.kind, trial.evidence.target
    if trial.evidence.is_judged:
        clock = "real" if kind == "oracle" else "virtual"
        # On one clock alone: what the scenarios miss must not be hidden by the vectors.
        judge = ("-m", "stallproof", "conform", "--clock", clock, "--json", "-")
        only = () if kind == "vectors" else ("--only", ",".join(trial.evidence.judged))
        impl = shlex.join(harness_of(trial.mutant, folder, right=right))
        return (sys.executable, *judge, *only, "--impl", impl)
    if kind == "spin":
        return (sys.executable, "-m", *_variant(trial.mutant, target))
    under = () if right else ("proofs.mutants.under", str(mutated_in(trial.mutant, folder)))
    return (sys.executable, "-m", *under, *_program(kind, target))


def _program(kind: Kind, target: str) -> tuple[str, ...]:
    if kind == "search":
        return ("proofs.search", "--only", target)
    if kind == "model":
        return ("proofs.models", "--replay", target)
    return (*PYTEST, target)


def _variant(mutant: Mutant, target: str) -> tuple[str, ...]:
    model = target.partition("/")[0]
    return ("proofs.models", "--only", model, "--variant", mutant.id.removeprefix(f"{model}_"))


def read(evidence: Evidence, ended: Ended[Any]) -> Reading:
    """Return what the evidence said."""
    if ended.status is None:
        return Reading(None, f"no answer within {ended.job.limit_s:g} s")
    tail = (ended.out + ended.err)[-_TAIL_CHARACTERS:]
    if evidence.is_judged:
        return _read_report(sorted(evidence.must_fail), ended, tail)
    if ended.status not in (0, 1):
        return Reading(None, f"exit status {ended.status}: {tail}")
    if evidence.kind == "spin":
        # There the command itself expects the variant to break its claim.
        return Reading(ended.status == 0, tail)
    if ended.status == 0:
        return Reading(False, tail)
    if evidence.kind == "test" and not re.search(r"^FAILED ", ended.out, re.MULTILINE):
        return Reading(None, f"no test failed, but something else: {tail}")
    return Reading(True, tail)


def _read_report(asked: list[str], ended: Ended[Any], tail: str) -> Reading:
    """Read the oracle's report: exactly the requirements asked for must have failed, or passed."""
    try:
        report = json.loads(ended.out)
        verdicts = {entry["id"]: entry["verdict"] for entry in report["requirements"]}
        troubles = [f"{one['scenario']}: {one['what']}" for one in report["harness"]]
    except (ValueError, KeyError, TypeError):
        return Reading(None, f"exit status {ended.status}, and no report: {tail}")
    found = {verdicts.get(one, "unknown") for one in asked}
    failed = sorted(one for one, verdict in verdicts.items() if verdict == "fail")
    said = ", ".join(f"{one} {verdicts.get(one, 'unknown')}" for one in asked)
    if troubles:
        return Reading(None, f"the harness broke: {'; '.join(troubles)}")
    if failed == asked and ended.status == 1:
        return Reading(True, said)
    if failed:
        return Reading(None, f"what failed is not what was asked for: {', '.join(failed)}")
    # What an implementation does not have it is not judged by, and the rest counts.
    if "pass" in found and found <= {"pass", "unsupported"}:
        return Reading(False, said)
    return Reading(None, said, again="inconclusive" in found)


def is_timed(evidence: Evidence) -> bool:
    """Tell whether a real clock judges, so that nothing else may run meanwhile.

    The oracle always, and tests with the mark `timing` on them or on their whole file.
    """
    if evidence.kind != "test":
        return evidence.kind == "oracle"
    path, _, node = evidence.target.partition("::")
    name = node.partition("[")[0]
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and "pytestmark" in ast.unparse(statement.targets[0]):
            if "timing" in ast.unparse(statement.value):
                return True
        elif isinstance(statement, ast.FunctionDef) and statement.name == name:
            return any("mark.timing" in ast.unparse(one) for one in statement.decorator_list)
    return False
