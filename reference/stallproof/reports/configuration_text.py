"""What `stallproof config` says, for a person: a table of values, the close window, the relations.

Verdicts are words; colour only repeats them. Text from outside is never interpreted as markup.

Spec: `spec/cf.md`.
"""

from collections.abc import Iterator
from typing import get_args

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from stallproof.configuration.relations import bytes_text, seconds_text
from stallproof.configuration.severity import RelationName
from stallproof.reports.configuration import (
    Configuration,
    EffectiveKnob,
    JobEntry,
    RelationEntry,
    WindowEntry,
)
from stallproof.reports.lines import visible
from stallproof.reports.page import item, laid_out

_MARKS = {
    "breaks": ("BROKEN", "bold red"),
    "slows": ("SLOWS", "bold yellow"),
    "noise": ("NOISE", "yellow"),
}
"""What is said of a relation that does not hold, by its severity."""


def render_configuration(configuration: Configuration, *, width: int, color: bool = False) -> str:
    """Return `configuration` as text at most `width` columns wide (40 at the least)."""
    return laid_out(_parts(configuration), width=width, color=color)


def _parts(shown: Configuration) -> Iterator[RenderableType]:
    yield _values(shown)
    if shown.job_knobs:
        yield _job_values(shown)
    if shown.notes:
        yield _heading("Notes")
        yield from map(item, shown.notes)
        yield Text()
    yield from _windows(shown)
    grace = seconds_text(shown.grace_us)
    yield _heading(f"Send deadline and monitor (CX-5), with a grace of {grace}")
    yield item(f"{shown.case.case}: {shown.case.text}")
    yield Text()
    yield _heading(f"Relations between knobs (CF-5), with a grace of {grace}")
    yield from map(_relation, shown.relations[: len(get_args(RelationName))])
    yield Text()
    if shown.job_knobs:
        yield _heading("Relations between the knobs of the job")
        yield from map(_relation, shown.relations[len(get_args(RelationName)) :])
        yield Text()
    yield from _verdict(shown)


def _values(shown: Configuration) -> Table:
    table = _table("Knob", "Effective value", "From")
    for one in shown.knobs:
        table.add_row(one.knob, _value(one), "--set" if one.source == "set" else one.source)
    table.add_row("(the monitor's period)", seconds_text(shown.monitor_period_us), "constant")
    return table


def _job_values(shown: Configuration) -> Table:
    table = _table("Knob of the job", "Effective value", "From", "Where")
    for one in shown.job_knobs:
        source = "--set" if one.source == "set" else one.source
        where = visible(f"{one.file}, {one.where}" if one.where else one.file)
        table.add_row(one.knob, visible(_value(one)), source, where)
    return table


def _relation(relation: RelationEntry) -> RenderableType:
    """Return one relation with its verdict: how bad it is, where it does not hold."""
    text = f"{relation.relation}: {relation.text}"
    if relation.holds:
        return item(text, "holds", "green")
    if relation.accepted:
        return item(text, f"accepted ({relation.severity})", "yellow")
    return item(text, *_MARKS[relation.severity])


def _value(one: EffectiveKnob | JobEntry) -> str:
    if one.value is None:
        return "none"
    if isinstance(one.value, list):
        return ", ".join(one.value) or "none"
    if one.unit == "s":
        return seconds_text(round(one.value * 1_000_000))
    if one.unit == "bytes":
        return bytes_text(int(one.value))
    return str(one.value).lower()


def _windows(shown: Configuration) -> Iterator[RenderableType]:
    yield _heading("Close window (SC-9): when the monitor closes, from the beginning of a stall")
    closes = next(one.value for one in shown.knobs if one.knob == "sfm_close_stalled_connection")
    if not closes:
        yield item("closing is disabled (warn-only): this is the window if it were enabled")
    table = _table("Checks of the monitor", "later than", "by", "outer timeouts above")
    for one in shown.close_windows:
        table.add_row(
            _schedule(one), seconds_text(one.after_us), seconds_text(one.by_us),
            seconds_text(one.outer_above_us),
        )  # fmt: skip
        if not one.defined:
            table.add_row("    not promised: the stall timeout is too short", "", "", "")
    yield table
    yield item(
        "L is sfm_send_stall_timeout, N is sfm_send_stall_consecutive_checks, T is the monitor's "
        "period, and J is how late a check on an absolute schedule may be"
    )
    yield item("(a), checks T apart: later than L + (N-1)*T, and by L + N*T")
    yield item("(b), checks on a schedule: later than L + max(0, (N-1)*T - J), by L + N*T + J")
    period = seconds_text(max(one.one_skip_us for one in shown.close_windows))
    yield item(f"in (b) each tick that is skipped beyond L moves both ends by T = {period}")
    margin = seconds_text(shown.margin_us)
    yield item(f"set each outer timeout to more than the upper end plus a margin of {margin}")
    yield item("what follows is judged by form (b), whose window is the wider one")
    yield Text()


def _schedule(one: WindowEntry) -> str:
    if one.form == "a":
        return f"(a) T = {seconds_text(one.min_us or 0)} apart"
    late = seconds_text(one.late_us or 0)
    return f"(b) each T = {seconds_text(one.period_us or 0)}, at most J = {late} late"


def _verdict(shown: Configuration) -> Iterator[RenderableType]:
    open_ = [one for one in shown.relations if not one.holds and not one.accepted]
    accepted = [one.relation for one in shown.relations if one.accepted]
    told = f"; accepted: {', '.join(accepted)}" if accepted else ""
    if not open_:
        every = "every other relation holds" if accepted else "every relation holds"
        yield Text("HOLDS", "bold green") + Text(f": {every}{told} (exit code 0)")
        return
    parts = []
    for severity, (word, style) in _MARKS.items():
        names = [one.relation for one in open_ if one.severity == severity]
        if names:
            parts.append(Text(word, style) + Text(f": {', '.join(names)}"))
    end = Text(f"{told}; the configuration takes effect (exit code 1)")
    yield Text("; ").join(parts) + end


def _heading(text: str) -> Text:
    return Text(text, "bold")


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
