"""A naive download session: it goes through a history row by row, and forgets nothing."""

from collections.abc import Sequence
from typing import Any


def decision(
    max_retries: int, timeout_us: int, pieces: int, events: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """Say in the words of `spec/rt.md` what follows a download that began at 0."""
    # Each request with how it ended: `None` while it is in flight.
    requests: list[str | None] = [None]
    reports: list[str] = []
    action, at_us, aborted = "ask", 0, False

    def row() -> int:
        ended = [how for how in requests if how is not None]
        while "ok" in ended:
            ended = ended[ended.index("ok") + 1 :]
        return len(ended)

    for event in events:
        what, now_us = event["event"], event["at_us"]
        if what == "abort":
            aborted = True
            if action == "retry":
                action, at_us = "abort", now_us
        elif what == "waited":
            requests.append(None)
            action, at_us = "ask", now_us
        elif what == "answered":
            if action != "ask" or event["request"] != len(requests):
                continue
            reports += ["recovered"] if row() else []
            requests[-1] = "ok"
            action, at_us = "abort" if aborted else "ask", now_us
            if requests.count("ok") == pieces:
                action = "done"
            if action == "ask":
                requests.append(None)
        else:
            requests[-1] = "not"
            action, at_us = "retry", now_us
            if aborted:
                action = "abort"
            elif what == "failed" or row() > max_retries:
                action = "fail"
                reports.append("failed")
            else:
                at_us += _wait_s(row()) * 1_000_000
                reports.append("retry")
    waits_s = sum(_wait_s(retry + 1) for retry in range(max_retries))
    longest_us = sum((max_retries + 1) * timeout_us + waits_s * 1_000_000 for _ in range(pieces))
    return {
        "action": action,
        "at_us": at_us,
        "longest_us": longest_us,
        "receipts": requests.count("ok"),
        "reports": reports,
    }


def _wait_s(retry: int) -> int:
    seconds = 2
    for _ in range(retry - 1):
        seconds = min(2 * seconds, 60)
    return seconds
