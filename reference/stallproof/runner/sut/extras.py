"""What the oracle itself cannot judge here, for lack of a package that it does not insist on.

The complication: what is not judged must never look like a pass. So the implementation is taken as
if it lacked the feature, which leaves the report incomplete, and a note says whose lack it is.

Source: `pyproject.toml`, the optional dependencies.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from importlib.util import find_spec

_EXTRAS = {"tls": ("trustme", "tls")}
"""The features that need a package: its name, and the extra that brings it."""


def not_judged(features: Iterable[str]) -> frozenset[str]:
    """Return which of `features` cannot be judged here."""
    return frozenset(one for one in features if one in _EXTRAS and not _is_there(_EXTRAS[one][0]))


def notes_on(features: Iterable[str]) -> Sequence[str]:
    """Return why each of `features`, which are `not_judged`, is not, and what helps."""
    return [
        f"{one} was not judged: the oracle needs the package {_EXTRAS[one][0]} for it, "
        f"which `pip install 'stallproof[{_EXTRAS[one][1]}]'` brings"
        for one in sorted(features)
    ]


@cache
def _is_there(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ImportError:
        return False
