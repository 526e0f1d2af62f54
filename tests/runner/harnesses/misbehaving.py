"""A harness with no implementation behind it that misbehaves in the one way it is told to.

Usage: misbehaving.py WAY. It speaks the protocol well up to the request on which it misbehaves,
which is `received` unless the way says otherwise. It needs nothing but the standard library.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

OFFSET_US = 5_000_000_000


def clock_us() -> int:
    """Return the monotonic clock in microseconds."""
    return time.monotonic_ns() // 1000


def tell(**message: Any) -> None:
    """Write one line."""
    raw(json.dumps(message).encode() + b"\n")


def raw(data: bytes) -> None:
    """Write bytes as they are."""
    while data:
        data = data[os.write(1, data) :]


def started(number: int, at_us: int | None = None, **more: Any) -> None:
    """Tell that a send started."""
    at_us = clock_us() if at_us is None else at_us
    tell(event="send_started", at_us=at_us, conn="a", send=number, **more)


def hello(way: str, number: int) -> None:
    """Answer `hello`, rightly or as the way wants it."""
    message: dict[str, Any] = {
        "id": number,
        "ok": True,
        "name": "misbehaving",
        "version": "1",
        "language": "python",
        "features": ["unix"],
        "clock": {"name": "monotonic", "resolution_us": 1, "shared": True},
        "frames": {"prefix_bytes": 4, "length": {"at": 0, "bytes": 4}},
    }
    if way == "own-clock":
        message["clock"] = {
            "name": "own", "resolution_us": 7, "shared": False, "now_us": clock_us() - OFFSET_US,
        }  # fmt: skip
    elif way == "own-clock-unread":
        message["clock"] = {"name": "own", "shared": False}
    elif way == "unknown-feature":
        message["features"] = ["unix", "teleport"]
    elif way == "no-frames":
        del message["frames"]
    elif way == "long-fields":
        message["frames"]["length"] = {"at": 2, "bytes": 4}
    elif way == "early-event":
        started(1)
    tell(**message)


def flood() -> None:
    """Tell far more events than any implementation has to tell."""
    line = b'{"event":"send_started","at_us":%d,"conn":"a","send":1}\n' % clock_us()
    while True:
        raw(line * 1000)


def babble() -> None:
    """Write without end, with few events."""
    line = json.dumps({"event": "noted", "at_us": clock_us(), "text": "x" * 900_000}).encode()
    while True:
        raw(line + b"\n")


def end_with_status_3() -> None:
    """Exit in the middle of the conversation."""
    print("cannot load the library", file=sys.stderr, flush=True)
    sys.exit(3)


def leave_output_to_a_child() -> None:
    """Exit while a child holds the output open."""
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    os._exit(5)


def live_on_without_output() -> None:
    """Close the output and go on running."""
    os.close(1)
    time.sleep(60)


def live_on_without_input() -> None:
    """Close the input and go on running."""
    os.close(0)
    time.sleep(60)


ON_RECEIVED: dict[str, Callable[[], object]] = {
    "html": lambda: raw(b"<!DOCTYPE html><html><body>" + b"<p>It works!</p>" * 20 + b"\n"),
    "list": lambda: raw(b"[1,2,3]\n"),
    "deep": lambda: raw(b'{"event":' + b"[" * 100_000 + b"\n"),
    "utf8": lambda: raw(b'{"event":"noted","at_us":1,"text":"\xff\xfe"}\n'),
    "cut": lambda: raw(b'{"event":"noted","at_us":1\n'),
    "blank": lambda: raw(b"\n"),
    "long-line": lambda: raw(b'{"event":"noted","text":"' + b"x" * (1 << 20) + b'"}\n'),
    "endless-line": lambda: raw(b"x" * (2 << 20)),
    "flood": flood,
    "babble": babble,
    "exit": end_with_status_3,
    "crash": lambda: os.kill(os.getpid(), signal.SIGSEGV),
    "orphan": leave_output_to_a_child,
    "no-output": live_on_without_output,
    "no-input": live_on_without_input,
    "silent": lambda: None,
    "deaf": lambda: time.sleep(60),
    "stranger": lambda: tell(id=4711, ok=True),
    "neither": lambda: tell(answer=42),
    "odd-error": lambda: tell(id=3, ok=False, error="maybe"),
    "no-ok": lambda: tell(id=3),
    "lab-event": lambda: started(1, seen_by="lab"),
    "lab-tag": lambda: tell(event="lab_hangup", at_us=clock_us(), conn="a"),
    "unknown-event": lambda: tell(event="rejoiced", at_us=clock_us(), conn="a"),
    "unknown-field": lambda: started(1, mood="good"),
    "future": lambda: started(1, clock_us() + 60_000_000),
    "past": lambda: started(1, clock_us() - 60_000_000),
}


def answer(way: str, request: dict[str, Any]) -> None:
    """Answer one request, well or badly."""
    number, op = request["id"], request["op"]
    if op == "hello":
        hello(way, number)
    elif op == "received" and way in ON_RECEIVED:
        ON_RECEIVED[way]()
    elif op == "received":
        at_us = clock_us() - (OFFSET_US if way == "own-clock" else 0)
        tell(event="written", at_us=at_us, conn="a", send=1, began_us=at_us - 5, wrote_bytes=3)
        tell(id=number, ok=True, frames=2)
        if way == "twice":
            tell(id=number, ok=True, frames=2)
    elif op == "config":
        tell(id=number, ok=False, error="refused", message="too large", knob="k", value=9,
             allowed="0 to 8")  # fmt: skip
    elif op == "check":
        tell(id=number, ok=False, error="failed", message="no such thing")
    elif op == "close":
        pass  # It stays stuck: no reply, and no harm to anything else.
    elif op == "stop":
        stop(way, number)
    elif way == "knows-all":
        tell(id=number, ok=True)
    elif way == "refuses-all":
        tell(id=number, ok=False, error="refused", message="I will not")
    else:
        if way == "said-late" and op == "nothing":
            time.sleep(0.2)
            tell(event="send_started", at_us=str(clock_us()), conn="a", send=1)
        tell(id=number, ok=False, error="unsupported", message=f"no operation {op}")


def stop(way: str, number: int) -> None:
    """End, or do not."""
    tell(id=number, ok=True)
    if way == "bad-end":
        sys.exit(7)
    if way != "stays":
        sys.exit(0)


def main() -> None:
    """Answer requests until the input ends."""
    way = sys.argv[1]
    if way == "stays":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        print(child.pid, file=sys.stderr, flush=True)
        tell(event="noted", at_us=clock_us(), text=str(child.pid))
    for line in sys.stdin:
        answer(way, json.loads(line))
    if way == "stays":
        time.sleep(60)


main()
