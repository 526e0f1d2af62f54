"""The checks that a model is put to: each claim on the unbroken model, and each variant's claim.

The intuition: three kinds of search. Every claim must hold on the unbroken model; the unbroken
model must have no invalid end state and no statement that is never reached (or its claims would
hold because nothing happens); and every variant must violate the claim that it breaks.

The use: `jobs(models)` lists what there is to do; `run(jobs)` does it, two at a time.

The complication: a tool that is missing, crashes or takes too long is an "error", and so is a
search that was cut short. An error is never a pass, for a variant neither.

Spec: `spec/models/README.md`. Source: `verdict.py` for what a run's text means.
"""

import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from proofs.models.model import Claim, Model, Variant
from proofs.models.spin import SpinFailed, Verifier, build
from proofs.models.verdict import Search, Verdict, judge, read_search

PROCESSES = 2
SMALL_TRANSITIONS = 500_000
"""Up to so many transitions of its end states, once for each claim, a model is a small one."""
END_STATES = "(end states)"
"""The row of a model's own check: it can always end or go on, and every statement is reached."""

Outcome = Literal["holds", "fails as it must", "broken", "holds and must not", "error"]


@dataclass(frozen=True)
class Job:
    """A build and its searches: of the unbroken model all, or what its variant must break."""

    model: Model
    variant: Variant | None = None


@dataclass(frozen=True)
class Checked:
    """What came of one search. The numbers are those of the verifier, `None` where it has none."""

    model: str
    variant: str | None
    claim: str
    requirements: tuple[str, ...]
    outcome: Outcome
    states: int | None
    transitions: int | None
    depth: int | None
    seconds: float
    detail: str

    @property
    def is_as_it_must_be(self) -> bool:
        """Tell whether the unbroken model kept the law, or the variant broke it."""
        return self.outcome in ("holds", "fails as it must")


def jobs(models: Iterable[Model], *, variant: str | None = None) -> list[Job]:
    """Return what there is to do for `models`; with `variant`, only the variants of that name."""
    found: list[Job] = []
    for model in models:
        if variant is None:
            found.append(Job(model))
        found += [
            Job(model, each) for each in model.variants if variant is None or each.name == variant
        ]
    return found


def outcome_of(verdict: Verdict, *, broken_on_purpose: bool) -> Outcome:
    """Return what `verdict` means: a variant has to break its claim, the model has to keep it."""
    if verdict == "unusable":
        return "error"
    if broken_on_purpose:
        return "fails as it must" if verdict == "broken" else "holds and must not"
    return "holds" if verdict == "holds" else "broken"


def unreached_complaint(model: Model, search: Search) -> str:
    """Return what is wrong with the unreached statements of `model`; empty if nothing is.

    A statement that was declared unreached and is reached is wrong as well: the declaration is old.
    """
    found, declared = set(search.unreached), set(model.unreached)
    wrong = [f"never reached: {each}" for each in sorted(found - declared)]
    wrong += [f"reached, though declared unreached: {each}" for each in sorted(declared - found)]
    return "; ".join(wrong)


def _checked(job: Job, claim: Claim | None, text: str, status: int, began_s: float) -> Checked:
    search = read_search(text)
    name = None if claim is None else claim.name
    kind = "safety" if claim is None else claim.kind
    verdict, detail = judge(text, status, claim=name, kind=kind)
    outcome = outcome_of(verdict, broken_on_purpose=job.variant is not None)
    if claim is None and outcome == "holds" and (detail := unreached_complaint(job.model, search)):
        outcome = "broken"
    return Checked(
        model=job.model.name,
        variant=None if job.variant is None else job.variant.name,
        claim=END_STATES if claim is None else claim.name,
        requirements=() if claim is None else claim.requirements,
        outcome=outcome,
        states=search.states,
        transitions=search.transitions,
        depth=search.depth,
        seconds=round(time.monotonic() - began_s, 2),
        detail=detail,
    )


def _claims_of(job: Job) -> Sequence[Claim | None]:
    if job.variant is not None:
        return (job.model.claim(job.variant.breaks),)
    # The end states come first: they tell how much there is to search.
    return (None, *job.model.claims)


def _is_large(job: Job, found: Sequence[Checked]) -> bool:
    """Tell whether an optimising compiler will have paid for itself after all claims of `job`."""
    if job.variant is not None:
        return False
    known = found[0].transitions if found else None
    return known is None or known * len(job.model.claims) > SMALL_TRANSITIONS


def carry_out(job: Job) -> list[Checked]:
    """Build and search what `job` asks for; whatever goes wrong is an error of its claims."""
    began_s = time.monotonic()
    defines = () if job.variant is None else (job.variant.define,)
    found: list[Checked] = []
    with tempfile.TemporaryDirectory(prefix="stallproof-model-") as folder:
        verifier: Verifier | None = None
        for claim in _claims_of(job):
            try:
                # Built within the loop, so that a model that does not build fails each claim.
                verifier = verifier or build(job.model.name, Path(folder), defines)
                if claim is None:
                    text, status = verifier.end_states()
                else:
                    text, status = verifier.claim(claim, optimised=_is_large(job, found))
                found.append(_checked(job, claim, text, status, began_s))
            except (SpinFailed, OSError) as error:
                failed = _checked(job, claim, "", 1, began_s)
                found.append(replace(failed, outcome="error", detail=str(error)))
            began_s = time.monotonic()
    return found


def run(todo: Sequence[Job]) -> Iterator[list[Checked]]:
    """Yield what came of each job, in order of completion; the long ones begin first."""
    with ThreadPoolExecutor(PROCESSES) as pool:
        by_length = sorted(todo, key=lambda job: job.variant is not None)
        futures = [pool.submit(carry_out, job) for job in by_length]
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:
            for future in futures:
                future.cancel()
