"""What the smoke test of a harness found, for a person and for a program."""

from collections import Counter
from collections.abc import Sequence

import msgspec
from rich.table import Table
from rich.text import Text

from stallproof.reports.lines import visible
from stallproof.reports.page import laid_out
from stallproof.runner.smoke import Check, is_sound

SMOKE_SCHEMA = "stallproof.smoke/1"
_INDENT = len("left-out unknown-operation ")
_STYLES = {"sound": "green", "broken": "bold red", "left-out": "yellow"}


def render_check(check: Check, *, width: int, color: bool) -> str:
    """Return one check as text: its state, its name, what was seen, and what to do about it."""
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(no_wrap=True, min_width=max(map(len, _STYLES)))
    grid.add_column(no_wrap=True, min_width=len("unknown-operation"))
    grid.add_column(overflow="fold")
    grid.add_row(
        Text(check.state, _STYLES[check.state]), Text(check.name), Text(visible(check.seen))
    )
    if check.advice:
        grid.add_row("", "", Text(f"What to do: {check.advice}"))
    # A word is never broken: who copies a list of features needs it whole.
    longest = max(map(len, f"{visible(check.seen)} {check.advice}".split()), default=0)
    return laid_out([grid], width=max(width, _INDENT + longest), color=color)


def render_whole(checks: Sequence[Check], *, width: int, color: bool, whole: bool = True) -> str:
    """Return the last line: the numbers, and whether the harness is sound.

    `whole`: all was looked at; else nobody knows that.
    """
    counts = Counter[str](check.state for check in checks)
    told = ", ".join(f"{counts[state]} {state}" for state in _STYLES if counts[state])
    sound = is_sound(checks)
    if not whole and not counts["broken"]:
        said = f"{told or 'nothing was looked at'}; interrupted (exit code 3)"
        return laid_out([Text(said)], width=width, color=color)
    word = Text("SOUND", "bold green") if sound else Text("BROKEN", "bold red")
    rest = "(exit code 0)" if sound else "(exit code 3): no verdict on the implementation"
    line = Text(f"{told or 'nothing was looked at'}; the harness is ")
    return laid_out([line.append_text(word).append(f" {rest}")], width=width, color=color)


def encode_smoke(checks: Sequence[Check], *, whole: bool = True) -> bytes:
    """Return the checks as JSON: `schema`, `sound`, and `checks` in their order.

    Where not all was looked at, `sound` is false and `interrupted` says so.
    """
    found: dict[str, object] = {"schema": SMOKE_SCHEMA, "sound": whole and is_sound(checks)}
    found |= {"checks": list(checks)} if whole else {"interrupted": True, "checks": list(checks)}
    return msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n"
