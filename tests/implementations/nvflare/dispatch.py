"""What NVFlare's own dispatch of callbacks does, with its own pools, printed as one JSON object.

`BlobHandler` takes in a stream: one pool reads it, another one calls back. Run with the interpreter
of an environment that has NVFlare. The streams are the harness's; nothing else is.
"""

import json
import logging
import os
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import judged  # noqa: F401  # It registers the package.
import output
from nvflare.fuel.f3.streaming import stream_utils
from nvflare.fuel.f3.streaming.blob_streamer import BlobHandler
from nvflare.fuel.f3.streaming.stream_types import Stream, StreamFuture

WAIT_S = 30.0
LOGGED: list[str] = []


class Source(Stream):
    """A stream of one piece; it notes who reads it, and that it was stopped."""

    def __init__(self, number: int) -> None:
        super().__init__(5, {})
        self.left, self.future = b"piece", StreamFuture(number, {})
        self.reader, self.stopped = "", threading.Event()
        self.task = SimpleNamespace(stop=lambda error: self.stopped.set())

    def read(self, size_bytes: int) -> bytes:
        self.reader = threading.current_thread().name
        piece, self.left = self.left, b""
        return piece


class Errors(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        LOGGED.append(record.getMessage().splitlines()[0])


def taken_in(number: int, called_back: Callable[..., Any]) -> Source:
    """Hand a stream to NVFlare's handler, as its receiver does."""
    source = Source(number)
    BlobHandler(called_back).handle_blob_cb(source.future, source, False)
    return source


def main() -> None:
    logging.getLogger("nvflare").addHandler(Errors(logging.WARNING))
    began, go_on = threading.Semaphore(0), threading.Event()

    def blocks(future: StreamFuture) -> None:
        began.release()
        go_on.wait(WAIT_S)

    for number in range(stream_utils.CALLBACK_THREAD_POOL_SIZE):
        taken_in(number, blocks)
        assert began.acquire(timeout=WAIT_S)
    waits = threading.Event()
    beside = taken_in(1000, lambda future: waits.set())
    read = bytes(beside.future.result(timeout=WAIT_S))
    told = {"read": read.decode(), "reader": beside.reader, "called_back": waits.is_set()}
    go_on.set()
    told["called_back_later"] = waits.wait(WAIT_S)

    def raises(future: StreamFuture) -> None:
        raise RuntimeError("a callback's own")

    wrong = taken_in(1001, raises)
    told["stopped"] = wrong.stopped.wait(WAIT_S)
    told["others_stopped"] = beside.stopped.is_set()
    told["logged"] = list(LOGGED)
    stream_utils.callback_thread_pool.shutdown(wait=True)
    lost = threading.Event()
    taken_in(1002, lambda future: lost.set()).future.result(timeout=WAIT_S)
    told["called_back_after_shutdown"] = lost.is_set()
    told["logged_after_shutdown"] = LOGGED[len(told["logged"]) :]
    os.write(output.PROTOCOL_FD, json.dumps(told).encode() + b"\n")
    os._exit(0)


if __name__ == "__main__":
    main()
