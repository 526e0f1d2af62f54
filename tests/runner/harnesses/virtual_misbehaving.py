"""A harness in virtual time with no implementation behind it that misbehaves in one way.

Usage: virtual_misbehaving.py WAY. It speaks the protocol well up to the request `received`, on
which it misbehaves unless the way says otherwise. It needs nothing but the standard library.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

FEATURES = ["checks", "virtual_time"]
WAY = sys.argv[1]


def tell(**message: Any) -> None:
    """Write one line."""
    raw(json.dumps(message).encode() + b"\n")


def raw(data: bytes) -> None:
    """Write bytes as they are."""
    while data:
        data = data[os.write(1, data) :]


def hello(request: dict[str, Any]) -> None:
    """Say who this is; some ways know nothing of virtual time, and two say so."""
    virtual = request.get("clock") == "virtual"
    if virtual and WAY in ("real-only", "half-virtual"):
        tell(id=request["id"], ok=False, error="unsupported", message="no such clock")
        return
    tell(
        id=request["id"], ok=True, name="misbehaving", version="1", language="python",
        features=["unix"] if WAY in ("real-only", "deaf-to-clocks") else FEATURES,
        clock={"name": "virtual"}, frames={"prefix_bytes": 4, "length": {"at": 0, "bytes": 4}},
        notes=["made for tests"],
    )  # fmt: skip


def config(request: dict[str, Any]) -> None:
    """Put knobs in force, or not quite."""
    effective = dict(request.get("knobs") or {})
    if WAY == "other-knob":
        effective["streaming_send_timeout"] = 31
    if WAY == "drops-knob":
        del effective["sfm_send_stall_consecutive_checks"]
    if WAY == "early-event":
        received()
    if WAY == "refuses":
        tell(id=request["id"], ok=False, error="refused", message="not today")
    elif WAY == "odd-answer":
        tell(id=request["id"], ok=True, effective=[1])
    else:
        tell(id=request["id"], ok=True, effective=effective)


def received(at_us: int = 0, **more: Any) -> None:
    """Say that a frame arrived."""
    tell(event="received", at_us=at_us, conn="a", **more)


def die() -> None:
    """Exit in the middle of a case."""
    print("cannot go on", file=sys.stderr, flush=True)
    sys.exit(3)


def die_once(folder: str) -> None:
    """Exit in the middle of the first case that this way is started for."""
    mark = os.path.join(folder, "died")
    if not os.path.exists(mark):
        with open(mark, "w", encoding="ascii"):
            die()
    received()


ON_RECEIVED: dict[str, Callable[[], object]] = {
    "html": lambda: raw(b"<html></html>\n"),
    "exit": die,
    "dies-once": lambda: die_once(sys.argv[2]),
    "silent": lambda: time.sleep(60),
    "flood": lambda: raw(b'{"event":"noted","at_us":0,"text":"x"}\n' * 300_000),
    "unknown-event": lambda: tell(event="rejoiced", at_us=0, conn="a"),
    "lab-event": lambda: received(seen_by="lab"),
    "heard": lambda: received(heard_us=5),
    "good": received,
}


def answer(request: dict[str, Any]) -> None:
    """Answer one request, well or badly."""
    number, op = request["id"], request["op"]
    if op == "hello":
        hello(request)
    elif op == "config":
        config(request)
    elif op == "received" and WAY == "fails":
        tell(id=number, ok=False, error="failed", message="no such thing")
    elif op == "received" and WAY == "swapped":
        tell(id=number + 1, ok=True)
        tell(id=number, ok=True)
    elif op in ("open", "received", "advance", "stop"):
        if op == "received":
            ON_RECEIVED.get(WAY, received)()
        tell(id=number, ok=True)
        if op == "received" and WAY == "late-event":
            received()
        if op == "stop":
            sys.exit(7 if WAY == "bad-end" else 0)
    elif WAY == "knows-all":
        tell(id=number, ok=True)
    else:
        tell(id=number, ok=False, error="unsupported", message=f"no operation {op}")


for line in sys.stdin:
    answer(json.loads(line))
