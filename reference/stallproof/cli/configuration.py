"""The command `stallproof config`: read a configuration strictly, and explain what it means.

Exit codes: 0 every relation holds; 1 one is broken; 2 something was refused, or could not be used.

Spec: `spec/cf.md`.
"""

import os
import sys
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from stallproof.cli.arguments import Json
from stallproof.configuration.knobs import Configured, decimal_of, examine, microseconds, shown
from stallproof.configuration.relations import Terms
from stallproof.machines.close_window import Ticks
from stallproof.machines.policy import Policy
from stallproof.reports.configuration import configuration_of, encode_configuration
from stallproof.reports.configuration_text import render_configuration
from stallproof.reports.output import (
    UnusableError,
    emit,
    is_colored,
    require_outputs,
    width_of,
    write_json,
)

BROKEN = 1
INCOMPLETE = 3
LATE_US = 50_000
"""How late a check of the schedule may be in form (b): what the reference's monitor declares."""
FILE_MAX_BYTES = 16 * 1024 * 1024
"""A greater file is no configuration; reading it to its end could take for ever."""
SPAN_MAX_S = 10**9

HELP_EPILOGUE = (
    "Examples:\n\n"
    "stallproof config\n\n"
    "stallproof config comm_config.json --json -\n\n"
    "stallproof config --set sfm_send_stall_timeout=75 --set sfm_close_stalled_connection=true "
    "--outer task=100 --margin 5\n\n"
    "Exit codes: 0 every relation holds, 1 one is broken, 2 refused or unusable input."
)


def config(
    file: Path | None = None,
    /,
    *,
    by_hand: Annotated[
        list[str] | None,
        Parameter(name="--set", negative="", help="KNOB=VALUE; beats file and environment."),
    ] = None,
    outer: Annotated[
        list[str] | None,
        Parameter(name="--outer", negative="", help="NAME=SECONDS: how long a caller waits."),
    ] = None,
    margin: Annotated[
        str, Parameter(help="Seconds that outer timeouts outlast the close window by.")
    ] = "0",
    grace_ms: Annotated[int, Parameter(validator=Number(gte=0, lte=60_000))] = LATE_US // 1000,
    json: Json = None,
) -> int:
    """Show what a configuration means: effective values, close window, what does not fit together.

    Parameters
    ----------
    file
        A comm_config.json. Where it is silent, or without one, NVFLARE_ variables of the
        environment count, then the defaults.
    grace_ms
        The allowance for a real scheduler and clock that the relations are judged with, in ms.
    """
    content = None if file is None else _content_of(file)
    terms = Terms(
        Ticks(Policy().monitor_period_us, LATE_US), grace_ms * 1000, _outer_us(outer),
        _span_us("--margin", margin, least=Decimal(0)),
    )  # fmt: skip
    require_outputs(json, None, inputs=() if file is None else (file,))
    entries = tuple(_pair("--set", each, "KNOB=VALUE") for each in by_hand or ())
    examined = examine(content, os.environ, entries)
    if not isinstance(examined, Configured):
        raise UnusableError("\nstallproof: ".join(str(refused) for refused in examined))
    return _deliver(examined, terms, json)


def _deliver(configured: Configured, terms: Terms, json: str | None) -> int:
    configuration = configuration_of(configured, terms)
    stream = sys.stderr if json == "-" else sys.stdout
    text = render_configuration(configuration, width=width_of(stream), color=is_colored(stream))
    emit(stream, text)
    if json is not None:
        try:
            arrived = write_json(encode_configuration(configuration), json)
        except OSError as error:
            raise UnusableError(f"--json {json}: {error.strerror or error}") from error
        if not arrived:
            return INCOMPLETE
    return 0 if configuration.verdict == "holds" else BROKEN


def _content_of(file: Path) -> bytes:
    """Return what is in `file`; raises `UnusableError` when it is unreadable or far too long."""
    try:
        with file.open("rb") as opened:
            content = opened.read(FILE_MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise UnusableError(f"{file}: cannot be read: {why}") from error
    if len(content) > FILE_MAX_BYTES:
        raise UnusableError(f"{file}: longer than {FILE_MAX_BYTES} bytes, no configuration is")
    return content


def _pair(option: str, text: str, form: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise UnusableError(f"{option} {shown(text)}: write {form}")
    return name.strip(), value


def _outer_us(outer: list[str] | None) -> Mapping[str, int]:
    """Return the outer timeouts by their names; raises `UnusableError` for what is none."""
    found: dict[str, int] = {}
    for each in outer or ():
        name, value = _pair("--outer", each, "NAME=SECONDS")
        if name in found:
            raise UnusableError(f"--outer {name}: given twice")
        found[name] = _span_us(f"--outer {name}", value, least=Decimal("0.000001"))
    return found


def _span_us(option: str, text: str, *, least: Decimal) -> int:
    """Return seconds, written as a decimal, in microseconds; `least` and `SPAN_MAX_S` included."""
    number = decimal_of(text)
    if number is None or not least <= number <= SPAN_MAX_S:
        allowed = f"a number of seconds from {least} to {SPAN_MAX_S}"
        raise UnusableError(f"{option} {shown(text)} is refused; allowed: {allowed}")
    return microseconds(number)
