"""What NVFlare's own `download_object` does after requests that ended so.

The cell is the harness's: it answers each request as the history says. The clock is as well: it
counts what the download sleeps instead of sleeping it. When the history is over, the next request
ends the download from outside.
"""

import threading
import time
from collections.abc import Iterator
from typing import Any

from judged_jobs import CellMessage, MessageHeaderKey, ReturnCode, download_service
from output import Failed

CODES = {"ok": ReturnCode.OK, "timeout": ReturnCode.TIMEOUT, "error": ReturnCode.COMM_ERROR}


class _Over(BaseException):
    """The history is over, and the download asks for more."""


class _Clock:
    """The module `time` as the download sees it: one thread's sleeps are counted, not slept."""

    def __init__(self) -> None:
        self.thread, self.slept_s = threading.get_ident(), 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)

    def sleep(self, seconds: float) -> None:
        if threading.get_ident() == self.thread:
            self.slept_s += seconds
        else:
            time.sleep(seconds)


class _Consumer(download_service.Consumer):
    """Takes whatever comes, and notes how the download ended."""

    failure: str | None = None

    def consume(self, ref_id: str, state: dict[str, Any], data: Any) -> dict[str, Any]:
        return state

    def download_completed(self, ref_id: str) -> None:
        raise AssertionError("no history ends a download well")

    def download_failed(self, ref_id: str, reason: str) -> None:
        self.failure = reason


class _Cell:
    """The owner of the data, as far as the download sees it."""

    def __init__(self, outcomes: list[str], clock: _Clock) -> None:
        self.left: Iterator[str] = iter(outcomes)
        self.clock = clock

    def send_request(self, **asked: Any) -> CellMessage:
        outcome = next(self.left, None)
        if outcome is None:
            raise _Over
        self.clock.slept_s = 0.0
        payload = {
            download_service._PropKey.STATUS: download_service.ProduceRC.OK,
            download_service._PropKey.STATE: {},
            download_service._PropKey.DATA: b"piece",
        }
        return CellMessage({MessageHeaderKey.RETURN_CODE: CODES[outcome]}, payload)

    def fire_and_forget(self, **said: Any) -> None:
        """Whatever is told to the owner is not judged."""

    def register_request_cb(self, **served: Any) -> None:
        """The download registers its service with each new cell."""


def download_retry(given: dict[str, Any]) -> dict[str, Any]:
    """Return what follows: `wait_us` is what was slept before the next request."""
    outcomes, clock, consumer = given["outcomes"], _Clock(), _Consumer()
    cell = _Cell(outcomes, clock)
    download_service.time = clock
    try:
        download_service.download_object(
            "owner", "ref", 1.0, cell, consumer, max_retries=given["max_retries"]
        )
    except ValueError as refused:
        if "max_retries" not in str(refused):
            raise
        return {"action": "refuse", "wait_us": 0}
    except _Over:
        retries = bool(outcomes) and outcomes[-1] == "timeout"
        wait_us = round(clock.slept_s * 1_000_000)
        return {"action": "retry" if retries else "go_on", "wait_us": wait_us}
    finally:
        download_service.time = time
    if consumer.failure is None or next(cell.left, None) is not None:
        raise Failed("nothing is asked for after a failure")
    return {"action": "fail", "wait_us": 0}
