"""Plainer requests: what one request of a script may be replaced by while it is shrunk."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec

from stallproof.judge.evidence.configurations import read_file
from stallproof.requirements.vectors.format import Step, Vector

_OPTIONAL = (
    *("room_bytes", "linger_us", "late_us", "heartbeats", "origin", "error"),
    *("start_after_us", "chunk_ready_us"),
    *("environment", "outer_timeouts_us", "margin_us", "grace_us"),
)
"""Fields that a request is plainer without."""
_SIZES = {"send": "size_bytes", "accept": "wrote_bytes", "stream": "total_bytes"}
_NAMES = ("a", "b", "c")


def plainer(step: Step) -> Iterator[Step]:
    """Yield steps that are like `step` and plainer, the plainest first."""
    if step.do is None:
        return
    for do in _plainer(step.do):
        yield msgspec.structs.replace(step, do=do)


def _plainer(do: dict[str, Any]) -> Iterator[dict[str, Any]]:
    op = do["op"]
    for name in _OPTIONAL:
        if name in do:
            yield {one: value for one, value in do.items() if one != name}
    if op in _SIZES:
        yield from ({**do, _SIZES[op]: size} for size in _less(do[_SIZES[op]], least=1))
    if op == "accept" and do.get("late_us"):
        yield from ({**do, "late_us": late_us} for late_us in _less(do["late_us"], least=1))
    if op == "open" and do.get("room_bytes"):
        yield from ({**do, "room_bytes": room} for room in _less(do["room_bytes"], least=0))
    if op == "fail" and do["cause"] != "EPIPE":
        yield {**do, "cause": "EPIPE"}
    if op == "ack" and type(do["offset"]) is int and do["offset"] > 0:
        yield from ({**do, "offset": offset} for offset in _less(do["offset"], least=0))
    if op == "config":
        yield from _with_less(do)
    if op == "stream" and do.get("chunk_ready_us"):
        pauses = do["chunk_ready_us"]
        yield {**do, "chunk_ready_us": pauses[:-1]}
        for place, pause_us in enumerate(pauses):
            if pause_us:
                yield {**do, "chunk_ready_us": [*pauses[:place], 0, *pauses[place + 1 :]]}


def _with_less(do: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield configurations without one of the keys of `do`, or without one of its variables."""
    file = read_file(do.get("file") or "{}") or {}
    for name in file:
        left = [f"{json.dumps(one)}: {given.text}" for one, given in file.items() if one != name]
        yield {**do, "file": "{" + ", ".join(left) + "}"}
    environment = do.get("environment") or {}
    for name in environment:
        yield {**do, "environment": {one: v for one, v in environment.items() if one != name}}


def _less(size: int, *, least: int) -> Iterator[int]:
    """Yield what is less than `size`, the least first."""
    yield from sorted({one for one in (least, size // 2, size - 1) if least <= one < size})


def renamed(vector: Vector) -> Vector:
    """Return `vector` with connections, sends and streams named in the order of their coming."""
    conns: dict[str, str] = {}
    numbers: dict[tuple[str, int], int] = {}
    steps = []
    for step in vector.steps:
        if step.do is None:
            steps.append(step)
            continue
        do = dict(step.do)
        if "conn" in do:
            if do["conn"] not in conns and len(conns) < len(_NAMES):
                conns[do["conn"]] = _NAMES[len(conns)]
            do["conn"] = conns.get(do["conn"], do["conn"])
        for kind in ("send", "stream"):
            if kind in do:
                known = sum(one == kind for one, _number in numbers)
                do[kind] = numbers.setdefault((kind, do[kind]), known + 1)
        steps.append(msgspec.structs.replace(step, do=do))
    return msgspec.structs.replace(vector, steps=steps)
