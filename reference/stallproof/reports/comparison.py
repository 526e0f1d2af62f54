"""A comparison of two reports for a person, for a pull request, and for a program."""

from collections.abc import Iterator, Sequence

import msgspec
from rich.console import RenderableType
from rich.text import Text

from stallproof.judge.comparison import NOT_JUDGED, Change, Comparison
from stallproof.reports.markup import markdown_text
from stallproof.reports.page import item, laid_out

LINES_MAX = 60
"""How many lines the Markdown has at most."""
_CHANGES_MAX, _WARNINGS_MAX = 5, 8
_STYLES = {"Got worse": "bold red", "No longer judged": "bold yellow", "Got better": "bold green"}


def grouped(comparison: Comparison) -> dict[str, list[Change]]:
    """Return the changes by what became of them; those that matter most come first."""
    groups: dict[str, list[Change]] = {
        name: []
        for name in ("Got worse", "No longer judged", "Newly judged", "Got better", "Changed")
    }
    for change in comparison.changes:
        groups[_group(change)].append(change)
    return {name: changes for name, changes in groups.items() if changes}


def _group(change: Change) -> str:
    if change.after == NOT_JUDGED:
        return "No longer judged"
    if change.before == NOT_JUDGED:
        return "Newly judged"
    if change.is_worse:
        return "Got worse"
    is_better = change.after == "pass" or any(part.after == "pass" for part in change.parts)
    return "Got better" if is_better else "Changed"


def line_of(change: Change) -> str:
    """Say how one requirement changed, its transports and situations behind it."""
    if change.before != change.after:
        whole = f"{_words(change.before)}, then {_words(change.after)}"
    else:
        whole = f"still {_words(change.after)}"
    parts = "; ".join(_parts(change))
    return f"{change.id} {change.title}: {whole}{f' ({parts})' if parts else ''}"


def _parts(change: Change) -> Iterator[str]:
    alike: dict[tuple[str, str, str], list[str]] = {}
    for part in change.parts:
        alike.setdefault((part.kind, part.before, part.after), []).append(part.name)
    for (kind, before, after), names in alike.items():
        place = "on" if kind == "transport" else "in"
        yield f"{place} {', '.join(names)}: {_words(before)}, then {_words(after)}"


def _words(standing: str) -> str:
    return standing.replace("-", " ")


def verdict_line(comparison: Comparison) -> str:
    """Return the last line: whether anything got worse, and the exit code."""
    worse = sum(1 for change in comparison.changes if change.is_worse)
    whole = f"the whole was {comparison.before} and is {comparison.after}"
    if not comparison.is_worse:
        return f"NO REGRESSION: {whole}; nothing got worse (exit code 0)"
    requirements = f"{worse} requirement{'' if worse == 1 else 's'} got worse"
    return f"REGRESSION: {whole}; {requirements} (exit code 1)"


def render_comparison(comparison: Comparison, *, width: int, color: bool = False) -> str:
    """Return it as text at most `width` columns wide."""
    return laid_out(_text(comparison), width=width, color=color)


def _text(comparison: Comparison) -> Iterator[RenderableType]:
    if comparison.warnings:
        yield Text("Before you compare:", "bold")
        yield from (item(warning) for warning in comparison.warnings)
        yield Text()
    for name, changes in grouped(comparison).items():
        yield Text(f"{name}:", _STYLES.get(name, "bold"))
        yield from (item(line_of(change)) for change in changes)
        yield Text()
    yield Text(f"{len(comparison.changes)} changed, {comparison.unchanged} did not")
    yield Text(verdict_line(comparison), "bold red" if comparison.is_worse else "bold green")


def comparison_markdown(comparison: Comparison) -> bytes:
    """Return it for a pull request: 60 lines at most, what got worse first."""
    return ("\n".join(_markdown(comparison)) + "\n").encode()


def _markdown(comparison: Comparison) -> Iterator[str]:
    yield f"### stallproof: {'regression' if comparison.is_worse else 'no regression'}"
    yield ""
    yield markdown_text(verdict_line(comparison))
    yield ""
    if comparison.warnings:
        # A list, so that a renderer keeps the lines apart.
        yield from _listed(comparison.warnings, _WARNINGS_MAX)
        yield ""
    for name, changes in grouped(comparison).items():
        yield f"**{name}**"
        yield ""
        yield from _listed([line_of(change) for change in changes], _CHANGES_MAX)
        yield ""
    yield f"{len(comparison.changes)} changed, {comparison.unchanged} did not."


def _listed(lines: Sequence[str], most: int) -> Iterator[str]:
    yield from (f"- {markdown_text(line)}" for line in lines[:most])
    if len(lines) > most:
        yield f"- and {len(lines) - most} more"


def encode_comparison(comparison: Comparison) -> bytes:
    """Return it as indented JSON with a newline at the end."""
    return msgspec.json.format(msgspec.json.encode(comparison), indent=2) + b"\n"
