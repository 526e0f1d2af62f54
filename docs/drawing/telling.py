"""The most telling vectors of a requirement: those before, at and after one boundary.

The intuition: vectors that try one boundary have the same name but for the words "one before", "at"
and "one after". Such a family says most; where there is none, the shortest script is shown.

Spec: `spec/vectors/README.md`.
"""

import re
from collections.abc import Sequence

from docs.drawing.script import script_of
from stallproof.requirements.vectors import Vector

MOMENTS_MAX = 9
"""A picture with more columns than this is too small on a page."""
MOST = 3
_SIDES = {
    "before": re.compile(r"one-(?:microsecond-)?before|one-(?:byte-)?(?:less|short)|just-before"),
    "at": re.compile(r"exactly(?:-at)?|at-the-(?=deadline|limit|instant|threshold|failure|close)"),
    "after": re.compile(r"one-(?:microsecond-)?after|one-(?:byte-)?(?:more|beyond)"),
}
_FILLING = re.compile(r"-?\b(?:the|a|at|of)\b")


def side_of(name: str) -> str:
    """Return on which side of a boundary a vector of this name lies; empty if it does not say."""
    return next((side for side, words in _SIDES.items() if words.search(name)), "")


def family_of(name: str) -> str:
    """Return what is left of the name without its side."""
    side = side_of(name)
    bare = _SIDES[side].sub("", name) if side else name
    return re.sub(r"-+", "-", _FILLING.sub("", bare)).strip("-")


def telling(vectors: Sequence[Vector], requirement: str) -> list[Vector]:
    """Return at most three vectors of `requirement` that can be drawn, in the order of their side.

    The family with the most sides comes first, then one whose first requirement it is, then the
    one with the fewest moments. Other vectors stand in for a side that it does not have.
    """
    mine = [one for one in vectors if requirement in one.requirements and _can_be_drawn(one)]
    mine.sort(key=lambda each: (each.requirements[0] != requirement, _length(each), each.name))
    families: dict[str, dict[str, Vector]] = {}
    sides: dict[str, Vector] = {}
    for one in mine:
        side = side_of(one.name)
        families.setdefault(family_of(one.name), {}).setdefault(side, one)
        sides.setdefault(side, one)
    if not families:
        return []
    # The first of equals is the greatest: the order above decides.
    best = max(families.values(), key=lambda family: sum(map(bool, family)))
    found = {**{side: one for side, one in sides.items() if side}, **best}
    chosen = [found[side] for side in (*_SIDES, "") if side in found]
    return chosen[:MOST]


def _length(vector: Vector) -> int:
    return len(script_of(vector).moments)


def _can_be_drawn(vector: Vector) -> bool:
    script = script_of(vector)
    return bool(script.rows) and len(script.moments) <= MOMENTS_MAX
