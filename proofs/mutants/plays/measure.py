"""Judge mutants on sockets, and say which situations failed.

Spec: `spec/README.md` (verdicts).
"""

import json
import shlex
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proofs.mutants.mutant import Mutant
from proofs.mutants.plant import harness_of
from proofs.mutants.plays.record import Entries, Entry, digest_of, faults_of, is_current, is_judged
from proofs.mutants.processes import Job, run

LIMIT_S = 240.0
"""How long one run may take, by the wall clock."""
JOBS = "8"
"""How many scenarios run side by side; they mostly wait."""


class NoReport(RuntimeError):
    """A run that ended without a report; the text says what it printed instead."""


@dataclass(frozen=True)
class Situations:
    """What the law speaks of: by requirement, its situations on sockets."""

    of: Mapping[str, Sequence[str]]

    def open_in(self, requirements: Sequence[str], entries: Entries) -> bool:
        """Tell whether some situation of `requirements` failed with no mutant so far."""
        return any(
            not faults_of(one, name, entries) for one in requirements for name in self.of[one]
        )


def to_run(
    mutants: Sequence[Mutant], situations: Situations, entries: Entries, *, all_of_them: bool
) -> Iterator[Mutant]:
    """Yield the mutants that are worth a run, as `entries` fills up.

    First those that the oracle is known to find, and the weakest first.

    `all_of_them`: also those whose situations have failed all with others, or that were run before.
    """
    able = [one for one in mutants if is_judged(one) and set(one.requirements) & set(situations.of)]
    for one in sorted(able, key=_promise):
        judged = [each for each in one.requirements if each in situations.of]
        fresh = not is_current(one, entries) and situations.open_in(judged, entries)
        if all_of_them or fresh:
            yield one


def _promise(mutant: Mutant) -> tuple[bool, int, str]:
    is_known = any(evidence.is_judged for evidence in mutant.evidence)
    return not is_known, len(mutant.requirements), mutant.id


def measured(mutant: Mutant, requirements: Sequence[str]) -> Entry:
    """Judge the mutant by `requirements` on sockets, and return what failed.

    Raises `DoesNotFit` for one that cannot be planted, and `NoReport`.
    """
    with tempfile.TemporaryDirectory(prefix="stallproof-plays-") as folder:
        command = (
            sys.executable, "-m", "stallproof", "conform", "--clock", "real", "--jobs", JOBS,
            "--json", "-",
            "--only", ",".join(requirements),
            "--impl", shlex.join(harness_of(mutant, Path(folder))),
        )  # fmt: skip
        (ended,) = run([Job(mutant.id, command, LIMIT_S)], width=1)
    try:
        report: dict[str, Any] = json.loads(ended.out)
    except ValueError:
        said = (ended.out + ended.err)[-400:]
        raise NoReport(f"{mutant.id}: exit status {ended.status}: {said}") from None
    failed = {
        one["id"]: [name for name, standing in one["standings"].items() if standing == "fail"]
        for one in report["requirements"]
        if one["verdict"] == "fail"
    }
    return Entry(digest_of(mutant), failed)
