"""Relations between the knobs of a job: how many clients it takes, and how its gate is set.

The stall it guards against is the end of the chain: a connection stalls, a client is late, and a
job that needs every client aborts in round 0; or it starts with fewer than it then waits for.

The intuition: one function a relation, which returns nothing where the files that there are do not
show it. Nothing is said of what is not known.

The complication: a small job may need all of its clients, and mostly means to. So the tolerance for
stragglers is asked for where the origin's advice, 4 % of the clients, is a whole client.

Spec: `spec/cf.md`, "The relations of a job". Source: origin, "Companion changes".
"""

from collections.abc import Iterator

from stallproof.configuration.job_table import REQUIRED_SITES, FileKind
from stallproof.configuration.job_timeouts import JobTerms, timeouts_of
from stallproof.configuration.job_values import Component, Job
from stallproof.configuration.relations import Relation
from stallproof.configuration.severity import JobRelationName
from stallproof.machines.settings import Source

LARGE = 25
"""From so many clients on, 4 % of them are one."""
_TAKE_NO_MINIMUM = frozenset(
    f"nvflare.app_common.workflows.{name}"
    for name in (
        *("fedavg.FedAvg", "base_fedavg.BaseFedAvg", "scaffold.Scaffold", "cyclic.Cyclic"),
        "lr.fedavg.FedAvgLR",
    )
)
"""The workflows of both releases that end with an error when they are given `min_clients`."""
_MIN = "min_clients"
_STRICT = "strict_start_job_reply_check"
_PREVIOUS = "sync_client_jobs_require_previous_report"


def job_relations_of(job: Job, terms: JobTerms) -> tuple[Relation, ...]:
    """Return every relation that the files of `job` show, in the order of the specification."""
    found = (
        _min_sites_in_clients(job, terms),
        _required_sites_in_clients(job),
        _min_clients_in_clients(job, terms),
        _min_clients_taken(job),
        _min_clients_in_min_sites(job),
        _stragglers_allowed(job, terms),
        _relay_can_stall(job, terms),
        _strict_replies(job, terms),
        _previous_report(job),
        *timeouts_of(job, terms),
    )
    return tuple(relation for relation in found if relation is not None)


def _judged(name: JobRelationName, holds: bool, good: str, bad: str) -> Relation:
    return Relation(name, holds, good if holds else bad)


def notes_on(job: Job, terms: JobTerms) -> Iterator[str]:
    """Yield where the numbers of clients that are told do not agree."""
    known = clients_known(job, terms)
    if known is not None and terms.clients not in (None, known):
        yield f"{terms.clients} clients were told, and deploy_map names {known}: those count"
    for one in job.components:
        if known is not None and (one.num_clients or 0) > known:
            asked = f"num_clients ({one.num_clients}) in {one.where}"
            yield f"{asked} is more than the number of clients ({known})"
    if known is not None and (terms.relays or 0) > known:
        yield f"{terms.relays} relays were told for {known} clients: some have none"


def clients_known(job: Job, terms: JobTerms) -> int | None:
    """Return how many clients there are, as the job's deployment tells, or whoever asks."""
    return terms.clients if job.sites is None else len(job.sites)


def _clients_meant(job: Job, terms: JobTerms) -> int | None:
    """Return how many clients there are, or the most that a component asks for."""
    known = clients_known(job, terms)
    asked = [one.num_clients for one in job.components if one.num_clients]
    return max(asked, default=None) if known is None else known


def _min_sites(job: Job) -> int | None:
    value = next((one.value for one in job.values_of(_MIN, FileKind.META)), None)
    return value if isinstance(value, int) else None


def _required(job: Job) -> tuple[str, ...]:
    value = next((one.value for one in job.values_of(REQUIRED_SITES)), None)
    return value if isinstance(value, tuple) else ()


def _waiting(job: Job) -> list[tuple[Component, int]]:
    """Return the components that wait for a number of clients, which they state, with it."""
    return [(one, one.min_clients) for one in job.components if one.min_clients]


def _needed(job: Job) -> int:
    """Return how many clients the job cannot do without; 0 where no file tells."""
    return max([_min_sites(job) or 0, *(least for _, least in _waiting(job))])


def _min_sites_in_clients(job: Job, terms: JobTerms) -> Relation | None:
    least, clients = _min_sites(job), clients_known(job, terms)
    if least is None or clients is None:
        return None
    state = f"{_MIN} in meta.json ({least})"
    return _judged(
        "min_sites_in_clients",
        least <= clients,
        f"{state} is at most the number of clients ({clients}): the job can start.",
        f"{state} is more than the number of clients ({clients}): the job never starts. To avoid "
        f"that, set {_MIN} to at most {clients}.",
    )


def _required_sites_in_clients(job: Job) -> Relation | None:
    required = _required(job)
    if job.sites is None or not required:
        return None
    absent = sorted(set(required) - job.sites)
    return _judged(
        "required_sites_in_clients",
        not absent,
        f"{REQUIRED_SITES} ({len(required)}) are all deployed to.",
        f"{REQUIRED_SITES} names {', '.join(absent)}, and deploy_map does not: the job is refused. "
        "To avoid that, deploy to each required site.",
    )


def _min_clients_in_clients(job: Job, terms: JobTerms) -> Relation | None:
    known = clients_known(job, terms)
    told, broken = [], []
    for one, least in _waiting(job):
        limits = [("num_clients", one.num_clients or None), ("the number of clients", known)]
        for name, limit in limits:
            if limit is not None:
                told.append(f"{_MIN} ({least}) in {one.where} is at most {name} ({limit})")
            if limit is not None and least > limit:
                broken.append(f"{_MIN} ({least}) in {one.where} is more than {name} ({limit})")
    if not told:
        return None
    return _judged(
        "min_clients_in_clients",
        not broken,
        f"{'; '.join(told)}: a round can end.",
        f"{'; '.join(broken)}: a round waits for clients that are not asked, or not there. To "
        f"avoid that, lower {_MIN}.",
    )


def _min_clients_taken(job: Job) -> Relation | None:
    stating = [one for one in job.components if one.min_clients is not None]
    if not stating:
        return None
    bad = [f"{one.where} ({one.path})" for one in stating if one.path in _TAKE_NO_MINIMUM]
    return _judged(
        "min_clients_taken",
        not bad,
        f"{_MIN} stands in no component that is known to refuse it.",
        f"{_MIN} in {', '.join(bad)}: in the releases 2.7.2 and 2.9.0 this workflow does not take "
        f"it, and the job ends with an error. To avoid that, set {_MIN} in meta.json.",
    )


def _min_clients_in_min_sites(job: Job) -> Relation | None:
    stated, waiting = job.values_of(_MIN, FileKind.META), _waiting(job)
    least = _min_sites(job)
    if least is None or not waiting or stated[0].source is Source.DEFAULT:
        return None
    bad = [f"{_MIN} ({each}) in {one.where}" for one, each in waiting if each > least]
    return _judged(
        "min_clients_in_min_sites",
        not bad,
        f"Each workflow waits for at most {_MIN} in meta.json ({least}) clients.",
        f"{', '.join(bad)} is more than {_MIN} in meta.json ({least}): the job can start with "
        f"fewer clients than a round waits for. To avoid that, raise {_MIN} in meta.json.",
    )


def _stragglers_allowed(job: Job, terms: JobTerms) -> Relation | None:
    clients, needed = _clients_meant(job, terms), _needed(job)
    if clients is None or clients < LARGE or not needed:
        return None
    state = f"{_MIN} ({needed})"
    return _judged(
        "stragglers_allowed",
        needed < clients,
        f"{state} is less than the number of clients ({clients}): a late client is left out.",
        f"{state} is not less than the number of clients ({clients}): one late client aborts the "
        f"job. To avoid that, set {_MIN} to some 4 % less.",
    )


def _relay_can_stall(job: Job, terms: JobTerms) -> Relation | None:
    clients, needed = _clients_meant(job, terms), _needed(job)
    if clients is None or terms.relays is None or not needed:
        return None
    behind = -(-clients // terms.relays)
    left = clients - behind
    state = f"{_MIN} ({needed})"
    others = f"the clients behind the other relays ({left}, where one has {behind} of {clients})"
    advice = f"set {_MIN} to at most {left}" if left else "use more relays"
    return _judged(
        "relay_can_stall",
        needed <= left,
        f"{state} is at most {others}: the job goes on without a relay that stalls.",
        f"{state} is more than {others}: one relay that stalls aborts the job. To avoid that, "
        f"{advice}.",
    )


def _strict_replies(job: Job, terms: JobTerms) -> Relation | None:
    strict = next(iter(job.values_of(_STRICT)), None)
    clients, required = _clients_meant(job, terms), _required(job)
    if strict is None or not (required or (clients or 0) >= LARGE):
        return None
    why = f"{REQUIRED_SITES} ({', '.join(required)})" if required else f"{clients} clients"
    return _judged(
        "strict_replies",
        bool(strict.value),
        f"{_STRICT} is true, with {why}: who does not answer the start is counted as late.",
        f"{_STRICT} is false, with {why}: who does not answer the start is left out in silence, "
        f"and no minimum or required site is checked. To avoid that, set {_STRICT} to true.",
    )


def _previous_report(job: Job) -> Relation | None:
    previous = next(iter(job.values_of(_PREVIOUS)), None)
    if previous is None:
        return None
    return _judged(
        "previous_report",
        bool(previous.value),
        f"{_PREVIOUS} is true: only a client that was seen alive in the job is declared dead.",
        f"{_PREVIOUS} is false: a client that is still starting is declared dead at its first "
        f"heartbeat. To avoid that, set {_PREVIOUS} to true.",
    )
