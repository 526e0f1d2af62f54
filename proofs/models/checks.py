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
from proofs.models.source import TOGETHER, text_of, together
from proofs.models.spin import SpinFailed, Verifier, build
from proofs.models.verdict import Search, Verdict, judge, read_search

PROCESSES = 2
SMALL_TRANSITIONS = 500_000
"""Up to so many transitions of its end states, once for each fair claim, a model is small."""
END_STATES = "(end states)"
"""The row of a model's own check: it can always end or go on, and every statement is reached."""

Said = tuple[str, int]
"""What a verifier said, and its exit status."""

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


def _checked(
    job: Job, claim: Claim | None, said: Said, began_s: float, *, searched: Claim | None = None
) -> Checked:
    """Return what the run that said `said` shows of `claim`; `searched`, if it was another."""
    search = read_search(said[0])
    asked = searched or claim
    name = None if asked is None else asked.name
    kind = "safety" if asked is None else asked.kind
    verdict, detail = judge(*said, claim=name, kind=kind)
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


def _is_large(job: Job, transitions: int | None) -> bool:
    """Tell whether an optimising compiler will have paid for itself after all claims of `job`.

    `transitions`: those of its end states, `None` if unknown. Fairness multiplies them.
    """
    fair = sum(claim.kind == "liveness" for claim in job.model.claims)
    return job.variant is None and (transitions is None or transitions * fair > SMALL_TRANSITIONS)


class _Searches:
    """The searches of one job: one verifier, in a folder of its own."""

    def __init__(self, job: Job, folder: Path) -> None:
        self._job, self._folder = job, folder
        self._invariants: tuple[Claim, ...] = ()
        self._verifier: Verifier | None = None
        self._transitions: int | None = None
        self._all: Said | None = None

    def _built(self) -> Verifier:
        if self._verifier is None:
            variant, more = self._job.variant, ""
            if variant is None:
                self._invariants, more = together(self._job.model, text_of(self._job.model))
            defines = () if variant is None else (variant.define,)
            self._verifier = build(self._job.model.name, self._folder, defines, more)
        return self._verifier

    def _said(self, claim: Claim) -> Said:
        large = _is_large(self._job, self._transitions)
        return self._built().claim(claim, optimised=large)

    def _all_hold(self) -> bool:
        """Tell whether the invariants hold; whatever else comes of it, each is asked alone."""
        if self._all is None:
            self._all = self._said(TOGETHER)
        return judge(*self._all, claim=TOGETHER.name)[0] == "holds"

    def checked(self, claim: Claim | None) -> Checked:
        """Return what came of `claim`, or of the end states; `SpinFailed` if nothing did."""
        began_s = time.monotonic()
        verifier = self._built()
        if claim is None:
            found = _checked(self._job, None, verifier.end_states(), began_s)
            self._transitions = found.transitions
            return found
        if claim in self._invariants and self._all_hold():
            assert self._all is not None
            return _checked(self._job, claim, self._all, began_s, searched=TOGETHER)
        return _checked(self._job, claim, self._said(claim), began_s)


def carry_out(job: Job) -> list[Checked]:
    """Build and search what `job` asks for; whatever goes wrong is an error of its claims."""
    found: list[Checked] = []
    with tempfile.TemporaryDirectory(prefix="stallproof-model-") as folder:
        searches = _Searches(job, Path(folder))
        for claim in _claims_of(job):
            began_s = time.monotonic()
            try:
                found.append(searches.checked(claim))
            except (SpinFailed, OSError) as error:
                failed = _checked(job, claim, ("", 1), began_s)
                found.append(replace(failed, outcome="error", detail=str(error)))
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
