"""A wrong implementation: whatever it is told to put in force, it says that it is.

It depends on nothing, reads numbers and words as they come, and checks none: it must not get by
with what looks like the right answer.
"""

import json
import math
import sys
from typing import Any

MIB = 1024 * 1024
DEFAULTS: dict[str, Any] = {
    "streaming_send_timeout": 30.0,
    "streaming_ack_progress_timeout": 60.0,
    "streaming_ack_progress_check_interval": 5.0,
    "sfm_send_stall_timeout": 45.0,
    "sfm_close_stalled_connection": False,
    "sfm_send_stall_consecutive_checks": 3,
    "streaming_ack_wait": 300,
    "streaming_window_size": 64 * MIB,
    "streaming_chunk_size": MIB,
    "streaming_ack_interval": 16 * MIB,
    "heartbeat_interval": 60,
}
RELATIONS = (
    *("no_warning", "no_close", "progress_before_ack_wait", "ack_interval_in_window"),
    *("window_holds_chunk", "outer_timeouts", "close_window_defined"),
)
HELLO: dict[str, Any] = {
    "name": "echoes-its-configuration",
    "version": "1",
    "language": "python",
    "features": ["config", "relations", "monitor", "checks"],
    "clock": {"name": "monotonic", "resolution_us": 1, "shared": True},
    "frames": {"prefix_bytes": 4, "length": {"at": 0, "bytes": 4}},
    "monitor": {"form": "a", "slack_us": 50_000, "period_us": 4_000_000},
}


def value_of(value: Any) -> Any:
    """Return a value as it comes, or what its text looks like."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        word = str(value).lower()
        return word in ("true", "yes", "y", "t") if word.isalpha() else None
    if isinstance(value, bool) or not math.isfinite(number):
        return value if isinstance(value, bool) else None
    return int(number) if number == int(number) else number


def config(request: dict[str, Any]) -> dict[str, Any]:
    """Put everything in force, or say so."""
    effective = dict(DEFAULTS)
    for name in DEFAULTS:
        given = request["environment"].get(f"NVFLARE_{name.upper()}")
        given = json.loads(request["file"]).get(name, given)
        if given is not None:
            effective[name] = value_of(given)
    return {
        "effective": effective,
        "notes": list(json.loads(request["file"])),
        "monitor_period_us": 4_000_000,
        "relations": [{"relation": name, "holds": True, "text": ""} for name in RELATIONS],
    }


def main() -> None:
    """Answer until told to stop."""
    for line in sys.stdin:
        request = json.loads(line)
        reply: dict[str, Any] = {"ok": True}
        if request["op"] == "hello":
            reply |= HELLO
        elif request["op"] == "config":
            reply |= config(request)
        elif request["op"] != "stop":
            reply = {"ok": False, "error": "unsupported", "message": "it has no such thing"}
        print(json.dumps({"id": request["id"], **reply}), flush=True)
        if request["op"] == "stop":
            return


if __name__ == "__main__":
    main()
