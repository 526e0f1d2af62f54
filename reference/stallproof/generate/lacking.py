"""What a missing feature leaves open: a script for each, which the harness cannot play.

Scripts are generated for what is declared only, so that nothing else would say what is missing.
"""

from collections.abc import Collection, Iterator

import msgspec

from stallproof.generate.builder import bare
from stallproof.requirements.vectors.format import Vector
from stallproof.wire.request import GIVE_UP, VIRTUAL_TIME

LEAVES_OPEN: dict[str, tuple[str, ...]] = {
    VIRTUAL_TIME: ("",),
    "streams": ("AP-", "CX-7", "CX-9"),
    "checks": ("SC-",),
    "monitor": ("SC-9", "CX-5"),
    "heartbeats": ("SC-10", "SC-11"),
    "wall_jump": ("SC-14", "SD-17", "AP-15"),
    "sequence": ("SD-14",),
    "config": ("CF-",),
    "relations": ("CF-5",),
    "decide": ("RT-",),
    GIVE_UP: ("SD-18",),
}
"""What the requirements begin with that may stay open where a feature is declared missing."""


def scripts_lacking(declared: Collection[str], selected: Collection[str]) -> Iterator[Vector]:
    """Yield a script for each feature that is not `declared`, for what it leaves open."""
    for feature, about in LEAVES_OPEN.items():
        open_now = sorted(one for one in selected if one.startswith(about))
        if feature not in declared and open_now:
            yield msgspec.structs.replace(
                bare({}, []), name=f"takes-{feature.replace('_', '-')}",
                requirements=open_now, needs=[feature],
            )  # fmt: skip
