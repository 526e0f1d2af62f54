"""A naive process: it goes through its names one by one, and through its handlers."""

from collections.abc import Mapping, Sequence
from typing import Any


def decision(
    names: Sequence[str], sender: str, to: str, topic: str, handlers: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """Say in the words of `spec/sm.md` which way a message goes, and what comes of it."""
    way, result = "send", ["unhandled", topic]
    for name in names:
        if name == to:
            way = "local"
    for known, outcome in handlers.items():
        if known == topic:
            result = [*outcome]
    return {"result": result, "way": way}
