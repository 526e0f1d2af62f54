"""The law as a terminal shows it: sentences, boundary, reason and situations of requirements."""

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from stallproof.requirements.registry import Registry, Requirement

WIDTH_MAX = 100
"""Longer lines are hard to read, however wide the terminal is."""


Ways = Mapping[tuple[str, str], Sequence[Sequence[str]]]
"""What each situation takes, by requirement and name: any of several sets of features."""


def render_law(
    registry: Registry, chosen: frozenset[str], *, width: int, ways: Ways | None = None
) -> str:
    """Return the chosen requirements in the registry's order, as text `width` columns wide.

    `ways`: to tell what each situation takes; `None`: that is not told.
    """
    width = min(max(width, 40), WIDTH_MAX)
    return "\n".join(
        line
        for requirement in registry.requirements
        if requirement.id in chosen
        for line in _requirement(registry, requirement, width, ways)
    )


def _requirement(
    registry: Registry, requirement: Requirement, width: int, ways: Ways | None
) -> Iterator[str]:
    group = registry.group(requirement.group)
    judged = "" if group.judged else ", not judged yet"
    yield f"{requirement.id}  {requirement.title}"
    yield f"    {requirement.level}, {requirement.profile}, page {Path(group.prose).stem}{judged}"
    yield from _wrapped(requirement.law, width, "  > ", "    ")
    for name, text in (("Boundary", requirement.boundary), ("Why", requirement.why)):
        yield f"    {name}:"
        yield from _wrapped(_paragraphs(text), width, "      ", "      ")
    yield "    Exercised when:"
    for one in requirement.situations:
        yield from _wrapped([f"{one.name}: {one.text}"], width, "    - ", "      ")
        taken = (ways or {}).get((requirement.id, one.name), ())
        told = " or ".join(" + ".join(way) for way in taken)
        yield from _wrapped([f"Takes {told}."] if told else [], width, "      ", "      ")
    yield ""


def _paragraphs(text: str) -> Iterator[str]:
    """Yield the paragraphs of `text`, each as one line, without the marks of Markdown's code."""
    for paragraph in text.split("\n\n"):
        yield " ".join(paragraph.replace("`", "").split())


def _wrapped(texts: Iterable[str], width: int, first: str, others: str) -> Iterator[str]:
    for text in texts:
        yield from textwrap.wrap(
            text, width, initial_indent=first, subsequent_indent=others, break_on_hyphens=False
        )
