"""What `stallproof config` says: effective values with their sources, close window, relations.

As JSON it is `stallproof.configuration/1`; times in it are integer microseconds, except for the
values of knobs, which are in the knobs' units.

Spec: `spec/cf.md`.
"""

from typing import Any, Literal

import msgspec

from stallproof.configuration.knobs import KNOBS, Configured
from stallproof.configuration.relations import RelationName, Terms, case_text, relations_of
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
    """One relation of CF-5, judged by form (b)."""

    relation: RelationName
    holds: bool
    text: str


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


def configuration_of(configured: Configured, terms: Terms) -> Configuration:
    """Return all that there is to say; `terms` holds the schedule that relations are judged by."""
    policy = configured.policy
    case, what = case_text(policy, terms)
    relations = relations_of(policy, terms)
    gaps = Gaps(policy.monitor_period_us, policy.monitor_period_us)
    return Configuration(
        schema=CONFIGURATION_SCHEMA,
        verdict="holds" if all(relation.holds for relation in relations) else "broken",
        knobs=[
            EffectiveKnob(name, value, KNOBS[name].kind.unit, configured.sources[name].value)
            for name, value in configured.effective.items()
        ],
        monitor_period_us=policy.monitor_period_us,
        grace_us=terms.grace_us,
        margin_us=terms.margin_us,
        outer_timeouts_us=dict(terms.outer_timeouts_us),
        close_windows=[_window(configured, terms, each) for each in (gaps, terms.schedule)],
        case=CaseEntry(case.value, what),
        relations=[RelationEntry(each.name, each.holds, each.text) for each in relations],
        notes=list(configured.notes),
    )


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
