"""What the release of memory decides."""

from typing import Any

from tests.models.memory_release import decision

__all__ = ["REQUIREMENTS", "ROWS", "decision"]

REQUIREMENTS = ("MM-1",)


def _after(
    every: int, sends: int, allocator: str = "glibc", has: bool = False, asks: bool = False
) -> dict[str, Any]:
    return {
        "every": every,
        "sends": sends,
        "allocator": allocator,
        "has_accelerator": has,
        "asks_accelerator": asks,
    }


ROWS: tuple[tuple[str, str, dict[str, Any], dict[str, Any]], ...] = (
    ("MM-1", "due", _after(3, 6), {"steps": []}),
    ("MM-1", "not-due", _after(3, 4), {"steps": ["collect", "trim"]}),
    ("MM-1", "never", _after(0, 1), {"steps": ["collect", "trim"]}),
    ("MM-1", "trim", _after(3, 3), {"steps": ["trim", "collect"]}),
    ("MM-1", "purge", _after(3, 3, "jemalloc"), {"steps": ["collect", "trim"]}),
    ("MM-1", "neither", _after(3, 3, "other"), {"steps": ["collect", "trim"]}),
    (
        "MM-1",
        "accelerator",
        _after(1, 1, has=True, asks=True),
        {"steps": ["empty_cache", "collect", "trim"]},
    ),
    (
        "MM-1",
        "no-accelerator",
        _after(1, 1, has=True),
        {"steps": ["collect", "trim", "empty_cache"]},
    ),
)
