"""What a whole download is asked. Spec: `spec/rt.md`."""

from typing import Any

S = 1_000_000
AIMS = {
    "RT-3": "before-a-wait before-a-failure after-a-wait before-a-request",
    "RT-4": "retried recovered failed aborted",
    "RT-5": "late-answer during-a-wait waits-doubled waits-capped",
}


def _asked(most: int, *events: tuple[str, int] | tuple[str, int, int]) -> dict[str, Any]:
    """Return two pieces and a second for each request, and what happened: what, when, to which."""
    history = [dict(zip(("event", "at_us", "request"), one, strict=False)) for one in events]
    return {"max_retries": most, "timeout_us": S, "pieces": 2, "events": history}


OUT, WAITED = ("timed_out", S), ("waited", 3 * S)
ASKED = (
    *(_asked(most) for most in (0, 1, 3, 5, 6, 9)),
    _asked(3, OUT),
    _asked(3, OUT, WAITED),
    _asked(3, OUT, WAITED, ("answered", 4 * S, 2)),
    _asked(1, OUT, WAITED, ("timed_out", 4 * S)),
    _asked(3, ("failed", 5)),
    _asked(3, ("abort", 5), OUT),
    _asked(3, ("abort", 5), ("answered", 7, 1)),
    _asked(3, ("answered", 5, 1), ("abort", 6), ("answered", 7, 2)),
    _asked(0, ("abort", 5), OUT),
    _asked(3, ("abort", 5), ("failed", 7)),
    _asked(1, OUT, WAITED, ("abort", 3 * S), ("timed_out", 4 * S)),
    _asked(3, ("abort", 5)),
    _asked(3, ("answered", S, 1)),
    *(_asked(3, OUT, ("abort", at_us)) for at_us in (S, 3 * S - 1, 3 * S)),
    _asked(3, OUT, WAITED, ("abort", 3 * S)),
    _asked(3, OUT, ("answered", 2 * S, 1)),
    _asked(3, OUT, WAITED, ("answered", 3 * S, 1)),
    _asked(3, OUT, WAITED, ("answered", 4 * S, 2), ("answered", 4 * S, 1)),
    _asked(3, ("answered", 5, 1), ("answered", 6, 1)),
)
