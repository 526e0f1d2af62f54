"""The knobs of a script: which of them an implementation is asked for, and the policy they make.

A knob of a guard that the implementation does not declare is not asked for: it has nothing that
could follow it. What a script leaves out has a value all the same, so that nobody's defaults count.

Spec: `spec/virtual.md`, `spec/protocol.md` (`config`), `spec/cf.md`.
"""

from collections.abc import Collection, Mapping
from typing import Any

from stallproof.requirements.vectors.format import KNOBS, Vector

CHECK_INTERVAL_MIN_S = 0.01
"""What a shorter check interval of the ACK watchdog becomes (CF-2)."""
_INTERVAL = "streaming_ack_progress_check_interval"
_SIZES = ("streaming_window_size", "streaming_chunk_size", "sfm_send_stall_consecutive_checks")
_MONITORED = (
    "sfm_send_stall_timeout",
    "sfm_close_stalled_connection",
    "sfm_send_stall_consecutive_checks",
)
_STREAMED = (
    "streaming_ack_progress_timeout",
    _INTERVAL,
    "streaming_ack_wait",
    "streaming_window_size",
    "streaming_chunk_size",
)


def knobs_of(vector: Vector, features: Collection[str]) -> dict[str, Any]:
    """Return the knobs to ask for, those of the guards among `features`, in the origin's units."""
    names = ["streaming_send_timeout"]
    if "checks" in features or "monitor" in features:
        names += _MONITORED
    if "heartbeats" in features:
        names.append("heartbeat_interval")
    if "streams" in features:
        names += _STREAMED
    return {name: vector.knobs.get(name, KNOBS[name]) for name in names}


def in_force_fault(knobs: Mapping[str, Any], effective: Any) -> str | None:
    """Say which of `knobs` is not in force as it was asked for, `None` if all are.

    Times count in whole microseconds; one of them is clamped (CF-2).
    """
    for name, value in knobs.items():
        there = effective.get(name) if isinstance(effective, dict) else None
        wanted = max(value, CHECK_INTERVAL_MIN_S) if name == _INTERVAL else value
        same = isinstance(there, int | float) and _exact(name, there) == _exact(name, wanted)
        if not same:
            return f"The knob {name} was set to {value}, and {there!r} is in force."
    return None


def _exact(name: str, value: float) -> float:
    if name in _SIZES or isinstance(value, bool) or value != value or abs(value) == float("inf"):
        return value
    return round(value * 1_000_000)


def policy_of(vector: Vector) -> dict[str, int]:
    """Return all knobs of `vector` in core units, for the trace."""
    knobs = {**KNOBS, **vector.knobs}
    return {
        "send_timeout_us": _us(knobs["streaming_send_timeout"]),
        "stall_timeout_us": _us(knobs["sfm_send_stall_timeout"]),
        "close_stalled": int(knobs["sfm_close_stalled_connection"]),
        "checks_max": int(knobs["sfm_send_stall_consecutive_checks"]),
        "heartbeat_interval_us": _us(knobs["heartbeat_interval"]),
        "ack_progress_timeout_us": _us(knobs["streaming_ack_progress_timeout"]),
        "ack_check_interval_us": _us(max(knobs[_INTERVAL], CHECK_INTERVAL_MIN_S)),
        "ack_check_interval_asked_us": _us(knobs[_INTERVAL]),
        "ack_wait_us": _us(knobs["streaming_ack_wait"]),
        "window_bytes": int(knobs["streaming_window_size"]),
        "chunk_bytes": int(knobs["streaming_chunk_size"]),
    }


def _us(seconds: float) -> int:
    return round(seconds * 1_000_000)
