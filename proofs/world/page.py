"""The page of bugs that were real, and what finds them: made from the list of reports.

`make docs` builds it; `docs/reports.md` is its place.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from proofs.traceability.written import anchor
from proofs.world.reports import Kind, finder_file

INTRODUCTION = Path(__file__).with_name("introduction.md").read_text("utf-8")


def document(kinds: Sequence[Kind], requirements: Mapping[str, str]) -> str:
    """Return the whole page, as Markdown; `requirements` gives the title of each ID."""
    parts = [INTRODUCTION, "## How many\n", *_counts(kinds)]
    parts += ["\n## At a glance\n", *_glance(kinds), "\n## The kinds\n"]
    for kind in kinds:
        parts += _kind(kind, requirements)
    return "\n".join(parts) + "\n"


def _counts(kinds: Sequence[Kind]) -> list[str]:
    rows = (
        ("found", [kind for kind in kinds if kind.found_by]),
        ("not found yet", [kind for kind in kinds if kind.not_found]),
        ("outside the law", [kind for kind in kinds if kind.outside]),
        ("all", kinds),
    )
    lines = ["| what becomes of it | kinds | reports |", "|---|---|---|"]
    for name, some in rows:
        reports = sum(len(kind.reports) for kind in some)
        lines.append(f"| {name} | {len(some)} | {reports} |")
    return lines


def _glance(kinds: Sequence[Kind]) -> list[str]:
    """Return a row for each kind: what goes wrong, the law, how many reports, what finds it."""
    lines = ["| what goes wrong | breaks | reports | found by |", "|---|---|---|---|"]
    for kind in kinds:
        says = f"[{kind.says.replace('|', chr(92) + '|')}](#{anchor(_heading(kind))})"
        broken = ", ".join(f"[{one}]({_page_of(one)})" for one in kind.requirements) or "-"
        lines.append(f"| {says} | {broken} | {len(kind.reports)} | {_becomes(kind)} |")
    return lines


def _becomes(kind: Kind) -> str:
    """Return the first finder and the number of the others, or why there is none."""
    if not kind.found_by:
        return "**not found yet**" if kind.not_found else "outside the law"
    more = f", and {len(kind.found_by) - 1} more" if len(kind.found_by) > 1 else ""
    return f"{_finder(kind.found_by[0])}{more}"


def _heading(kind: Kind) -> str:
    return kind.slug.replace("-", " ")


def _page_of(requirement: str) -> str:
    return f"law/{requirement}.md"


def _kind(kind: Kind, requirements: Mapping[str, str]) -> list[str]:
    lines = [f"### {_heading(kind)}\n", f"{kind.says}\n"]
    if kind.requirements:
        broken = ", ".join(_law(one, requirements[one]) for one in kind.requirements)
        lines.append(f"Breaks {broken}.\n")
    if kind.found_by:
        lines.append(f"Found by: {', '.join(_finder(one) for one in kind.found_by)}.\n")
    if kind.not_found:
        lines.append(f"Not found: {kind.not_found}.\n")
    if kind.outside:
        lines.append(f"Outside: {kind.outside}.\n")
    lines += ["| the fault | source |", "|---|---|"]
    for report in kind.reports:
        unread = "" if report.is_read else " (not read again)"
        name = report.address.removeprefix("github.com/")
        lines.append(f"| {report.fault} | [{name}](https://{report.address}){unread} |")
    return [*lines, ""]


def _law(requirement: str, title: str) -> str:
    return f"[{requirement}: {title}]({_page_of(requirement)})"


def _finder(finder: str) -> str:
    return f"[`{finder}`](../{finder_file(finder)})"
