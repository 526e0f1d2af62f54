"""From thousands of moves to a few arrows: equal ones are merged, and idle conditions dropped.

Each move is seen as an event under some facts, such as "bytes left" and "before the deadline". An
arrow's condition keeps a fact only if without it the arrow would claim moves that went elsewhere;
combinations of facts that never occurred do not count against it.
"""

from collections.abc import Iterable
from itertools import product
from typing import NamedTuple


class Seen(NamedTuple):
    """One move as a reader sees it; `action` is what drivers were told, empty for nothing."""

    source: str
    event: str
    facts: tuple[str, ...]
    action: str
    target: str


class Arrow(NamedTuple):
    """One arrow of a diagram: under `condition`, `event` leads from `source` to `target`."""

    source: str
    event: str
    condition: tuple[str, ...]
    action: str
    target: str


Pattern = tuple[str | None, ...]


def _matches(pattern: Pattern, facts: tuple[str, ...]) -> bool:
    return all(asked in (None, fact) for asked, fact in zip(pattern, facts, strict=True))


def conditions(yes: set[tuple[str, ...]], no: set[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return the shortest conditions that together match all of `yes` and nothing of `no`.

    Facts that stand in both cannot tell them apart and match as they are.
    """
    others = no - yes
    patterns = sorted(
        {pattern for facts in yes for pattern in product(*((None, fact) for fact in facts))},
        key=lambda pattern: (sum(fact is not None for fact in pattern), _words(pattern)),
    )
    allowed = [each for each in patterns if not any(_matches(each, facts) for facts in others)]
    found: list[tuple[str, ...]] = []
    left = set(yes)
    while left:
        # The most telling pattern first; among equals the shortest, in the order above.
        best = max(allowed, key=lambda each: sum(_matches(each, facts) for facts in left))
        found.append(_words(best))
        left = {facts for facts in left if not _matches(best, facts)}
    return found


def _words(pattern: Pattern) -> tuple[str, ...]:
    return tuple(fact for fact in pattern if fact is not None)


def arrows(seen: Iterable[Seen]) -> list[Arrow]:
    """Return the arrows that `seen` amounts to, in the order in which their ends first came."""
    places: dict[tuple[str, str], dict[tuple[str, str], set[tuple[str, ...]]]] = {}
    for move in seen:
        leads = places.setdefault((move.source, move.event), {})
        leads.setdefault((move.target, move.action), set()).add(move.facts)
    found: list[Arrow] = []
    for (source, event), leads in places.items():
        for (target, action), yes in leads.items():
            no = set().union(*(facts for lead, facts in leads.items() if lead != (target, action)))
            found += [
                Arrow(source, event, condition, action, target) for condition in conditions(yes, no)
            ]
    return found
