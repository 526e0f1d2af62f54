"""Retrying a download: a generator that is told how each request ended, and says what follows."""

from collections.abc import Generator
from itertools import chain, repeat
from typing import Any

Told = dict[str, Any]
STOP: Told = {"action": "fail", "wait_us": 0}
GO_ON: Told = {"action": "go_on", "wait_us": 0}


def retrying(max_retries: int) -> Generator[Told, str, None]:
    """Yield what to do; it is over after a failure."""
    outcome = yield GO_ON
    while True:
        waits = chain((2, 4, 8, 16, 32), repeat(60))
        for _ in range(max_retries):
            if outcome != "timeout":
                break
            outcome = yield {"action": "retry", "wait_us": next(waits) * 1_000_000}
        if outcome != "ok":
            break
        outcome = yield GO_ON
    yield STOP


def download_retry(max_retries: int, outcomes: list[str]) -> Told:
    """Return what follows the requests that ended so (`spec/rt.md`)."""
    if max_retries < 0:
        return {"action": "refuse", "wait_us": 0}
    download = retrying(max_retries)
    told = next(download)
    for outcome in outcomes:
        if told is STOP:
            raise ValueError("nothing is asked for after a failure")
        told = download.send(outcome)
    return told
