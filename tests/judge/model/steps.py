"""The steps of scripts, one function for each: what is asked for, and at which microsecond.

Use: `[open_("a", room=10), send("a", 1, 20, at=5), until(30)]`. Times are microseconds of virtual
time and never go back. Spec: `spec/vectors/README.md`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from stallproof.requirements.vectors.format import Step


def _step(at: int, op: str, **fields: Any) -> Step:
    return Step(at_us=at, do={"op": op, **fields})


def open_(conn: str, room: int | None = None, heartbeats: bool = True, at: int = 0) -> Step:
    """Open a virtual connection with `room` bytes of room; `None`: it always takes everything."""
    silent = {} if heartbeats else {"heartbeats": False}
    return _step(at, "open", conn=conn, transport="virtual", room_bytes=room, **silent)


def send(conn: str, number: int, size: int, at: int) -> Step:
    """Send frame `number`, `size` bytes long as a whole."""
    return _step(at, "send", conn=conn, send=number, size_bytes=size)


def accept(conn: str, n: int, late: int = 0, *, at: int) -> Step:
    """Make room for `n` more bytes; with `late` the write that it wakes lasts that long."""
    lateness = {"late_us": late} if late else {}
    return _step(at, "accept", conn=conn, wrote_bytes=n, **lateness)


def fail(conn: str, cause: str, at: int) -> Step:
    """Let the next write fail: the name of an error number, or `zero`."""
    return _step(at, "fail", conn=conn, cause=cause)


def give_up(conn: str, number: int, at: int) -> Step:
    """Have the caller of a send give it up."""
    return _step(at, "give_up", conn=conn, send=number)


def close(conn: str, at: int) -> Step:
    """Close the connection."""
    return _step(at, "close", conn=conn)


def received(conn: str, at: int) -> Step:
    """Let a frame of the peer arrive."""
    return _step(at, "received", conn=conn)


def check(at: int) -> Step:
    """Make one pass of the monitor."""
    return _step(at, "check")


def monitor(period: int | None, at: int) -> Step:
    """Let the monitor make a pass every `period`; `None` stops it."""
    return _step(at, "monitor", period_us=period)


def wall_jump(by: int, at: int) -> Step:
    """Move the wall clock by `by`, which may be negative."""
    return _step(at, "wall_jump", by_us=by)


def stream(
    conn: str,
    number: int,
    total: int,
    ready: Sequence[int] = (),
    start_after: int = 0,
    *,
    at: int,
) -> Step:
    """Begin a stream of `total` bytes; `ready`: the pause of the source before each chunk."""
    fields: dict[str, Any] = {"conn": conn, "stream": number, "total_bytes": total}
    if ready:
        fields["chunk_ready_us"] = list(ready)
    if start_after:
        fields["start_after_us"] = start_after
    return _step(at, "stream", **fields)


def ack(
    conn: str,
    stream: int,
    offset: Any,
    origin: str | None = None,
    error: str | None = None,
    *,
    at: int,
) -> Step:
    """Hand over an ACK; `offset` is any JSON, `origin` `None` is the receiver of the stream."""
    fields: dict[str, Any] = {"conn": conn, "stream": stream, "offset": offset}
    if origin is not None:
        fields["origin"] = origin
    if error is not None:
        fields["error"] = error
    return _step(at, "ack", **fields)


def cancel(conn: str, stream: int, at: int) -> Step:
    """Cancel a stream."""
    return _step(at, "cancel", conn=conn, stream=stream)


def until(at: int) -> Step:
    """Let time pass to `at`, what falls due at `at` included."""
    return Step(at_us=at)


def config(
    *,
    file: str | None = None,
    environment: Mapping[str, str] | None = None,
    at: int = 0,
    **more: Any,
) -> Step:
    """Ask for a configuration; `file` is the text of `comm_config.json`.

    `more`: the other fields of the request, such as `grace_us` and `outer_timeouts_us`.
    """
    fields: dict[str, Any] = {}
    if file is not None:
        fields["file"] = file
    return _step(at, "config", **fields, environment=dict(environment or {}), **more)
