"""What a whole download decides."""

from typing import Any

from tests.models.download_session import decision

__all__ = ["REQUIREMENTS", "ROWS", "decision"]

REQUIREMENTS = ("RT-3", "RT-4", "RT-5")
S = 1_000_000
OUT: dict[str, Any] = {"event": "timed_out", "at_us": S}
WAITED: dict[str, Any] = {"event": "waited", "at_us": 3 * S}


def _abort(at_us: int) -> dict[str, Any]:
    return {"event": "abort", "at_us": at_us}


def _answer(request: int, at_us: int) -> dict[str, Any]:
    return {"event": "answered", "at_us": at_us, "request": request}


def _past(*events: dict[str, Any], most: int = 3) -> dict[str, Any]:
    return {"max_retries": most, "timeout_us": S, "pieces": 2, "events": list(events)}


ROWS: tuple[tuple[str, str, dict[str, Any], dict[str, Any]], ...] = (
    ("RT-3", "before-a-wait", _past(_abort(5), OUT), {"action": "retry", "at_us": 3 * S}),
    ("RT-3", "before-a-failure", _past(_abort(5), OUT, most=0), {"action": "fail"}),
    ("RT-3", "after-a-wait", _past(OUT, _abort(3 * S)), {"action": "ask"}),
    ("RT-3", "before-a-request", _past(_abort(5), _answer(1, 7)), {"action": "ask"}),
    ("RT-4", "retried", _past(OUT), {"reports": []}),
    ("RT-4", "recovered", _past(OUT, WAITED, _answer(2, 4 * S)), {"reports": ["retry"]}),
    ("RT-4", "failed", _past(OUT, most=0), {"reports": ["failed", "failed"]}),
    ("RT-4", "aborted", _past(OUT, _abort(2 * S)), {"reports": ["retry", "failed"]}),
    ("RT-5", "late-answer", _past(OUT, WAITED, _answer(1, 3 * S)), {"receipts": 1}),
    ("RT-5", "during-a-wait", _past(OUT, _abort(2 * S)), {"at_us": 3 * S}),
    ("RT-5", "waits-doubled", _past(), {"longest_us": 2 * 18 * S + 1}),
    ("RT-5", "waits-capped", _past(most=6), {"longest_us": 2 * (7 + 2 + 4 + 8 + 16 + 32 + 64) * S}),
)
