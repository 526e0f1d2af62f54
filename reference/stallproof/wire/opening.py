"""The first rows of the table of operations: what comes before anything is sent.

Spec: `spec/protocol.md`, "Operations".
"""

import json
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from msgspec import field

from stallproof.wire.request import ACCEPTING, LINGERING, Request, Role
from stallproof.wire.units import ms


class HelloRequest(Request, frozen=True, kw_only=True, tag="hello"):
    """`clock`: the clock that the process is to live by (`spec/virtual.md`)."""

    protocol: int
    clock: Literal["real", "virtual"] = "real"

    in_vectors = False
    in_case = False


class ConfigRequest(Request, frozen=True, kw_only=True, tag="config"):
    """Knobs to put in force, as an object or a file; the rest is what CF-5 is judged with."""

    knobs: dict[str, Any] = field(default_factory=dict)
    file: str | None = None
    environment: dict[str, str] = field(default_factory=dict)
    grace_us: int = 50_000
    outer_timeouts_us: dict[str, int] = field(default_factory=dict)
    margin_us: int = 0

    feature = "config"
    answers = ("effective", "notes", "monitor_period_us", "relations")
    in_case = False

    def in_words(self) -> str:
        around = [f"the file {self.file or '{}'}"]
        if self.environment:
            around.append(f"the environment {json.dumps(self.environment)}")
        if self.grace_us != 50_000:
            around.append(f"a grace of {ms(self.grace_us)}")
        for name, timeout_us in self.outer_timeouts_us.items():
            around.append(f"the outer timeout {name} of {ms(timeout_us)}")
        if self.margin_us:
            around.append(f"a margin of {ms(self.margin_us)}")
        return f"a configuration is asked for with {', '.join(around)}"


class OpenRequest(Request, frozen=True, kw_only=True, tag="open"):
    """`role`: whether the implementation connects to the address, or accepts a connection there."""

    conn: str
    transport: str
    path: str | None = None
    host: str | None = None
    port: int | None = None
    certificate_authority: str | None = None
    send_buffer_bytes: int | None = None
    lowest_descriptor: int | None = None
    heartbeats: bool = True
    room_bytes: int | None = None
    linger_us: int = 0
    role: Role = "connect"

    field_features: ClassVar[Mapping[str, str]] = {"linger_us": LINGERING, "role": ACCEPTING}
    answers = ("descriptor",)
    is_quick = False

    def in_words(self) -> str:
        room = self.room_bytes
        takes = "which takes everything" if room is None else f"with room for {room} bytes"
        quiet = "" if self.heartbeats else ", without heartbeats"
        lingers = f", lingering for {ms(self.linger_us)}" if self.linger_us else ""
        accepts = ", accepting it" if self.role == "accept" else ""
        return f"{self.conn} is opened, {takes}{quiet}{lingers}{accepts}"
