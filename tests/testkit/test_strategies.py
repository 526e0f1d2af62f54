"""The strategies: what they draw may be used as it is."""

import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stallproof.judge.model import expected_of, problems_of
from stallproof.machines.policy import Policy, is_well_formed
from stallproof.requirements.knobs import KNOBS, policy_of
from stallproof.requirements.vectors import Vector
from stallproof.testkit.strategies import knobs, policies, scripts, vectors

LACKING = (
    "import sys\n"
    "sys.modules['hypothesis'] = None\n"
    "import stallproof.testkit\n"
    "import stallproof.testkit.strategies\n"
)


@given(policies())
def test_every_policy_may_be_in_force(policy: Policy) -> None:
    """Each limit lies in its range."""
    assert is_well_formed(policy)


@given(knobs(), st.sampled_from(list(KNOBS)))
def test_knobs_say_what_a_policy_says(said: dict[str, float], name: str) -> None:
    """Each time is a whole number of microseconds, whatever its size."""
    if name in said:
        exact = round(said[name] * (1_000_000 if KNOBS[name].is_time else 1))
        assert exact == policy_of(said)[KNOBS[name].field]
        limits: dict[str, Any] = {KNOBS[name].field: exact}
        assert is_well_formed(replace(Policy(), **limits))


@given(scripts(features=("streams", "checks"), families=("sending",)))
def test_scripts_keep_the_rules_and_the_family(script: Vector) -> None:
    """No script breaks a rule of virtual time, or asks for what its family does not."""
    assert [] == problems_of(script)
    assert {"open", "send"} >= {one.do["op"] for one in script.steps if one.do} - {
        *("accept", "fail", "close", "advance")
    }


@given(vectors())
def test_vectors_expect_what_the_law_demands(vector: Vector) -> None:
    """Installed or made up: their expectations are those of the model."""
    law = expected_of(vector)
    assert [one.decisions for one in law] == [one.expect for one in vector.steps]


@given(vectors(only=["SD-2"]))
def test_vectors_may_be_chosen(vector: Vector) -> None:
    """By the requirements that they speak of."""
    assert "SD-2" in vector.requirements


def test_what_cannot_be_drawn_is_refused() -> None:
    """An unknown family, none, and a requirement without a vector."""
    with pytest.raises(ValueError, match=r"the families of scripts are sending, .*, not nonsense"):
        scripts(families=["nonsense"])
    with pytest.raises(ValueError, match="not none"):
        scripts(families=[])
    with pytest.raises(ValueError, match="no installed vector speaks of SD-11"):
        vectors(only=["SD-11"])


def test_without_hypothesis_the_rest_of_the_kit_is_there() -> None:
    """The error says what to install."""
    done = subprocess.run([sys.executable, "-c", LACKING], capture_output=True, text=True)
    assert 1 == done.returncode
    assert done.stderr.strip().splitlines()[-1] == (
        "ImportError: stallproof.testkit.strategies needs Hypothesis: pip install hypothesis"
    )
