"""The law of CF as a table: the knobs, what they allow, what is made of a value.

It restates `spec/cf.md` and shares nothing with any implementation. Every comparison is one of
exact decimals, so that 1 us is told from 0.9 us.
"""

import re
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from typing import Literal

from stallproof.judge.evidence.configurations import Given, decimal_of
from stallproof.requirements import knobs
from stallproof.requirements.knobs import ACK_INTERVAL as ACK_INTERVAL
from stallproof.requirements.knobs import ACK_WAIT as ACK_WAIT
from stallproof.requirements.knobs import CHECKS as CHECKS
from stallproof.requirements.knobs import CHUNK as CHUNK
from stallproof.requirements.knobs import HEARTBEAT as HEARTBEAT
from stallproof.requirements.knobs import INTERVAL as INTERVAL
from stallproof.requirements.knobs import PROGRESS as PROGRESS
from stallproof.requirements.knobs import SEND as SEND
from stallproof.requirements.knobs import STALL as STALL
from stallproof.requirements.knobs import SWITCH as SWITCH
from stallproof.requirements.knobs import WINDOW as WINDOW

Kind = Literal["seconds", "whole seconds", "bytes", "count", "switch"]
MIB = 1024 * 1024
TIMEOUT_MAX_S = Decimal(1_000_000)
BYTES_MAX = Decimal(2**53 - 1)
US = Decimal("0.000001")
FLOAT_MAX = Decimal("1.8e308")
"""Above this a reader of floating point sees an infinity."""
TRUE = ("true", "t", "yes", "y", "1")
FALSE = ("false", "f", "no", "n", "0")
_DECIMAL = re.compile(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?P<exponent>[eE][+-]?[0-9]+)?\s*")
_INTEGER = re.compile(r"[+-]?[0-9]+")
_NOT_FINITE = re.compile(r"\s*(?P<sign>[+-]?)(?P<word>nan|inf|infinity)\s*", re.IGNORECASE)
_WIDE = Context(prec=400)


@dataclass(frozen=True, slots=True)
class Knob:
    """One row of the table. `defaults` has two entries where either release is right."""

    name: str
    kind: Kind
    defaults: tuple[Decimal, ...]
    lower: Decimal | None = None
    upper: Decimal = TIMEOUT_MAX_S
    clamp: Decimal | None = None

    @property
    def is_time(self) -> bool:
        return self.kind in ("seconds", "whole seconds")

    @property
    def is_timeout(self) -> bool:
        return self.is_time and self.clamp is None


def _timeout(name: str, default: str) -> Knob:
    return Knob(name, "seconds", (Decimal(default),), US)


def _clamp(name: str) -> Decimal:
    return Decimal(str(knobs.KNOBS[name].least))


def _whole(name: str, default: int) -> Knob:
    return Knob(name, "whole seconds", (Decimal(default),), Decimal(1))


def _size(name: str, *mebibytes: int) -> Knob:
    defaults = tuple(Decimal(m * MIB) for m in mebibytes)
    return Knob(name, "bytes", defaults, Decimal(1), BYTES_MAX)


KNOBS: dict[str, Knob] = {
    knob.name: knob
    for knob in (
        _timeout(SEND, "30"),
        _timeout(PROGRESS, "60"),
        Knob(INTERVAL, "seconds", (Decimal(5),), clamp=_clamp(INTERVAL)),
        _timeout(STALL, "45"),
        Knob(SWITCH, "switch", (Decimal(0),)),
        Knob(CHECKS, "count", (Decimal(3),), clamp=_clamp(CHECKS)),
        _whole(ACK_WAIT, 300),
        _size(WINDOW, 16, 64),
        _size(CHUNK, 1),
        _size(ACK_INTERVAL, 4, 16),
        _whole(HEARTBEAT, 60),
    )
}
"""Every knob by its name. Window and ACK interval have two defaults that belong together."""

OWN_KEYS = frozenset(
    {
        *("internal", "adhoc", "backbone_conn_gen", "max_message_size", "allow_adhoc_conns"),
        *("adhoc_conn_scheme", "internal_conn_scheme", "comm_driver_path", "use_aio_grpc"),
        *("subnet_heartbeat_interval", "subnet_trouble_threshold", "tcp_no_delay"),
        *("streaming_max_out_seq_chunks", "streaming_read_timeout", "streaming_max_blob_size"),
        *("streaming_reliable", "streaming_retry_wait", "streaming_retry_timeout"),
        *("streaming_retry_max_pending_bytes", "max_concurrent_streaming_sessions"),
        *("simulate_unstable_network", "format_version", "backbone", "grpc", "shared-file"),
        "client_api_attach",
    }
)
"""Keys of NVFlare's own configuration that are no knobs; one is near to a knob."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the law makes of one value.

    `values`: what may be in force, in microseconds, bytes, counts, and 0 or 1. `refused`: with the
    situation of CF-3 and the part of it. `open`: the law leaves it to the reader.
    """

    verdict: Literal["in force", "clamped", "refused", "open"]
    values: frozenset[Decimal] = frozenset()
    situation: str = ""
    part: str = ""


def in_core_units(knob: Knob, value: Decimal) -> frozenset[Decimal]:
    """Return what `value` is inside: the nearest microsecond (two if between), or itself."""
    return _microseconds(value) if knob.is_time else frozenset({value})


def _microseconds(value: Decimal) -> frozenset[Decimal]:
    us = _WIDE.multiply(value, Decimal(1_000_000))
    below = us.to_integral_value(ROUND_FLOOR, _WIDE)
    above = us.to_integral_value(ROUND_CEILING, _WIDE)
    to_below, to_above = _WIDE.subtract(us, below), _WIDE.subtract(above, us)
    near = {below} if to_below < to_above else {above}
    return frozenset({below, above} if to_below == to_above else near)


def defaults_of(knob: Knob) -> frozenset[Decimal]:
    """Return what may be in force where no source sets the knob."""
    return _DEFAULTS[knob.name]


_DEFAULTS = {
    name: frozenset().union(*(in_core_units(knob, value) for value in knob.defaults))
    for name, knob in KNOBS.items()
}


def read(knob: Knob, given: Given) -> Reading:
    """Return what the law makes of `given`, which is no null."""
    if knob.kind == "switch":
        return _switch(given)
    if given.source == "environment":
        return _from_environment(knob, str(given.value))
    if given.kind != "number" or not isinstance(given.value, Decimal):
        part = f"{given.text}" if given.kind == "boolean" else given.kind
        return Reading("refused", situation="wrong-kind", part=part)
    return _number(knob, given.value, "file")


def _from_environment(knob: Knob, text: str) -> Reading:
    if special := _NOT_FINITE.fullmatch(text):
        sign = special["sign"] if special["word"].lower() != "nan" else ""
        return _number(knob, Decimal(f"{sign}{special['word']}"), "environment")
    if _DECIMAL.fullmatch(text) is None:
        return Reading("refused", situation="environment-number", part="not a decimal")
    return _number(knob, decimal_of(text.strip()), "environment")


def has_exponent(text: str) -> bool:
    """Tell whether `text` is a decimal with an exponent."""
    found = _DECIMAL.fullmatch(text)
    return found is not None and found["exponent"] is not None


def _number(knob: Knob, number: Decimal, source: str) -> Reading:
    """Return what the law makes of a number; the range is tested on the value as given."""
    if number.is_nan():
        return _not_finite(knob, "NaN", source)
    if abs(number) > FLOAT_MAX:
        if knob.clamp is not None and number < 0 and number.is_finite():
            # One reader sees a finite value below the clamp, another one an infinity.
            return Reading("open")
        return _not_finite(knob, "an infinity above" if number > 0 else "one below", source)
    if knob.kind != "seconds" and number != number.to_integral_value(context=_WIDE):
        return Reading("refused", situation="wrong-kind", part="fraction")
    if knob.clamp is not None and number < knob.clamp:
        return Reading("clamped", in_core_units(knob, knob.clamp))
    too_low = knob.lower is not None and number < knob.lower
    if too_low or number > knob.upper:
        return Reading("refused", situation="out-of-range", part=_beyond(knob, number))
    return Reading("in force", in_core_units(knob, number))


def _not_finite(knob: Knob, what: str, source: str) -> Reading:
    part = f"{what} in the {source}" if knob.is_timeout else ""
    return Reading("refused", situation="not-finite", part=part)


def _beyond(knob: Knob, number: Decimal) -> str:
    """Name the way in which `number` is out of range, as far as a situation asks for it."""
    if knob.kind == "bytes":
        return "no size" if number == 0 else "too large" if number > knob.upper else ""
    if not knob.is_timeout:
        return ""
    if number > knob.upper:
        return "too long"
    return "negative" if number < 0 else "zero" if number == 0 else "too short"


def _switch(given: Given) -> Reading:
    """Return what the law makes of the value of the switch."""
    value = given.value
    if isinstance(value, bool):
        return _position(on=value)
    if isinstance(value, Decimal):
        return _number_of_switch(value, is_plain=_INTEGER.fullmatch(given.text) is not None)
    if not isinstance(value, str):
        return Reading("refused", situation="wrong-kind", part=given.kind)
    word = value.lower()
    if word in TRUE or word in FALSE:
        return _position(on=word in TRUE)
    if given.source == "environment" and _DECIMAL.fullmatch(value) is not None:
        plain = _INTEGER.fullmatch(value) is not None
        return _number_of_switch(decimal_of(value.strip()), is_plain=plain)
    if value.strip().lower() != word or _INTEGER.fullmatch(value):
        return Reading("open")
    return Reading("refused", situation="wrong-kind", part="word")


def _number_of_switch(number: Decimal, *, is_plain: bool) -> Reading:
    """Return what the law makes of a number; `is_plain`: it is written as an integer."""
    if not number.is_finite() or abs(number) > FLOAT_MAX:
        return Reading("refused", situation="not-finite")
    if number != number.to_integral_value(context=_WIDE):
        return Reading("refused", situation="wrong-kind", part="fraction")
    # Readers differ on whether 2.0 is an integer.
    return _position(on=number != 0) if is_plain else Reading("open")


def _position(*, on: bool) -> Reading:
    return Reading("in force", frozenset({Decimal(int(on))}))
