"""What `stallproof config` says: effective values with their sources, close window, relations.

As JSON it is `stallproof.configuration/1`; times in it are integer microseconds, except for the
values of knobs, which are in the knobs' units.

Spec: `spec/cf.md`.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Literal

import msgspec

from stallproof.configuration.job_relations import job_relations_of, notes_on
from stallproof.configuration.job_timeouts import JobTerms
from stallproof.configuration.job_values import Job, in_unit
from stallproof.configuration.knobs import KNOBS, Configured
from stallproof.configuration.relations import Relation, Terms, case_text, relations_of
from stallproof.configuration.releases import OLDER, Release
from stallproof.configuration.severity import SEVERITIES, JobRelationName, RelationName, Severity
from stallproof.machines.close_window import (
    Gaps,
    Schedule,
    Ticks,
    close_window,
    is_defined,
    one_skip_us,
    outer_above_us,
)

CONFIGURATION_SCHEMA = "stallproof.configuration/1"


class EffectiveKnob(msgspec.Struct, frozen=True):
    """One knob: its effective `value` in `unit`, and the source that it came from."""

    knob: str
    value: int | float | bool
    unit: str
    source: Literal["set", "file", "environment", "default"]


class WindowEntry(msgspec.Struct, frozen=True):
    """The close window in one form: later than `after_us` into a stall, by `by_us`.

    `min_us` and `max_us` are the gaps of form (a), `period_us` and `late_us` the schedule of form
    (b). `defined`: the premise holds. Outer timeouts must be greater than `outer_above_us`.
    `one_skip_us`: by how much one tick that is skipped beyond the limit moves both ends.
    """

    form: Literal["a", "b"]
    min_us: int | None
    max_us: int | None
    period_us: int | None
    late_us: int | None
    defined: bool
    after_us: int
    by_us: int
    outer_above_us: int
    one_skip_us: int


class CaseEntry(msgspec.Struct, frozen=True):
    """Which case of CX-5 holds, judged by form (b), and what follows."""

    case: Literal["silent", "warns only", "may close"]
    text: str


class RelationEntry(msgspec.Struct, frozen=True):
    """One relation of CF-5, judged by form (b), or of a job.

    `severity`: what follows where it does not hold. `accepted`: it does not hold, and is meant.
    """

    relation: RelationName | JobRelationName
    holds: bool
    text: str
    severity: Severity = "breaks"
    accepted: bool = False


class JobEntry(msgspec.Struct, frozen=True):
    """One knob of a job: its effective `value` in `unit`; `None` where there is none.

    `where` is its place in `file`, and empty at the top.
    """

    knob: str
    value: int | float | bool | list[str] | None
    unit: str
    source: Literal["set", "file", "environment", "default"]
    file: str
    where: str


class Configuration(msgspec.Struct, frozen=True):
    """A configuration that was accepted, and what is to be known about it."""

    schema: str
    verdict: Literal["holds", "broken"]
    knobs: list[EffectiveKnob]
    monitor_period_us: int
    grace_us: int
    margin_us: int
    outer_timeouts_us: dict[str, int]
    close_windows: list[WindowEntry]
    case: CaseEntry
    relations: list[RelationEntry]
    notes: list[str]
    release: Release = OLDER
    clients: int | None = None
    relays: int | None = None
    deployment_us: int | None = None
    job_knobs: list[JobEntry] = []


def configuration_of(
    configured: Configured,
    terms: Terms,
    *,
    job: tuple[Job, JobTerms] | None = None,
    accepted: Collection[str] = (),
    release: Release = OLDER,
) -> Configuration:
    """Return all that there is to say; `terms` holds the schedule that relations are judged by.

    `job`: the files of a job, where there are any, and what they are judged with. `accepted`: the
    relations that may be broken.
    """
    policy = configured.policy
    case, what = case_text(policy, terms)
    relations = (*relations_of(policy, terms), *(job_relations_of(*job) if job else ()))
    gaps = Gaps(policy.monitor_period_us, policy.monitor_period_us)
    return Configuration(
        schema=CONFIGURATION_SCHEMA,
        verdict="holds"
        if all(one.holds or one.name in accepted for one in relations)
        else "broken",
        knobs=_knobs(configured),
        monitor_period_us=policy.monitor_period_us,
        grace_us=terms.grace_us,
        margin_us=terms.margin_us,
        outer_timeouts_us=dict(terms.outer_timeouts_us),
        close_windows=[_window(configured, terms, each) for each in (gaps, terms.schedule)],
        case=CaseEntry(case.value, what),
        relations=[_relation(each, accepted) for each in relations],
        notes=[*configured.notes, *_job_notes(job), *_needless(relations, accepted)],
        release=release,
        clients=job[1].clients if job else None,
        relays=job[1].relays if job else None,
        deployment_us=job[1].start_us if job else None,
        job_knobs=_job_knobs(job[0]) if job else [],
    )


def _knobs(configured: Configured) -> list[EffectiveKnob]:
    return [
        EffectiveKnob(name, value, KNOBS[name].kind.unit, configured.sources[name].value)
        for name, value in configured.effective.items()
    ]


def _relation(relation: Relation, accepted: Collection[str]) -> RelationEntry:
    is_accepted = not relation.holds and relation.name in accepted
    severity = SEVERITIES[relation.name]
    return RelationEntry(relation.name, relation.holds, relation.text, severity, is_accepted)


def _job_notes(job: tuple[Job, JobTerms] | None) -> list[str]:
    return [*job[0].notes, *notes_on(*job)] if job else []


def _needless(relations: Sequence[Relation], accepted: Collection[str]) -> Iterator[str]:
    """Note each relation that was accepted, and need not have been."""
    for name in dict.fromkeys(accepted):
        found = next((one for one in relations if one.name == name), None)
        if found is None:
            yield f"{name} was accepted, and was not judged: the files that it takes are not there"
        elif found.holds:
            yield f"{name} was accepted, and holds: nothing had to be accepted"


def _job_knobs(job: Job) -> list[JobEntry]:
    return [
        JobEntry(one.knob, in_unit(one), one.unit, one.source.value, one.file.value, one.where)
        for one in job.values
    ]


def _window(configured: Configured, terms: Terms, schedule: Schedule) -> WindowEntry:
    policy = configured.policy
    window = close_window(policy, schedule)
    is_gaps = isinstance(schedule, Gaps)
    return WindowEntry(
        form="a" if is_gaps else "b",
        min_us=schedule.min_us if isinstance(schedule, Gaps) else None,
        max_us=schedule.max_us if isinstance(schedule, Gaps) else None,
        period_us=schedule.period_us if isinstance(schedule, Ticks) else None,
        late_us=schedule.late_us if isinstance(schedule, Ticks) else None,
        defined=is_defined(policy, schedule),
        after_us=window.after_us,
        by_us=window.by_us,
        outer_above_us=outer_above_us(policy, schedule, margin_us=terms.margin_us),
        one_skip_us=one_skip_us(schedule),
    )


def configuration_schema() -> dict[str, Any]:
    """Return the JSON Schema of `stallproof.configuration/1`."""
    made = msgspec.json.schema(Configuration)
    made["$defs"]["Configuration"]["properties"]["schema"] = {"const": CONFIGURATION_SCHEMA}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{CONFIGURATION_SCHEMA}",
        "title": f"An accepted configuration, {CONFIGURATION_SCHEMA}",
        **made,
    }


def encode_configuration(configuration: Configuration) -> bytes:
    """Return `configuration` as indented UTF-8 with a newline at the end."""
    return msgspec.json.format(msgspec.json.encode(configuration), indent=2) + b"\n"
