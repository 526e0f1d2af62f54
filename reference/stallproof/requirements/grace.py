"""The greatest grace of each profile, as the reading guide of the law states it.

The oracle may allow less and never more. The table is the one source of these numbers.

Spec: `spec/README.md`, "Grace".
"""

import re
from pathlib import Path

from stallproof.requirements.registry import GUIDE, find_spec
from stallproof.requirements.requirement import PROFILES, RegistryError

_ROW = re.compile(r"^\| `([a-z]+)` \| (\d+) us \|$", re.MULTILINE)


def greatest_grace_us(profile: str, folder: Path | None = None) -> int:
    """Return the greatest grace in microseconds that `profile` allows; that itself is allowed.

    `folder`: of the law, by default our own. Raise `ValueError` for an unknown profile, and
    `RegistryError` where the guide has not one row for each profile.
    """
    if profile not in PROFILES:
        raise ValueError(f"unknown profile {profile!r}: use {' or '.join(PROFILES)}")
    path = (find_spec() if folder is None else folder) / GUIDE
    rows = _ROW.findall(path.read_text("utf-8"))
    if sorted(name for name, _us in rows) != sorted(PROFILES):
        raise RegistryError(f"{path}: expected one row '| `seed` | 250000 us |' for each profile")
    return int(dict(rows)[profile])
