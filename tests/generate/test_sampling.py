"""What is drawn by a seed: the bytes that Hypothesis once drew, from any place on."""

import hashlib

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from stallproof.generate.sampling import BATCH, Drawing, drawn
from stallproof.generate.scripts import FAMILIES, scripts
from stallproof.requirements.vectors.canonical import encode_vector
from tests.generate.generated_bench import FEATURES

CHOICES = 160
BARE: Drawing[bytes] = Drawing(CHOICES, bytes)
DIGEST = "45b12a610adb310fb1b9a4f3aee0d7790d0b853cb5f5d6326a246d652e9c46c6"
"""Of the first scripts of seed 1, as they were when Hypothesis drew them."""


def by_hypothesis(source: str) -> list[bytes]:
    """Return a batch as earlier versions drew it."""
    found: list[bytes] = []

    @seed(source)
    @settings(
        max_examples=BATCH, database=None, derandomize=False, deadline=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.binary(min_size=CHOICES, max_size=CHOICES))
    def take(content: bytes) -> None:
        found.append(content)

    take()
    return found


@pytest.mark.parametrize("number", [0, 7])
def test_a_seed_means_what_it_meant_when_hypothesis_drew(number: int) -> None:
    """Two batches of a seed are, byte by byte, those of the library."""
    expected = [*by_hypothesis(f"{number}/0"), *by_hypothesis(f"{number}/1")]
    assert expected == list(drawn(number, 2 * BATCH, BARE))


@pytest.mark.parametrize("first", [0, 1, BATCH - 1, BATCH, BATCH + 1, 3 * BATCH])
def test_a_part_is_drawn_as_in_the_whole(first: int) -> None:
    """Whoever plays a part begins where the part does, at a batch's ends as well."""
    whole = list(drawn(5, first + BATCH + 2, BARE))
    assert whole[first:] == list(drawn(5, BATCH + 2, BARE, first=first))


def test_nothing_is_drawn_where_nothing_is_asked_for() -> None:
    """No script, and the next one is the same as without."""
    assert [] == list(drawn(5, 0, BARE, first=3))


def test_the_scripts_of_a_seed_stay_what_they_are() -> None:
    """A failure's `found` names seed and case: both have to mean the same with each version."""
    whole = hashlib.sha256()
    for script in drawn(1, 600, scripts(FEATURES, tuple(FAMILIES))):
        whole.update(encode_vector(script))
    assert DIGEST == whole.hexdigest()
