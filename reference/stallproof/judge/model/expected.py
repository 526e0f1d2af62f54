"""What the law demands of a vector, step by step, and whether its script keeps the rules.

The expectations of vectors are made here, not taken from any implementation; an independent naive
model confirms them (`tests/models/script.py`).

Spec: `spec/virtual.md`, `spec/vectors/README.md`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from stallproof.judge.model.case import Case
from stallproof.judge.model.configured import answer_to, faults_of, lawful_of
from stallproof.judge.model.keys import decision_of
from stallproof.requirements.knobs import policy_of_script
from stallproof.requirements.vectors.format import Step, Vector
from stallproof.wire.events import Requested, requested


@dataclass(slots=True)
class StepExpected:
    """What the law demands at one step.

    `decisions`: as in `Step.expect`, since the step before, in canonical order. `answer`: of a
    configuration. `laws`: the requirements that this stretch puts to the test.
    """

    decisions: list[dict[str, Any]] = field(default_factory=list)
    answer: dict[str, Any] | None = None
    laws: set[str] = field(default_factory=set)


def asked_of(step: Step, number: int) -> Requested:
    """Return the request of a step as a trace has it; a step that asks nothing advances."""
    if step.do is None:
        advance = {"op": "advance", "to_us": step.at_us}
        return requested(advance, at_us=step.at_us, number=number)
    return requested(step.do, at_us=step.at_us, number=number)


def expected_of(vector: Vector) -> list[StepExpected]:
    """Return what the law demands at each step of `vector`, one entry for each."""
    case = Case(policy_of_script(vector.knobs))
    found = []
    for number, step in enumerate(vector.steps):
        if step.do is not None and step.do["op"] == "config":
            answer, laws = answer_to(step)
            found.append(StepExpected(answer=answer, laws=laws))
            continue
        case.ask(asked_of(step, number))
        decisions = [decision_of(key) for key in sorted(case.demanded)]
        found.append(StepExpected(decisions, laws={one for _at_us, one in case.tested}))
        case.demanded.clear()
        case.tested.clear()
    case.let_go()
    return found


def held_by(vector: Vector) -> set[str]:
    """Return the requirements that a faithful play of `vector` exercises.

    SD-14 is among them where the implementation declares `sequence`.
    """
    return {law for one in expected_of(vector) for law in one.laws}


def problems_of(vector: Vector) -> list[str]:
    """Return the breaches of the rules of `spec/virtual.md`, each with its moment; none if none."""
    return list(_problems(vector))


def _problems(vector: Vector) -> Iterator[str]:
    for fault in faults_of(vector.knobs):
        yield f"{fault.given.where} is refused by every harness (CF-3)"
        return
    case = Case(policy_of_script(vector.knobs))
    configurations = 0
    for number, step in enumerate(vector.steps):
        try:
            step.request(number)
        except msgspec.ValidationError as error:
            yield f"step {number}: {error}"
            return
        if step.do is not None and step.do["op"] == "config":
            configurations += 1
            one = lawful_of(step)
            if one is None or one.is_open:
                yield f"step {number}: the law does not say what becomes of this configuration"
            continue
        case.ask(asked_of(step, number))
        yield from case.problems
        if case.problems:
            # What follows a step that means nothing means nothing.
            return
        case.demanded.clear()
    asks = sum(step.do is not None for step in vector.steps)
    if configurations and configurations < asks:
        yield "a script asks for configurations or for anything else, not for both"
