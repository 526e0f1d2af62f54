"""A script in words, for whoever reads of a failure and not of a protocol."""

import json
from collections.abc import Callable
from typing import Any

from stallproof.judge.evidence.observation import ms
from stallproof.requirements.vectors.format import Vector


def in_words(vector: Vector) -> str:
    """Return what happens in `vector`, step by step, with the knobs that it sets."""
    knobs = ", ".join(f"{name} {json.dumps(value)}" for name, value in vector.knobs.items())
    begin = f"With {knobs}: " if knobs else ""
    return begin + "; ".join(
        f"at {ms(step.at_us)} {'time has passed' if step.do is None else _said(step.do)}"
        for step in vector.steps
    )


def _said(do: dict[str, Any]) -> str:
    tell = _WORDS.get(do["op"])
    return str(do["op"]) if tell is None else tell(do)


def _open(do: dict[str, Any]) -> str:
    room = do.get("room_bytes")
    takes = "which takes everything" if room is None else f"with room for {room} bytes"
    quiet = "" if do.get("heartbeats", True) else ", without heartbeats"
    return f"{do['conn']} is opened, {takes}{quiet}"


def _accept(do: dict[str, Any]) -> str:
    late_us = do.get("late_us", 0)
    late = f", by a write that returns {ms(late_us)} later" if late_us else ""
    return f"{do['conn']} gets room for {do['wrote_bytes']} more bytes{late}"


def _fail(do: dict[str, Any]) -> str:
    how = "takes nothing (zero)" if do["cause"] == "zero" else f"fails with {do['cause']}"
    return f"the next write on {do['conn']} {how}"


def _monitor(do: dict[str, Any]) -> str:
    period_us = do.get("period_us")
    return (
        "the monitor stops" if period_us is None else f"the monitor starts, every {ms(period_us)}"
    )


def _stream(do: dict[str, Any]) -> str:
    start_us, pauses = do.get("start_after_us", 0), do.get("chunk_ready_us", [])
    start = f", its source starting {ms(start_us)} later" if start_us else ""
    pause = f", with pauses of {', '.join(map(ms, pauses))}" if any(pauses) else ""
    return (
        f"stream {do['stream']} of {do['total_bytes']} bytes begins on {do['conn']}{start}{pause}"
    )


def _ack(do: dict[str, Any]) -> str:
    origin = f" from {do['origin']}" if do.get("origin") is not None else ""
    if do.get("error") is not None:
        return f"stream {do['stream']} gets an error ACK{origin}"
    return f"stream {do['stream']} gets an ACK of {json.dumps(do.get('offset'))}{origin}"


def _config(do: dict[str, Any]) -> str:
    around = [f"the file {do.get('file') or '{}'}"]
    if do.get("environment"):
        around.append(f"the environment {json.dumps(do['environment'])}")
    if "grace_us" in do:
        around.append(f"a grace of {ms(do['grace_us'])}")
    for name, timeout_us in (do.get("outer_timeouts_us") or {}).items():
        around.append(f"the outer timeout {name} of {ms(timeout_us)}")
    if do.get("margin_us"):
        around.append(f"a margin of {ms(do['margin_us'])}")
    return f"a configuration is asked for with {', '.join(around)}"


_WORDS: dict[str, Callable[[dict[str, Any]], str]] = {
    "open": _open,
    "send": lambda do: (
        f"send {do['send']} of {do['size_bytes']} bytes is asked for on {do['conn']}"
    ),
    "accept": _accept,
    "fail": _fail,
    "close": lambda do: f"{do['conn']} is to be closed",
    "received": lambda do: f"a frame arrives on {do['conn']}",
    "check": lambda do: "the monitor makes one pass",
    "monitor": _monitor,
    "wall_jump": lambda do: f"the wall clock is moved by {ms(do['by_us'])}",
    "stream": _stream,
    "ack": _ack,
    "cancel": lambda do: f"stream {do['stream']} is cancelled",
    "config": _config,
}
