"""The vectors once more, by naive models that share nothing with the oracle or the machines.

What a vector expects was made by the oracle's statement of the law. Here every script is played
through a second one, written on its own (`tests/models/script.py`), and both have to agree: on
every installed file, and on scripts that Hypothesis makes up.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given, settings

from stallproof.generate.scripts import FAMILIES
from stallproof.judge.model import expected_of, problems_of
from stallproof.requirements.vectors import Step, Vector, load_all
from stallproof.runner.sut.player import is_about_configurations
from stallproof.testkit import strategies
from stallproof.wire.events import DECISIVE
from stallproof.wire.protocol import FEATURES
from tests.models import script_configuration
from tests.models.script import Decision, Script
from tests.no_deadline import NO_DEADLINE

MODELS = Path(__file__).resolve().parents[2] / "models"
VECTORS = load_all()


def is_configured(vector: Vector) -> bool:
    """Tell whether a vector asks for configurations."""
    return any(step.do is not None and step.do["op"] == "config" for step in vector.steps)


SCRIPTS = [vector for vector in VECTORS if not is_configured(vector)]
CONFIGURED = [vector for vector in VECTORS if is_configured(vector)]


def naive_decisions(vector: Vector) -> list[list[Decision]]:
    """Return the decisions of each step, by the naive models."""
    script = Script(vector.knobs)
    return [script.play(step) for step in vector.steps]


def naive_answers(vector: Vector) -> list[dict[str, Any]]:
    """Return the answer to each configuration, by the naive reading."""
    return [script_configuration.answer(step.do) for step in vector.steps if step.do is not None]


def counted(decisions: list[Decision]) -> Counter[tuple[tuple[str, str], ...]]:
    """Return a step's decisions as a collection: within an instant the order does not count."""
    return Counter(
        tuple(sorted((name, repr(value)) for name, value in one.items())) for one in decisions
    )


def disagreements(steps: list[Step], played: list[list[Decision]]) -> list[int]:
    """Return the numbers of the steps at which the file expects something else than came."""
    return [
        number
        for number, (step, came) in enumerate(zip(steps, played, strict=True))
        if counted(step.expect) != counted(came)
    ]


def altered(value: Any) -> Any:
    """Return another value of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, dict):
        return {**value, "more": 1}
    return {"ok": "timeout", "done": "cancelled"}.get(value, "ok")


def damaged(expect: list[Decision]) -> Iterator[tuple[str, list[Decision]]]:
    """Yield `expect` with one mistake at a time, each with its name."""
    for place, one in enumerate(expect):
        around = expect[:place], expect[place + 1 :]
        yield "dropped", [*around[0], *around[1]]
        yield "twice", [*around[0], one, one, *around[1]]
        for field in ("at_us", *DECISIVE[one["event"]]):
            wrong = {**one, field: altered(one[field])}
            yield f"another {field}", [*around[0], wrong, *around[1]]
        yield "1 us early", [*around[0], {**one, "at_us": one["at_us"] - 1}, *around[1]]


def test_there_are_vectors_of_both_kinds() -> None:
    """What follows is not vacuous."""
    assert len(SCRIPTS) > 100
    assert len(CONFIGURED) > 20


@pytest.mark.parametrize("vector", SCRIPTS, ids=lambda vector: vector.name)
def test_naive_models_decide_what_the_vector_expects(vector: Vector) -> None:
    """Step by step and at the microsecond: the same decisions, each as often."""
    played = naive_decisions(vector)
    expected = [counted(step.expect) for step in vector.steps]
    assert expected == [counted(came) for came in played]


@pytest.mark.parametrize("vector", SCRIPTS, ids=lambda vector: vector.name)
def test_naive_models_notice_every_damaged_expectation(vector: Vector) -> None:
    """A decision at another time, of another kind, missing or too many is found at its step."""
    played = naive_decisions(vector)
    damages = 0
    for number, step in enumerate(vector.steps):
        extra = [*step.expect, {"event": "closing", "at_us": step.at_us, "conn": "extra"}]
        for name, expect in [*damaged(step.expect), ("extra", extra)]:
            steps = list(vector.steps)
            steps[number] = msgspec.structs.replace(step, expect=expect)
            assert [number] == disagreements(steps, played), name
            damages += 1
    assert damages > len(vector.steps)


@pytest.mark.parametrize("vector", CONFIGURED, ids=lambda vector: vector.name)
def test_naive_reading_answers_what_the_vector_expects(vector: Vector) -> None:
    """Values, notes, relations and refusals: the same, for every configuration."""
    assert [step.answer for step in vector.steps] == naive_answers(vector)


@pytest.mark.parametrize("vector", CONFIGURED, ids=lambda vector: vector.name)
def test_naive_reading_notices_every_damaged_answer(vector: Vector) -> None:
    """Each part of each answer, left out or made another one, makes a difference."""
    for step, naive in zip(vector.steps, naive_answers(vector), strict=True):
        assert step.answer
        for part, value in step.answer.items():
            assert {**step.answer, part: [*value, "x"]} != naive
            assert {name: one for name, one in step.answer.items() if name != part} != naive
        for part in {"effective", "relations"} & set(step.answer):
            for name, value in step.answer[part].items():
                wrong = {**step.answer[part], name: not value}
                assert {**step.answer, part: wrong} != naive
        for place, fault in enumerate(step.answer.get("refused", [])):
            for name in fault:
                faults = list(step.answer["refused"])
                faults[place] = {**fault, name: fault[name] + "x"}
                assert {"refused": faults} != naive


@pytest.mark.parametrize("family", FAMILIES)
def test_oracle_and_naive_models_agree_on_scripts_that_nobody_wrote(family: str) -> None:
    """Whatever is asked for, in any order and at any moment: two statements of one law."""

    @settings(NO_DEADLINE, max_examples=300)
    @given(strategies.scripts(FEATURES, [family]))
    def agrees(vector: Vector) -> None:
        assume(not problems_of(vector))
        expected = expected_of(vector)
        if is_about_configurations(vector):
            assert [one.answer for one in expected] == naive_answers(vector)
            return
        assert [counted(one.decisions) for one in expected] == [
            counted(came) for came in naive_decisions(vector)
        ]

    agrees()


@pytest.mark.parametrize("path", sorted(MODELS.glob("script*.py")), ids=lambda path: path.stem)
def test_naive_models_of_scripts_are_on_their_own(path: Path) -> None:
    """They import neither the oracle nor the machines, so no mistake confirms itself."""
    allowed = {"stallproof.requirements.vectors.format", "stallproof.machines.policy"}
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            names.add(str(node.module))
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    assert set() == {name for name in names if name.startswith("stallproof")} - allowed
    assert set() == {name for name in names if name.startswith("tests")} & {"tests.models.frozen"}
