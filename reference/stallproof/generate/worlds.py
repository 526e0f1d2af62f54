"""Strategies for worlds: what may happen to an implementation over real sockets.

The intuition: real transports break where things come together that nobody thought of together: a
peer that talks while it does not read, a clock that jumps while a frame is stuck, a connection that
is opened while another one is closed twice. So a world draws from all that a peer, a caller and a
machine can do. No step knows what is right.

First it draws which of all that it uses at all, each with one half (swarm testing: Groce, Zhang,
Eide, Chen, Regehr, 2012): what is left out of a world lets the rest come far, since many an act
undoes what the others built up.

The use: `worlds(features, groups)` is a strategy.

Spec: `spec/virtual.md`, "Worlds".
"""

from collections.abc import Collection
from functools import partial
from typing import Any

from stallproof.generate import worlds_acts as acts
from stallproof.generate import worlds_streams as streams
from stallproof.generate.sampling import Drawing
from stallproof.generate.scripts_draws import Draws
from stallproof.generate.worlds_sketch import Sketch
from stallproof.runner.scenarios.scripted_world import World
from stallproof.wire.request import GIVE_UP

STEPS_MAX = 16
CHOICES = 256
LAST_US = 1_800_000
"""After this nothing more begins: a world is over within a few seconds."""

_ACTS: tuple[tuple[int, acts.Action], ...] = (
    (4, acts.send_much),
    (3, acts.send_little),
    (1, acts.burst),
    (2, acts.queue),
    (1, acts.give_up),
    (4, acts.read),
    (3, acts.talk),
    (2, acts.leave),
    (2, acts.close),
    (2, acts.open_another),
    (3, acts.check),
    (2, acts.check_stalled),
    (1, acts.monitor),
    (2, acts.jump),
    (1, acts.suspend),
    (2, acts.wait),
    (3, streams.begin),
    (3, streams.ack),
    (1, streams.cancel),
)
_TAKES: dict[acts.Action, str] = {
    acts.check: "checks", acts.check_stalled: "checks", acts.monitor: "monitor",
    acts.jump: "wall_jump", acts.give_up: GIVE_UP, streams.begin: "streams", streams.ack: "streams",
    streams.cancel: "streams",
}  # fmt: skip
_GROUPS = {"checks": ("SC", "CX"), "monitor": ("SC", "CX"), "streams": ("AP", "CX")}
"""The groups of requirements for which a feature is of use; the others are for all of them."""
GROUPS = ("SD", "CX", "SC", "AP")
"""The groups of which worlds say something."""


def worlds(features: Collection[str], groups: Collection[str]) -> Drawing[World]:
    """Return how worlds are drawn for an implementation with `features`, for `groups`."""
    known = frozenset(
        one for one in features if one not in _GROUPS or not {*_GROUPS[one]}.isdisjoint(groups)
    )
    actions = tuple(one for one in _ACTS if _TAKES.get(one[1], "unix") in {*known, "unix"})
    return Drawing(CHOICES, partial(_walked, actions, known))


def _walked(
    every: tuple[tuple[int, acts.Action], ...], features: frozenset[str], content: bytes
) -> World:
    draws = Draws(content)
    actions = draws.some(every)
    sketch = Sketch(_knobs(draws, actions, features), features)
    for _ in range(draws.pick((1, 2, 1, 3))):
        acts.open_first(draws, sketch)
    if acts.monitor in actions and draws.chance(5):
        # One pass that was asked for before it leaves no place for it.
        acts.monitor(draws, sketch)
    for _ in range(4 + draws.below(STEPS_MAX - 3)):
        if sketch.now_us < LAST_US:
            draws.pick(actions)(draws, sketch)
    acts.end(draws, sketch)
    return World(name="world", knobs=sketch.knobs, steps=tuple(sketch.steps))


def _knobs(
    draws: Draws, actions: Collection[acts.Action], features: frozenset[str]
) -> dict[str, Any]:
    """Return knobs under which what is used comes to its bounds within a second or two."""
    is_checked = not {acts.check, acts.check_stalled, acts.monitor}.isdisjoint(actions)
    knobs = {
        "streaming_send_timeout": draws.pick(
            (0.7, 0.5, 1.0, 3.0) if is_checked else (0.7, 0.5, 1.0)
        ),
        "sfm_send_stall_timeout": draws.pick((0.5, 0.6)),
        "sfm_close_stalled_connection": draws.chance(6),
        "sfm_send_stall_consecutive_checks": draws.pick((2, 1, 3)),
        "heartbeat_interval": 1 if "heartbeats" in features and draws.chance(2) else 60,
    }
    has_streams = not {streams.begin, streams.ack, streams.cancel}.isdisjoint(actions)
    return knobs | (streams.knobs(draws) if has_streams else {})
