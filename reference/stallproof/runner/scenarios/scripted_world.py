"""A world: a script for the real clock that says what everybody does, and nothing of what is right.

The intuition: in virtual time a script says how much room there is; over real sockets it says what
the peer does: reads, stops, trickles, talks, leaves. Nothing is expected, and no model of the law
goes along: the rules judge what happened. So any steps in any order make a world, and one that
fails is made smaller by leaving steps out.

The use: `read_world(path)`, and `stallproof conform --clock real --replay FILE`.

Spec: `spec/virtual.md`, "Worlds".
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from stallproof.requirements.vectors import VectorError
from stallproof.runner.peer.messages import Mode
from stallproof.wire.event import Kind, Transport
from stallproof.wire.units import ms

WORLD_SCHEMA: Final = "stallproof.world/1"
_UNSAID = ("op", "at_us")


class Act(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True,
    tag_field="op",
):  # fmt: skip
    """One step, at `at_us` after the first connections were open or as soon after as may be."""

    at_us: int

    def in_words(self) -> str:
        """Return what is done and when."""
        told: dict[str, Any] = msgspec.to_builtins(self)
        fields = (f"{name} {value}" for name, value in told.items() if name not in _UNSAID)
        return f"at {ms(self.at_us)} {' '.join((told['op'], *fields))}"


class Open(Act, frozen=True, tag="open"):
    """The implementation connects; the peer reads all that comes."""

    conn: str
    transport: Transport = "unix"
    heartbeats: bool = False


class Send(Act, frozen=True, tag="send"):
    """Send `send` begins; with `fills` its frame is longer by all that the kernel can hold."""

    conn: str
    send: int
    size_bytes: int
    repeat: int = 1
    fills: bool = False


class GiveUp(Act, frozen=True, tag="give_up"):
    """The caller of `send` does not want it any more."""

    send: int


class Read(Act, frozen=True, tag="read"):
    """The peer reads so from now on: at most so many bytes, or whole frames, where that is said."""

    conn: str
    mode: Mode
    limit_bytes: int | None = None
    frames: int | None = None
    piece_bytes: int = 4096
    every_us: int = 20_000


class Leave(Act, frozen=True, tag="leave"):
    """The peer ends the connection, or one direction of it."""

    conn: str
    how: Literal["reset", "shut_read", "half_close", "close"]


class Talk(Act, frozen=True, tag="talk"):
    """The peer sends `frames` frames, whether it reads or not; are they taken in?"""

    conn: str
    kind: Kind = "data"
    frames: int = 1


class Close(Act, frozen=True, tag="close"):
    """The implementation is asked to close; nobody waits for it."""

    conn: str


class Check(Act, frozen=True, tag="check"):
    """The monitor makes a pass."""


class Monitor(Act, frozen=True, tag="monitor"):
    """The monitor runs by itself from now on."""

    period_us: int


class WallJump(Act, frozen=True, tag="wall_jump"):
    """The wall clock of the implementation jumps."""

    by_us: int


class Suspend(Act, frozen=True, tag="suspend"):
    """The harness is suspended, with all that it has started, and continued."""

    for_us: int


class Stream(Act, frozen=True, tag="stream"):
    """A stream begins."""

    conn: str
    stream: int
    total_bytes: int
    chunk_ready_us: tuple[int, ...] = ()


class Ack(Act, frozen=True, tag="ack"):
    """The receiver acknowledges what the peer has read of the stream, and `plus` bytes more.

    `by_wire`: over the connection, where the implementation says how an ACK looks there.
    """

    stream: int
    plus: int = 0
    origin: str | None = None
    error: str | None = None
    by_wire: bool = False


class Cancel(Act, frozen=True, tag="cancel"):
    """The stream is cancelled."""

    stream: int


class Settle(Act, frozen=True, tag="settle"):
    """Time passes until all sends and streams have ended, or must have."""


Step = (
    Open | Send | GiveUp | Read | Leave | Talk | Close | Check | Monitor | WallJump | Suspend
    | Stream | Ack | Cancel | Settle
)  # fmt: skip


_BEGINS: dict[type[Act], str] = {Open: "conn", Send: "send", Stream: "stream"}
_NAMES = ("conn", "send", "stream")


class World(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One world. `knobs` are in the origin's names and units, as those of a vector.

    `requirement`, `reason`, `found`: of one that was kept, what it broke, how, and whence it is.
    """

    schema: Literal["stallproof.world/1"] = WORLD_SCHEMA
    name: str
    knobs: dict[str, float | int | bool]
    steps: tuple[Step, ...]
    requirement: str | None = None
    reason: str = ""
    found: str | None = None

    def in_words(self) -> str:
        """Return what happens, step by step, with the knobs that it sets."""
        knobs = ", ".join(f"{name} {value}" for name, value in self.knobs.items())
        return f"With {knobs}: " + "; ".join(one.in_words() for one in self.steps)


def is_world(path: Path) -> bool:
    """Tell whether the file at `path` says of itself that it is a world."""
    try:
        return WORLD_SCHEMA.encode() in path.read_bytes()[:200]
    except OSError:
        return False


def read_world(path: Path) -> World:
    """Read a file; raises `VectorError` for one that is no world."""
    try:
        world = msgspec.json.decode(path.read_bytes(), type=World)
    except (OSError, msgspec.MsgspecError) as error:
        raise VectorError(f"{path}: {error}") from error
    if len(without_strangers(world.steps)) < len(world.steps):
        raise VectorError(f"{path}: a step is about what was not opened, sent or begun before it")
    return world


def without_strangers(steps: Iterable[Step]) -> list[Step]:
    """Return `steps` but for those about a connection, a send or a stream that none begins."""
    left: list[Step] = []
    known: set[tuple[str, str | int]] = set()
    for step in steps:
        new = _BEGINS.get(type(step))
        told = {(one, getattr(step, one)) for one in _NAMES if hasattr(step, one)}
        if all(one in known for one in told if one[0] != new) and not (
            new and (new, getattr(step, new)) in known
        ):
            left.append(step)
            known |= told
    return left


def write_world(folder: Path, world: World) -> Path:
    """Write `world` to a file of its own name in `folder`, and return where; raises `OSError`."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{world.name}.json"
    path.write_bytes(msgspec.json.format(msgspec.json.encode(world), indent=1) + b"\n")
    return path
