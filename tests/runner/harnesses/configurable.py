"""A harness that refuses a file with the word `bad` in it and does what other words tell it to.

The notes of what it puts in force hold its process number and how often it was asked before. It
needs nothing but the standard library.
"""

import json
import os
import sys
import time
from typing import Any

HELLO: dict[str, Any] = {
    "name": "configurable",
    "version": "1",
    "language": "python",
    "features": sys.argv[1:],
    "clock": {"name": "monotonic", "resolution_us": 1, "shared": True},
    "frames": {"prefix_bytes": 4, "length": {"at": 0, "bytes": 4}},
}


def answer(request: dict[str, Any], asked: int) -> dict[str, Any]:
    """Return the answer to `config`, or do not."""
    file = request["file"]
    if "die" in file:
        os._exit(3)
    if "hang" in file:
        time.sleep(60)
    if "garbage" in file:
        print("<html>", flush=True)
    if "shapeless" in file:
        return {"ok": True, "effective": [1, 2, 3]}
    if "endless" in file:
        return {"ok": True, "effective": {}, "notes": ["x" * 500_000]}
    if "fail" in file:
        return {"ok": False, "error": "failed", "message": "something went wrong"}
    if "unknown" in file:
        return {"ok": False, "error": "unsupported", "message": "no files"}
    if "bad" in file:
        return {
            "ok": False, "error": "refused", "message": "bad", "knob": "k", "value": [1],
            "allowed": str(asked),
        }  # fmt: skip
    own = [name for name in os.environ if name.startswith("NVFLARE_")]
    return {"ok": True, "effective": {"k": 1.5}, "notes": [str(os.getpid()), str(asked), *own]}


def main() -> None:
    """Answer until told to stop."""
    asked = 0
    for line in sys.stdin:
        request = json.loads(line)
        reply: dict[str, Any] = {"ok": True}
        if request["op"] == "hello":
            reply |= HELLO
        elif request["op"] == "config":
            reply = answer(request, asked)
            asked += 1
        elif request["op"] != "stop":
            reply = {"ok": False, "error": "unsupported", "message": "it has no such thing"}
        print(json.dumps({"id": request["id"], **reply}), flush=True)
        if request["op"] == "stop":
            return


if __name__ == "__main__":
    main()
