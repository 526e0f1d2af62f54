"""The law as the command `stallproof law` shows it."""

import pytest

from stallproof.reports.law import WIDTH_MAX, render_law
from stallproof.requirements.registry import load_registry

REGISTRY = load_registry()


def test_law_sentences_and_situations_are_shown_word_for_word() -> None:
    """Everything the registry says of a requirement can be read."""
    for requirement in REGISTRY.requirements:
        text = render_law(REGISTRY, frozenset({requirement.id}), width=100)
        words = " ".join(text.replace("  > ", "").split())
        for said in (*requirement.law, *(one.text for one in requirement.situations)):
            assert " ".join(said.split()) in words


def test_the_boundary_and_the_reason_are_shown_as_the_law_has_them() -> None:
    """Who reads the sentences alone misses where they begin to hold, and why."""
    for requirement in REGISTRY.requirements:
        text = " ".join(render_law(REGISTRY, frozenset({requirement.id}), width=100).split())
        for name, said in (("Boundary", requirement.boundary), ("Why", requirement.why)):
            assert f"{name}: {' '.join(said.replace('`', '').split())}" in text


@pytest.mark.parametrize("width", [1, 40, 80, 1000])
def test_the_law_keeps_to_a_readable_width(width: int) -> None:
    """Lines are never longer than the terminal, nor than is good to read."""
    everything = frozenset(requirement.id for requirement in REGISTRY.requirements)
    lines = render_law(REGISTRY, everything, width=width).splitlines()
    assert max(len(line) for line in lines) <= max(40, min(width, WIDTH_MAX)) + 20


def test_requirements_come_in_the_order_of_the_law() -> None:
    """What was asked for last is not shown first."""
    text = render_law(REGISTRY, frozenset({"SD-10", "SD-2"}), width=80)
    assert text.index("SD-2 ") < text.index("SD-10 ")
