"""Exact judgement in virtual time: what the law demands of each moment, and who broke what.

The intuition: a naive model of the law (`case`, `connections`, `monitor`, `flows`) reads a script
and says what has to be decided at every microsecond. `observe` compares that with what an
implementation said, and blames the first difference on the requirement that forbids it. It imports
nothing of the implementation.

Use: `expected_of(vector)`, `problems_of(vector)`, `observe(run)`. Spec: `spec/virtual.md`.
"""

from stallproof.judge.model.configured import lawful_of, observe_configured
from stallproof.judge.model.expected import (
    StepExpected,
    expected_of,
    held_by,
    problems_of,
)
from stallproof.judge.model.filling import filled, is_hardened, taken_by
from stallproof.judge.model.observed import observe
from stallproof.judge.model.situation import VIRTUAL

__all__ = [
    "VIRTUAL",
    "StepExpected",
    "expected_of",
    "filled",
    "held_by",
    "is_hardened",
    "lawful_of",
    "observe",
    "observe_configured",
    "problems_of",
    "taken_by",
]
