"""What the calculator knows: knobs, bounds, defaults and relations, from the code and the law.

It is a script and no JSON file, since a browser reads no other file beside a page that is a file.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, get_args

from docs.site.sources import ROOT
from stallproof.cli.configuration import LATE_US
from stallproof.cli.configured import SPAN_MAX_S
from stallproof.configuration.kinds import (
    BYTES,
    COUNT,
    INTERVAL,
    MICROSECOND,
    SECONDS,
    SWITCH,
    TIMEOUT_MAX,
    WHOLE_SECONDS,
    Kind,
)
from stallproof.configuration.releases import POLICIES
from stallproof.configuration.severity import SEVERITIES, RelationName
from stallproof.configuration.table import KNOBS, written
from stallproof.machines.policy import Policy
from stallproof.machines.settings import CHECKS_LIMIT, SIZE_MAX_BYTES

GRACE_MAX_MS = 60_000
_BOUNDS: dict[Kind, tuple[object, object, bool]] = {
    SECONDS: (MICROSECOND, TIMEOUT_MAX, False),
    INTERVAL: (None, TIMEOUT_MAX, False),
    WHOLE_SECONDS: (1, TIMEOUT_MAX, True),
    BYTES: (1, SIZE_MAX_BYTES, True),
    COUNT: (None, CHECKS_LIMIT, True),
}
"""The least and the greatest number of a kind, both included, and whether it has to be whole."""


def pages() -> dict[str, str]:
    """Return the script by its path."""
    told = json.dumps(data(), indent=1, default=str)
    return {"docs/assets/calculator/data.js": f"window.stallproofCalculator = {{data: {told}}};\n"}


def data() -> dict[str, Any]:
    """Return what the calculator knows; bounds are texts, since they are compared exactly."""
    return {
        "period_us": Policy().monitor_period_us,
        "late_us": LATE_US,
        "grace_ms": LATE_US // 1000,
        "knobs": [
            {"name": name, "field": knob.field, "kind": _kind(knob.kind)}
            for name, knob in KNOBS.items()
        ],
        "releases": {
            release: {name: written(name, policy) for name in KNOBS}
            for release, policy in POLICIES.items()
        },
        "spans": {
            "grace": _span("ms", 0, GRACE_MAX_MS, is_whole=True),
            "margin": _span("s", 0, SPAN_MAX_S),
            "outer": _span("s", MICROSECOND, SPAN_MAX_S),
        },
        "relations": list(_relations()),
    }


def _kind(kind: Kind) -> dict[str, Any]:
    """Return a kind as the calculator reads it; a switch has no bounds."""
    if kind is SWITCH:
        return {"unit": kind.unit}
    least, most, is_whole = _BOUNDS[kind]
    return {
        "unit": kind.unit, "allowed": kind.allowed, "least": _plain(least), "most": _plain(most),
        "whole": is_whole, "clamp": _plain(kind.clamp),
    }  # fmt: skip


def _span(unit: str, least: object, most: object, *, is_whole: bool = False) -> dict[str, Any]:
    number = f"a {'whole ' * is_whole}number"
    return {
        "unit": unit, "allowed": f"{number} of {unit} from {_plain(least)} to {_plain(most)}",
        "least": _plain(least), "most": _plain(most), "whole": is_whole, "clamp": None,
    }  # fmt: skip


def _plain(number: object) -> str | None:
    """Return a bound without an exponent; `None` is no bound."""
    return None if number is None else f"{number:f}" if hasattr(number, "scaleb") else str(number)


def _relations() -> Iterator[dict[str, str]]:
    """Give the relations of a connection in the law's order, in the words of its table."""
    law = (ROOT / "spec" / "cf.md").read_text("utf-8")
    _, _, table = law.partition("| relation | holds when | if it does not hold |\n")
    rows = re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \|$", table.partition("\n\n")[0], re.MULTILINE)
    for name, (title, _, follows) in zip(get_args(RelationName), rows, strict=True):
        yield {"name": name, "severity": SEVERITIES[name], "title": title, "follows": follows}
