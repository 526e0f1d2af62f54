"""What every text for a person has in common: its width, its colour, and the items of its lists.

Text from outside is never interpreted as markup.
"""

import io
from collections.abc import Iterable

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from stallproof.reports.lines import visible

WIDTH_MIN = 40
"""Below this many columns a text is laid out for this many."""


def laid_out(parts: Iterable[RenderableType], *, width: int, color: bool) -> str:
    """Return `parts` as text at most `width` columns wide; with `color`, with terminal codes."""
    console = Console(
        file=io.StringIO(),
        width=max(width, WIDTH_MIN),
        force_terminal=color,
        color_system="standard" if color else None,
        markup=False,
        highlight=False,
        emoji=False,
        legacy_windows=False,
    )
    with console.capture() as capture:
        for part in parts:
            console.print(part)
    return "\n".join(line.rstrip() for line in capture.get().splitlines()) + "\n"


def item(text: str, mark: str = "-", style: str = "") -> RenderableType:
    """Return one item of a list: `text`, wrapped to the right of its `mark` in `style`."""
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(no_wrap=True, min_width=len(mark))
    grid.add_column(overflow="fold")
    grid.add_row(Text(mark, style), Text(visible(text)))
    return Padding(grid, (0, 0, 0, 2), expand=False)
