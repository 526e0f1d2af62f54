"""Whether a refusal says what was refused: the knob, the value, and what is allowed.

A refusal that does not say it sends the operator to guess. The fields of the reply say it, or the
message in words of any kind: nobody's wording is asked for.

Spec: `spec/protocol.md`, "What a refusal has to say".
"""

import re
from decimal import Decimal

from stallproof.judge.evidence.configurations import (
    PREFIX,
    Configuration,
    decimal_of,
    exact,
    is_strict_json,
    numbers_in,
)
from stallproof.judge.rules.configured_law import FLOAT_MAX
from stallproof.judge.rules.configured_reading import Fault, names_place

_EXPECTED = re.compile(
    r"\b(?:number|integer|whole|finite|positive|boolean|true|false|decimal|seconds|bytes|at least"
    r"|at most|between|from|up to|greater|less)\b",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\b(?:list|array|object|dict|map|mapping|table)\b|[\[{]", re.IGNORECASE)
_LOOSE_NUMBER = re.compile(
    r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?(?:nan|inf(?:inity)?)",
    re.IGNORECASE,
)
_EMPTY = ("''", '""', "empty", "blank")


def unnamed(fault: Fault, configuration: Configuration) -> list[str]:
    """Return what the refusal of `configuration` leaves unsaid; nothing if it says all."""
    answered = configuration.answered
    assert answered is not None
    message = answered.message or ""
    names_knob = _names_knob(fault, answered.knob, message)
    is_json = not _may_be_no_json(fault) and is_strict_json(configuration.asked.file)
    if not is_json and not names_knob and names_place(configuration):
        # A reader that refuses the whole file as no JSON names the place.
        return []
    missing = []
    if not names_knob:
        missing.append(f"{fault.given.name} by its name")
    if not fault.is_misspelt and not _names_value(fault, answered.value, message):
        missing.append(f"the value {fault.given.text}")
    if not _names_allowed(fault, answered.allowed, answered.knob, message):
        missing.append(f"the knob meant, {fault.knob}" if fault.is_misspelt else "what is allowed")
    return missing


def _may_be_no_json(fault: Fault) -> bool:
    """Tell whether a reader of JSON may refuse the file itself: that is no number of JSON."""
    value = fault.given.value
    return isinstance(value, Decimal) and (value.is_nan() or abs(value) > FLOAT_MAX)


def _names_knob(fault: Fault, knob: str | None, message: str) -> bool:
    """Tell whether the name as it was written is named; a knob also by its own name."""
    names = {fault.given.name}
    if not fault.is_misspelt:
        names.add(fault.knob)
    return knob in names or any(_says(message, name) for name in names)


def _says(message: str, name: str) -> bool:
    """Tell whether `name` stands in `message` as a whole word, in any case."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", message, re.IGNORECASE) is not None


def _names_value(fault: Fault, value: object, message: str) -> bool:
    """Tell whether the refused value is named, by the field `value` or in the message."""
    given = fault.given
    if given.kind == "other":
        # What is made of brackets may be told by its kind.
        return value is not None or _BRACKETS.search(message) is not None
    if given.kind == "boolean":
        return value is given.value or given.text in f"{value} {message}".lower()
    text = given.text if given.kind == "number" else str(given.value)
    number = given.value if isinstance(given.value, Decimal) else _loosely(text)
    if number is None:
        is_empty = not text.strip() and any(sign in message.lower() for sign in _EMPTY)
        return value == text or is_empty or (bool(text) and text in message)
    spoken = f"{value} {message}".lower()
    if number.is_nan():
        return "nan" in spoken
    if abs(number) > FLOAT_MAX:
        return "inf" in spoken or text.lower() in spoken
    told = _loosely(value) if isinstance(value, str) else exact(value)
    return number == told or number in numbers_in(message) or text in message


def _loosely(text: str) -> Decimal | None:
    """Return the number that `text` is, near enough to find it in a message; `None` if none."""
    found = _LOOSE_NUMBER.fullmatch(text.strip())
    return None if found is None else decimal_of(found.group())


def _names_allowed(fault: Fault, allowed: str | None, knob: str | None, message: str) -> bool:
    """Tell whether a refusal says what would be allowed.

    The field `allowed` does; in a message a limit does, or a word for what is expected.
    """
    if fault.is_misspelt:
        told = f"{allowed or ''} {message}"
        return knob == fault.knob or any(_says(told, p + fault.knob) for p in ("", PREFIX))
    if allowed is not None and allowed.strip():
        return True
    value = fault.given.value
    own = value if isinstance(value, Decimal) else _loosely(str(value))
    limits = {number for number in numbers_in(message) if number != own}
    return bool(limits) or _EXPECTED.search(message) is not None
