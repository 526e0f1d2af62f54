"""The words in which the scripts of vectors are written: one case, and one function for a step.

A case is written down without expectations: who writes a script says what happens, not what ought
to come of it. The generator asks the oracle's own statement of the law for that, so that nobody
copies an answer by hand, and an independent naive model confirms every file afterwards.

Use: `case("name", ["SD-1"], "which bug it hunts", [open_("a", room=10), send("a", 1, 20, at=5)])`.
Times are microseconds of virtual time and never go back. Spec: `spec/vectors/README.md`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from stallproof.requirements.vectors.format import Step

Profile = Literal["seed", "hardened"]


@dataclass(frozen=True)
class Case:
    """One vector before its expectations are known."""

    name: str
    requirements: tuple[str, ...]
    reason: str
    steps: tuple[Step, ...]
    knobs: Mapping[str, Any] = field(default_factory=dict)
    profile: Profile = "seed"
    needs: tuple[str, ...] = ()


def case(
    name: str,
    requirements: Sequence[str] | str,
    reason: str,
    steps: Sequence[Step],
    *,
    knobs: Mapping[str, Any] | None = None,
    profile: Profile = "seed",
    needs: Sequence[str] = (),
) -> Case:
    """Write down a case; `knobs` in the origin's units, `needs` beside what the steps ask for.

    `profile` is the profile of its strictest requirement.
    """
    ids = (requirements,) if isinstance(requirements, str) else tuple(requirements)
    return Case(
        name, ids, " ".join(reason.split()), tuple(steps), knobs or {}, profile, tuple(needs)
    )


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
