"""A naive answer to a `config` step: every value kept as it was written, as a fraction, and asked.

The table of `spec/cf.md` is told again here, row by row. Nothing of the oracle's own statement of
it is used.
"""

import json
import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from stallproof.machines.policy import Policy
from tests.models import configuration as naive

MIB = 2**20
FINITE_MAX = Fraction(18, 10) * 10**308
ORIGIN = frozenset(
    {
        "internal",
        "adhoc",
        "backbone",
        "grpc",
        "shared-file",
        "client_api_attach",
        "max_message_size",
        "allow_adhoc_conns",
        "adhoc_conn_scheme",
        "internal_conn_scheme",
        "backbone_conn_gen",
        "comm_driver_path",
        "use_aio_grpc",
        "tcp_no_delay",
        "subnet_heartbeat_interval",
        "subnet_trouble_threshold",
        "streaming_max_out_seq_chunks",
        "streaming_max_blob_size",
        "streaming_read_timeout",
        "streaming_reliable",
        "streaming_retry_wait",
        "streaming_retry_timeout",
        "streaming_retry_max_pending_bytes",
        "max_concurrent_streaming_sessions",
        "simulate_unstable_network",
        "format_version",
    }
)
TRUE, FALSE = ("true", "t", "yes", "y", "1"), ("false", "f", "no", "n", "0")
TABLE: dict[str, tuple[str, Any, str]] = {
    "streaming_send_timeout": ("seconds", 30, "send_timeout_us"),
    "streaming_ack_progress_timeout": ("seconds", 60, "ack_progress_timeout_us"),
    "streaming_ack_progress_check_interval": ("interval", 5, "ack_check_interval_us"),
    "sfm_send_stall_timeout": ("seconds", 45, "stall_timeout_us"),
    "sfm_close_stalled_connection": ("switch", False, "close_stalled"),
    "sfm_send_stall_consecutive_checks": ("count", 3, "checks_max"),
    "streaming_ack_wait": ("whole seconds", 300, "ack_wait_us"),
    "streaming_window_size": ("bytes", None, "window_bytes"),
    "streaming_chunk_size": ("bytes", MIB, "chunk_bytes"),
    "streaming_ack_interval": ("bytes", None, "ack_interval_bytes"),
    "heartbeat_interval": ("whole seconds", 60, "heartbeat_interval_us"),
}
"""Kind, default, and the name inside; two defaults come in pairs, one for each release."""
PAIRS = (
    {"streaming_window_size": 16 * MIB, "streaming_ack_interval": 4 * MIB},
    {"streaming_window_size": 64 * MIB, "streaming_ack_interval": 16 * MIB},
)
DECIMAL = re.compile(r"([+-]?)([0-9]*)\.?([0-9]*)(?:[eE]([+-]?[0-9]+))?", re.ASCII)


class Number(str):
    """A number of the file, digit by digit."""

    __slots__ = ()


class RefusedError(Exception):
    """The law refuses this value."""


def fraction(text: str) -> Fraction:
    """Return what a decimal is worth; raises `RefusedError` for what is none, or not finite."""
    found = DECIMAL.fullmatch(text)
    if found is None or not (found[2] or found[3]):
        raise RefusedError
    worth = naive.value_of(found[1], found[2], found[3], int(found[4] or 0))
    if abs(worth) > FINITE_MAX:
        raise RefusedError
    return worth


def worth_of(kind: str, value: Any) -> Fraction | bool:
    """Return what is in force for a value as it was written; raises `RefusedError`."""
    from_file = not isinstance(value, bytes)
    text = value if from_file else value.decode()
    if kind == "switch":
        return switched(text, from_file=from_file)
    if from_file and not isinstance(value, Number):
        raise RefusedError
    number = fraction(text.strip(" \t\r\n\f\v"))
    if kind in ("whole seconds", "bytes", "count") and number.denominator != 1:
        raise RefusedError
    lowest = {"interval": -FINITE_MAX, "count": -FINITE_MAX, "seconds": Fraction(1, 10**6)}
    highest = naive.SIZE_MAX if kind == "bytes" else naive.MILLION
    if not lowest.get(kind, 1) <= number <= highest:
        raise RefusedError
    assert kind != "seconds" or naive.seconds_allowed(number)
    return max(number, {"interval": Fraction(1, 100), "count": Fraction(1)}.get(kind, number))


def switched(value: Any, *, from_file: bool) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, Number) or (not from_file and re.fullmatch(r"[+-]?[0-9]+", value)):
        if fraction(value).denominator != 1:
            raise RefusedError
        return fraction(value) != 0
    if not isinstance(value, str) or value.lower() not in TRUE + FALSE:
        raise RefusedError
    return value.lower() in TRUE


def as_written(value: Any) -> str:
    """Return the text of a value; `list` or `object` of what is made of brackets."""
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, (list, dict)):
        return "list" if isinstance(value, list) else "object"
    return str(value) if isinstance(value, Number) else json.dumps(value)


def answer(do: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a `config` step has to be answered with, in the form of a vector."""
    file = json.loads(
        do.get("file") or "{}", parse_int=Number, parse_float=Number, parse_constant=Number
    )
    variables = {
        name.removeprefix("NVFLARE_").lower(): (name, text.encode())
        for name, text in do.get("environment", {}).items()
        if name.startswith("NVFLARE_")
    }
    in_force, refused, noted = known(file, variables)
    for key, name, value, needs_note in strangers(file, variables):
        near = {knob: naive.distance(key, knob) for knob in TABLE if abs(len(key) - len(knob)) < 3}
        if near and min(near.values()) <= 2:
            meant = min(near, key=lambda knob: near[knob])
            refused.append({"knob": meant, "given": name, "value": as_written(value)})
        elif needs_note:
            noted.append(name)
    if refused:
        return {"refused": refused}
    return {
        "effective": {knob: shown(knob, in_force) for knob in TABLE},
        "noted": sorted(noted),
        "relations": relations(in_force, do),
    }


def known(
    file: Mapping[str, Any], variables: Mapping[str, tuple[str, bytes]]
) -> tuple[dict[str, Any], list[dict[str, str]], list[str]]:
    """Return what is in force of the knobs that are set, what is refused, and what is clamped."""
    given = {name: pair for name, pair in variables.items() if name in TABLE}
    given |= {name: (name, file[name]) for name in TABLE if file.get(name) is not None}
    in_force: dict[str, Any] = {}
    refused: list[dict[str, str]] = []
    noted: list[str] = []
    for knob in TABLE:
        if knob not in given:
            continue
        name, value = given[knob]
        kind = TABLE[knob][0]
        try:
            in_force[knob] = worth_of(kind, value)
        except RefusedError:
            refused.append({"knob": knob, "given": name, "value": as_written(value)})
            continue
        if kind in ("interval", "count") and fraction(as_written(value).strip()) < in_force[knob]:
            noted.append(knob)
    return in_force, refused, noted


def strangers(
    file: Mapping[str, Any], variables: Mapping[str, tuple[str, bytes]]
) -> Iterator[tuple[str, str, Any, bool]]:
    """Yield each name that is no knob and none of the origin's, and whether it needs a note."""
    for key, value in file.items():
        if key not in TABLE and key not in ORIGIN:
            yield key, key, value, True
    for key, (name, value) in variables.items():
        if key not in TABLE and key not in ORIGIN:
            yield key, name, value, False


def shown(knob: str, in_force: Mapping[str, Any]) -> Any:
    """Return what may be in force, in the knob's own unit."""
    kind, default, _ = TABLE[knob]
    value = in_force.get(knob, default)
    if value is None:
        return [pair[knob] for pair in PAIRS]
    if kind == "switch":
        return value
    exact = Fraction(value)
    if kind in ("seconds", "interval"):
        near = [us for us in around(exact) if naive.is_nearest(us, exact)]
        found = [number_of(Fraction(us, naive.MILLION)) for us in near]
        return found[0] if len(found) == 1 else found
    return number_of(exact)


def around(seconds: Fraction) -> tuple[int, int]:
    whole = int(seconds * naive.MILLION)
    return whole, whole + 1


def number_of(exact: Fraction) -> int | float:
    return int(exact) if exact.denominator == 1 else float(exact)


def relations(in_force: Mapping[str, Any], do: Mapping[str, Any]) -> dict[str, bool]:
    """Return the relations that hang on no schedule: those on which all the defaults agree."""
    told: list[dict[str, bool]] = []
    for pair in PAIRS:
        values = {**{knob: TABLE[knob][1] for knob in TABLE}, **pair, **in_force}
        policy = Policy(
            **{
                inside: value if kind == "switch" else round(value * scale(kind))
                for (kind, _, inside), value in ((TABLE[k], values[k]) for k in TABLE)
            }
        )
        broken = naive.broken(
            policy,
            period_us=1,
            late_us=0,
            grace_us=do.get("grace_us", 50_000),
            outer_us={},
            margin_us=0,
        )
        names = ["no_warning", "progress_before_ack_wait", "ack_interval_in_window"]
        names += ["window_holds_chunk"]
        names += [] if policy.close_stalled else ["no_close", "outer_timeouts"]
        names += [] if policy.close_stalled else ["close_window_defined"]
        told.append({name: name not in broken for name in names})
    one, other = told
    return {name: holds for name, holds in one.items() if other[name] == holds}


def scale(kind: str) -> int:
    return naive.MILLION if kind in ("seconds", "whole seconds", "interval") else 1
