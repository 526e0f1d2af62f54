"""The report that a person reads: a table of requirements, then the evidence, then the verdict.

Verdicts are words; colour only repeats them. Text from outside is never interpreted as markup.
"""

from collections import Counter
from collections.abc import Iterator

import msgspec
from rich import box
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from stallproof.judge.report import Finding, HarnessTrouble, Judgement, Report
from stallproof.reports.expected import expected_parts
from stallproof.reports.folding import Folded, folded
from stallproof.reports.lines import event_lines, ms, visible
from stallproof.reports.page import item, laid_out
from stallproof.reports.ranges import ranges
from stallproof.reports.sentences import sentences_of
from stallproof.reports.told import Told, in_words, told_of
from stallproof.reports.undecided import undecided_parts
from stallproof.reports.whole import last_line, left_out_parts, transport_parts, without_parts
from stallproof.wire.units import count

WIDE = 90
"""From this many columns on, level and profile have columns of their own."""
EVENTS_MAX = 30
"""How many events of one finding are shown; the JSON report has them all."""

_STYLES: dict[Told, str] = {
    "pass": "green",
    "fail": "bold red",
    "expected": "yellow",
    "inconclusive": "yellow",
    "not-exercised": "yellow",
    "unsupported": "magenta",
    "left-out": "dim",
}
_TELLS = {
    "violation": "VIOLATION",
    "consequence": "CONSEQUENCE",
    "inconclusive": "INCONCLUSIVE",
    "gap": "NOT WITNESSED",
    "unsupported": "UNSUPPORTED",
}
TIMES = ("duration_s", "jobs", "scenarios_per_second", "date")
"""What of `volatile` is shown; the JSON report has all of it."""
WHYS = ("jobs_why",)
"""What of it only those are shown who ask for more."""
_CLOCKS = {
    "real": "real clock",
    "virtual": "virtual time",
    "both": "real clock and virtual time",
}


def render(report: Report, *, width: int, color: bool = False, verbose: bool = False) -> str:
    """Return `report` as text at most `width` columns wide; with `color`, with terminal codes.

    `verbose`: with every event of the findings that are shown, however many there are, and with
    why so many played at once.
    """
    events_max = None if verbose else EVENTS_MAX
    return laid_out(_parts(report, width, events_max), width=width, color=color)


def explained(report: Report, judgement: Judgement, *, width: int) -> str:
    """Return what is to be read about one requirement of `report`, however it came out."""
    alone = msgspec.structs.replace(report, requirements=[judgement])
    return laid_out(
        _evidence(report, judgement, folded(alone, *_TELLS), EVENTS_MAX), width=width, color=False
    )


def render_last(report: Report, *, width: int, color: bool = False) -> str:
    """Return the last line of `report` alone: the whole verdict, and what it rests on."""
    return laid_out([last_line(report)], width=width, color=color)


def _parts(report: Report, width: int, events_max: int | None) -> Iterator[RenderableType]:
    yield _head(report)
    yield _table(report, wide=width >= WIDE)
    left_out = [judgement.id for judgement in report.requirements if not judgement.selected]
    if left_out:
        yield Text(f"Out of scope in this run: {ranges(left_out)}.\n")
    broken = folded(report, "violation", "consequence")
    for judgement in report.requirements:
        if judgement.selected and judgement.verdict == "fail":
            yield from _evidence(report, judgement, broken, events_max)
    yield from undecided_parts(report)
    yield from transport_parts(report)
    yield from left_out_parts(report)
    if report.expectations is not None:
        yield from expected_parts(report.expectations)
    if report.harness:
        yield Text("The harness broke (this is no verdict on the implementation):", "bold")
        for trouble in report.harness:
            yield item(f"{_where(trouble)}: {trouble.what}: {trouble.detail}")
        yield Text()
    if report.notes:
        yield Text("Notes:", "bold")
        for note in report.notes:
            yield item(note)
        yield Text()
    yield from _summary(report, verbose=events_max is None)


def _where(trouble: HarnessTrouble) -> str:
    """Say where a trouble came, and how often if it was not once."""
    others = trouble.scenarios - 1
    more = f" and {others} other scenario{'s' if others > 1 else ''}" if others else ""
    times = f" ({trouble.times} times)" if trouble.times > 1 else ""
    return f"{trouble.scenario}{more}{times}"


def _head(report: Report) -> Text:
    known = report.implementation
    name = visible(" ".join(known[key] for key in ("name", "version") if known.get(key)))
    language = f" ({visible(known['language'])})" if known.get("language") else ""
    return Text.assemble(
        "Judged: ", (name or "unknown", "bold"), f"{language}, profile {report.profile}"
    )


def _table(report: Report, *, wide: bool) -> Table:
    table = Table(box=box.SIMPLE_HEAD if wide else box.SIMPLE, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("ID", no_wrap=True)
    table.add_column("Requirement", ratio=1 if not wide else None, overflow="fold")
    if wide:
        table.add_column("Level", no_wrap=True)
        table.add_column("Profile", no_wrap=True)
    table.add_column("Verdict", no_wrap=True)
    if wide:
        # Beside the verdict: what was not exercised is a situation, whatever else was.
        table.add_column("Situations", justify="right", no_wrap=True)
    table.add_column("Seen" if not wide else "Exercised", justify="right", no_wrap=True)
    for judgement in report.requirements:
        if judgement.selected:
            table.add_row(*_row(judgement, told_of(report, judgement), wide=wide))
    return table


def _row(judgement: Judgement, told: Told, *, wide: bool) -> Iterator[Text]:
    yield Text(judgement.id)
    yield Text(visible(judgement.title))
    if wide:
        yield Text(judgement.level)
        yield Text(judgement.profile)
    yield Text(in_words(told), _STYLES[told])
    if wide:
        witnessed = sum(1 for times in judgement.situations.values() if times)
        yield Text(f"{witnessed} of {len(judgement.situations)}" if judgement.situations else "")
    yield Text(str(judgement.exercised))


def _evidence(
    report: Report, judgement: Judgement, broken: list[Folded], events_max: int | None
) -> Iterator[RenderableType]:
    """Explain how it came out; what says the same is told once, with its number.

    A root is told with its events, and a consequence without: they are those of its root.
    """
    came = told_of(report, judgement)
    yield Text.assemble(
        (f"{judgement.id} {in_words(came)}", _STYLES[came]),
        (f"  {visible(judgement.title)}", "bold"),
    )
    if judgement.follows:
        yield item(f"It follows from {' and '.join(judgement.follows)}, which is the root.")
    for told in broken:
        if judgement.id not in told.ids:
            continue
        kind = _TELLS[told.tells] + ("" if told.of is None else f" of {told.of}")
        first = next(iter(told.ids))
        if first != judgement.id:
            yield item(f"{kind}: the same as under {first}.")
            continue
        yield item(f"{kind}{told.where}: {told.first.explanation}")
        if told.tells != "consequence":
            yield from _events(told.first, events_max)
    for note in judgement.findings:
        if note.tells == "note":
            yield item(note.explanation)
    is_root = came == "fail" and not judgement.follows
    if is_root and (asks := sentences_of(judgement.id)) is not None:
        yield item(asks)
    yield Text()


def _events(finding: Finding, events_max: int | None) -> Iterator[RenderableType]:
    lines = event_lines(finding.events, events_max)
    if not lines:
        return
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True, justify="right")
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for line in lines:
        grid.add_row(*(Text(cell, "dim") for cell in line))
    if more := len(finding.events) - len(lines):
        told = f"... and {more} more events; the JSON report has them all"
        grid.add_row("", "", Text(told, "dim"))
    yield Padding(grid, (0, 0, 0, 4), expand=False)


def _summary(report: Report, *, verbose: bool) -> Iterator[RenderableType]:
    counts = Counter(told_of(report, item) for item in report.requirements if item.selected)
    told = ", ".join(f"{counts[one]} {in_words(one)}" for one in _STYLES if counts[one])
    yield Text(f"{told or 'nothing was judged'}; {count(report.scenarios, 'scenario')}")
    seed = "" if report.seed is None else f"seed {report.seed}, "
    yield Text(
        f"{_CLOCKS[report.clock]}: {seed}grace {ms(report.grace_us)}, noise {ms(report.noise_us)}, "
        f"clock uncertainty {ms(report.clock_uncertainty_us)}"
    )
    told_times = (*TIMES, *WHYS) if verbose else TIMES
    shown = [_volatile(*item) for item in report.volatile.items() if item[0] in told_times]
    if shown:
        yield Text(", ".join(shown))
    yield from _versions(report)
    yield from without_parts(report)
    yield last_line(report)


def _versions(report: Report) -> Iterator[RenderableType]:
    """Yield by what it was judged; older reports do not say."""
    if report.stallproof:
        yield Text(f"stallproof {visible(report.stallproof)}, law {visible(report.law)}")


def _volatile(name: str, value: int | float | str) -> str:
    unit = " s" if name.endswith("_s") else ""
    return f"{name.removesuffix('_s').replace('_', ' ')} {visible(str(value))}{unit}"
