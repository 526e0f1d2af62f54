"""A mutant that its evidence catches, and mutants that a test makes up."""

import json
import sys
from dataclasses import replace
from pathlib import Path

from proofs.mutants.evidence import Trial
from proofs.mutants.mutant import Mutant

SEND = "stallproof.machines.send_deadline"
BOUNDARY = (
    "tests/machines/test_send_deadline.py::test_the_deadline_is_the_lock_plus_the_send_timeout"
)
LATE = Mutant(
    id="late",
    file="reference/stallproof/machines/send_deadline.py",
    says="the deadline comes from another knob",
    breaks=("SD-1",),
    caught_by=(f"test:{BOUNDARY}",),
    old="return Send(now_us, now_us + policy.send_timeout_us",
    new="return Send(now_us, now_us + policy.stall_timeout_us",
)


def trial(mutant: Mutant = LATE, by: str | None = None) -> Trial:
    """Return the trial of a mutant by its first evidence, or by the evidence given."""
    tried = mutant if by is None else replace(mutant, caught_by=(by,))
    return Trial(tried, tried.evidence[0])


def under(mistake: tuple[str, str, str], folder: Path) -> tuple[str, ...]:
    """Return what starts a program with `mistake` in it: module, old text, new text."""
    file = folder / "mutant.json"
    file.write_text(json.dumps(mistake), "utf-8")
    return (sys.executable, "-m", "proofs.mutants.under", str(file))
