"""The command `stallproof law`: what is required, for people and for programs."""

import sys
from typing import Annotated

from cyclopts import Parameter

from stallproof.cli.arguments import select
from stallproof.reports.law import render_law
from stallproof.reports.output import emit, width_of
from stallproof.requirements.registry import load_registry, registry_json

HELP_EPILOGUE = "Examples: stallproof law SD-3 CX, stallproof law --json"


def law(*ids: str, json: Annotated[bool, Parameter(negative="")] = False) -> int:
    """Show what is required, and when a requirement counts as exercised.

    Parameters
    ----------
    ids
        Requirements or groups, such as SD-3 or CX; all of them if none is named.
    json
        Print the registry of them for programs.
    """
    registry = load_registry()
    everything = frozenset(requirement.id for requirement in registry.requirements)
    chosen = select(registry, list(ids), "IDS") if ids else everything
    if json:
        emit(sys.stdout, registry_json(registry.only(chosen)))
    else:
        emit(sys.stdout, render_law(registry, chosen, width=width_of(sys.stdout)))
    return 0
