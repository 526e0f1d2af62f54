"""What the retry of a download decides."""

from typing import Any

from tests.models.download_retry import decision

__all__ = ["REQUIREMENTS", "ROWS", "decision"]

REQUIREMENTS = ("RT-1", "RT-2")
WAITS_LONGER = {"wait_us": 1}
GOES_ON = {"action": "go_on", "wait_us": 0}


def _past(most: int, outcomes: list[str]) -> dict[str, Any]:
    return {"max_retries": most, "outcomes": outcomes}


ROWS = (
    ("RT-1", "timed-out", _past(3, ["timeout"]), GOES_ON),
    ("RT-1", "used-up", _past(1, ["timeout"] * 2), GOES_ON),
    ("RT-1", "failed", _past(3, ["error"]), GOES_ON),
    ("RT-1", "negative", _past(-1, ["ok"]), GOES_ON),
    ("RT-2", "first", _past(3, ["timeout"]), WAITS_LONGER),
    ("RT-2", "doubled", _past(3, ["timeout"] * 2), WAITS_LONGER),
    ("RT-2", "capped", _past(6, ["timeout"] * 6), WAITS_LONGER),
    ("RT-2", "begun-anew", _past(3, ["timeout", "ok", "timeout"]), WAITS_LONGER),
)
