"""What may come of a request besides success, and a request that is under way."""

import json
from typing import Any

from stallproof.wire.events import Requested, requested
from stallproof.wire.protocol import LINE_MAX_BYTES


class Unsupported(Exception):
    """The harness does not know the operation `op`, or a value of it."""

    def __init__(self, op: str, message: str) -> None:
        super().__init__(op, message)
        self.op = op
        self.message = message

    def __str__(self) -> str:
        return f"the operation {self.op!r} is unsupported: {self.message}"


class Refused(Exception):
    """The implementation itself said no; `knob`, `value` and `allowed` where it named them."""

    def __init__(
        self, message: str, knob: Any = None, value: Any = None, allowed: Any = None
    ) -> None:
        super().__init__(message, knob, value, allowed)
        self.message = message
        self.knob = knob
        self.value = value
        self.allowed = allowed

    def __str__(self) -> str:
        return self.message


class Failed(Exception):
    """Something went wrong behind the harness, which says so and lives on."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Pending:
    """A request under way; `reply` is `None` until it is answered. Times are the oracle's."""

    def __init__(self, number: int, op: str) -> None:
        self.id = number
        self.op = op
        self.asked_us = 0
        self.answered_us = 0
        self.reply: dict[str, Any] | None = None

    def line(self, fields: dict[str, Any]) -> bytes:
        """Return the request as one line; raises `ValueError` if it is no JSON, or too long."""
        message = {"id": self.id, "op": self.op, **fields}
        line = json.dumps(message, allow_nan=False).encode() + b"\n"
        if len(line) > LINE_MAX_BYTES:
            raise ValueError(f"a request longer than {LINE_MAX_BYTES} bytes")
        return line

    def asked(self, fields: dict[str, Any]) -> Requested:
        """Return the event that tells of the request."""
        return requested({"op": self.op, **fields}, at_us=self.asked_us, number=self.id)

    def result(self) -> dict[str, Any] | None:
        """Return the reply, `None` while there is none; raises what the reply says went wrong."""
        reply = self.reply
        if reply is None or reply["ok"]:
            return reply
        message = str(reply.get("message") or "no reason was given")
        if reply["error"] == "unsupported":
            raise Unsupported(self.op, message)
        if reply["error"] == "refused":
            raise Refused(message, reply.get("knob"), reply.get("value"), reply.get("allowed"))
        raise Failed(message)
