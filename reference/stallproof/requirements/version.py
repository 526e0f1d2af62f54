"""The version of the law: its edition, and a digest of its pages.

The intuition: two reports can be compared only if the same law was judged by. An edition is a
number that somebody has to remember to change; the digest changes with every letter.

The use: `law_version()` stands in each report, and `stallproof compare` warns where it differs.

Spec: `spec/README.md` ("The version of the law").
"""

import hashlib
from functools import cache
from pathlib import Path

from stallproof.requirements.registry import find_spec

EDITION = "1"
"""Raised when a requirement is added, retired or means something else."""
_DIGITS = 12


def law_version(folder: Path | None = None) -> str:
    """Return the version of the law in `folder`, by default our own: `1+` and twelve hex digits.

    The digits are of the names and texts of its pages, the Markdown files right in the folder.
    Raises `RegistryError` where there is no law.
    """
    return _version(find_spec() if folder is None else folder)


@cache
def _version(folder: Path) -> str:
    digest = hashlib.sha256()
    for page in sorted(folder.glob("*.md")):
        text = page.read_bytes()
        digest.update(f"{page.name} {len(text)}\n".encode())
        digest.update(text)
    return f"{EDITION}+{digest.hexdigest()[:_DIGITS]}"
