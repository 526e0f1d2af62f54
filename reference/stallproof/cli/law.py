"""The command `stallproof law`: what is required, and in a checkout what speaks for it.

The evidence belongs to the source repository and is not installed: a program of its own tells it.
"""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter

from stallproof.cli.arguments import select
from stallproof.cli.completion import names, requirement_names
from stallproof.reports.law import render_law
from stallproof.reports.law_formats import law_csv, law_markdown, one_page
from stallproof.reports.output import UnusableError, emit, width_of
from stallproof.requirements.registry import Registry, load_registry, registry_json

if TYPE_CHECKING:
    from stallproof.runner.features import Taken

app = App(
    name="law",
    help_epilogue=(
        "Examples:\n\nstallproof law SD-3 CX\n\nstallproof law --json\n\n"
        "stallproof law SD --format md\n\nstallproof law --one-page\n\n"
        "stallproof law SD-6 --evidence\n\nstallproof law SD --features"
    ),
)
Format = Literal["text", "md", "csv", "json"]
Switch = Annotated[bool, Parameter(negative="")]


@Parameter(name="*")
@dataclass(frozen=True)
class Manner:
    """How it is shown.

    Parameters
    ----------
    format
        text for a terminal; md: Markdown; csv: a row each, for a sheet; json: for programs.
    json
        The same as --format json: the registry for programs.
    one_page
        Show all titles on one page, for a meeting.
    evidence
        Show everything that speaks for them; in a checkout of the source only.
    features
        Show which features each of their situations takes; with --json for programs.
    """

    format: Format | None = None
    json: Switch = False
    one_page: Switch = False
    evidence: Switch = False
    features: Switch = False

    def chosen(self) -> Format:
        """Return the format; raises `UnusableError` for options that do not go together."""
        if self.format is not None and self.json:
            raise UnusableError("give --format or --json, not both")
        chosen: Format = "json" if self.json else self.format or "text"
        for option, is_given, allowed in (
            ("--evidence", self.evidence, ("text",)),
            ("--features", self.features, ("text", "json")),
            ("--one-page", self.one_page, ("text",)),
        ):
            if is_given and chosen not in allowed:
                asked = "--json" if self.json else f"--format {chosen}"
                raise UnusableError(f"give {option} or {asked}, not both")
        if sum((self.evidence, self.features, self.one_page)) > 1:
            raise UnusableError("give one of --evidence, --features and --one-page, not both")
        return chosen


@app.default
def law(*ids: Annotated[str, names(requirement_names)], manner: Manner | None = None) -> int:
    """Show what is required, and when a requirement counts as exercised.

    Parameters
    ----------
    ids
        Requirements or groups, such as SD-3 or CX; all of them if none is named. The page of a
        requirement is printed by `stallproof spec`.
    """
    manner = manner or Manner()
    chosen = manner.chosen()
    registry = load_registry()
    if ids:
        registry = registry.only(select(registry, list(ids), "IDS"))
    if manner.evidence:
        return evidence_of([one.id for one in registry.requirements])
    if manner.features:
        return _features_of(registry, json=chosen == "json")
    shown = one_page(registry) if manner.one_page else _shown(registry, chosen, is_named=bool(ids))
    emit(sys.stdout, shown)
    return 0


def _shown(registry: Registry, chosen: Format, *, is_named: bool) -> str:
    """Return `registry` in the format `chosen`; what `is_named` tells as text what it takes."""
    if chosen == "json":
        return registry_json(registry)
    if chosen in _FORMATS:
        return _FORMATS[chosen](registry)
    ids = frozenset(one.id for one in registry.requirements)
    ways = None
    if is_named:
        ways = {(one.requirement, one.situation): one.ways for one in _taken(registry)}
    return render_law(registry, ids, width=width_of(sys.stdout), ways=ways)


_FORMATS: Mapping[str, Callable[[Registry], str]] = {"md": law_markdown, "csv": law_csv}


def _taken(registry: Registry) -> "list[Taken]":
    """Return what the situations of `registry` take."""
    # What plays takes long to import, and nothing else here needs it.
    from stallproof.requirements.vectors.installed import load_for
    from stallproof.runner.features import features_taken
    from stallproof.runner.scenarios.every import SCENARIOS

    asked = {one.id for one in registry.requirements}
    return features_taken(registry, SCENARIOS, load_for(asked))


def _features_of(registry: Registry, *, json: bool) -> int:
    """Show what the situations of `registry` take."""
    from stallproof.reports.features import encode_features, render_features

    taken = _taken(registry)
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
    # Nothing else here starts a program.
    import subprocess

    path = os.pathsep.join([str(package.parent), str(root)])
    command = (sys.executable, "-m", "proofs", "traceability", "--show", *ids)
    done = subprocess.run(
        command, cwd=root, env={**os.environ, "PYTHONPATH": path}, stdout=subprocess.PIPE,
        text=True, check=False,
    )  # fmt: skip
    emit(sys.stdout, done.stdout)
    return done.returncode
