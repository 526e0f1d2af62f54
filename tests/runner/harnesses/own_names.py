"""The reference with names and units of its own for its knobs: own_names.py [ignores-its-unit].

It stands between the oracle and the reference's harness. It knows what its own names mean by a
table of its own, and hands over what it does not know as it is.
"""

import json
import subprocess
import sys
import threading
from typing import Any

NAMES = {
    "streaming_send_timeout": ("send_timeout_ms", "ms", 1_000),
    "sfm_send_stall_timeout": ("stall_after_us", "us", 1_000_000),
    "sfm_close_stalled_connection": ("close_stalled", "s", 1),
    "heartbeat_interval": ("beat_every_ns", "ns", 1_000_000_000),
}
MEANT = {own: (name, per_second) for name, (own, _, per_second) in NAMES.items()}


def hello(line: dict[str, Any]) -> dict[str, Any]:
    """Declare the binding, and nothing that has to do with files."""
    knobs = {name: {"name": own, "unit": unit} for name, (own, unit, _) in NAMES.items()}
    features = [one for one in line["features"] if one not in ("config", "relations")]
    return line | {"binding": {"knobs": knobs}, "features": features}


def asked(request: dict[str, Any]) -> dict[str, Any]:
    """Return a request in the reference's words; a knob by its foreign name is none."""
    knobs = {}
    for own, value in request.get("knobs", {}).items():
        assert own not in NAMES, f"{own} is the name of somebody else"
        name, per_second = MEANT.get(own, (own, 1))
        knobs[name] = value if per_second == 1 else value / per_second
    return request | {"knobs": knobs} if "knobs" in request else request


def answered(reply: dict[str, Any], way: str) -> dict[str, Any]:
    """Return the answer to a configuration in its own words."""
    effective = {}
    for name, value in reply.get("effective", {}).items():
        own, _, per_second = NAMES.get(name, (name, "s", 1))
        factor = 1 if way == "ignores-its-unit" else per_second
        effective[own] = value if factor == 1 else value * factor
    return reply | {"effective": effective} if "effective" in reply else reply


def main(way: str) -> None:
    """Stand between the oracle and the reference."""
    real = subprocess.Popen(
        [sys.executable, "-m", "stallproof.harness"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert real.stdin is not None
    assert real.stdout is not None
    replies, ops = real.stdout, dict[int, str]()

    def answer() -> None:
        for text in replies:
            line = json.loads(text)
            op = ops.get(line.get("id", 0))
            if op == "hello" and line["ok"]:
                line = hello(line)
            print(json.dumps(answered(line, way) if op == "config" else line), flush=True)

    answering = threading.Thread(target=answer)
    answering.start()
    for text in sys.stdin:
        try:
            request = json.loads(text)
            ops[request["id"]] = request["op"]
            text = json.dumps(asked(request)) + "\n"
        except (ValueError, LookupError, TypeError):
            pass
        real.stdin.write(text.encode())
        real.stdin.flush()
        if '"op": "stop"' in text:
            break
    real.stdin.close()
    answering.join()


if __name__ == "__main__":
    main(sys.argv[-1])
