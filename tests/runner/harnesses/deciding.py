"""A harness that has pure machines and nothing else: no transport, and no knob in force.

Usage: deciding.py [WAY]. A way breaks the form of `decide`, or names a machine that nobody knows.
"""

import json
import sys
import time
from typing import Any

from stallproof.judge.rules.machines import law_of

Line = dict[str, Any]
MACHINES = ["start_gate", "dead_client"]


def hello(way: str) -> Line:
    """Return who it is."""
    machines = ["start_gat", "dead_client"] if way == "misspells" else MACHINES
    return {
        "name": "deciding", "version": "1", "language": "python", "machines": machines,
        "features": [] if way == "forgets-decide" else ["decide"],
        "clock": {"name": "monotonic", "resolution_us": 1, "shared": True},
        "frames": {"prefix_bytes": 4, "length": {"at": 0, "bytes": 4, "counts_prefix": True}},
    }  # fmt: skip


def decided(way: str, request: Line) -> tuple[Line, Line | None]:
    """Return the answer to a request for a decision, and what is said before it."""
    machine, given = request["machine"], request["input"]
    if machine not in MACHINES:
        return {"ok": False, "error": "unsupported"}, None
    verdict = law_of(machine, given) if isinstance(given, dict) else None
    if verdict is None or way == "takes-nothing":
        return {"ok": False, "error": "failed", "message": "no such input"}, None
    if way == "decides-in-silence":
        return {"ok": True}, None
    said = {} if way == "tells-no-input" else given
    at_us = time.monotonic_ns() // 1000
    event = {"event": "decided", "at_us": at_us, "machine": machine, "input": said}
    return {"ok": True}, event | {"decision": dict(verdict.decision)}


def answer(way: str, request: Line) -> tuple[Line, Line | None]:
    """Return the answer to any request, and what is said before it."""
    if request["op"] == "hello" and "clock" not in request:
        return {"ok": True, **hello(way)}, None
    if request["op"] == "config":
        return {"ok": True, "effective": {}}, None
    if request["op"] == "decide" and way != "forgets-decide":
        return decided(way, request)
    if request["op"] == "stop":
        return {"ok": True}, None
    return {"ok": False, "error": "unsupported"}, None


def main(way: str) -> None:
    """Answer one request after the other."""
    for line in sys.stdin:
        try:
            request = json.loads(line)
        except ValueError:
            print(json.dumps({"id": 0, "ok": False, "error": "failed"}), flush=True)
            continue
        reply, event = answer(way, request)
        if event is not None:
            print(json.dumps(event), flush=True)
        print(json.dumps({"id": request["id"], **reply}), flush=True)
        if request["op"] == "stop":
            break


if __name__ == "__main__":
    main(*sys.argv[1:] or [""])
