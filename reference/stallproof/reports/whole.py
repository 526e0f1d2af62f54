"""The last line of a report and what leads to it: what was left out, allowed, or broken off."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from stallproof.judge.report import Judgement, Report, Standing, exit_code
from stallproof.judge.standing import lacked_by
from stallproof.reports.lines import visible
from stallproof.reports.page import item
from stallproof.reports.ranges import ranges
from stallproof.reports.told import known_failures
from stallproof.wire.operations import DECIDE, MACHINES
from stallproof.wire.request import ANEW

_WHOLE = {
    "pass": ("PASS", "bold green", "every applicable requirement passed"),
    "fail": ("FAIL", "bold red", "at least one requirement is broken"),
    "incomplete": (
        "INCOMPLETE",
        "bold yellow",
        "nothing is known to be broken, but not everything was shown to hold",
    ),
}
_WHY = {
    "not-exercised": "not exercised",
    "inconclusive": "inconclusive",
    "unsupported": "unsupported",
    "harness": "the harness broke",
    "nothing-judged": "nothing was left to judge",
}


def transport_parts(report: Report) -> Iterator[RenderableType]:
    """Yield one line for each requirement that came out differently from transport to transport."""
    lines = [
        f"{one.id}: {by_transport(one.transports)}"
        for one in report.requirements
        if one.selected and len(set(one.transports.values())) > 1
    ]
    if lines:
        yield Text("By transport:", "bold")
        yield from (item(line) for line in lines)
        yield Text()


def by_transport(standings: dict[str, Standing]) -> str:
    """Say how each transport came out, those that came out alike together."""
    alike: dict[Standing, list[str]] = {}
    for transport, standing in standings.items():
        alike.setdefault(standing, []).append(transport)
    return "; ".join(
        f"{standing.replace('-', ' ')} on {', '.join(names)}"
        if standing == "left-out"
        else f"{standing} on {', '.join(names)}"
        for standing, names in alike.items()
    )


def left_out_parts(report: Report) -> Iterator[RenderableType]:
    """Yield what was left out because nobody wanted it."""
    judged = [one for one in report.requirements if one.selected]
    wholly = [one.id for one in judged if one.is_left_out]
    partly = [f"{one.id} ({', '.join(names)})" for one in judged if (names := _left_out(one))]
    if not wholly and not partly:
        return
    yield Text(f"Left out, without {_without(report)}:", "bold")
    for words, names in (("whole requirements", wholly), ("situations", partly)):
        if names:
            yield item(f"{words}: {', '.join(names)}")
    yield Text()


def _left_out(judgement: Judgement) -> list[str]:
    if judgement.is_left_out:
        return []
    return [name for name, one in judgement.standings.items() if one == "left-out"]


def _without(report: Report) -> str:
    """Return what was left out by name, but for `anew`: that spares time, and is never judged."""
    return visible(", ".join(one for one in report.without if one != ANEW))


def without_parts(report: Report) -> Iterator[RenderableType]:
    """Yield what would leave out exactly what is unsupported, where that leaves the whole open."""
    lacked = {
        feature
        for one in report.requirements
        if one.selected
        for finding in one.findings
        for feature in lacked_by(finding)
    }
    if report.verdict != "incomplete" or "unsupported" in report.allowed or not lacked:
        return
    # Who asks for no decision has no machine either.
    lacked -= {*MACHINES} if DECIDE in lacked else set()
    names = ",".join(sorted(lacked.union(report.without)))
    yield Text(f"What is unsupported is left out by: --without {visible(names)}")


def last_line(report: Report) -> Text:
    """Return the whole verdict in one line, with all that it rests on, and the exit code."""
    word, style, meaning = _WHOLE[report.verdict]
    meaning = _known(report) or meaning
    parts = [meaning, *_incomplete(report), *_allowed(report)]
    if any(one.selected and "left-out" in one.standings.values() for one in report.requirements):
        out = [one.id for one in report.requirements if one.selected and one.is_left_out]
        part = [one.id for one in report.requirements if one.selected and _left_out(one)]
        told = [f"all of {ranges(out)}"] if out else []
        told += [f"part of {ranges(part)}"] if part else []
        parts.append(f"left out, without {_without(report)}: {' and '.join(told)}")
    return Text.assemble((word, style), f": {'; '.join(parts)} (exit code {exit_code(report)})")


def _incomplete(report: Report) -> Iterator[str]:
    """Yield why the report is not complete, as far as nobody allowed it."""
    if report.verdict == "incomplete":
        reasons = [_WHY[one] for one in report.why if one in _WHY and one not in report.allowed]
        if reasons:
            yield ", ".join(reasons)
    elif report.verdict == "fail" and report.harness:
        yield "the harness broke"
    if report.interrupted is not None:
        yield f"interrupted: {visible(report.interrupted)}"


def _allowed(report: Report) -> Iterator[str]:
    """Yield what is open and was allowed, by requirement."""
    for one in report.allowed:
        ids = [j.id for j in report.requirements if j.selected and one in j.lacks]
        if ids:
            yield f"allowed: {_WHY[one]} {ranges(ids)}"


def _known(report: Report) -> str | None:
    """Say what the whole means where failures were expected, `None` where that changes nothing."""
    met = report.expectations
    if met is None:
        return None
    known = known_failures(report)
    new = [j.id for j in report.requirements if j.selected and j.verdict == "fail"]
    if new := [name for name in new if name not in known]:
        # A new failure must not hide behind an entry that is only out of date.
        return f"not expected to fail: {ranges(new)}" + ("; the file is stale" if met.stale else "")
    if met.stale:
        return "what was expected to fail has passed: the file is stale"
    return "nothing fails but what was known to" if report.verdict == "pass" and known else None
