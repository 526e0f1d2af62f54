"""Scripts by hand and harnesses in virtual time, for the tests of playing them."""

import sys
from pathlib import Path
from typing import Any

from stallproof.requirements.vectors.format import Step, Vector

MISBEHAVING = Path(__file__).resolve().parents[1] / "harnesses" / "virtual_misbehaving.py"
REFERENCE = (sys.executable, "-m", "stallproof.harness")
S = 1_000_000


def command_of(way: str, *more: str) -> list[str]:
    """Return the command of a harness that misbehaves in the given way."""
    return [sys.executable, str(MISBEHAVING), way, *more]


def step(at_us: int, op: str | None = None, **fields: Any) -> Step:
    """Return one step; without `op` time passes."""
    return Step(at_us=at_us, do=None if op is None else {"op": op, **fields})


def opened(conn: str, room_bytes: int | None = None) -> Step:
    """Return the step that opens `conn` at once."""
    return step(0, "open", conn=conn, transport="virtual", room_bytes=room_bytes)


def script(
    *steps: Step,
    name: str = "by-hand",
    requirements: tuple[str, ...] = ("SD-3",),
    needs: tuple[str, ...] = (),
    **knobs: Any,
) -> Vector:
    """Return a vector of the given steps; what is expected of them is left open."""
    return Vector(
        schema="stallproof.vector/1", name=name, requirements=list(requirements),
        profile="hardened", needs=list(needs), reason="For a test.", knobs=knobs,
        steps=list(steps),
    )  # fmt: skip


ARRIVAL = script(opened("a"), step(0, "received", conn="a"), step(S), name="arrival")
"""A frame arrives; the harness that misbehaves does so then."""
STALL = script(
    opened("a", room_bytes=4),
    step(0, "send", conn="a", send=1, size_bytes=10),
    step(S // 2, "accept", conn="a", wrote_bytes=2),
    step(2 * S),
    name="stall", streaming_send_timeout=1,
)  # fmt: skip
"""A send that gets six of its ten bytes out and then stalls until its deadline."""
