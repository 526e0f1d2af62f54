"""The summary for a pull request: what is broken first, on 60 lines at most.

The intuition: a reviewer wants to know whether to go on, and if not why. Everything else is behind
a fold or in the JSON report.

The complication: a report may hold ten thousand findings and names of any kind. Each part has its
own most, and `markdown_text` disarms what comes from outside.
"""

from collections.abc import Iterator

from stallproof.judge.report import Report
from stallproof.reports.expected import counted
from stallproof.reports.folding import Folded, folded
from stallproof.reports.lines import event_lines, ms
from stallproof.reports.markup import code_lines, markdown_text
from stallproof.reports.ranges import ranges
from stallproof.reports.told import ORDER, in_words, known_failures, told_of
from stallproof.reports.undecided import reasons_of
from stallproof.reports.whole import last_line
from stallproof.wire.units import count

LINES_MAX = 60
"""How many lines the summary has at most."""
BROKEN_MAX, EXPECTED_MAX, REASONS_MAX, TROUBLE_MAX, EVENTS_MAX = 10, 2, 3, 2, 6
"""Of what is broken, was expected to be, is open, or is trouble with the harness; and of the events
of the first failure."""
_LINE_MAX = 160


def encode_markdown(report: Report) -> bytes:
    """Return the summary of `report` as UTF-8 with a newline at the end."""
    return ("\n".join(_lines(report)) + "\n").encode()


def _lines(report: Report) -> Iterator[str]:
    known = report.implementation
    name = " ".join(known[key] for key in ("name", "version") if known.get(key)) or "unknown"
    yield f"### stallproof: {report.verdict.upper()} for {markdown_text(name)}"
    yield ""
    yield markdown_text(last_line(report).plain, limit=600)
    yield ""
    yield from _table(report)
    yield from _broken(report)
    if report.expectations is not None:
        met = report.expectations
        yield f"Known beforehand ({markdown_text(met.file)}): {counted(met)}."
        yield ""
    yield from _trouble(report)
    yield from _open(report)
    yield _rests_on(report)


def _table(report: Report) -> Iterator[str]:
    yield "| verdict | how many | requirements |"
    yield "|---|---:|---|"
    judged = [one for one in report.requirements if one.selected]
    for told in ORDER:
        ids = [one.id for one in judged if told_of(report, one) == told]
        if ids:
            yield f"| {in_words(told)} | {len(ids)} | {markdown_text(ranges(ids))} |"
    yield ""


def _broken(report: Report) -> Iterator[str]:
    # A root comes before what follows from it.
    broken = sorted(folded(report, "violation", "consequence"), key=lambda one: one.of is not None)
    known = {*known_failures(report)}
    new = [one for one in broken if not set(one.ids) <= known]
    expected = [one for one in broken if set(one.ids) <= known]
    for title, found, most in (
        ("Broken", new, BROKEN_MAX // 2 if expected else BROKEN_MAX),
        ("Broken, as was expected", expected, EXPECTED_MAX),
    ):
        if not found:
            continue
        yield f"**{title}**"
        yield ""
        yield from (_told(report, one) for one in found[:most])
        if len(found) > most:
            yield f"- and {len(found) - most} more; the JSON report has them all"
        yield ""
    if new:
        yield from _events(new[0])


def _told(report: Report, told: Folded) -> str:
    titles = {one.id: one.title for one in report.requirements}
    title = titles[next(iter(told.ids))]
    follows = f", follows from {told.of}" if told.of is not None else ""
    what = markdown_text(f"{ranges(told.ids)} {title}")
    return f"- **{what}**{follows}{markdown_text(told.where)}: " + markdown_text(
        told.first.explanation, limit=500
    )


def _events(told: Folded) -> Iterator[str]:
    events = told.first.events
    lines = [" ".join(line)[:_LINE_MAX] for line in event_lines(events, EVENTS_MAX)]
    if not lines:
        return
    if len(events) > EVENTS_MAX:
        lines.append(f"... and {len(events) - EVENTS_MAX} more events")
    yield "<details><summary>The events of the first</summary>"
    yield ""
    yield from code_lines(lines)
    yield "</details>"
    yield ""


def _trouble(report: Report) -> Iterator[str]:
    if not report.harness:
        return
    yield "**The harness broke** (this is no verdict on the implementation)"
    yield ""
    for one in report.harness[:TROUBLE_MAX]:
        told = f"{one.scenario}: {one.what} ({one.times} times): {one.detail}"
        yield f"- {markdown_text(told)}"
    if len(report.harness) > TROUBLE_MAX:
        yield f"- and {len(report.harness) - TROUBLE_MAX} more"
    yield ""


def _open(report: Report) -> Iterator[str]:
    reasons = reasons_of(report)
    if not reasons:
        return
    yield "<details><summary>Not judged</summary>"
    yield ""
    for reason in reasons[:REASONS_MAX]:
        yield f"- {markdown_text(reason.line)}"
    if len(reasons) > REASONS_MAX:
        yield f"- and {len(reasons) - REASONS_MAX} more reasons"
    yield ""
    yield "</details>"
    yield ""


def _rests_on(report: Report) -> str:
    parts = [f"stallproof {report.stallproof}, law {report.law}"] if report.stallproof else []
    scenarios = count(report.scenarios, "scenario")
    parts.append(f"profile {report.profile}, {report.clock} clock, {scenarios}")
    if report.seed is not None:
        parts.append(f"seed {report.seed}")
    parts.append(f"grace {ms(report.grace_us)}, noise {ms(report.noise_us)}")
    if "date" in report.volatile:
        parts.append(str(report.volatile["date"]))
    return markdown_text("; ".join(parts)) + "."
