"""The kinds of knobs: how a number or a word becomes a whole number in core units, or nothing.

Every bound is judged on the value as given, before rounding, so that nothing is rounded into its
range. The nearest microsecond is taken afterwards.

Spec: `spec/cf.md`.
"""

from collections.abc import Callable
from decimal import Decimal

from stallproof.configuration.values import decimal_of, is_whole, number_of
from stallproof.machines.policy import CHECK_INTERVAL_MIN_US, MICROSECONDS, TIMEOUT_MAX_US
from stallproof.machines.settings import CHECKS_LIMIT, SIZE_MAX_BYTES
from stallproof.machines.states import state

MICROSECOND = Decimal(1) / MICROSECONDS
TIMEOUT_MAX = Decimal(TIMEOUT_MAX_US) / MICROSECONDS
INTERVAL_MIN = Decimal(CHECK_INTERVAL_MIN_US) / MICROSECONDS
FINITE_MAX = Decimal("1.8e308")
"""A number beyond this counts as infinite."""
TRUE_WORDS = frozenset({"true", "t", "yes", "y", "1"})
FALSE_WORDS = frozenset({"false", "f", "no", "n", "0"})


@state
class Kind:
    """One kind of knob: its unit, what it allows in words, and how it takes a number.

    `takes` returns microseconds, bytes, a count or a boolean, or `None` for what is not allowed.
    `clamp`: finite numbers below it are taken to it; `None`: there is no such thing.
    """

    unit: str
    allowed: str
    takes: Callable[[Decimal], int | None]
    clamp: Decimal | None = None


def microseconds(number: Decimal) -> int:
    """Return seconds in microseconds, to the nearest one; at most some 10^15 s either way."""
    return int(number.quantize(MICROSECOND).scaleb(6))


def _seconds(number: Decimal) -> int | None:
    return microseconds(number) if MICROSECOND <= number <= TIMEOUT_MAX else None


def _interval(number: Decimal) -> int | None:
    if number > TIMEOUT_MAX:
        return None
    # However far below the clamp it lies, what it becomes is the same.
    return microseconds(max(number, Decimal(0)))


def _whole_seconds(number: Decimal) -> int | None:
    return microseconds(number) if 1 <= number <= TIMEOUT_MAX and is_whole(number) else None


def _bytes(number: Decimal) -> int | None:
    return int(number) if 1 <= number <= SIZE_MAX_BYTES and is_whole(number) else None


def _count(number: Decimal) -> int | None:
    return int(max(number, Decimal(0))) if number <= CHECKS_LIMIT and is_whole(number) else None


def _span(number: Decimal) -> int | None:
    return microseconds(number) if 0 <= number <= TIMEOUT_MAX else None


def _whole(number: Decimal) -> int | None:
    return int(number) if 0 <= number <= CHECKS_LIMIT and is_whole(number) else None


def _clients(number: Decimal) -> int | None:
    return int(number) if 1 <= number <= CHECKS_LIMIT and is_whole(number) else None


def _switch(number: Decimal) -> bool | None:
    return number != 0 if abs(number) <= FINITE_MAX and is_whole(number) else None


SECONDS = Kind("s", "a number of seconds from 0.000001 to 1000000", _seconds)
INTERVAL = Kind(
    "s",
    "a number of seconds up to 1000000, where less than 0.01 becomes 0.01",
    _interval,
    INTERVAL_MIN,
)
WHOLE_SECONDS = Kind("s", "a whole number of seconds from 1 to 1000000", _whole_seconds)
BYTES = Kind("bytes", f"a whole number of bytes from 1 to {SIZE_MAX_BYTES}", _bytes)
COUNT = Kind(
    "checks", "a whole number up to 1000000, where less than 1 becomes 1", _count, Decimal(1)
)
SPAN = Kind("s", "a number of seconds from 0 to 1000000", _span)
WHOLE = Kind("count", "a whole number from 0 to 1000000", _whole)
CLIENTS = Kind("clients", "a whole number from 1 to 1000000", _clients)
SWITCH = Kind(
    "switch", "true, t, yes, y, 1, false, f, no, n, 0 in any case, or a whole number", _switch
)


def taken(kind: Kind, value: object, *, is_text: bool) -> tuple[int, bool] | None:
    """Return what `value` is in core units and whether it lies below the clamp; `None`: refused.

    `is_text`: the value comes from the environment, where everything is text; in a file text is a
    value of its own, and no number.
    """
    if kind is SWITCH:
        if isinstance(value, bool):
            return value, False
        if isinstance(value, str) and value.lower() in TRUE_WORDS | FALSE_WORDS:
            return value.lower() in TRUE_WORDS, False
    if isinstance(value, str):
        number = decimal_of(value) if is_text else None
    else:
        number = number_of(value)
    core = None if number is None else kind.takes(number)
    if core is None or number is None:
        return None
    return core, kind.clamp is not None and number < kind.clamp
