"""A naive release of memory: it counts the sends one by one, down from n."""

from typing import Any


def decision(
    every: int, sends: int, allocator: str, has_accelerator: bool, asks_accelerator: bool
) -> dict[str, Any]:
    """Say in the words of `spec/mm.md` what follows the last of so many sends."""
    steps: list[str] = []
    left = every
    for _ in range(sends):
        steps = []
        left -= 1
        if left == 0:
            left = every
            steps.append("collect")
            if allocator == "glibc":
                steps.append("trim")
            elif allocator == "jemalloc":
                steps.append("purge")
            if asks_accelerator and has_accelerator:
                steps.append("empty_cache")
    return {"steps": steps}
