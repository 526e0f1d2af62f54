"""Mistakes planted in the reference: what all of them have in common."""

from tests.implementations.negative.wrong import REFERENCE, Wrong


def wrong(name: str, says: str, file: str, old: str, new: str, *breaks: str) -> Wrong:
    """Return one that is judged in virtual time by everything; `file` lies in the reference."""
    return Wrong(
        name=name, language="python", says=says, file=f"{REFERENCE}/{file}", old=old, new=new,
        breaks=frozenset(breaks),
    )  # fmt: skip
