"""A naive download: it looks back over its whole history for every decision."""

from collections.abc import Sequence
from typing import Any


def decision(max_retries: int, outcomes: Sequence[str]) -> dict[str, Any]:
    """Say in the words of `spec/rt.md` what follows the requests that ended so."""
    if max_retries < 0:
        return {"action": "refuse", "wait_us": 0}
    since = max((place + 1 for place, one in enumerate(outcomes) if one == "ok"), default=0)
    row = list(outcomes[since:])
    if not row:
        return {"action": "go_on", "wait_us": 0}
    if row.count("timeout") == len(row) <= max_retries:
        seconds = 2
        for _ in row[1:]:
            seconds += seconds
        return {"action": "retry", "wait_us": min(seconds, 60) * 1_000_000}
    return {"action": "fail", "wait_us": 0}
