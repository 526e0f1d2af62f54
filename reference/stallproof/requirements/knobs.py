"""The knobs of a script, and the policy that they make: the one reading of them where judging is.

The intuition: a script, a scenario and the model of the law all speak of knobs in the origin's
names and units, and decide in core units. This table says once what belongs together.

The complication: a knob of a guard that the implementation does not declare is not asked for, since
nothing could follow it. What a script leaves out has a value all the same (`DEFAULTS`), so that
nobody's defaults count.

Spec: `spec/cf.md`, `spec/protocol.md` (`config`). What a configuration file may say is read
elsewhere, by the law of group CF (`stallproof.judge.rules.configured_law`).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

SEND = "streaming_send_timeout"
PROGRESS = "streaming_ack_progress_timeout"
INTERVAL = "streaming_ack_progress_check_interval"
STALL = "sfm_send_stall_timeout"
SWITCH = "sfm_close_stalled_connection"
CHECKS = "sfm_send_stall_consecutive_checks"
ACK_WAIT = "streaming_ack_wait"
WINDOW = "streaming_window_size"
CHUNK = "streaming_chunk_size"
ACK_INTERVAL = "streaming_ack_interval"
HEARTBEAT = "heartbeat_interval"

CONFIGURABLE = (
    SEND, PROGRESS, INTERVAL, STALL, SWITCH, CHECKS,
    ACK_WAIT, WINDOW, CHUNK, ACK_INTERVAL, HEARTBEAT,
)  # fmt: skip
"""What a configuration may set, in the order of the law's table; a script sets no ACK interval."""

MICROSECONDS = 1_000_000


@dataclass(frozen=True)
class Knob:
    """One knob: its default, its name in the policy, and who follows it.

    `guard`: any of these features has to be declared; empty: everybody follows it. `least`: what a
    smaller value becomes. Times are in seconds and become microseconds.
    """

    default: float | int | bool
    field: str
    guard: frozenset[str] = frozenset()
    least: float | None = None

    @cached_property
    def is_time(self) -> bool:
        return self.field.endswith("_us")


_MONITORS = frozenset({"checks", "monitor"})
_BEATS = frozenset({"heartbeats"})
_STREAMS = frozenset({"streams"})

KNOBS: dict[str, Knob] = {
    SEND: Knob(30.0, "send_timeout_us"),
    PROGRESS: Knob(60.0, "ack_progress_timeout_us", _STREAMS),
    INTERVAL: Knob(5.0, "ack_check_interval_us", _STREAMS, least=0.01),
    STALL: Knob(45.0, "stall_timeout_us", _MONITORS),
    SWITCH: Knob(False, "close_stalled", _MONITORS),
    CHECKS: Knob(3, "checks_max", _MONITORS, least=1),
    ACK_WAIT: Knob(300.0, "ack_wait_us", _STREAMS),
    WINDOW: Knob(16 * 1024 * 1024, "window_bytes", _STREAMS),
    CHUNK: Knob(1024 * 1024, "chunk_bytes", _STREAMS),
    HEARTBEAT: Knob(60, "heartbeat_interval_us", _BEATS),
}
"""Every knob of a script, in the order in which a vector names them."""

DEFAULTS: dict[str, float | int | bool] = {name: one.default for name, one in KNOBS.items()}
"""What a script leaves unsaid is set to this, so that nobody's defaults come into it."""

_GUARDS = (frozenset[str](), _MONITORS, _BEATS, _STREAMS)
_BY_GUARD = sorted(KNOBS, key=lambda name: _GUARDS.index(KNOBS[name].guard))


def asked_for(knobs: Mapping[str, Any], features: Collection[str]) -> dict[str, Any]:
    """Return those of `knobs` that somebody who declares `features` follows, guard by guard."""
    return {name: knobs[name] for name in _followed(frozenset(features)) if name in knobs}


@lru_cache(maxsize=64)
def _followed(features: frozenset[str]) -> tuple[str, ...]:
    """Return the knobs that somebody with `features` follows; most scripts ask for the same."""
    guards = {name: KNOBS[name].guard for name in _BY_GUARD}
    return tuple(one for one, guard in guards.items() if not guard or guard & features)


def policy_of(knobs: Mapping[str, Any]) -> dict[str, int]:
    """Return `knobs` in core units: microseconds, bytes, counts, the switch as 0 or 1.

    `ack_check_interval_asked_us` is the check interval as it was asked for, before its clamp.
    """
    policy: dict[str, int] = {}
    for name in _BY_GUARD:
        if name in knobs:
            policy[KNOBS[name].field] = _core(name, _clamped(name, knobs[name]))
            if name == INTERVAL:
                policy["ack_check_interval_asked_us"] = _core(name, knobs[name])
    return policy


def policy_of_script(knobs: Mapping[str, Any]) -> dict[str, int]:
    """Return the policy of a script: what its `knobs` leave out has its default."""
    return policy_of({**DEFAULTS, **knobs})


def in_force_fault(knobs: Mapping[str, Any], effective: Any) -> str | None:
    """Say which of `knobs` is not in force as it was asked for, `None` if all are.

    Times count in whole microseconds; what lies below its clamp is in force as the clamp.
    """
    for name, value in knobs.items():
        there = effective.get(name) if isinstance(effective, dict) else None
        wanted = _clamped(name, value)
        if there == wanted and bool not in (type(there), type(wanted)):
            # Equal numbers are in force alike in any unit; only words for them need a closer look.
            continue
        if not isinstance(there, int | float) or _exact(name, there) != _exact(name, wanted):
            return f"The knob {name} was set to {value}, and {there!r} is in force."
    return None


def _clamped(name: str, value: float) -> float:
    least = KNOBS[name].least
    return value if least is None else max(value, least)


def _core(name: str, value: float) -> int:
    return round(value * MICROSECONDS) if KNOBS[name].is_time else int(value)


def _exact(name: str, value: float) -> float:
    """Return a value so that two of them are equal where they are the same in force."""
    is_odd = isinstance(value, bool) or value != value or abs(value) == float("inf")
    return value if is_odd or not KNOBS[name].is_time else _core(name, value)
