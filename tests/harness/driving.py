"""Helpers of the harness tests: drive a harness over its pipes, with a listener to connect to."""

import json
import os
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[2]
PATIENCE_S = 20.0
"""How long a test waits for what must happen before it gives up; never a judgement of speed.

Shorter than the default send timeout: a send that nobody frees is not to end by itself meanwhile.
"""
REFERENCE = ["-m", "stallproof.harness"]


class RunningHarness:
    """A running harness: requests in, replies by id and events by name out."""

    def __init__(self, arguments: list[str]) -> None:
        paths = [str(REPOSITORY / "reference"), str(REPOSITORY)]
        self.process = subprocess.Popen(
            [sys.executable, *arguments], cwd=REPOSITORY, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )  # fmt: skip
        self.events: list[dict[str, Any]] = []
        self._replies: queue.Queue[dict[str, Any]] = queue.Queue()
        self._last = 100
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            message = json.loads(line)
            if "event" in message:
                self.events.append(message)
            else:
                self._replies.put(message)

    def write(self, line: bytes) -> None:
        """Write raw bytes to the harness."""
        assert self.process.stdin is not None
        self.process.stdin.write(line)
        self.process.stdin.flush()

    def reply(self) -> dict[str, Any]:
        """Return the next reply."""
        return self._replies.get(timeout=PATIENCE_S)

    def ask(self, op: str, **fields: object) -> dict[str, Any]:
        """Send one request and return its reply, which must be the next one."""
        self._last += 1
        self.write(json.dumps({"id": self._last, "op": op, **fields}).encode() + b"\n")
        reply = self.reply()
        assert reply["id"] == self._last
        return reply

    def wait(self, event: str, **fields: object) -> dict[str, Any]:
        """Wait for an event with these fields and return it."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            for seen in list(self.events):
                if seen["event"] == event and fields.items() <= seen.items():
                    return seen
            time.sleep(0.002)
        raise AssertionError(f"no {event} {fields}; got {self.events}")

    def heard(self, event: str) -> list[dict[str, Any]]:
        """Return all events of one name so far."""
        return [seen for seen in list(self.events) if seen["event"] == event]

    def gone(self) -> int:
        """Wait for the end of the process and of its output; return its exit status."""
        status = self.process.wait(PATIENCE_S)
        self._listener.join(PATIENCE_S)
        return status


@contextmanager
def running(arguments: list[str] = REFERENCE) -> Iterator[RunningHarness]:
    """Run a harness and make sure that it is gone afterwards."""
    harness = RunningHarness(arguments)
    try:
        yield harness
    finally:
        harness.process.kill()
        harness.gone()
        assert harness.process.stdin is not None
        assert harness.process.stdout is not None
        harness.process.stdin.close()
        harness.process.stdout.close()


@contextmanager
def connected(
    harness: RunningHarness, folder: Path, conn: str = "a", **fields: object
) -> Iterator[socket.socket]:
    """Let the harness open a Unix connection and yield the peer's end of it."""
    path = folder / conn
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        reply = harness.ask("open", conn=conn, transport="unix", path=str(path), **fields)
        assert reply["ok"], reply
        peer, _ = listener.accept()
    with peer:
        peer.settimeout(PATIENCE_S)
        yield peer
