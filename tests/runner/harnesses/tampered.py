"""The reference's harness with one thing between it and the oracle that is as it should not be.

Usage: tampered.py WAY. What it stands for stays as it is: only the harness is broken.
"""

import json
import subprocess
import sys
import threading
import time
from typing import Any

Line = dict[str, Any]


def asked(way: str, request: Line) -> list[Line]:
    """Return the requests that the real harness gets to hear."""
    is_real = request.get("op") == "send" and request.get("conn") == "sunix1"
    if way == "counts-no-blocks" and is_real:
        return [request | {"send": request["send"] + 1}]
    if way == "short-payload" and is_real:
        return [request | {"size_bytes": request["size_bytes"] - 8}]
    if way == "own-timeout" and request.get("op") == "config":
        return [request | {"knobs": request["knobs"] | {"streaming_send_timeout": 30.0}}]
    if way == "keeps-its-cases" and request.get("op") == "config" and request["id"] > 4:
        return [{"id": request["id"], "op": "received", "conn": "a"}]
    return [request]


def told(way: str, line: Line, ops: dict[int, str]) -> list[Line]:
    """Return the lines that the oracle gets to hear."""
    event, op = line.get("event"), ops.get(line.get("id", 0))
    if (way, event) in {
        ("never-ends", "send_ended"),
        ("never-starts", "send_started"),
        ("checks-in-silence", "checked"),
        ("streams-in-silence", "stream_ended"),
        ("takes-acks-in-silence", "ack_received"),
    }:
        return []
    if way == "dates-back" and event == "send_started":
        return [line | {"at_us": line["at_us"] - 1_000_000}]
    if way == "dates-ahead" and event == "send_ended":
        return [line | {"at_us": line["at_us"] + 1_000_000}]
    if way == "lies-of-frames" and op == "hello":
        line["frames"]["length"]["counts_prefix"] = False
    if way == "hides-its-monitor" and op == "hello":
        line["features"].remove("monitor")
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
            ops[request["id"]] = request["op"]
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
