"""What a seeded mistake is: one small wrong edit of the reference, and the evidence against it.

The intuition: evidence that cannot fail is no evidence. So each requirement has at least one
mistake that a programmer could really make, and it must be caught by the evidence that is named
for it, not by some other test that happens to run as well.

The use: the catalogue (`proofs/seeded/catalogue/`) lists the mistakes; `python -m proofs.seeded`
plants them one by one, each in a process of its own, and reads what the evidence says.

The complication: an edit is a piece of text, and the code moves on. The old text must stand in the
module exactly once; a mistake that no longer fits is reported as such and is never a catch.
"""

import importlib.util
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

Kind = Literal["proof", "search", "model", "property", "oracle"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""The kinds of evidence, in the order in which documents list them."""


@dataclass(frozen=True)
class Evidence:
    """What must catch a mistake.

    `target` names it within its kind: an obligation, a machine that is searched, a model that is
    replayed, a pytest node, or a requirement that the oracle must report as the only one failed.
    """

    kind: Kind
    target: str


@dataclass(frozen=True)
class Seeded:
    """One mistake: in `module` (dotted) the text `old`, found exactly once, becomes `new`.

    `says` completes the sentence "the mistake is that ..."; `requirements` are those that break.
    """

    name: str
    requirements: tuple[str, ...]
    says: str
    module: str
    old: str
    new: str
    evidence: Evidence


@cache
def source_of(module: str) -> str:
    """Return the source of `module`; raises `LookupError` when there is no such module."""
    try:
        spec = importlib.util.find_spec(module)
    except ModuleNotFoundError as error:
        raise LookupError(f"there is no module {module}") from error
    if spec is None or spec.origin is None:
        raise LookupError(f"there is no module {module}")
    return Path(spec.origin).read_text("utf-8")


def times_found(seeded: Seeded) -> int:
    """Return how often the old text stands in the module: the mistake fits when it is once."""
    return source_of(seeded.module).count(seeded.old)


def why_unfit(seeded: Seeded) -> str | None:
    """Return why the mistake cannot be planted, or `None` when it can."""
    try:
        found = times_found(seeded)
    except LookupError as error:
        return str(error)
    if found != 1:
        return f"the old text stands {found} times in {seeded.module}"
    if seeded.old == seeded.new:
        return "the new text is the old one"
    return None
