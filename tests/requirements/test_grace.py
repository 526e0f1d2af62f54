"""The greatest grace of a profile is read from the guide of the law, and only from there."""

from pathlib import Path

import pytest

from stallproof.requirements.grace import greatest_grace_us
from stallproof.requirements.registry import RegistryError
from stallproof.runner.scenarios.scenario import GRACE_DEFAULT_US


def test_each_profile_has_a_greatest_grace() -> None:
    """Seed allows five times as much as hardened."""
    assert (greatest_grace_us("seed"), greatest_grace_us("hardened")) == (250_000, 50_000)


def test_the_oracle_is_never_looser_than_the_law_by_default() -> None:
    """What is taken where nobody says otherwise is allowed by both profiles."""
    assert min(map(greatest_grace_us, ("seed", "hardened"))) >= GRACE_DEFAULT_US


def test_a_profile_that_nobody_knows_has_none() -> None:
    """Its name is told, with those that there are."""
    with pytest.raises(ValueError, match="unknown profile 'soft': use seed or hardened"):
        greatest_grace_us("soft")


@pytest.mark.parametrize(
    "rows", ["", "| `seed` | 1 us |\n", "| `seed` | 1 us |\n| `seed` | 2 us |\n"]
)
def test_a_guide_without_one_row_for_each_profile_is_refused(rows: str, tmp_path: Path) -> None:
    """A judgement never goes on with a number that the law does not state."""
    (tmp_path / "README.md").write_text(rows, "utf-8")
    with pytest.raises(RegistryError, match="expected one row"):
        greatest_grace_us("seed", tmp_path)
