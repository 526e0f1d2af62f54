"""A log of a broken requirement says what the law asks, once, and of roots alone."""

import pytest

from stallproof.reports.sentences import sentences_of
from stallproof.requirements.registry import Requirement, load_registry


@pytest.mark.parametrize("law", load_registry().requirements, ids=lambda law: law.id)
def test_each_requirement_is_told_in_its_own_sentences(law: Requirement) -> None:
    """Nothing is left out, and the command for the rest is named."""
    told = sentences_of(law.id)
    assert told is not None
    assert [] == [each for each in law.law if " ".join(each.split()) not in told]
    assert f"`stallproof law {law.id}`" in told


def test_what_this_law_does_not_know_has_no_sentences() -> None:
    """A report from a file may be of a law that had another requirement."""
    assert sentences_of("SD-99") is None
