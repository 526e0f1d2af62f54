"""What the pages for reviewers are made of, each read or made once for a build.

The verdicts of the reference are not committed anywhere: a build has it judged in virtual time, by
the same command that anybody can give.

Sources: the law, the matrix, the catalogues, the vectors, the records of results.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from docs.reviewing.words import sentence_id
from proofs.mutants import committed
from proofs.mutants.catalogue import MUTANTS
from proofs.mutants.evidence import Trial
from proofs.results.record import Record, read_all
from proofs.traceability import whole
from proofs.traceability.evidence import Row
from proofs.traceability.gaps import Reason
from proofs.traceability.reasons import reasons as read_reasons
from stallproof.requirements.registry import Registry, Requirement, load_registry
from stallproof.requirements.vectors import Vector, load_all
from stallproof.runner.features import features_taken
from stallproof.runner.play import SCENARIOS

Ways = list[list[str]]
COMMAND = ("conform", "--clock", "virtual")
"""What is asked of the reference, after `stallproof`."""


@cache
def registry() -> Registry:
    """Return the law."""
    return load_registry()


@cache
def rows() -> dict[str, Row]:
    """Return the matrix by requirement, in the order of the law."""
    return {row.requirement: row for row in whole.rows()}


@cache
def reasons() -> tuple[Reason, ...]:
    """Return why evidence is missing where it is."""
    return read_reasons(registry())


@cache
def vectors() -> tuple[Vector, ...]:
    """Return every vector."""
    return tuple(load_all())


@cache
def records() -> Mapping[str, Record]:
    """Return how each implementation came out when it was last judged, by its name."""
    return read_all()


@cache
def ways() -> dict[tuple[str, str], Ways]:
    """Return which features each situation takes, by requirement and situation."""
    taken = features_taken(registry(), SCENARIOS, vectors())
    return {(one.requirement, one.situation): one.ways for one in taken}


@cache
def entries() -> committed.Entries:
    """Return what was found of each mutant when it was last run."""
    return committed.load()


@cache
def trials() -> dict[str, list[Trial]]:
    """Return the mutants with what has to catch them, by requirement."""
    found: dict[str, list[Trial]] = {one.id: [] for one in registry().requirements}
    for trial in committed.trials_of(MUTANTS.values()):
        for requirement in trial.mutant.requirements:
            found[requirement].append(trial)
    return found


def own_trials(one: Requirement, sentence: int) -> list[Trial]:
    """Return the mutants that break just this sentence; `sentence` counts from 1.

    They are named for it, but for the only sentence of a requirement, whose mutants are all its.
    """
    name = sentence_id(one.id, sentence)
    return [
        trial for trial in trials()[one.id] if len(one.law) == 1 or name in trial.mutant.sentences
    ]


@cache
def reference() -> dict[str, str]:
    """Return the verdict of the reference by requirement; raises `OSError` where there is none.

    What virtual time cannot decide is not in it.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "report.json"
        command = (sys.executable, "-m", "stallproof", *COMMAND, "--json", str(file))
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, timeout=300
        )
        if not file.is_file():
            raise OSError(f"the reference was not judged: {done.stderr.strip()[-500:]}")
        report = json.loads(file.read_text("utf-8"))
    return {one["id"]: one["verdict"] for one in report["requirements"] if one["selected"]}
