"""What the release of memory is asked. Spec: `spec/mm.md`."""

AIMS = {"MM-1": "due not-due never trim purge neither accelerator no-accelerator"}
ASKED = tuple(
    {
        "every": every,
        "sends": sends,
        "allocator": allocator,
        "has_accelerator": has,
        "asks_accelerator": asks,
    }
    for every, sends, allocator, has, asks in (
        *((3, sends, "glibc", False, False) for sends in (0, 1, 2, 3, 4, 5, 6, 7)),
        *((1, sends, "other", False, False) for sends in (1, 2)),
        *((0, sends, "glibc", True, True) for sends in (0, 1, 5)),
        (2, 2, "jemalloc", False, False),
        *((2, 4, one, True, True) for one in ("glibc", "jemalloc", "other")),
        (2, 4, "glibc", True, False),
        (2, 4, "glibc", False, True),
        (2, 3, "jemalloc", True, True),
    )
)
