"""What was found of a machine, for a person and for a program."""

from collections import Counter
from collections.abc import Sequence

import msgspec
from rich.table import Table
from rich.text import Text

from stallproof.reports.lines import visible
from stallproof.reports.page import laid_out
from stallproof.runner.doctor import Look, is_able

DOCTOR_SCHEMA = "stallproof.doctor/1"
_STYLES = {"ok": "green", "warn": "yellow", "fail": "bold red"}
_NAME_WIDTH = 13
_INDENT = len("fail ") + _NAME_WIDTH + 1


def render_look(look: Look, *, width: int, color: bool) -> str:
    """Return one look as text: its state, its name, what was seen, and what to do about it."""
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(no_wrap=True, min_width=max(map(len, _STYLES)))
    grid.add_column(no_wrap=True, min_width=_NAME_WIDTH)
    grid.add_column(overflow="fold")
    grid.add_row(Text(look.state, _STYLES[look.state]), Text(look.name), Text(visible(look.seen)))
    if look.advice:
        grid.add_row("", "", Text(f"What to do: {visible(look.advice)}"))
    # A word is never broken: who copies a list of features needs it whole.
    longest = max(map(len, visible(look.seen).split()), default=0)
    return laid_out([grid], width=max(width, _INDENT + longest), color=color)


def render_able(looks: Sequence[Look], *, width: int, color: bool) -> str:
    """Return the last line: the numbers, whether all can be judged here, and the exit code."""
    counts = Counter[str](look.state for look in looks)
    told = ", ".join(f"{counts[state]} {state}" for state in _STYLES if counts[state])
    able = is_able(looks)
    word = Text("ABLE", "bold green") if able else Text("NOT ABLE", "bold red")
    rest = "everything can be judged here (exit code 0)"
    rest = rest if able else "something cannot be judged here (exit code 3)"
    line = Text(f"{told or 'nothing was looked at'}; ").append_text(word).append(f": {rest}")
    return laid_out([line], width=width, color=color)


def encode_looks(looks: Sequence[Look], *, jobs: int) -> bytes:
    """Return the same as JSON: `schema`, `able`, the suggested `jobs`, and `looks`."""
    found = {"schema": DOCTOR_SCHEMA, "able": is_able(looks), "jobs": jobs, "looks": list(looks)}
    return msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n"
