"""The table of features: what each situation takes, for a person and for a program."""

from collections.abc import Sequence

import msgspec
from rich import box
from rich.table import Table
from rich.text import Text

from stallproof.reports.page import laid_out
from stallproof.runner.features import Taken

FEATURES_SCHEMA = "stallproof.features/1"


def render_features(taken: Sequence[Taken], *, width: int) -> str:
    """Return one row for each situation; where there are several ways, each is enough."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("ID", no_wrap=True)
    table.add_column("Situation", no_wrap=True)
    table.add_column("Features", overflow="fold")
    for one in taken:
        ways = " or ".join(" + ".join(way) for way in one.ways)
        table.add_row(Text(one.requirement), Text(one.situation), Text(ways))
    return laid_out([table], width=width, color=False)


def encode_features(taken: Sequence[Taken]) -> bytes:
    """Return the same as JSON: `schema`, and `situations` in the order of the law."""
    whole = {"schema": FEATURES_SCHEMA, "situations": list(taken)}
    return msgspec.json.format(msgspec.json.encode(whole), indent=2) + b"\n"
