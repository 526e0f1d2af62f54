"""Helpers of the tests in virtual time: play a script against a harness within this process."""

import io
import json
from collections.abc import Callable, Iterable
from typing import Any

from stallproof.drivers.recorder import Record, Recorder
from stallproof.harness.adapter import Adapter
from stallproof.harness.reference import Reference
from stallproof.harness.server import Server

HELLO = {"op": "hello", "protocol": 1, "clock": "virtual"}
Line = dict[str, Any]


def written(
    requests: Iterable[dict[str, Any]], adapter: Callable[[Record], Adapter] = Reference
) -> bytes:
    """Return every byte that the harness writes for `requests`."""
    lines = [json.dumps({"id": number, **one}) for number, one in enumerate(requests, 1)]
    out: list[bytes] = []
    recorder = Recorder(out.append)
    server = Server(adapter(recorder.record), recorder, out.append)
    server.run(io.BytesIO("\n".join([*lines, ""]).encode()))
    recorder.close(5)
    return b"".join(out)


class Play:
    """One case that is written down step by step and then played.

    `do` adds a request at a time, advancing the clock to it; `events` plays all and returns what
    was said, without what every event has, by name where a name is given.
    """

    def __init__(self, **knobs: float | int | bool) -> None:
        self.requests: list[Line] = [HELLO, {"op": "config", "knobs": knobs}]

    def do(self, op: str, at: int = 0, **fields: Any) -> "Play":
        """Ask for `op` at the time `at`."""
        return self.until(at)._ask({"op": op, **fields}) if at else self._ask({"op": op, **fields})

    def until(self, at: int) -> "Play":
        """Let time pass to `at`."""
        return self._ask({"op": "advance", "to_us": at})

    def _ask(self, request: Line) -> "Play":
        self.requests.append(request)
        return self

    def open(self, conn: str = "a", room: int | None = None, **fields: Any) -> "Play":
        """Open a virtual connection."""
        return self.do("open", conn=conn, transport="virtual", room_bytes=room, **fields)

    def send(self, number: int, size: int, at: int = 0, conn: str = "a") -> "Play":
        """Send a frame."""
        return self.do("send", at, conn=conn, send=number, size_bytes=size)

    def accept(self, room: int, at: int, *, late: int = 0, conn: str = "a") -> "Play":
        """Make room."""
        return self.do("accept", at, conn=conn, wrote_bytes=room, late_us=late)

    def lines(self) -> list[Line]:
        """Play, and return every line."""
        return [json.loads(line) for line in written(self.requests).splitlines()]

    def replies(self) -> list[Line]:
        """Play, and return the replies after those to `hello` and `config`."""
        return [line for line in self.lines() if "id" in line][2:]

    def events(self, *names: str) -> list[Line]:
        """Play, and return the events called `names`, in order; a request that failed raises."""
        lines = self.lines()
        assert [line for line in lines if line.get("ok") is False] == []
        return [line for line in lines if line.get("event") in names]

    def told(self, name: str, *fields: str) -> list[tuple[Any, ...]]:
        """Play, and return of each event called `name` its time and the values of `fields`."""
        return [(e["at_us"], *(e[field] for field in fields)) for e in self.events(name)]

    def ends(self) -> list[tuple[int, int, str]]:
        """Play, and return how each send ended: when, which and how."""
        return [(at, send, how) for at, send, how in self.told("send_ended", "send", "outcome")]
