"""The law for other places than a terminal: Markdown for a page, CSV for a sheet, and one page.

One page is for a meeting: every title, in two columns of eighty, with the profile it belongs to.
"""

import csv
import io
import textwrap
from collections.abc import Iterator
from pathlib import Path

from stallproof.requirements.registry import Registry, Requirement

PAGE_WIDTH = 80
COLUMN = 39
"""Two of them and a gap of two make the page."""
_COLUMNS = ("id", "title", "level", "profile", "law", "boundary", "why", "situations")


def law_markdown(registry: Registry) -> str:
    """Return the requirements of `registry` as Markdown, a section each."""
    return "\n".join(line for one in registry.requirements for line in _section(registry, one))


def _section(registry: Registry, one: Requirement) -> Iterator[str]:
    yield f"## {one.id}: {one.title}\n"
    yield f"*{one.level} · {one.profile} · page {Path(registry.group(one.group).prose).stem}*\n"
    yield from (f"> {_one_line(sentence)}" for sentence in one.law)
    yield f"\n**Boundary.** {one.boundary}\n"
    yield f"**Why.** {one.why}\n"
    yield "**Exercised when.**\n"
    yield from (f"- `{each.name}`: {_one_line(each.text)}" for each in one.situations)
    yield ""


def law_csv(registry: Registry) -> str:
    """Return the requirements as CSV with a head, one row each; lines end as RFC 4180 has them."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    for one in registry.requirements:
        situations = "; ".join(f"{each.name}: {_one_line(each.text)}" for each in one.situations)
        law = " ".join(_one_line(sentence) for sentence in one.law)
        told = (law, _one_line(one.boundary), _one_line(one.why), situations)
        writer.writerow((one.id, one.title, one.level, one.profile, *told))
    return text.getvalue()


def _one_line(text: str) -> str:
    return " ".join(text.split())


def one_page(registry: Registry) -> str:
    """Return all titles in two columns, `PAGE_WIDTH` wide: by group, * for the profile hardened."""
    blocks = [_block(registry, group.id) for group in registry.groups]
    lines = [line for block in filter(None, blocks) for line in block]
    left = _left(blocks, (len(lines) + 1) // 2)
    right = lines[len(left) :]
    left += [""] * (len(right) - len(left))
    right += [""] * (len(left) - len(right))
    page = [f"{a:<{COLUMN}}  {b}".rstrip() for a, b in zip(left, right, strict=True)]
    levels = ", ".join(sorted({one.level for one in registry.requirements}))
    told = f"{len(registry.requirements)} requirements, each {levels}. * only in the profile"
    return "\n".join([*page, f"{told} hardened, else also in seed."]) + "\n"


def _left(blocks: list[list[str]], half: int) -> list[str]:
    """Return the lines of the first blocks, as many blocks as reach `half` of all lines."""
    left: list[str] = []
    for block in blocks:
        if len(left) >= half:
            break
        left += block
    return left


def _block(registry: Registry, group: str) -> list[str]:
    """Return the lines of one group, with a blank one at the end; none if nothing is left of it."""
    members = [one for one in registry.requirements if one.group == group]
    if not members:
        return []
    lines = textwrap.wrap(f"{group}  {registry.group(group).title}", COLUMN)
    for one in members:
        mark = "*" if one.profile == "hardened" else " "
        lines += textwrap.wrap(
            one.title, COLUMN, initial_indent=f"{mark}{one.id:<6}", subsequent_indent=" " * 7,
            break_on_hyphens=False,
        )  # fmt: skip
    return [*lines, ""]
