"""Relations between the timeouts of a job: starting in step with the server, and downloading.

The stall it guards against: a client gives up before the server is ready for it, and a download is
retried for longer than anybody waits for it, or from a source that is gone.

The intuition: what is inside has to fit into what is around it.

The complication: which library's arrays are sent is not known from the files. So only the knobs of
downloads that somebody set are compared, and the default where nobody set any.

Spec: `spec/cf.md`, "The relations of a job".
"""

from collections.abc import Mapping

from stallproof.configuration.job_table import IDLE, LIFETIME, PREFIXES, REQUEST, FileKind
from stallproof.configuration.job_values import Job, JobValue
from stallproof.configuration.relations import Relation, seconds_text
from stallproof.configuration.releases import OLDER
from stallproof.machines import download_session
from stallproof.machines.download_session import Limits
from stallproof.machines.settings import Source
from stallproof.machines.states import state

START_US = 20_000_000
"""How long a server waits for the answers to the start of a job, in both releases."""
_PAUSE_US = 500_000
"""How long a client pauses before it asks for the server's job."""
_SYNC = "runner_sync_timeout"
_SYNC_MAX = "max_runner_sync_timeout"
_SUBMIT = "submit_task_result_timeout"


@state
class JobTerms:
    """What the relations of a job are judged with, beside its files.

    `clients`: how many there are, `None` if nobody says. `start_us`: how long the server's part of
    the job takes to be ready. `outer_timeouts_us`: how long callers wait, by their names. `relays`:
    how many share the clients evenly, `None` if nobody says.
    """

    clients: int | None
    start_us: int
    outer_timeouts_us: Mapping[str, int]
    relays: int | None = None


def timeouts_of(job: Job, terms: JobTerms) -> tuple[Relation | None, ...]:
    """Return the relations between timeouts, `None` for what the files do not show."""
    return (
        _sync_tries_again(job),
        _sync_outlasts_start(job, terms),
        _source_outlasts_request(job),
        _retries_in_outer(job, terms),
    )


def _us(job: Job, name: str) -> int | None:
    """Return the longest that the files of the job set for a timeout."""
    return max(
        (one.value for one in job.values_of(name) if isinstance(one.value, int)), default=None
    )


def _sync_tries_again(job: Job) -> Relation | None:
    sync_us, most_us = _us(job, _SYNC), _us(job, _SYNC_MAX)
    if sync_us is None or most_us is None:
        return None
    once_us = sync_us + _PAUSE_US
    state_ = f"{_SYNC} ({seconds_text(sync_us)}) plus a pause of {seconds_text(_PAUSE_US)}"
    most = f"{_SYNC_MAX} ({seconds_text(most_us)})"
    if once_us <= most_us:
        text = f"{state_} is at most {most}: a lost answer is asked for again."
        return Relation("sync_tries_again", True, text)
    text = (
        f"{state_} is more than {most}: one lost answer ends the client's part of the job. To "
        f"avoid that, set {_SYNC_MAX} to several times {_SYNC}."
    )
    return Relation("sync_tries_again", False, text)


def _sync_outlasts_start(job: Job, terms: JobTerms) -> Relation | None:
    most_us = _us(job, _SYNC_MAX)
    if most_us is None:
        return None
    most, start = f"{_SYNC_MAX} ({seconds_text(most_us)})", seconds_text(terms.start_us)
    if most_us > terms.start_us:
        text = f"{most} is more than the time to start ({start}): a client waits for the server."
        return Relation("sync_outlasts_start", True, text)
    text = (
        f"{most} is not more than the time to start ({start}): a client gives up while the job "
        f"is still being started. To avoid that, set {_SYNC_MAX} to more than {start}."
    )
    return Relation("sync_outlasts_start", False, text)


def _source_outlasts_request(job: Job) -> Relation | None:
    told: list[str] = []
    broken: list[str] = []
    for asker, owner in _directions(job):
        for prefix in PREFIXES:
            request = next(iter(job.values_of(prefix + REQUEST, asker)))
            lifetime = next(iter(job.values_of(prefix + LIFETIME, owner)))
            request_us, lifetime_us = _number(request), _lifetime_us(job, lifetime)
            if Source.DEFAULT is not request.source or Source.DEFAULT is not lifetime.source:
                text = _pair(request, request_us, lifetime, lifetime_us)
                (broken if request_us > lifetime_us else told).append(text)
    if broken:
        text = (
            f"{'; '.join(broken)}: a source is gone before a request to it times out, and no retry "
            f"finds it. To avoid that, set the lifetime to at least the request's timeout."
        )
        return Relation("source_outlasts_request", False, text)
    if told:
        text = f"{'; '.join(told)}: a source outlives a request that is waited for."
        return Relation("source_outlasts_request", True, text)
    return None


def _directions(job: Job) -> list[tuple[FileKind, FileKind]]:
    """Return who asks whom; with one file alone, the other side is taken to be set alike."""
    sides = [file for file in job.files if file in (FileKind.SERVER, FileKind.CLIENT)]
    return list(zip(sides, reversed(sides), strict=True))


def _number(value: JobValue) -> int:
    """Return the value of a knob that always has one."""
    assert isinstance(value.value, int), value
    return value.value


def _pair(request: JobValue, request_us: int, lifetime: JobValue, lifetime_us: int) -> str:
    relation = "more than" if request_us > lifetime_us else "at most"
    asked = f"{request.knob} ({seconds_text(request_us)}) in {request.file.value}"
    lasting = f"{lifetime.knob} ({seconds_text(lifetime_us)}) in {lifetime.file.value}"
    return f"{asked} is {relation} {lasting}"


def _lifetime_us(job: Job, lifetime: JobValue) -> int:
    """Return a lifetime; where nobody set it, 2.9.0 takes the idle timeout of the same file."""
    idle = next(iter(job.values_of(IDLE, lifetime.file)))
    is_left = lifetime.source is Source.DEFAULT and job.release != OLDER
    return idle.value if is_left and isinstance(idle.value, int) else _number(lifetime)


def _retries_in_outer(job: Job, terms: JobTerms) -> Relation | None:
    outer = dict(terms.outer_timeouts_us)
    submit_us = _us(job, _SUBMIT)
    if submit_us is not None:
        outer[_SUBMIT] = submit_us
    directions = _directions(job)
    if not outer or not directions:
        return None
    # A result is fetched by the server, while the client that submitted it waits.
    asker = directions[0][0]
    retries = _number(job.values_of("max_retries", asker)[0])
    request, request_us, aside = _longest_request(job, asker)
    longest_us = download_session.longest_us(Limits(retries, request_us, pieces=1))
    longest = (
        f"{seconds_text(longest_us)}, the longest that one piece of a download can take "
        f"(max_retries {retries}, {request} {seconds_text(request_us)} in {asker.value}{aside})"
    )
    short = [f"{name} ({seconds_text(us)})" for name, us in outer.items() if us <= longest_us]
    if not short:
        told = ", ".join(f"{name} ({seconds_text(us)})" for name, us in outer.items())
        text = f"{told}: more than {longest}, so that every retry can help."
        return Relation("retries_in_outer", True, text)
    text = (
        f"{', '.join(short)}: not more than {longest}. The caller gives up before the last retry, "
        f"and the download goes on for nobody. To avoid that, let the caller wait longer, or a "
        f"request time out sooner."
    )
    return Relation("retries_in_outer", False, text)


def _longest_request(job: Job, asker: FileKind) -> tuple[str, int, str]:
    """Return the name and the value of the longest request that was set, or else the default.

    The third is what was left out of it, in words: a library whose knob nobody set.
    """
    known = [one for prefix in PREFIXES for one in job.values_of(prefix + REQUEST, asker)]
    given = [one for one in known if one.source is not Source.DEFAULT]
    if not given:
        return " and ".join(one.knob for one in known), _number(known[0]), ", by default"
    longest = max(given, key=_number)
    others = [f"{one.knob}, {seconds_text(_number(one))}" for one in known if one not in given]
    aside = f"; not set, and so left out: {', '.join(others)}" if others else ""
    return longest.knob, _number(longest), aside
