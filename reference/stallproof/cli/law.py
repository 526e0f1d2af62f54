"""The command `stallproof law`: what is required, and in a checkout what speaks for it.

The evidence belongs to the source repository and is not installed: a program of its own tells it.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from stallproof.cli.arguments import select
from stallproof.reports.law import render_law
from stallproof.reports.output import UnusableError, emit, width_of
from stallproof.requirements.registry import Registry, load_registry, registry_json

HELP_EPILOGUE = (
    "Examples:\n\nstallproof law SD-3 CX\n\nstallproof law --json\n\n"
    "stallproof law SD-6 --evidence\n\nstallproof law SD --features"
)
Switch = Annotated[bool, Parameter(negative="")]


def law(*ids: str, json: Switch = False, evidence: Switch = False, features: Switch = False) -> int:
    """Show what is required, and when a requirement counts as exercised.

    Parameters
    ----------
    ids
        Requirements or groups, such as SD-3 or CX; all of them if none is named.
    json
        Print the registry of them for programs.
    evidence
        Show everything that speaks for them; in a checkout of the source only.
    features
        Show which features each of their situations takes; with --json for programs.
    """
    registry = load_registry()
    everything = frozenset(requirement.id for requirement in registry.requirements)
    chosen = select(registry, list(ids), "IDS") if ids else everything
    if evidence and (json or features):
        raise UnusableError("give --evidence or one of --json and --features, not both")
    if features:
        return _features_of(registry.only(chosen), json=json)
    if evidence:
        return evidence_of([one.id for one in registry.requirements if one.id in chosen])
    if json:
        emit(sys.stdout, registry_json(registry.only(chosen)))
    else:
        emit(sys.stdout, render_law(registry, chosen, width=width_of(sys.stdout)))
    return 0


def _features_of(registry: Registry, *, json: bool) -> int:
    """Show what the situations of `registry` take."""
    # What plays takes long to import, and nothing else here needs it.
    from stallproof.reports.features import encode_features, render_features
    from stallproof.requirements.vectors import load_all
    from stallproof.runner.features import features_taken
    from stallproof.runner.play import SCENARIOS

    taken = features_taken(registry, SCENARIOS, load_all())
    if json:
        emit(sys.stdout, encode_features(taken).decode())
    else:
        emit(sys.stdout, render_features(taken, width=width_of(sys.stdout)))
    return 0


def evidence_of(ids: list[str], package: Path = Path(__file__).parents[1]) -> int:
    """Have the checkout around `package` tell what speaks for `ids`; return its exit code."""
    root = package.parents[1]
    if not (root / "proofs" / "traceability").is_dir():
        raise UnusableError(
            "--evidence: the evidence lies in the source repository; run this in a checkout of it"
        )
    path = os.pathsep.join([str(package.parent), str(root)])
    command = (sys.executable, "-m", "proofs", "traceability", "--show", *ids)
    done = subprocess.run(
        command, cwd=root, env={**os.environ, "PYTHONPATH": path}, stdout=subprocess.PIPE,
        text=True, check=False,
    )  # fmt: skip
    emit(sys.stdout, done.stdout)
    return done.returncode
