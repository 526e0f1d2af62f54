"""The law of memory release (group MM), told by what each step waits for.

Spec: `spec/mm.md`.
"""

from collections.abc import Mapping
from typing import Any

from stallproof.judge.rules.machines.verdict import Verdict

FIELDS = {"steps": "MM-1"}
_NAMES = {"every", "sends", "allocator", "has_accelerator", "asks_accelerator"}
_OF_ALLOCATOR = {"glibc": "trim", "jemalloc": "purge", "other": "neither"}


def law(given: Mapping[str, Any]) -> Verdict | None:
    """Return the verdict on the `sends`-th send where a release follows `every` n-th."""
    every, sends = given.get("every"), given.get("sends")
    allocator = given.get("allocator")
    has, asks = given.get("has_accelerator"), given.get("asks_accelerator")
    if given.keys() != _NAMES or type(every) is not int or type(sends) is not int:
        return None
    if type(has) is not bool or type(asks) is not bool or not isinstance(allocator, str):
        return None
    if allocator not in _OF_ALLOCATOR or every < 0 or sends < 0:
        return None
    if sends == 0 or every == 0:
        return _verdict([], "never" if sends else None)
    left = every - sends % every
    if left != every:
        return _verdict([], "not-due" if left == 1 or left == every - 1 else None)
    frees = _OF_ALLOCATOR[allocator]
    steps = ["collect", frees, "empty_cache"]
    if frees == "neither":
        steps.remove(frees)
    if not (has and asks):
        steps.remove("empty_cache")
    if has != asks:
        return _verdict(steps, "no-accelerator")
    if has:
        return _verdict(steps, "accelerator")
    return _verdict(steps, frees if sends == every else "due")


def _verdict(steps: list[str], situation: str | None) -> Verdict:
    return Verdict({"steps": steps}, {} if situation is None else {"MM-1": situation}, FIELDS)
