"""The command `stallproof config`: read a configuration strictly, and explain what it means.

Exit codes: 0 every relation holds or is accepted; 1 one does not hold; 2 something was refused, or
could not be used.

Spec: `spec/cf.md`.
"""

import sys
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter
from cyclopts.validators import Number

from stallproof.cli.arguments import Json, whole
from stallproof.cli.configured import (
    Accept,
    ByHand,
    JobWishes,
    Margin,
    Outer,
    accepted_of,
    contents_of,
    examined,
    outer_us_of,
    span_us,
    waits_of,
)
from stallproof.configuration.job_timeouts import JobTerms
from stallproof.configuration.relations import Terms
from stallproof.configuration.releases import OLDER, Release
from stallproof.machines.close_window import Ticks
from stallproof.machines.policy import Policy
from stallproof.reports.configuration import Configuration, configuration_of, encode_configuration
from stallproof.reports.configuration_text import render_configuration
from stallproof.reports.output import (
    UnusableError,
    emit,
    is_colored,
    require_outputs,
    width_of,
    write_out,
)

BROKEN = 1
INCOMPLETE = 3
LATE_US = 50_000
"""How late a check of the schedule may be in form (b): what the reference's monitor declares."""

app = App(
    name="config",
    help_epilogue=(
        "Examples:\n\n"
        "stallproof config\n\n"
        "stallproof config comm_config.json --release 2.9.0 --json -\n\n"
        "stallproof config --set sfm_send_stall_timeout=75 --set sfm_close_stalled_connection=true "
        "--outer task=100 --margin 5\n\n"
        "stallproof config comm_config.json config_fed_server.json config_fed_client.json "
        "meta.json --clients 144 --relays 6 --deployment 300\n\n"
        "stallproof config --set streaming_window_size=65536 --set streaming_ack_interval=65536 "
        "--accept window_holds_chunk\n\n"
        "Exit codes: 0 every relation holds or is accepted, 1 one does not hold, 2 refused or "
        "unusable input."
    ),
)

GraceMs = Annotated[int, Parameter(converter=whole, validator=Number(gte=0, lte=60_000))]


@app.default
def config(
    *files: Path,
    by_hand: ByHand = None,
    outer: Outer = None,
    margin: Margin = "0",
    grace_ms: GraceMs = LATE_US // 1000,
    release: Annotated[Release, Parameter(help="The NVFlare whose defaults count.")] = OLDER,
    accept: Accept = None,
    job: JobWishes | None = None,
    json: Json = None,
) -> int:
    """Show what a configuration means: effective values, close window, what does not fit together.

    Parameters
    ----------
    files
        A comm_config.json, and the files of a job: config_fed_server.json, config_fed_client.json
        and meta.json, told apart by how their names end. Where they are silent, NVFLARE_ variables
        of the environment count, then the defaults.
    grace_ms
        The allowance for a real scheduler and clock that the relations are judged with, in ms.
    job
        What the files do not tell.
    """
    outer_us = outer_us_of(outer)
    margin_us = span_us("--margin", margin, least=Decimal(0))
    told = job or JobWishes()
    start_us = told.start_us()
    contents = contents_of(files)
    require_outputs({"--json": json}, inputs=files)
    configured, found = examined(contents, by_hand, release)
    all_us = {**(waits_of(found) if found else {}), **outer_us}
    ticks = Ticks(Policy().monitor_period_us, LATE_US)
    job_terms = JobTerms(told.clients, start_us, outer_us, told.relays)
    configuration = configuration_of(
        configured, Terms(ticks, grace_ms * 1000, all_us, margin_us),
        job=None if found is None else (found, job_terms),
        accepted=accepted_of(accept), release=release,
    )  # fmt: skip
    return _deliver(configuration, json)


def _deliver(configuration: Configuration, json: str | None) -> int:
    stream = sys.stderr if json == "-" else sys.stdout
    text = render_configuration(configuration, width=width_of(stream), color=is_colored(stream))
    emit(stream, text)
    if json is not None:
        try:
            arrived = write_out(encode_configuration(configuration), json)
        except OSError as error:
            raise UnusableError(f"--json {json}: {error.strerror or error}") from error
        if not arrived:
            return INCOMPLETE
    return 0 if configuration.verdict == "holds" else BROKEN
