"""The page of diagrams: which machine is walked through, its words, its picture and its table.

Where the profiles differ each has a diagram of its own.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from proofs.diagrams import views
from proofs.diagrams.arrows import Arrow, Seen, arrows
from proofs.diagrams.chart import START, chart
from proofs.search.bare import without_contracts
from proofs.search.breadth import World, search
from proofs.search.connection_moves import ConnectionWorld
from proofs.search.connection_states import Setting
from proofs.search.stream_moves import StreamSetting, StreamWorld
from stallproof.machines.policy import Policy


@dataclass(frozen=True)
class Diagram:
    """One diagram: what is walked through, how a move is seen, and what a reader is told first."""

    title: str
    words: str
    worlds: tuple[World[Any, Any, Any], ...]
    view: Callable[[Any], Seen | None]


_SENDS = Setting("sends", Policy(send_timeout_us=2, stall_timeout_us=1), 4, 2, (1, 3))
_STREAM = Policy(ack_progress_timeout_us=2, ack_wait_us=3, window_bytes=1, chunk_bytes=2)


def _watched(checks_max: int, *, closes: bool, sizes: tuple[int, ...]) -> ConnectionWorld:
    policy = Policy(
        send_timeout_us=3, stall_timeout_us=1, checks_max=checks_max, close_stalled=closes
    )
    # A check whose clock was read early can find a send that was stalled before no longer stalled.
    return ConnectionWorld(Setting("watched", policy, 6, 2, sizes, checks=True, early_us=1), {})


def _stream(*, seed: bool) -> Diagram:
    clock = (
        "In seed the clock of `Tp` runs on between waits."
        if seed
        else "In hardened the clock of `Tp` starts no earlier than the wait."
    )
    return Diagram(
        f"A stream, {'seed' if seed else 'hardened'}",
        "One stream and its window (`ack_progress`, AP), with `Tp` the progress timeout, `Tw` the "
        f"ACK wait and `I` the check interval. A look is made with a chunk ready. {clock} "
        "A stream that is over stays so: no arrow leaves its boxes.",
        (StreamWorld(StreamSetting("stream", _STREAM, seed, 1, 6, 4), {}),),
        views.stream_view,
    )


DIAGRAMS = (
    Diagram(
        "A send",
        "One frame from taking the lock to its end (`send_deadline`, SD). Every step applies the "
        "bytes that were just written, then looks at closing, then at the deadline. The last byte "
        "beats both; closing beats the deadline; the deadline beats the error table.",
        (ConnectionWorld(_SENDS, {}),),
        views.send_view,
    ),
    Diagram(
        "The count of stalled checks",
        "What the monitor remembers of one connection (`stall_count`, SC), drawn for a threshold "
        "of 3. A stalled check of the same send counts one up, of another send from 1; any other "
        "check goes back to 0. Beyond the threshold the count goes on, and nothing closes twice; "
        "the walk ends one beyond it. Heartbeats change no count and are not drawn.",
        (
            _watched(3, closes=True, sizes=(1,)),
            _watched(3, closes=False, sizes=(1,)),
        ),
        views.count_view,
    ),
    Diagram(
        "The connection",
        "The lock and the closing together (`connection`, CX). Closing begins once, and whoever "
        "begins it is its cause; no arrow leads back to open. A send in flight when closing "
        "begins ends at its next step. A torn frame is always a closing connection; after it "
        "nothing is ever in flight. Warnings and heartbeats are not drawn.",
        (_watched(2, closes=True, sizes=(1, 2)), _watched(2, closes=False, sizes=(1,))),
        views.connection_view,
    ),
    *(_stream(seed=seed) for seed in (False, True)),
)


def walked(diagram: Diagram) -> list[Arrow]:
    """Walk through the machines of `diagram` and return its arrows."""
    seen: dict[Seen, None] = {}

    def observe(move: Any) -> None:
        view = diagram.view(move)
        if view is not None:
            seen[view] = None

    with without_contracts():
        for world in diagram.worlds:
            found = search(world, observe=observe)
            if found.violation is not None or found.truncated:
                raise RuntimeError(f"{diagram.title}: the walk did not come to its end")
    # Moves that change nothing had their say about the conditions; they are not drawn.
    return [arrow for arrow in arrows(seen) if arrow.source != arrow.target or arrow.action]


def image_of(diagram: Diagram) -> str:
    """Return the name of the picture's file."""
    return f"machine-{re.sub(r'[^a-z]+', '-', diagram.title.lower())}.svg"


@cache
def _walks() -> tuple[tuple[Diagram, list[Arrow]], ...]:
    """Return each diagram with its arrows; the page and its pictures share one walk."""
    return tuple((diagram, walked(diagram)) for diagram in DIAGRAMS)


def pictures() -> dict[str, str]:
    """Return every picture by the name of its file."""
    return {image_of(each): chart(found, each.title) for each, found in _walks()}


def table(found: list[Arrow]) -> Iterator[str]:
    """Return the same arrows as a table, for a reader without a renderer."""
    yield "| from | event | when | told | to |"
    yield "|---|---|---|---|---|"
    for arrow in found:
        source = "(nothing)" if arrow.source == START else arrow.source
        cells = (source, arrow.event, ", ".join(arrow.condition), arrow.action, arrow.target)
        yield "| " + " | ".join(cells) + " |"


def page() -> str:
    """Return the whole document."""
    lines = [
        "# The machines",
        "",
        "These diagrams are not drawn by hand. A walk through every state that the pure machines",
        "of the reference can reach with small numbers is reduced to the states and arrows below:",
        "an arrow's label is the event, the conditions under which it leads there, and after a",
        "slash what drivers are told. A condition that makes no difference is left out, and so is",
        "a move that changes no state and tells nobody anything. Each state has a column; a box in",
        "it is an arrow that leads back to it. Where the two profiles differ, each is drawn.",
    ]
    for diagram, found in _walks():
        picture = f"![State diagram: {diagram.title}](images/{image_of(diagram)})"
        lines += ["", f"## {diagram.title}", "", diagram.words, "", picture, "", *table(found)]
    return "\n".join(lines) + "\n"
