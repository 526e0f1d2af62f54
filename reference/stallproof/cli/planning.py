"""What `stallproof simulate` is asked to play: clients, relays, files, stalls.

Spec: `docs/simulate.md`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter
from cyclopts.validators import Number

from stallproof.cli.arguments import whole
from stallproof.cli.configured import contents_of, examined
from stallproof.configuration.job_table import REQUIRED_SITES, FileKind
from stallproof.configuration.job_values import Job
from stallproof.configuration.knobs import Configured
from stallproof.configuration.releases import OLDER
from stallproof.configuration.values import shown
from stallproof.machines.settings import Source
from stallproof.reports.output import UnusableError
from stallproof.simulate.plan import SECOND_US, Plan, Stall

CLIENTS_MAX = 100_000
RETRIES = 3
"""How often a download is retried: the default of the change that brought retries."""
PREVIOUS = "sync_client_jobs_require_previous_report"
_STALL = re.compile(r"([a-z]+-[0-9]+)@([0-9]+(?:\.[0-9]{1,6})?)\+([0-9]+(?:\.[0-9]{1,6})?)")
_SECONDS_MAX = 10**6
Count = Annotated[int, Parameter(converter=whole, validator=Number(gte=1, lte=CLIENTS_MAX))]


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
        A comm_config.json, a meta.json or a config_fed_server.json, read as `stallproof config`
        reads them; several may. Of a job's files min_clients, mandatory_clients and the two checks
        of the server count.
    guardrails
        off: as it was before. No bound on a send, no watchdog, no monitor, no retry of a download,
        and a reply that is missing counts as a success.
    min_sites
        How many sites the job cannot do without; if not given, min_clients of meta.json, or else
        80% of the clients.
    deploy_timeout
        How many seconds the server waits for the replies to a deployment.
    """

    clients: Count = 144
    relays: Count = 6
    knobs: Annotated[list[Path] | None, Parameter(negative="")] = None
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
    min_sites: Annotated[
        int | None, Parameter(converter=whole, validator=Number(gte=0, lte=CLIENTS_MAX))
    ] = None
    deploy_timeout: Annotated[
        int, Parameter(converter=whole, validator=Number(gte=1, lte=_SECONDS_MAX))
    ] = 60

    def read(self) -> Plan:
        """Return the plan; raises `UnusableError` for what cannot be."""
        clients, is_on = self.clients, self.guardrails == "on"
        configured, job = examined(contents_of(tuple(self.knobs or ())), None, OLDER)
        least = _of(job, "min_clients", FileKind.META) if self.min_sites is None else self.min_sites
        plan = Plan(
            knobs=configured.effective,
            clients=clients,
            relays=self.relays,
            min_sites=-(-clients * 4 // 5) if least is None else least,
            required_sites=_required(job),
            guardrails=is_on,
            max_retries=RETRIES if is_on else 0,
            strict=_of(job, "strict_start_job_reply_check", FileKind.SERVER) is not False,
            needs_report=_of(job, PREVIOUS, FileKind.SERVER) is not False,
            stalls=_stalls_of(self.stall, clients, self.relays),
            deploy_timeout_us=self.deploy_timeout * SECOND_US,
            set_knobs=_set(configured),
            notes=(*configured.notes, *_notes(job, clients)),
        )
        if plan.min_sites > clients:
            raise UnusableError(
                f"{plan.min_sites} sites are needed (--min-sites, or min_clients of meta.json), "
                f"and there are {clients} (--clients)"
            )
        absent = sorted({*plan.required_sites} - {*plan.sites})
        if absent:
            raise UnusableError(f"mandatory_clients: there is no {shown(absent[0])}")
        return plan


def _of(job: Job | None, name: str, file: FileKind) -> int | None:
    """Return what `file` of the job has in force for a knob; `None`: there is no such file.

    A minimum that nobody set is not known either.
    """
    for one in job.values_of(name, file) if job else ():
        is_known = file is not FileKind.META or one.source is not Source.DEFAULT
        return one.value if is_known and isinstance(one.value, int) else None
    return None


def _notes(job: Job | None, clients: int) -> Iterator[str]:
    """Yield what the files of the job leave open, and what of them does not count here."""
    if job is not None:
        yield from job.notes
        if job.sites is not None and len(job.sites) != clients:
            yield f"clients of deploy_map: {len(job.sites)}; played: {clients} (--clients)"
        if FileKind.CLIENT in job.files:
            yield f"nothing of {FileKind.CLIENT.value} counts here"


def _required(job: Job | None) -> tuple[str, ...]:
    """Return the sites that the job cannot do without."""
    values = [one.value for one in job.values_of(REQUIRED_SITES)] if job else []
    return next((one for one in values if isinstance(one, tuple)), ())


def _set(configured: Configured) -> tuple[str, ...]:
    """Return the knobs that are not at their defaults, with where they come from."""
    return tuple(
        f"{name} {shown(value)} ({configured.sources[name].value})"
        for name, value in configured.effective.items()
        if configured.sources[name] is not Source.DEFAULT
    )


def _stalls_of(words: list[str] | None, clients: int, relays: int) -> tuple[Stall, ...]:
    """Return the stalls; raises `UnusableError` for what is none, and for a name nobody has."""
    if "none" in (words or ()):
        if words != ["none"]:
            raise UnusableError("--stall none: give it alone, or name what stalls")
        return ()
    found: dict[str, Stall] = {}
    for word in words or [f"relay-{min(3, relays, clients)}@0.3+600"]:
        match = _STALL.fullmatch(word)
        if match is None:
            raise UnusableError(
                f"--stall {word!r}: write NAME@FROM+FOR, as in relay-3@0.3+600, or none"
            )
        name, from_us, for_us = match[1], *(int(Decimal(s) * SECOND_US) for s in match.groups()[1:])
        kind, _, number = name.partition("-")
        most = {"relay": relays, "site": clients}.get(kind, 0)
        if not 1 <= int(number) <= most or number.startswith("0"):
            raise UnusableError(f"--stall {word!r}: there is no {name}")
        if name in found:
            raise UnusableError(f"--stall {word!r}: once for each name")
        if max(from_us, for_us) > _SECONDS_MAX * SECOND_US or not for_us:
            allowed = "FROM is 0 to 10^6 seconds, and FOR more than 0, up to 10^6"
            raise UnusableError(f"--stall {word!r}: {allowed}")
        found[name] = Stall(name, from_us, for_us)
    return tuple(found.values())
