"""The reference's harness with one thing between it and the oracle that is as it should not be.

Usage: tampered.py WAY. What it stands for stays as it is: only the harness is broken.

The ways of `CLOCKS` break nothing: they give the harness a clock of its own, which it declares.
`says-EVENT-in-words` gives the time of one kind of event as text.
"""

import json
import subprocess
import sys
import threading
import time
from typing import Any

Line = dict[str, Any]
AHEAD_US = 3_600_000_000_000
"""A clock of its own has another origin: this one is more than a month ahead."""
CLOCKS = {"own-clock": 0, "own-clock-only-real": 0, "own-clock-drifts": 200, "own-clock-once": 0}
"""How many millionths each clock of its own is too fast."""


KNOBS: Line = {}
"""All knobs that were ever set, for who keeps them from one configuration to the next."""


def own_us(way: str, at_us: int) -> int:
    """Return what a clock of its own shows at a time of the one that is shared."""
    return at_us + AHEAD_US + at_us * CLOCKS[way] // 1_000_000


def by_its_own_clock(way: str, line: Line, op: str | None) -> Line:
    """Return a line of the real clock as a harness with a clock of its own says it."""
    if op == "hello" and line["ok"]:
        now_us = own_us(way, time.monotonic_ns() // 1000)
        line["clock"] = {"name": "own", "resolution_us": 1, "shared": False, "now_us": now_us}
        if way == "own-clock-only-real":
            line["features"].remove("virtual_time")
    times = [name for name in ("at_us", "began_us") if "event" in line and name in line]
    return line | {name: own_us(way, line[name]) for name in times}


def asked(way: str, request: Line) -> list[Line]:
    """Return the requests that the real harness gets to hear."""
    is_real = request.get("op") == "send" and request.get("conn") == "sunix1"
    if way == "counts-no-blocks" and is_real:
        return [request | {"send": request["send"] + 1}]
    if way == "short-payload" and is_real:
        return [request | {"size_bytes": request["size_bytes"] - 8}]
    if way == "own-timeout" and request.get("op") == "config":
        return [request | {"knobs": request["knobs"] | {"streaming_send_timeout": 30.0}}]
    if way == "keeps-its-knobs" and request.get("op") == "config":
        KNOBS.update(request["knobs"])
        return [request | {"knobs": dict(KNOBS)}]
    if way == "keeps-its-cases" and request.get("op") == "config" and request["id"] > 4:
        return [{"id": request["id"], "op": "received", "conn": "a"}]
    return [request]


def told(way: str, line: Line, ops: dict[int, str]) -> list[Line]:
    """Return the lines that the oracle gets to hear."""
    event, op = line.get("event"), ops.get(line.get("id", 0))
    if way in CLOCKS and "virtual" not in ops.values():
        if way == "own-clock-once" and op == "hello" and list(ops.values()).count("hello") > 1:
            return [{"id": line["id"], "ok": False, "error": "failed", "message": "said already"}]
        return [by_its_own_clock(way, line, op)]
    if way == f"says-{event}-in-words":
        return [line | {"at_us": str(line["at_us"])}]
    if (way, event) in {
        ("never-ends", "send_ended"),
        ("never-starts", "send_started"),
        ("checks-in-silence", "checked"),
        ("streams-in-silence", "stream_ended"),
        ("takes-acks-in-silence", "ack_received"),
    }:
        return []
    if way == "dates-back" and event == "send_started":
        return [line | {"at_us": line["at_us"] - 20_000}]
    if way == "dates-ahead" and event == "send_ended":
        return [line | {"at_us": line["at_us"] + 1_000_000}]
    if way == "lies-of-frames" and op == "hello":
        line["frames"]["length"]["counts_prefix"] = False
        del line["frames"]["ack"]  # Its form, which has a length too, would give the lie away.
    if way == "hides-its-monitor" and op == "hello":
        line["features"].remove("monitor")
    if way == "counts-nothing" and op == "hello":
        line["features"].remove("heartbeats")  # A connection with heartbeats is greeted.
    if way == "counts-nothing" and op == "received":
        return [{"id": line["id"], "ok": False, "error": "unsupported", "message": "no count"}]
    if way == "counts-no-frames" and op == "received":
        return [line | {"frames": 0}]
    if way == "jumps-nowhere" and op == "wall_jump":
        return [line | {"after_us": line["before_us"]}]
    if way == "takes-unknown-for-failed" and line.get("error") == "unsupported":
        return [line | {"error": "failed"}]
    if way == "takes-bad-for-unknown" and line.get("error") == "failed":
        return [line | {"error": "unsupported"}]
    if way == "reads-a-clock" and event == "send_ended":
        return [line | {"detail": f"it was {time.monotonic_ns()}"}]
    return [line]


def main(way: str) -> None:
    """Stand between the oracle and the reference."""
    real = subprocess.Popen(
        [sys.executable, "-m", "stallproof.harness"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert real.stdin is not None
    assert real.stdout is not None
    ops: dict[int, str] = {}
    if way == "prints":
        print("starting up", flush=True)
    replies = real.stdout

    def answer() -> None:
        for line in replies:
            for one in told(way, json.loads(line), ops):
                print(json.dumps(one), flush=True)

    answering = threading.Thread(target=answer)
    answering.start()
    for line in sys.stdin:
        try:
            request = json.loads(line)
        except ValueError:
            if way == "dies-of-nonsense":
                real.kill()
                sys.exit(1)
            request = None
        if request is None:
            real.stdin.write(line.encode())
        else:
            ops[request["id"]] = "virtual" if "clock" in request else request["op"]
            if way == "dies-of-connections" and request.get("conn") == "sunix1":
                real.kill()
                sys.exit(1)
            if way == "blocks-its-reader" and request.get("size_bytes", 0) > 1_000_000:
                time.sleep(3)
            for one in asked(way, request):
                real.stdin.write(json.dumps(one).encode() + b"\n")
        real.stdin.flush()
        if request is not None and request["op"] == "stop":
            break
    real.stdin.close()
    answering.join()
    if way == "lingers":
        time.sleep(5)
    sys.exit(7 if way == "ends-badly" else 0)


if __name__ == "__main__":
    main(sys.argv[1])
