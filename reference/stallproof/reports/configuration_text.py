"""What `stallproof config` says, for a person: a table of values, the close window, the relations.

Verdicts are words; colour only repeats them. Text from outside is never interpreted as markup.

Spec: `spec/cf.md`.
"""

from collections.abc import Iterator

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from stallproof.configuration.relations import bytes_text, seconds_text
from stallproof.reports.configuration import Configuration, EffectiveKnob, WindowEntry
from stallproof.reports.page import item, laid_out


def render_configuration(configuration: Configuration, *, width: int, color: bool = False) -> str:
    """Return `configuration` as text at most `width` columns wide (40 at the least)."""
    return laid_out(_parts(configuration), width=width, color=color)


def _parts(shown: Configuration) -> Iterator[RenderableType]:
    yield _values(shown)
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
    for relation in shown.relations:
        style = "green" if relation.holds else "bold red"
        text = f"{relation.relation}: {relation.text}"
        yield item(text, "holds" if relation.holds else "BROKEN", style)
    yield Text()
    yield from _verdict(shown)


def _values(shown: Configuration) -> Table:
    table = _table("Knob", "Effective value", "From")
    for one in shown.knobs:
        table.add_row(one.knob, _value(one), "--set" if one.source == "set" else one.source)
    table.add_row("(the monitor's period)", seconds_text(shown.monitor_period_us), "constant")
    return table


def _value(one: EffectiveKnob) -> str:
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
    broken = [relation.relation for relation in shown.relations if not relation.holds]
    if broken:
        word = Text("BROKEN", "bold red")
        yield word + Text(f": {', '.join(broken)}; the configuration takes effect (exit code 1)")
    else:
        yield Text("HOLDS", "bold green") + Text(": every relation holds (exit code 0)")


def _heading(text: str) -> Text:
    return Text(text, "bold")


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
