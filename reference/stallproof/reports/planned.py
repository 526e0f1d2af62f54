"""What would be judged and played, as a terminal shows it."""

import textwrap
from collections.abc import Iterator, Sequence

from stallproof.reports.law import WIDTH_MAX
from stallproof.runner.planned import Planned

NOTHING = "nothing"
"""What plays where all that would is left out."""


def render_ids(rows: Sequence[Planned]) -> str:
    """Return the IDs alone, one a line."""
    return "".join(f"{row.requirement.id}\n" for row in rows)


def render_planned(rows: Sequence[Planned], clock: str, *, width: int, verbose: bool) -> str:
    """Return each requirement with what aims at its situations, as text `width` columns wide.

    `clock`: `virtual` has no scenarios, `real` no vectors. `verbose`: with the vectors' names.
    """
    width = min(max(width, 40), WIDTH_MAX)
    lines = [line for row in rows for line in _row(row, clock, width, verbose)]
    return "\n".join([*lines, *_whole(rows, clock, width)]) + "\n"


def _row(row: Planned, clock: str, width: int, verbose: bool) -> Iterator[str]:
    one = row.requirement
    yield from _wrapped(f"{one.id}  {one.title} ({one.level}, {one.profile})", width, "", "    ")
    if clock != "virtual":
        for situation, names in row.situations.items():
            played = ", ".join(names) or NOTHING
            yield from _wrapped(f"{situation}: {played}", width, "    - ", "      ")
        if row.on_the_way:
            names = row.on_the_way
            yield from _wrapped(f"on the way: {', '.join(names)}", width, "    - ", "      ")
    if row.vectors:
        names = row.vectors
        told = ", ".join(names) if verbose else f"{len(names)} vector{'s'[: len(names) > 1]}"
        yield from _wrapped(f"in virtual time: {told}", width, "    - ", "      ")


def _whole(rows: Sequence[Planned], clock: str, width: int) -> Iterator[str]:
    """Yield how much there is in all."""
    scenarios = {name for row in rows for name in row.scenarios}
    vectors = {name for row in rows for name in row.vectors}
    parts = [f"{len(rows)} requirement{'s'[: len(rows) != 1]}"]
    parts += [] if clock == "virtual" else [f"{len(scenarios)} scenarios"]
    declared = " where virtual time is declared" if clock == "auto" else ""
    parts += [] if clock == "real" else [f"{len(vectors)} vectors{declared}"]
    yield from _wrapped(f"{', '.join(parts)}; nothing was played", width, "", "")


def _wrapped(text: str, width: int, first: str, others: str) -> list[str]:
    return textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=others, break_on_hyphens=False
    )
