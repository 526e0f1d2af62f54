"""What each kind of evidence is asked, and how its answer is read.

The question is a command; with a mistake it runs on the wrong code, without one on the code as it
is. The answer is its exit status and what it printed. Only the one answer that says "this is wrong"
is a catch: a crash, a time-out, a test that could not even be collected prove nothing.
"""

import ast
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from proofs.seeded.processes import ROOT, Ended
from proofs.seeded.seeded import Evidence, Kind, Seeded

Verdict = Literal["caught", "missed", "does-not-fit", "broken"]
"""`missed`: the evidence passed over the mistake; `broken`: it gave no answer at all."""

LIMITS_S: dict[Kind, float] = {
    "proof": 120, "search": 180, "model": 180, "property": 240, "oracle": 240
}  # fmt: skip
"""How long one question may take, by the wall clock."""
HARNESS = f"{sys.executable} -m proofs.seeded.harness"
_PROGRAMS = {"search": ("proofs.search", "--only"), "model": ("proofs.models", "--replay")}
_TAIL_CHARACTERS = 600


@dataclass(frozen=True)
class Reading:
    """What an answer means; `again`: the machine was too busy to say, so that it may be asked anew.

    `wrong`: whether the evidence says that the code is wrong, `None` when it says neither.
    """

    wrong: bool | None
    detail: str = ""
    again: bool = False


def command(evidence: Evidence, seeded: Seeded | None, planted: Path | None) -> tuple[str, ...]:
    """Return the command that asks `evidence`; `planted` is the file that holds the mistake."""
    python, target = sys.executable, evidence.target
    match evidence.kind:
        case "proof":
            asked = (target,) if seeded is None else (target, seeded.name)
            return (python, "-m", "proofs.seeded.prove", *asked)
        case "property":
            return (
                *(python, "-m", "pytest", "-q", "-x", "-p", "tests.planted"),
                *("-p", "no:cacheprovider", "-p", "no:xdist", target),
            )
        case "oracle":
            impl = HARNESS if planted is None else f"{HARNESS} {planted}"
            # On sockets alone: what the scenarios miss must not be hidden by the vectors.
            return (
                *(python, "-m", "stallproof", "conform", "--clock", "real", "--only", target),
                *("--impl", impl, "--json", "-"),
            )
        case "search" | "model":
            return (python, "-m", "proofs.seeded.under", *_PROGRAMS[evidence.kind], target)


def environment(evidence: Evidence, seeded: Seeded | None) -> dict[str, str]:
    """Return the variables that plant the mistake; a proof and the oracle are told otherwise."""
    if seeded is None or evidence.kind in ("proof", "oracle"):
        return {}
    return {"STALLPROOF_PLANTED": json.dumps([seeded.module, seeded.old, seeded.new])}


def read(evidence: Evidence, ended: Ended[Any]) -> Reading:
    """Return what the evidence said."""
    if ended.status is None:
        return Reading(None, f"no answer within {ended.job.limit_s:g} s")
    tail = (ended.out + ended.err)[-_TAIL_CHARACTERS:]
    if evidence.kind == "oracle":
        return _read_report(evidence.target, ended, tail)
    if ended.status == 0:
        return Reading(False, tail)
    if ended.status != 1:
        return Reading(None, f"exit status {ended.status}: {tail}")
    if evidence.kind == "property" and not re.search(r"^FAILED ", ended.out, re.MULTILINE):
        return Reading(None, f"no test failed, but something else: {tail}")
    return Reading(True, tail)


def _read_report(target: str, ended: Ended[Any], tail: str) -> Reading:
    """Read the oracle's report: exactly the requirements asked for must have failed, or passed."""
    try:
        report = json.loads(ended.out)
        verdicts = {entry["id"]: entry["verdict"] for entry in report["requirements"]}
        troubles = [f"{one['scenario']}: {one['what']}" for one in report["harness"]]
    except (ValueError, KeyError, TypeError):
        return Reading(None, f"exit status {ended.status}, and no report: {tail}")
    asked = target.split(",")
    found = {verdicts.get(one, "unknown") for one in asked}
    failed = sorted(one for one, verdict in verdicts.items() if verdict == "fail")
    said = ", ".join(f"{one} {verdicts.get(one, 'unknown')}" for one in asked)
    if troubles:
        return Reading(None, f"the harness broke: {'; '.join(troubles)}")
    if failed == sorted(asked) and ended.status == 1:
        return Reading(True, said)
    if failed:
        return Reading(None, f"what failed is not what was asked for: {', '.join(failed)}")
    if found == {"pass"} and ended.status == 0:
        return Reading(False, said)
    return Reading(None, said, again="inconclusive" in found)


def is_timed(evidence: Evidence) -> bool:
    """Tell whether a real clock judges, so that nothing else may run meanwhile.

    The oracle always, and tests with the mark `timing` on them or on their whole file.
    """
    if evidence.kind != "property":
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
