"""What a store that produces once decides."""

from typing import Any

from tests.models.produce_once import decision

__all__ = ["REQUIREMENTS", "ROWS", "decision"]

REQUIREMENTS = ("PO-1", "PO-2")
WAITS = {"answer": "wait"}
OTHER = {"value": "other"}
BROUGHT_BACK: dict[str, Any] = {"stored": [["x", "1"]]}
FORGOT: dict[str, Any] = {"stored": []}


def _past(words: str) -> dict[str, Any]:
    return {"events": [event.split() for event in words.split(", ")]}


ROWS = (
    ("PO-1", "produces", _past("look a x, look b x"), WAITS),
    ("PO-1", "won", _past("look a x, look b x, produced b 1"), FORGOT),
    ("PO-1", "lost", _past("look a x, look b x, produced b 1, produced a 2"), OTHER),
    ("PO-1", "found", _past("look a x, produced a 1, look b x"), {"answer": "produce"}),
    ("PO-1", "raised", _past("look a x, look b x, raised a"), BROUGHT_BACK),
    ("PO-2", "evicted", _past("look a x, evict x, produced a 1"), BROUGHT_BACK),
    ("PO-2", "cleared", _past("look a x, clear, produced a 1"), BROUGHT_BACK),
    (
        "PO-2", "replaced",
        _past("look a x, clear, look b x, produced b 2, produced a 1"), {"value": "2"},
    ),
    ("PO-2", "dropped", _past("look a x, produced a 1, evict x"), BROUGHT_BACK),
    ("PO-2", "other-evicted", _past("look a x, evict y, produced a 1"), FORGOT),
)  # fmt: skip
