"""Values as they were written: numbers without loss, and texts that are safe to show.

A number of a file or of the environment is kept as its text until it is judged, so that a bound is
judged before any rounding, and so that NaN, 1e999 and a number of a million digits can be refused
as they stand, without a hang and without memory for what their exponent promises.

Spec: `spec/cf.md`.
"""

import json
import re
from decimal import Decimal

from stallproof.machines.states import state

TEXT_MAX = 120
"""The longest text from a configuration that is shown whole."""
INTEGER_MAX = 2**53
"""A greater integer is told as text: not every reader of JSON keeps it."""
_EXPONENT_MAX = 10**17
"""Exponents beyond this are taken to it: still astronomic, and within what Decimal can hold."""
_BITS_MAX = 4096
_BLANKS = " \t\n\r\f\v"
_DECIMAL = re.compile(r"([+-]?)(?=\.?[0-9])([0-9]*(?:\.[0-9]*)?)(?:[eE]([+-]?)([0-9]+))?")


@state
class Written:
    """A number of a file, as it stands there; also `NaN`, `Infinity` and `-Infinity`."""

    text: str


def decimal_of(text: str) -> Decimal | None:
    """Return the decimal that `text` is, exactly; `None` when it is none.

    An optional sign, digits with at most one point, an optional exponent; blanks around it are
    ignored. Exponents of any length are cheap.
    """
    found = _DECIMAL.fullmatch(text.strip(_BLANKS))
    if found is None:
        return None
    sign, digits, exponent_sign, exponent = found.groups()
    if not digits.strip("0."):
        return Decimal(0)
    exponent = (exponent or "0").lstrip("0") or "0"
    power = int(exponent) if len(exponent) <= 17 else _EXPONENT_MAX
    return Decimal(f"{sign}{digits}e{exponent_sign or ''}{power}")


def number_of(value: object) -> Decimal | None:
    """Return the finite number that `value` of a file is, exactly; `None` when it is none.

    Text is no number here, and a boolean is none anywhere.
    """
    if isinstance(value, Written):
        return decimal_of(value.text)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, int):
        if value.bit_length() > _BITS_MAX:
            # Turning it into digits would take long, and it is out of every range anyway.
            return Decimal("1e9999").copy_sign(Decimal(1 if value > 0 else -1))
        return Decimal(value)
    number = Decimal(repr(value))
    return number if number.is_finite() else None


def is_whole(number: Decimal) -> bool:
    """Tell whether `number` is an integer: 3.0 is one."""
    return number == number.to_integral_value()


def shown(value: object) -> str:
    """Return `value` for people, as it stood: on one line, in ASCII, not longer than `TEXT_MAX`."""
    if isinstance(value, Written):
        text = value.text
    elif isinstance(value, dict):
        text = "an object"
    elif isinstance(value, list):
        text = "a list"
    elif isinstance(value, int) and value.bit_length() > 256:
        text = f"an integer of {value.bit_length()} bits"
    else:
        text = json.dumps(value) if isinstance(value, str | bool | None) else repr(value)
    return text if len(text) <= TEXT_MAX else f"{text[:TEXT_MAX]}..."


def as_json(value: object) -> object:
    """Return `value` for a reply: itself where every reader of JSON keeps it, else its text."""
    if isinstance(value, Written):
        return _number(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        safe = value.encode("utf-8", "backslashreplace").decode()
        return safe if len(safe) <= TEXT_MAX else f"{safe[:TEXT_MAX]}..."
    if isinstance(value, int) and abs(value) <= INTEGER_MAX:
        return value
    if isinstance(value, float) and number_of(value) is not None:
        return value
    return shown(value)


def _number(written: Written) -> object:
    """Return the integer or float that is exactly what was written, else the text of it."""
    number = decimal_of(written.text) if len(written.text) <= TEXT_MAX else None
    if number is not None and number.copy_abs() <= INTEGER_MAX:
        if re.fullmatch("-?[0-9]+", written.text):
            return int(number)
        nearest = float(written.text)
        if Decimal(repr(nearest)) == number:
            return nearest
    return shown(written)
