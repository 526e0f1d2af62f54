"""What a map that stops its failing tasks later decides."""

from typing import Any

from tests.models.deferred_stop import decision

__all__ = ["REQUIREMENTS", "ROWS", "decision"]

REQUIREMENTS = ("DS-1", "DS-2")
STOPS = {"stop": [["a", 1]]}
NEVER: dict[str, Any] = {"stop": []}
SILENT: dict[str, Any] = {"report": []}


def _past(words: str) -> dict[str, Any]:
    return {"events": [event.split() for event in words.split(", ")]}


FAILED = "lock, made a, failed a"
ROWS = (
    ("DS-1", "held", _past(FAILED), STOPS),
    ("DS-1", "released", _past(f"{FAILED}, unlock"), NEVER),
    ("DS-1", "several", _past(f"{FAILED}, made b, failed b, unlock"), STOPS),
    ("DS-1", "repeated", _past(f"{FAILED}, failed a, unlock"), {"stop": [["a", 1], ["a", 1]]}),
    ("DS-1", "repeated", _past(f"{FAILED}, unlock, lock, failed a, unlock"), STOPS),
    ("DS-1", "renewed", _past(f"{FAILED}, forgotten a, made a, failed a, unlock"), STOPS),
    ("DS-2", "unknown", _past("lock, failed a"), {"tasks": ["a"]}),
    ("DS-2", "reported", _past("lock, failed a, unlock"), SILENT),
    ("DS-2", "forgotten", _past("lock, made a, forgotten a, failed a, unlock"), SILENT),
    ("DS-2", "known", _past(f"{FAILED}, unlock"), {"report": ["a"]}),
)
