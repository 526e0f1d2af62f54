"""Scripts that are made up: what may be asked of an implementation in virtual time.

The intuition: a script is a walk. At each step something is chosen that may be asked for now, and a
moment for it, often one tick before, at or after something that is due. `Draft` knows what that is.

The use: `drawn(seed, count, scripts(features, families))` yields vectors that are mere scripts;
each keeps the rules of virtual time by construction.

Spec: `spec/virtual.md`.
"""

from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from stallproof.generate import scripts_connections as connections
from stallproof.generate import scripts_streams as streams
from stallproof.generate.builder import Builder
from stallproof.generate.sampling import Drawing
from stallproof.generate.scripts_configured import configurations
from stallproof.generate.scripts_draws import Draws
from stallproof.requirements.vectors.format import Vector
from stallproof.wire.request import GIVE_UP

STEPS_MAX = 16
"""Longer scripts find little more, and are read by nobody."""
CHOICES = 160
"""How many choices a script may take; most take fewer."""

NEAR_OF_TEN = (4, 8, 1)
"""How often a step is near something due: in one script seldom, in another one mostly."""

Action = Callable[[Draws, Builder], None]
Weighted = tuple[tuple[int, Action], ...]
"""Actions with how often each is chosen."""
ALWAYS = frozenset({connections.send, streams.ack})
"""Without these little else happens."""
_SENDING: Weighted = (
    (1, connections.open_another),
    (5, connections.send),
    (4, connections.accept),
    (2, connections.accept_late),
    (2, connections.fail),
    (2, connections.give_up),
    (1, connections.close),
    (2, connections.wait),
)
_MONITORED: Weighted = (
    (1, connections.open_another),
    (3, connections.send),
    (2, connections.accept),
    (1, connections.fail),
    (1, connections.give_up),
    (1, connections.close),
    (4, connections.check),
    (2, connections.check_stalled),
    (1, connections.succeed),
    (1, connections.monitor),
    (1, connections.received),
    (1, connections.jump),
    (3, connections.wait),
)
_STREAMING: Weighted = (
    (1, streams.another),
    (6, streams.ack),
    (1, streams.cancel),
    (3, streams.wait),
    (2, connections.send),
    (1, connections.close),
    (1, connections.jump),
)
_MIXED = (*_SENDING, *_MONITORED, *_STREAMING)

FAMILIES: dict[str, Weighted] = {
    "sending": _SENDING,
    "monitored": _MONITORED,
    "streaming": _STREAMING,
    "mixed": _MIXED,
    "configured": (),
}
"""The kinds of scripts, each with its actions and how often one is chosen."""

TAKES: dict[Action, str] = {
    connections.give_up: GIVE_UP,
    connections.check: "checks",
    connections.check_stalled: "checks",
    connections.succeed: "checks",
    connections.monitor: "monitor",
    connections.jump: "wall_jump",
    streams.another: "streams",
    streams.ack: "streams",
    streams.cancel: "streams",
    streams.wait: "streams",
}
"""The feature that an action takes."""

NEEDS: dict[str, frozenset[str]] = {
    "monitored": frozenset({"checks", "monitor"}),
    "streaming": frozenset({"streams"}),
    "configured": frozenset({"config"}),
}
"""Of which features a family needs at least one."""

GROUPS: dict[str, tuple[str, ...]] = {
    "SD": ("sending", "mixed"),
    "CX": ("sending", "monitored", "streaming", "mixed"),
    "SC": ("monitored", "mixed"),
    "AP": ("streaming", "mixed"),
    "CF": ("configured",),
}
"""The families that bear on each group of requirements."""


def families_for(selected: Collection[str], features: Collection[str]) -> tuple[str, ...]:
    """Return the families that say something about `selected`, as far as `features` allow."""
    groups = {one.split("-")[0] for one in selected}
    wanted = {family for group in groups for family in GROUPS.get(group, ())}
    return tuple(one for one in FAMILIES if one in wanted and _is_possible(one, features))


def _is_possible(family: str, features: Collection[str]) -> bool:
    return family not in NEEDS or not NEEDS[family].isdisjoint(features)


def scripts(
    features: Collection[str], families: Collection[str], *, is_swarm: bool = True
) -> Drawing[Vector]:
    """Return how scripts of `families` are drawn for an implementation with `features`.

    `families`: at least one of `FAMILIES`. With `is_swarm` each script first draws which actions it
    uses at all; else it may use all of its family.
    """
    walks = tuple((name, _actions(name, features)) for name in families)
    return Drawing(CHOICES, partial(_walked, walks, frozenset(features), is_swarm))


def _actions(name: str, features: Collection[str]) -> Weighted:
    return tuple(
        (weight, action)
        for weight, action in FAMILIES[name]
        if action not in TAKES or TAKES[action] in features
    )


def _walked(
    walks: tuple[tuple[str, Weighted], ...],
    features: frozenset[str],
    is_swarm: bool,
    content: bytes,
) -> Vector:
    """Make up a script: knobs, connections, then one action after the other."""
    draws = Draws(content)
    name, weighted = draws.pick(walks)
    if name == "configured":
        return configurations(draws, features)
    if is_swarm:
        actions, draws.near_of_ten = draws.some(weighted, ALWAYS), draws.pick(NEAR_OF_TEN)
    else:
        actions = [action for weight, action in weighted for _ in range(weight)]
    builder = Builder(_knobs(draws, name, features), features)
    if name == "streaming":
        streams.begin(draws, builder)
    elif name == "monitored":
        connections.begin_monitored(draws, builder)
    else:
        connections.begin(draws, builder)
    for _ in range(2 + draws.below(STEPS_MAX - 1)):
        if builder.is_over:
            return builder.script()
        draws.pick(actions)(draws, builder)
    if not builder.is_over:
        builder.until(draws.moment(builder) + draws.pick((0, 1_000, 600_000, 2_500_000)))
    return builder.script()


def _knobs(draws: Draws, name: str, features: frozenset[str]) -> dict[str, Any]:
    if name == "streaming":
        return streams.knobs(draws)
    knobs = connections.knobs_monitored(draws) if name == "monitored" else connections.knobs(draws)
    if "heartbeats" not in features:
        del knobs["heartbeat_interval"]
    if name == "mixed" and "streams" in features:
        knobs |= streams.knobs(draws)
    return knobs
