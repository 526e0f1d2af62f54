"""What is read from lists that programs run: proofs, searches, models, vectors, rules, mutants.

Each list is the one that its own command works through, so that nothing is claimed here which is
not run there.
"""

from collections.abc import Iterable, Iterator

import proofs.obligations  # noqa: F401  # Registers every statement.
from proofs.models.catalogue import MODELS
from proofs.models.model import Model
from proofs.mutants import committed
from proofs.mutants.catalogue import MUTANTS
from proofs.mutants.page import verdict_of
from proofs.prover import verdicts
from proofs.prover.statement import REGISTERED, Obligation
from proofs.results import record as record_module
from proofs.search import LAWS, SEARCHES
from proofs.traceability.evidence import ByRequirement, Evidence, filed, path_of
from stallproof.judge.rules import Rule, find_rules
from stallproof.requirements.vectors import Vector, load_all
from stallproof.runner.play import SCENARIOS
from stallproof.runner.scenarios.scenario import Scenario

NOT_RUN = "not run"
RESULTS_FOLDER = "proofs/evidence/results"


def proved(obligations: Iterable[Obligation] | None = None) -> ByRequirement:
    """Return the proof obligations by requirement."""
    chosen = REGISTERED.values() if obligations is None else obligations
    known = verdicts.committed()["obligations"]
    return filed(
        (requirement, Evidence(
            one.name, path_of(one.statement.__module__), one.summary,
            known[one.name]["proof"] if one.name in known else NOT_RUN,
        ))
        for one in chosen
        for requirement in one.requirements
    )  # fmt: skip


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


def judged(
    rules: Iterable[Rule] | None = None, scenarios: Iterable[Scenario] = SCENARIOS
) -> ByRequirement:
    """Return, by requirement, the oracle's rules for it and the scenarios that bring it about.

    A rule that no scenario provokes says nothing, and neither does a scenario without a rule.
    """
    by_rule = filed(
        (requirement, Evidence(
            f"rule {rule.observe.__module__.rsplit('.', 1)[1]}.{rule.observe.__name__}",
            path_of(rule.observe.__module__),
            (rule.observe.__doc__ or "").strip().partition("\n")[0].rstrip("."),
        ))
        for rule in (find_rules() if rules is None else rules)
        for requirement in rule.requirements
    )  # fmt: skip
    by_scenario = filed(
        (requirement, Evidence(
            f"scenario {scenario.name}",
            path_of(getattr(scenario.script, "func", scenario.script).__module__),
            "makes it happen",
        ))
        for scenario in scenarios
        for requirement in scenario.requirements
    )  # fmt: skip
    return {
        requirement: [*found, *by_scenario[requirement]]
        for requirement, found in by_rule.items()
        if requirement in by_scenario
    }


def mutated() -> ByRequirement:
    """Return the mutants by requirement, each with the evidence that has to catch it."""
    entries = committed.load()
    return filed(
        (
            requirement,
            Evidence(
                trial.mutant.id,
                trial.mutant.file,
                f"{trial.mutant.says_of(requirement)} (`{trial.evidence}`)",
                verdict_of(trial, entries),
            ),
        )
        for trial in committed.trials_of(MUTANTS.values())
        for requirement in trial.mutant.requirements
    )


def recorded() -> ByRequirement:
    """Return, by requirement, how each implementation that was judged came out."""
    return filed(
        (judged.id, Evidence(name, f"{RESULTS_FOLDER}/{name}.json", "", judged.verdict))
        for name, record in record_module.read_all().items()
        for judged in record.requirements
    )
