"""A job's metadata: any JSON, and words that say what is wrong."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stallproof.judge.rules.machines import law_of
from tests.models.frozen import FROZEN
from tests.models.job_metadata import decision

JSON: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        False,
        True,
        0,
        -1,
        0.5,
        1e300,
        "",
        " ",
        "\t",
        "a",
        "job_clients",
        [],
        ["a"],
        {},
        {"a": ["a"]},
        {"name": "a"},
        {"name": "b", "token": 1},
        {"name": " "},
        {"name": None},
    ]
)
LISTS = st.lists(st.text(min_size=1), max_size=4) | st.lists(JSON, max_size=4)
METADATA = JSON | LISTS | st.fixed_dictionaries({"job_clients": JSON | LISTS}) | st.just({"a": 1})


def agree(metadata: Any) -> str:
    """Assert that machine, law and model decide alike, and return the reason."""
    verdict = law_of("job_metadata", {"metadata": metadata})
    made = msgspec.json.decode(msgspec.json.encode(FROZEN["job_metadata"].decide(metadata)))
    assert verdict is not None
    assert decision(metadata) == made == verdict.decision
    assert verdict.broken_by(made) is None
    assert "MD-1" == verdict.broken_by({**made, "action": "wait"})
    return str(made["reason"])


@pytest.mark.requirement("MD-1")
@given(METADATA)
def test_any_json_is_accepted_or_refused_alike_by_three_statements(metadata: Any) -> None:
    """Whatever it is, nothing breaks, and a refusal says why."""
    agree(metadata)


@pytest.mark.requirement("MD-1", kind="boundary")
@pytest.mark.parametrize(
    ("metadata", "reason"),
    [
        ({"job_clients": []}, ""),
        ({"job_clients": ["a"]}, ""),
        ({"job_clients": ["a", ""]}, "job_clients has an empty text instead of a name at 1"),
        ({"job_clients": [True, 2]}, "job_clients has a boolean instead of a name at 0"),
        ({"job_clients": ["a", " "]}, "job_clients has a blank text instead of a name at 1"),
        ({"job_clients": ["a", "A", {"name": "b"}]}, ""),
        ({"job_clients": ["a", "b", "a"]}, "job_clients has the name a a second time at 2"),
        ({"job_clients": [{"name": "a"}, "a", 3]}, "job_clients has the name a a second time at 1"),
        ({"job_clients": [{"name": 3}]}, "job_clients has a number instead of a name at 0"),
        ({"job_clients": [{"token": "a"}]}, "job_clients has an object instead of a name at 0"),
        ({"job_clients": "a"}, "job_clients is a list of names, and not a text"),
        ({"clients": ["a"]}, "the metadata have no job_clients"),
        (["a"], "the metadata of a job are an object, and not a list"),
        (None, "the metadata of a job are an object, and not null"),
    ],
)
def test_the_first_mistake_is_told(metadata: Any, reason: str) -> None:
    """An empty list is no mistake; everything else is named with what stood there."""
    assert reason == agree(metadata)


@pytest.mark.parametrize(
    ("metadata", "words", "is_enough"),
    [
        ([], "expected dict but got list", True),
        ([], "list indices must be integers", False),
        ({}, "missing JobMetaKey.JOB_CLIENTS in job meta", True),
        ({}, "KeyError", False),
        ({"job_clients": ["a", "a"]}, "two names (a and a) are the same", True),
        ({"job_clients": ["a", "a"]}, "doubled", False),
    ],
)
def test_other_words_are_as_good_that_say_as_much(
    metadata: Any, words: str, is_enough: bool
) -> None:
    """What is expected, or which field is wrong, has to be said in whatever words."""
    verdict = law_of("job_metadata", {"metadata": metadata})
    assert verdict is not None
    wrong = verdict.broken_by({**verdict.decision, "reason": words})
    assert (None if is_enough else "MD-1") == wrong
