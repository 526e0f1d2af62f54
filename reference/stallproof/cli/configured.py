"""What `stallproof config` takes: files by their kind, knobs by hand, spans, accepted relations.

Spec: `spec/cf.md`.
"""

import difflib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from stallproof.cli.arguments import whole
from stallproof.configuration.job import examine_job
from stallproof.configuration.job_table import JOB_NAMES, FileKind, kind_of, misspelt_kind
from stallproof.configuration.job_timeouts import START_US
from stallproof.configuration.job_values import Job
from stallproof.configuration.kinds import microseconds
from stallproof.configuration.knobs import Configured, examine
from stallproof.configuration.names import nearest
from stallproof.configuration.releases import POLICIES, Release
from stallproof.configuration.severity import SEVERITIES
from stallproof.configuration.sources import Entries
from stallproof.configuration.table import KNOBS
from stallproof.configuration.values import decimal_of, shown
from stallproof.machines.policy import MICROSECONDS
from stallproof.reports.output import UnusableError

FILE_MAX_BYTES = 16 * 1024 * 1024
"""A greater file is no configuration; reading it to its end could take for ever."""
_OTHER_FORMAT = re.compile(r"(comm_config|config_fed_server|config_fed_client|meta)\.(conf|yml)$")
SPAN_MAX_S = 10**9
CLIENTS_MAX = 10**6
_CALLERS = ("get_task_timeout", "submit_task_result_timeout")
"""The knobs of a job that are outer timeouts, where they are set."""


ByHand = Annotated[
    list[str] | None,
    Parameter(name="--set", negative="", help="KNOB=VALUE; beats file and environment."),
]
Outer = Annotated[
    list[str] | None,
    Parameter(name="--outer", negative="", help="NAME=SECONDS: how long a caller waits."),
]
Margin = Annotated[str, Parameter(help="Seconds that outer timeouts outlast the close window by.")]
Accept = Annotated[
    list[str] | None, Parameter(negative="", help="A relation that may be broken, by its name.")
]


@Parameter(name="*")
@dataclass(frozen=True)
class JobWishes:
    """What the files of a job do not tell.

    Parameters
    ----------
    clients
        How many clients there are, where deploy_map does not name them.
    relays
        How many relays share the clients evenly, if there are any.
    deployment
        Seconds that the server's part of the job takes until clients can reach it; 20 if not given.
    """

    clients: Annotated[
        int | None, Parameter(converter=whole, validator=Number(gte=1, lte=CLIENTS_MAX))
    ] = None
    relays: Annotated[
        int | None, Parameter(converter=whole, validator=Number(gte=1, lte=CLIENTS_MAX))
    ] = None
    deployment: str | None = None

    def start_us(self) -> int:
        """Return how long the server's part takes; raises `UnusableError` for what is no span."""
        if self.deployment is None:
            return START_US
        return span_us("--deployment", self.deployment, least=Decimal(0))


def contents_of(files: tuple[Path, ...]) -> dict[FileKind, bytes]:
    """Return what is in each of `files`; raises `UnusableError` for two of one kind."""
    kinds: dict[FileKind, Path] = {}
    contents: dict[FileKind, bytes] = {}
    for file in files:
        kind, meant = kind_of(file.name), misspelt_kind(file.name)
        if meant is not None:
            raise UnusableError(f"{file}: looks like {meant.value} misspelt; give it that name")
        if _OTHER_FORMAT.search(file.name):
            raise UnusableError(f"{file}: only JSON is read; NVFlare's other formats are not")
        content = _content_of(file)
        if kind in kinds:
            names = ", ".join(each.value for each in FileKind if each is not FileKind.COMM)
            raise UnusableError(
                f"{file}: a second {kind.value}, after {kinds[kind]}; give one of each kind, "
                f"whose names end in {names}, or otherwise for {FileKind.COMM.value}"
            )
        kinds[kind], contents[kind] = file, content
    return contents


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


def hands_of(by_hand: list[str] | None) -> tuple[Entries, Entries]:
    """Return what was set by hand of a connection, and of a job; names of neither go to the first.

    Raises `UnusableError` for what is no pair.
    """
    pairs = [_pair("--set", each, "KNOB=VALUE") for each in by_hand or ()]
    of_job = tuple(pair for pair in pairs if _is_of_job(pair[0]))
    return tuple(pair for pair in pairs if not _is_of_job(pair[0])), of_job


def examined(
    contents: dict[FileKind, bytes], by_hand: list[str] | None, release: Release
) -> tuple[Configured, Job | None]:
    """Return what is in force; raises `UnusableError` with every refusal."""
    comm, of_job = hands_of(by_hand)
    of_files = dict(contents)
    configured = examine(of_files.pop(FileKind.COMM, None), os.environ, comm, POLICIES[release])
    found = examine_job(of_files, os.environ, of_job, release) if of_files or of_job else None
    if isinstance(configured, Configured) and not isinstance(found, tuple):
        return configured, found
    refusals = [one for each in (configured, found) if isinstance(each, tuple) for one in each]
    raise UnusableError("\nstallproof: ".join(str(refused) for refused in refusals))


def _is_of_job(name: str) -> bool:
    """Tell whether a name is that of a job's knob, or a slip of one and of no other."""
    is_slip = nearest(name, KNOBS) is None and nearest(name, sorted(JOB_NAMES)) is not None
    return name in JOB_NAMES or is_slip


def waits_of(job: Job) -> Mapping[str, int]:
    """Return the outer timeouts that the files of a job set."""
    values = {name: one.value for name in _CALLERS for one in job.values_of(name)}
    return {name: value for name, value in values.items() if isinstance(value, int)}


def accepted_of(accept: list[str] | None) -> tuple[str, ...]:
    """Return the relations that are accepted; raises `UnusableError` for a name that is none."""
    for name in accept or ():
        if name not in SEVERITIES:
            near = difflib.get_close_matches(name, SEVERITIES, n=3)
            meant = f" (is {' or '.join(near)} meant?)" if near else ""
            names = ", ".join(SEVERITIES)
            raise UnusableError(f"--accept: {shown(name)} is no relation{meant}; allowed: {names}")
    return tuple(accept or ())


def _pair(option: str, text: str, form: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise UnusableError(f"{option} {shown(text)}: write {form}")
    return name.strip(), value


def outer_us_of(outer: list[str] | None) -> Mapping[str, int]:
    """Return the outer timeouts by their names; raises `UnusableError` for what is none."""
    found: dict[str, int] = {}
    for each in outer or ():
        name, value = _pair("--outer", each, "NAME=SECONDS")
        if name in found:
            raise UnusableError(f"--outer {name}: given twice")
        found[name] = span_us(f"--outer {name}", value, least=Decimal(1) / MICROSECONDS)
    return found


def span_us(option: str, text: str, *, least: Decimal) -> int:
    """Return seconds, written as a decimal, in microseconds; `least` and `SPAN_MAX_S` included."""
    number = decimal_of(text)
    if number is None or not least <= number <= SPAN_MAX_S:
        allowed = f"a number of seconds from {least} to {SPAN_MAX_S}"
        raise UnusableError(f"{option} {shown(text)} is refused; allowed: {allowed}")
    return microseconds(number)
