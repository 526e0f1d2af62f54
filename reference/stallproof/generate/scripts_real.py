"""Strategies for scripts that a peer can play on the real clock, as a machine can tell apart.

There is no use in a microsecond there: steps stand tens of milliseconds apart, and what is near to
something due is that far from it. The knobs are a fraction of a second, so that a script lasts for
a few seconds.

Spec: `spec/virtual.md` (rules), `spec/README.md` ("Time").
"""

from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from stallproof.generate import scripts_connections as connections
from stallproof.generate import scripts_streams as streams
from stallproof.generate.builder import Builder
from stallproof.generate.scripts import CHOICES, GROUPS, TAKES, Action
from stallproof.generate.scripts_draws import Draws
from stallproof.requirements.vectors.format import Vector

STEPS_MAX = 8
GAPS_US = (60_000, 100_000, 150_000)
NEAR_US = (-150_000, 150_000)
DUE_US = 4_000_000
PERIODS_US = (400_000, 300_000, 500_000)
CHUNK_BYTES = 8192


def check(draws: Draws, builder: Builder) -> None:
    """Make a pass of the monitor."""
    builder.ask(draws.moment(builder), "check")


def check_stalled(draws: Draws, builder: Builder) -> None:
    """Make passes when the limit of the longest send is over beyond doubt, up to the threshold."""
    flights = [
        connection.flight
        for connection in builder.open_connections()
        if connection.flight is not None
    ]
    locked_us = min((flight.lock_us for flight in flights), default=builder.now_us)
    at_us = max(builder.now_us, locked_us + builder.policy["stall_timeout_us"] + NEAR_US[1])
    for number in range(builder.policy["checks_max"] + draws.pick((0, -1, 1))):
        if not builder.is_over:
            builder.ask(at_us + GAPS_US[1] * number, "check")


_ACTIONS: dict[str, tuple[Action, ...]] = {
    "sending": (
        connections.send,
        connections.send,
        connections.send,
        connections.accept,
        connections.close,
        connections.wait,
    ),
    "monitored": (
        *(
            connections.send,
            connections.send,
            connections.accept,
            check,
            check,
            check_stalled,
            check_stalled,
        ),
        *(connections.close, connections.wait),
    ),
    "scheduled": (
        connections.send,
        connections.send,
        connections.accept,
        connections.close,
        connections.wait,
        connections.wait,
    ),
    "streaming": (streams.ack, streams.ack, streams.ack, streams.wait, streams.cancel),
}
FAMILIES = tuple(_ACTIONS)
_NEEDS = {
    "sending": "unix",
    "monitored": "checks",
    "scheduled": "monitor",
    "streaming": "streams",
}
"""The feature that a family takes beside sockets."""


class SlowDraws(Draws):
    """Choices whose moments a machine can tell apart."""

    def moment(self, builder: Builder) -> int:
        """Return when the next step is to come: a little later, or not too near what is due."""
        soonest_us = builder.now_us + GAPS_US[0]
        due = [at_us for at_us in builder.moments() if at_us < builder.now_us + DUE_US]
        if due and self.chance(5):
            return max(soonest_us, self.pick(due[:12]) + self.pick(NEAR_US))
        return builder.now_us + self.pick(GAPS_US)


def families_for(selected: Collection[str], features: Collection[str]) -> tuple[str, ...]:
    """Return the families that say something about `selected`, as far as `features` allow."""
    groups = {one.split("-")[0] for one in selected}
    wanted = {family for group in groups for family in GROUPS.get(group, ())}
    if "monitored" in wanted:
        wanted.add("scheduled")
    return tuple(one for one in FAMILIES if one in wanted and {_NEEDS[one], "unix"} <= {*features})


def scripts(features: Collection[str], families: Collection[str]) -> SearchStrategy[Vector]:
    """Return the strategy of scripts of `families`, at least one, for the real clock."""
    known = frozenset(features) - {"heartbeats"}
    walks = tuple((name, _actions(name, known)) for name in families)
    content = st.binary(min_size=CHOICES, max_size=CHOICES)
    return content.map(partial(_walked, walks, known))


def _actions(name: str, features: Collection[str]) -> tuple[Action, ...]:
    return tuple(a for a in _ACTIONS[name] if a not in TAKES or TAKES[a] in features)


def _walked(
    walks: tuple[tuple[str, tuple[Action, ...]], ...], features: frozenset[str], content: bytes
) -> Vector:
    draws = SlowDraws(content)
    name, actions = draws.pick(walks)
    builder = Builder(_KNOBS[name](draws), features)
    if name == "streaming":
        streams.begin(draws, builder)
    else:
        for conn in ("a", "b")[: draws.pick((1, 1, 2))]:
            room = draws.pick((0, 0, None))
            opened = {"transport": "virtual", "room_bytes": room, "heartbeats": False}
            builder.ask(0, "open", conn=conn, **opened)
        if name == "scheduled":
            builder.ask(0, "monitor", period_us=draws.pick(PERIODS_US))
        connections.send(draws, builder)
    for _ in range(2 + draws.below(STEPS_MAX - 1)):
        if builder.is_over:
            return builder.script()
        draws.pick(actions)(draws, builder)
    if not builder.is_over:
        # What the peer watches for belongs to the script: the ends of all that still goes on.
        due = [at_us for at_us in builder.moments() if at_us < builder.now_us + DUE_US]
        builder.until(max(due, default=builder.now_us) + NEAR_US[1])
    return builder.script()


def _sending(draws: Draws) -> dict[str, Any]:
    return {"streaming_send_timeout": draws.pick((0.5, 0.7, 1.0))}


def _monitored(draws: Draws) -> dict[str, Any]:
    return {
        "streaming_send_timeout": draws.pick((3.0, 2.0, 1.0)),
        "sfm_send_stall_timeout": draws.pick((0.5, 0.7)),
        "sfm_close_stalled_connection": draws.pick((False, True, True)),
        "sfm_send_stall_consecutive_checks": draws.pick((2, 1, 3)),
    }


def _streaming(draws: Draws) -> dict[str, Any]:
    return {
        "streaming_ack_progress_timeout": draws.pick((0.5, 1.0)),
        "streaming_ack_progress_check_interval": draws.pick((0.1, 0.0, 0.4)),
        "streaming_ack_wait": draws.pick((1, 2)),
        "streaming_window_size": draws.pick((2, 4)) * CHUNK_BYTES,
        "streaming_chunk_size": CHUNK_BYTES,
    }


_KNOBS: dict[str, Callable[[Draws], dict[str, Any]]] = {
    "sending": _sending,
    "monitored": _monitored,
    "scheduled": _monitored,
    "streaming": _streaming,
}
