"""A wrong implementation: it answers every request as if all were well, and does nothing at all.

It depends on nothing, so that it also shows how little a harness needs. It must pass nothing.
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

HELLO: dict[str, Any] = {
    "name": "does-nothing",
    "version": "1",
    "language": "python",
    "features": [
        "unix", "tcp", "descriptor", "checks", "monitor", "heartbeats", "wall_jump", "sequence",
    ],
    "clock": {"name": "monotonic", "resolution_us": 1, "shared": True},
    "frames": {
        "prefix_bytes": 16,
        "length": {"at": 0, "bytes": 4},
        "sequence": {"at": 14, "bytes": 2},
        "kind": {"at": 6, "bytes": 1, "data": [1], "heartbeat": [2]},
    },
    "monitor": {"form": "b", "slack_us": 50_000},
}  # fmt: skip
ANSWERS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "config": lambda request: {"effective": request["knobs"], "notes": []},
    "open": lambda request: {"descriptor": 2000},
    "received": lambda request: {"frames": 1_000_000_000},
    "check": lambda request: {"began_us": 0, "ended_us": 0},
    "monitor": lambda request: {"form": "b", "slack_us": 50_000},
    "wall_jump": lambda request: {"before_us": 0, "after_us": request["by_us"]},
    "hello": lambda request: HELLO,
    "send": lambda request: {},
    "close": lambda request: {},
    "stop": lambda request: {},
}


def say(**message: object) -> None:
    """Write one line."""
    print(json.dumps(message), flush=True)


def main() -> None:
    """Answer until told to stop."""
    for line in sys.stdin:
        request = json.loads(line)
        op = request["op"]
        if op not in ANSWERS:
            say(id=request["id"], ok=False, error="unsupported", message=f"no operation {op}")
            continue
        say(id=request["id"], ok=True, **ANSWERS[op](request))
        if op == "send":
            at_us = time.monotonic_ns() // 1000
            told = {"conn": request["conn"], "send": request["send"]}
            say(event="send_started", at_us=at_us, **told)
            say(event="send_ended", at_us=at_us, outcome="ok", **told)
        elif op == "stop":
            return


if __name__ == "__main__":
    main()
