"""What is read from lists that programs run: proofs, searches, models, vectors, rules, mutants.

Each list is the one that its own command works through, so that nothing is claimed here which is
not run there.
"""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import proofs.obligations  # noqa: F401  # Registers every statement.
from proofs.models.catalogue import MODELS
from proofs.models.model import Model
from proofs.mutants.catalogue import SUBJECTS
from proofs.prover.statement import REGISTERED, Obligation
from proofs.search import LAWS, SEARCHES
from proofs.traceability.evidence import ROOT, ByRequirement, Evidence, filed, path_of
from stallproof.judge.evaluate import RULES
from stallproof.requirements.vectors import Vector, load_all
from stallproof.runner.play import SCENARIOS
from stallproof.runner.scenarios.scenario import Scenario

RULE_NAME = re.compile(r"(sd|ap|sc|cx|cf)_(\d+)(?:_|$)")
Rule = Callable[..., Any]


def proved(obligations: Iterable[Obligation] | None = None) -> ByRequirement:
    """Return the proof obligations by requirement."""
    chosen = REGISTERED.values() if obligations is None else obligations
    return filed(
        (requirement, Evidence(one.name, path_of(one.statement.__module__), one.summary))
        for one in chosen
        for requirement in one.requirements
    )


def searched() -> ByRequirement:
    """Return the laws of the exhaustive searches by requirement."""
    return filed(_laws())


def _laws() -> Iterator[tuple[str, Evidence]]:
    for name, requirements in LAWS.items():
        where = [search.name for search in SEARCHES.values() if name in search.laws]
        law = next(search.laws[name] for search in SEARCHES.values() if name in search.laws)
        says = f"{law.says} (searched: {', '.join(where)})"
        for requirement in requirements:
            yield requirement, Evidence(name, path_of(law.holds.__module__), says)


def modelled(models: Iterable[Model] = MODELS) -> ByRequirement:
    """Return the claims of the SPIN models by requirement."""
    return filed(
        (
            requirement,
            Evidence(f"{model.name}: {claim.name}", f"spec/models/{model.name}.pml", claim.says),
        )
        for model in models
        for claim in model.claims
        for requirement in claim.requirements
    )


def vectored(vectors: Iterable[Vector] | None = None) -> ByRequirement:
    """Return the vectors by requirement, each with the mistake that it hunts.

    Raises `VectorError` when the installed ones are not in order.
    """
    return filed(
        (requirement, Evidence(
            one.name,
            f"spec/vectors/{one.requirements[0].split('-')[0].lower()}/{one.name}.json",
            one.reason,
        ))
        for one in (load_all() if vectors is None else vectors)
        for requirement in one.requirements
    )  # fmt: skip


def requirement_of(rule: Rule) -> str:
    """Return the requirement that a rule of the oracle judges, by its name.

    Raises `LookupError` for a name that tells none, or one that its module never speaks of.
    """
    found = RULE_NAME.match(rule.__name__)
    if found is None:
        raise LookupError(f"the rule {rule.__name__} does not say what it judges")
    requirement = f"{found[1].upper()}-{found[2]}"
    tree = ast.parse((ROOT / path_of(rule.__module__)).read_text("utf-8"))
    words = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    if requirement not in words:
        raise LookupError(f"the rule {rule.__name__} says nothing of {requirement}")
    return requirement


def judged(
    rules: Iterable[Rule] = RULES, scenarios: Iterable[Scenario] = SCENARIOS
) -> ByRequirement:
    """Return, by requirement, the oracle's rules for it and the scenarios that bring it about.

    A rule that no scenario provokes says nothing, and neither does a scenario without a rule.
    """
    by_rule = filed(
        (requirement_of(rule), Evidence(
            f"rule {rule.__module__.rsplit('.', 1)[1]}.{rule.__name__}", path_of(rule.__module__),
            _first_line(rule),
        ))
        for rule in rules
    )  # fmt: skip
    by_scenario = filed(
        (requirement, Evidence(
            f"scenario {scenario.name}", path_of(scenario.script.__module__), "makes it happen",
        ))
        for scenario in scenarios
        for requirement in scenario.requirements
    )  # fmt: skip
    return {
        requirement: [*found, *by_scenario[requirement]]
        for requirement, found in by_rule.items()
        if requirement in by_scenario
    }


def _first_line(function: Rule) -> str:
    return (function.__doc__ or "").strip().partition("\n")[0].rstrip(".")


def mutated() -> ByRequirement:
    """Return the mutants by requirement, each with the evidence that has to catch it."""
    return filed(
        (
            requirement,
            Evidence(
                one.id,
                f"proofs/mutants/catalogue/{subject}.py",
                f"{one.says} (`{'`, `'.join(one.caught_by)}`)",
            ),
        )
        for subject, mutants in SUBJECTS.items()
        for one in mutants
        for requirement in one.requirements
    )
