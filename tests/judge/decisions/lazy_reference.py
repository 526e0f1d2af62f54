"""What lazy references decide."""

from typing import Any

from tests.models.lazy_reference import decision

__all__ = ["REQUIREMENTS", "ROWS", "decision"]

REQUIREMENTS = ("LR-1",)
DELIVERS = {"outcome": "deliver", "item": "i", "size_bytes": 9}


def _event(what: str, who: str = "c", **more: Any) -> dict[str, Any]:
    return {"what": what, "reference": "r", "item": "i", "who": who, **more}


def _past(*events: dict[str, Any]) -> dict[str, Any]:
    return {"events": [_event("issued", size_bytes=9), *events]}


ASKED = _event("asked")
TAKEN, PASSED, DIED, AWAITED = (_event(w, "m") for w in ("taken", "passed", "died", "awaited"))
ENDED, SHORT, BAD = (
    _event("ended", size_bytes=size, exact=exact)
    for size, exact in ((9, True), (8, True), (9, False))
)

ROWS = (
    ("LR-1", "delivers", _past(ASKED), {"outcome": "used", "item": None, "size_bytes": 0}),
    ("LR-1", "outlived", _past(TAKEN, PASSED, DIED, ASKED), {"outcome": "intermediary-died"}),
    ("LR-1", "given-back", _past(ASKED, SHORT, ASKED), {"outcome": "used"}),
    ("LR-1", "unknown", _past({**ASKED, "reference": "s"}), DELIVERS),
    ("LR-1", "altered", _past({**ASKED, "item": "j"}), DELIVERS),
    ("LR-1", "another", _past({**ASKED, "who": "d"}), DELIVERS),
    ("LR-1", "used", _past(ASKED, ENDED, ASKED), DELIVERS),
    ("LR-1", "expired", _past(_event("expired"), ASKED), DELIVERS),
    ("LR-1", "owner-gone", _past(_event("gone"), ASKED), {"outcome": "unknown-reference"}),
    ("LR-1", "exact", _past(ASKED, ENDED), {"size_bytes": 8}),
    ("LR-1", "short", _past(ASKED, SHORT), {"outcome": "delivered"}),
    ("LR-1", "corrupt", _past(ASKED, BAD), {"outcome": "delivered"}),
    ("LR-1", "received", _past(TAKEN, PASSED, AWAITED), {"outcome": "awaiting"}),
    ("LR-1", "intermediary-died", _past(TAKEN, DIED, AWAITED), {"outcome": "awaiting"}),
    ("LR-1", "held", _past(TAKEN), {"held_bytes": 9}),
)
