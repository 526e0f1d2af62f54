"""The command `stallproof simulate`: a whole job in virtual time, while a connection stalls.

Exit codes: 0 the job completed, 1 it was aborted, 2 unusable arguments or input.

Spec: `docs/simulate.md`.
"""

import os
import re
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter
from cyclopts.validators import Number

from stallproof.cli.arguments import Json
from stallproof.configuration.knobs import Configured, examine
from stallproof.reports.output import (
    UnusableError,
    emit,
    is_colored,
    require_outputs,
    require_writable,
    width_of,
    write_json,
)
from stallproof.reports.simulation import encode_simulation, render_simulation
from stallproof.reports.simulation_picture import draw_simulation
from stallproof.simulate.plan import SECOND_US, Plan, Stall
from stallproof.simulate.run import simulate as simulated
from stallproof.wire.codec import write_trace

ABORTED = 1
INCOMPLETE = 3
CLIENTS_MAX = 100_000
RETRIES = 3
"""How often a download is retried: the default of the change that brought retries."""
FILE_MAX_BYTES = 16 * 1024 * 1024
_STALL = re.compile(r"([a-z]+-[0-9]+)@([0-9]+(?:\.[0-9]{1,6})?)\+([0-9]+(?:\.[0-9]{1,6})?)")
_SECONDS_MAX = 10**6

HELP_EPILOGUE = (
    "Examples:\n\n"
    "stallproof simulate\n\n"
    "stallproof simulate --guardrails off\n\n"
    "stallproof simulate --knobs comm_config.json --stall relay-2@0.5+45 --min-sites 130\n\n"
    "stallproof simulate --clients 10000 --relays 100 --picture job.svg --trace job.jsonl\n\n"
    "Exit codes: 0 the job completed, 1 it was aborted, 2 unusable arguments or input."
)
Count = Annotated[int, Parameter(validator=Number(gte=1, lte=CLIENTS_MAX))]


@Parameter(name="*")
@dataclass(frozen=True)
class PlanWishes:
    """What is to be simulated.

    Parameters
    ----------
    clients
        How many clients there are: site-1, site-2 and so on, behind the relays in turn.
    relays
        How many relays there are: relay-1, relay-2 and so on.
    knobs
        A comm_config.json, read as `stallproof config` reads it.
    guardrails
        off: as it was before. No bound on a send, no watchdog, no monitor, no retry of a download,
        and a reply that is missing counts as a success.
    min_sites
        How many sites the job cannot do without; 80% of the clients if not given.
    deploy_timeout
        How many seconds the server waits for the replies to a deployment.
    """

    clients: Count = 144
    relays: Count = 6
    knobs: Path | None = None
    stall: Annotated[
        list[str] | None,
        Parameter(
            name="--stall",
            negative="",
            help="NAME@FROM+FOR in seconds, or none: whose connection reads nothing from when on, "
            "for how long; several may. [default: relay-3@0.3+600]",
        ),
    ] = None
    guardrails: Literal["on", "off"] = "on"
    min_sites: Annotated[int | None, Parameter(validator=Number(gte=0, lte=CLIENTS_MAX))] = None
    deploy_timeout: Annotated[int, Parameter(validator=Number(gte=1, lte=_SECONDS_MAX))] = 60

    def read(self) -> Plan:
        """Return the plan; raises `UnusableError` for what cannot be."""
        clients, is_on = self.clients, self.guardrails == "on"
        return Plan(
            knobs=_knobs_of(self.knobs),
            clients=clients,
            relays=self.relays,
            min_sites=-(-clients * 4 // 5) if self.min_sites is None else self.min_sites,
            guardrails=is_on,
            max_retries=RETRIES if is_on else 0,
            stalls=_stalls_of(self.stall, clients, self.relays),
            deploy_timeout_us=self.deploy_timeout * SECOND_US,
        )


def simulate(
    *,
    wishes: PlanWishes | None = None,
    json: Json = None,
    trace: Path | None = None,
    picture: Path | None = None,
) -> int:
    """Simulate a job of many clients behind relays, of which one stalls, and say how it ends.

    The drivers and machines that ship decide, in virtual time (docs/simulate.md).

    Parameters
    ----------
    wishes
        What is to be simulated.
    trace
        Write all that was asked and said to this file; `stallproof check` judges it.
    picture
        Draw it into this SVG file.
    """
    asked = wishes or PlanWishes()
    require_outputs(json, trace, inputs=() if asked.knobs is None else (asked.knobs,))
    if picture is not None:
        require_writable(picture, "--picture")
    outcome = simulated(asked.read(), is_traced=trace is not None)
    stream = sys.stderr if json == "-" else sys.stdout
    emit(stream, render_simulation(outcome, width=width_of(stream), color=is_colored(stream)))
    try:
        if trace is not None:
            write_trace(trace, outcome.trace)
        if picture is not None:
            picture.write_bytes(draw_simulation(outcome))
        if json is not None and not write_json(encode_simulation(outcome), json):
            return INCOMPLETE
    except OSError as error:
        raise UnusableError(f"{error.filename}: {error.strerror or error}") from error
    return 0 if outcome.completed else ABORTED


def _knobs_of(file: Path | None) -> dict[str, int | float | bool]:
    """Return the knobs in force; raises `UnusableError` for a file that cannot be used."""
    content = None
    if file is not None:
        try:
            with file.open("rb") as opened:
                content = opened.read(FILE_MAX_BYTES)
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            raise UnusableError(f"{file}: cannot be read: {why}") from error
    examined = examine(content, os.environ)
    if not isinstance(examined, Configured):
        raise UnusableError("\nstallproof: ".join(str(refused) for refused in examined))
    return examined.effective


def _stalls_of(words: list[str] | None, clients: int, relays: int) -> tuple[Stall, ...]:
    """Return the stalls; raises `UnusableError` for what is none, and for a name nobody has."""
    if words == ["none"]:
        return ()
    found: dict[str, Stall] = {}
    for word in words or [f"relay-{min(3, relays)}@0.3+600"]:
        match = _STALL.fullmatch(word)
        if match is None:
            raise UnusableError(f"--stall {word!r}: write NAME@FROM+FOR, as in relay-3@0.3+600")
        name, from_us, for_us = match[1], *(int(Decimal(s) * SECOND_US) for s in match.groups()[1:])
        kind, _, number = name.partition("-")
        most = {"relay": relays, "site": clients}.get(kind, 0)
        if not 1 <= int(number) <= most or number.startswith("0"):
            raise UnusableError(f"--stall {word!r}: there is no {name}")
        if name in found or max(from_us, for_us) > _SECONDS_MAX * SECOND_US or not for_us:
            raise UnusableError(f"--stall {word!r}: once for each name, from 0 to 10^6 seconds")
        found[name] = Stall(name, from_us, for_us)
    return tuple(found.values())
