"""Small jobs for the tests: their files as texts, and what is judged of them."""

import json
from collections.abc import Mapping

from stallproof.configuration.job import examine_job
from stallproof.configuration.job_relations import job_relations_of
from stallproof.configuration.job_table import FileKind
from stallproof.configuration.job_timeouts import START_US, JobTerms
from stallproof.configuration.job_values import Job
from stallproof.configuration.relations import Relation
from stallproof.configuration.releases import Release
from stallproof.configuration.sources import Entries, KnobRefused

SERVER, CLIENT, META = FileKind.SERVER, FileKind.CLIENT, FileKind.META
SAG = "nvflare.app_common.workflows.scatter_and_gather.ScatterAndGather"
FEDAVG = "nvflare.app_common.workflows.fedavg.FedAvg"
NOBODY_SAYS = JobTerms(None, START_US, {})


def workflows(*arguments: Mapping[str, object], path: str = SAG) -> dict[str, object]:
    """Return the part of a server's file with a workflow for each of `arguments`."""
    return {"workflows": [{"id": "flow", "path": path, "args": each} for each in arguments]}


def meta(*sites: str, **keys: object) -> dict[str, object]:
    """Return a meta.json that deploys to `sites`, or to all where none is named."""
    return {"deploy_map": {"app": ["server", *sites] if sites else ["@ALL"]}, **keys}


def examined(
    files: Mapping[FileKind, object],
    environment: Mapping[str, str] | None = None,
    by_hand: Entries = (),
    release: Release = "2.7.2",
) -> Job | tuple[KnobRefused, ...]:
    """Return what comes of files, each an object or a text."""
    texts = {
        kind: each if isinstance(each, str) else json.dumps(each) for kind, each in files.items()
    }
    return examine_job(texts, environment or {}, by_hand, release)


def read(files: Mapping[FileKind, object], **others: object) -> Job:
    """Return the job that `files` set; it has to be accepted."""
    found = examined(files, **others)  # type: ignore[arg-type]
    assert isinstance(found, Job), [str(one) for one in found]
    return found


def refusals(files: Mapping[FileKind, object], **others: object) -> list[str]:
    """Return what is said of `files`, which have to be refused."""
    found = examined(files, **others)  # type: ignore[arg-type]
    assert isinstance(found, tuple)
    return [str(one) for one in found]


def judged(job: Job, terms: JobTerms = NOBODY_SAYS) -> dict[str, Relation]:
    """Return the relations that are judged, by their names."""
    return {one.name: one for one in job_relations_of(job, terms)}


def broken(job: Job, terms: JobTerms = NOBODY_SAYS) -> set[str]:
    """Return the names of those that do not hold."""
    return {name for name, one in judged(job, terms).items() if not one.holds}
