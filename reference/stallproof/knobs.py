"""From what an operator writes to a `Policy`: names, units, ranges, and the two clamps.

Durations are written in seconds, whole or fractional, and taken to the nearest microsecond; sizes
are whole numbers of bytes. A value that is out of range is refused by name, never guessed at; the
check interval and the number of checks are clamped with a note instead (CF-2). A key that is no
knob gets a note: the file that holds the knobs holds other keys too.

Spec: `spec/cf.md`. Source: CF-1, CF-2, part of CF-3; origin, "The six knobs".
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from stallproof.policy import CHECK_INTERVAL_MIN_US, MICROSECONDS, TIMEOUT_MAX_US, Policy
from stallproof.states import state

TRUE_WORDS = frozenset({"true", "t", "yes", "y", "1"})
FALSE_WORDS = frozenset({"false", "f", "no", "n", "0"})


class KnobRefused(ValueError):
    """A knob has a value that it cannot have."""

    def __init__(self, knob: str, value: object, allowed: str) -> None:
        """Name the knob, the value as it came, and what is allowed."""
        super().__init__(f"{knob} = {value!r} is refused: {allowed}")
        self.knob = knob
        self.value = value
        self.allowed = allowed


@state
class Configured:
    """The policy in force, the effective value of every knob in its own unit, and what to know."""

    policy: Policy
    effective: dict[str, int | float | bool]
    notes: tuple[str, ...]


def _number(knob: str, value: object, allowed: str) -> Decimal:
    """Return `value` exactly as written; refuse booleans, text, NaN and infinities."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise KnobRefused(knob, value, allowed)
    number = Decimal(repr(value))
    if not number.is_finite():
        raise KnobRefused(knob, value, allowed)
    return number


def _seconds(knob: str, value: object) -> int:
    """Return a duration in microseconds: 1 us to 10^6 s, both included (CF-3)."""
    allowed = "a number of seconds from 0.000001 to 1000000"
    number = _number(knob, value, allowed)
    # The bounds are judged before rounding, so that nothing is rounded into range.
    if not Decimal(1) <= number * MICROSECONDS <= Decimal(TIMEOUT_MAX_US):
        raise KnobRefused(knob, value, allowed)
    return int((number * MICROSECONDS).to_integral_value())


def _clamped_seconds(knob: str, value: object) -> int:
    """Return a check interval in microseconds, at least 10 ms (CF-2, AP-7)."""
    allowed = "a number of seconds up to 1000000"
    number = _number(knob, value, allowed) * MICROSECONDS
    if number > TIMEOUT_MAX_US:
        raise KnobRefused(knob, value, allowed)
    return max(CHECK_INTERVAL_MIN_US, int(number.to_integral_value()))


def _whole(knob: str, value: object, allowed: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise KnobRefused(knob, value, allowed)
    return value


def _clamped_count(knob: str, value: object) -> int:
    """Return a number of checks, at least 1 (CF-2)."""
    return max(1, _whole(knob, value, "a whole number"))


def _bytes(knob: str, value: object) -> int:
    allowed = "a whole number of bytes, at least 1"
    size_bytes = _whole(knob, value, allowed)
    if size_bytes < 1:
        raise KnobRefused(knob, value, allowed)
    return size_bytes


def _switch(knob: str, value: object) -> bool:
    """Return a boolean: true or false, a number (0 is false), or one of the known words."""
    if isinstance(value, int):
        return bool(value)
    if isinstance(value, str) and value.lower() in TRUE_WORDS:
        return True
    if isinstance(value, str) and value.lower() in FALSE_WORDS:
        return False
    raise KnobRefused(knob, value, "true, t, yes, y, 1, false, f, no, n, 0 or a whole number")


@state
class Knob:
    """How one knob is read, and the field of `Policy` that it sets."""

    field: str
    read: Callable[[str, object], int]


KNOBS: Mapping[str, Knob] = {
    "streaming_send_timeout": Knob("send_timeout_us", _seconds),
    "streaming_ack_progress_timeout": Knob("ack_progress_timeout_us", _seconds),
    "streaming_ack_progress_check_interval": Knob("ack_check_interval_us", _clamped_seconds),
    "sfm_send_stall_timeout": Knob("stall_timeout_us", _seconds),
    "sfm_close_stalled_connection": Knob("close_stalled", _switch),
    "sfm_send_stall_consecutive_checks": Knob("checks_max", _clamped_count),
    "streaming_ack_wait": Knob("ack_wait_us", _seconds),
    "streaming_window_size": Knob("window_bytes", _bytes),
    "streaming_chunk_size": Knob("chunk_bytes", _bytes),
    "streaming_ack_interval": Knob("ack_interval_bytes", _bytes),
    "heartbeat_interval": Knob("heartbeat_interval_us", _seconds),
}
"""Every knob by its name; the defaults are those of `Policy` (CF-1)."""


def written(knob: str, policy: Policy) -> int | float | bool:
    """Return the value of `knob` in `policy` in the unit in which an operator writes it."""
    field = KNOBS[knob].field
    value: int | bool = getattr(policy, field)
    if not field.endswith("_us"):
        return value
    return value // MICROSECONDS if value % MICROSECONDS == 0 else value / MICROSECONDS


def configure(values: Mapping[str, object]) -> Configured:
    """Return the policy that `values` (knob name -> value) set; `None` counts as absent.

    Raises `KnobRefused` for the first value that is out of its range (CF-3).
    """
    fields: dict[str, Any] = {}
    notes: list[str] = []
    for name, value in values.items():
        knob = KNOBS.get(name)
        if knob is None:
            notes.append(f"{name} is not a knob and is passed over")
        elif value is not None:
            fields[knob.field] = knob.read(name, value)
    policy = Policy(**fields)
    effective = {name: written(name, policy) for name in KNOBS}
    for name, knob in KNOBS.items():
        if knob.read in (_clamped_seconds, _clamped_count) and values.get(name) is not None:
            value, became = values[name], effective[name]
            if isinstance(value, int | float) and value < became:
                notes.append(f"{name} = {value!r} is below its minimum and becomes {became}")
    return Configured(policy, effective, tuple(notes))
