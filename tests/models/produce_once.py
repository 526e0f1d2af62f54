"""A naive store: each caller keeps the shelf as it saw it, and a drop puts up a new shelf."""

from collections.abc import Sequence
from typing import Any


def decision(events: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Say in the words of `spec/po.md` what the last event brings."""
    shelves: dict[str, list[str]] = {}
    seen: dict[str, list[str]] = {}
    told: dict[str, Any] = {}
    for verb, *words in events:
        told = {"answer": "done", "value": None}
        if verb == "look":
            caller, item = words
            shelf = shelves.setdefault(item, [])
            seen[caller] = shelf
            told = {"answer": "return", "value": shelf[0]} if shelf else {"answer": "produce"}
        elif verb == "produced":
            caller, value = words
            shelf = seen[caller]
            if any(shelf is one for one in shelves.values()):
                shelf.append(value)
                value = shelf[0]
            told = {"answer": "return", "value": value}
        elif verb == "raised":
            told = {"answer": "raise"}
        elif verb == "evict":
            shelves.pop(words[0], None)
        else:
            shelves = {}
    stored = [[item, shelf[0]] for item, shelf in sorted(shelves.items()) if shelf]
    return {"answer": told["answer"], "stored": stored, "value": told.get("value")}
