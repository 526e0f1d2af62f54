"""The knobs of a job: in which file each one stands, what it may be, and what it is without.

A job has three files beside `comm_config.json`. A knob of a server's or a client's file stands at
the top of it, or in the arguments of a component; those of `meta.json` stand at its top.

Spec: `spec/cf.md`, "The knobs of a job".
"""

from collections.abc import Iterable, Mapping
from enum import Enum

from stallproof.configuration.kinds import CLIENTS, SECONDS, SPAN, SWITCH, WHOLE, Kind
from stallproof.configuration.names import DISTANCE_MAX, edit_distance
from stallproof.configuration.releases import Release
from stallproof.machines.policy import MICROSECONDS
from stallproof.machines.states import state


class FileKind(Enum):
    """The kind of a file, which is how its name ends."""

    COMM = "comm_config.json"
    SERVER = "config_fed_server.json"
    CLIENT = "config_fed_client.json"
    META = "meta.json"


def kind_of(name: str) -> FileKind:
    """Return the kind of a file by its `name`; any other name is that of a comm_config.json."""
    kinds = (FileKind.SERVER, FileKind.CLIENT, FileKind.META)
    return next((kind for kind in kinds if name.endswith(kind.value)), FileKind.COMM)


def misspelt_kind(name: str) -> FileKind | None:
    """Return the kind of a job's file whose name `name` ends nearly in; case alone is near.

    Much ends nearly in so short a name as meta.json, so that the whole name has to be near to it.
    """
    if kind_of(name) is not FileKind.COMM:
        return None
    plain = name.lower()
    if plain.endswith(FileKind.META.value) or edit_distance(plain, FileKind.META.value) == 1:
        return FileKind.META
    for kind in (FileKind.SERVER, FileKind.CLIENT):
        for length in range(len(kind.value) - DISTANCE_MAX, len(kind.value) + DISTANCE_MAX + 1):
            if edit_distance(plain[-length:], kind.value) <= DISTANCE_MAX:
                return kind
    return None


@state
class JobKnob:
    """One knob: its kind, the files that it stands in, and what it is where nothing sets it.

    `default` is in core units, and `None` where there is none. `is_in_parent`: the process that
    reads it does not load the job's file. `is_by_hand`: nobody reads it from a file.
    """

    kind: Kind
    files: tuple[FileKind, ...]
    default: int | None
    is_in_parent: bool = False
    is_by_hand: bool = False


_SERVER, _CLIENT, _BOTH = (FileKind.SERVER,), (FileKind.CLIENT,), (FileKind.SERVER, FileKind.CLIENT)
PREFIXES = ("np_", "tensor_")
"""The prefixes of the knobs of downloads: one for each library whose arrays are sent."""
REQUEST = "streaming_per_request_timeout"
LIFETIME = "min_download_timeout"
IDLE = "streaming_idle_timeout"
"""From 2.9.0 on it is the lifetime of a source where that is not set."""
_LIFETIMES_US: Mapping[Release, int] = {"2.7.2": 300 * MICROSECONDS, "2.9.0": 600 * MICROSECONDS}

TOP: Mapping[str, JobKnob] = {
    "strict_start_job_reply_check": JobKnob(SWITCH, _SERVER, False, is_in_parent=True),
    "sync_client_jobs_require_previous_report": JobKnob(SWITCH, _SERVER, True, is_in_parent=True),
    "dead_client_grace_period": JobKnob(SPAN, _SERVER, 60 * MICROSECONDS),
    "dead_client_check_lead_time": JobKnob(SPAN, _SERVER, 30 * MICROSECONDS),
    "runner_sync_timeout": JobKnob(SECONDS, _CLIENT, 2 * MICROSECONDS),
    "max_runner_sync_timeout": JobKnob(SECONDS, _CLIENT, 60 * MICROSECONDS),
    "get_task_timeout": JobKnob(SECONDS, _CLIENT, None),
    "submit_task_result_timeout": JobKnob(SECONDS, _CLIENT, None),
    "max_retries": JobKnob(WHOLE, _BOTH, 3, is_by_hand=True),
    IDLE: JobKnob(SECONDS, _BOTH, None),
    **{name + REQUEST: JobKnob(SECONDS, _BOTH, 600 * MICROSECONDS) for name in PREFIXES},
    **{name + LIFETIME: JobKnob(SECONDS, _BOTH, 300 * MICROSECONDS) for name in PREFIXES},
}
"""The knobs at the top of a server's or a client's file."""

ARGUMENTS: Mapping[str, JobKnob] = {
    "min_clients": JobKnob(WHOLE, _SERVER, None),
    "num_clients": JobKnob(WHOLE, _SERVER, None),
    "memory_gc_rounds": JobKnob(WHOLE, _BOTH, None),
}
"""The knobs among the arguments of a component; each component has defaults of its own."""

MIN_SITES = JobKnob(CLIENTS, (FileKind.META,), 1)
"""`min_clients` in `meta.json`, which the sources call min_sites."""
REQUIRED_SITES = "mandatory_clients"
"""Its key in `meta.json`; the sources call it required_sites."""
SITES_ALLOWED = "a list of different names of sites"

ALIASES: Mapping[str, tuple[FileKind, str]] = {
    "min_sites": (FileKind.META, "min_clients"),
    "required_sites": (FileKind.META, REQUIRED_SITES),
    "client_memory_gc_rounds": (FileKind.CLIENT, "memory_gc_rounds"),
}
"""What the sources call knobs that have another name in their files."""

_ELSEWHERE = {**ALIASES, REQUIRED_SITES: (FileKind.META, REQUIRED_SITES)}
JOB_NAMES = frozenset({*TOP, *ARGUMENTS, *_ELSEWHERE})
"""All that can be set by hand."""


def default_of(name: str, release: Release) -> int | None:
    """Return what the knob `name` of `TOP` is in `release` where nothing sets it."""
    return _LIFETIMES_US[release] if name.endswith(LIFETIME) else TOP[name].default


def files_of(given: Iterable[FileKind], by_hand: Iterable[str]) -> tuple[FileKind, ...]:
    """Return the files that are `given`, and those that knobs set by hand would stand in."""
    found = set(given)
    for name in by_hand:
        known = TOP.get(name) or ARGUMENTS.get(name)
        files = known.files if known else (_ELSEWHERE[name][0],) if name in _ELSEWHERE else ()
        if files and not found.intersection(files):
            found.add(files[0])
    return tuple(file for file in FileKind if file in found)
