"""For which jobs a client is declared dead."""

from typing import Any

from tests.models.dead_client import decision

__all__ = ["REQUIREMENTS", "ROWS", "decision"]

REQUIREMENTS = ("DN-1", "DN-2")
SENT = {"notices": ["j"]}
NONE: dict[str, list[str]] = {"notices": []}


def _past(least: int, history: str, *, needs_report: bool = True) -> dict[str, Any]:
    """Return heartbeats: `r` reports the job, `a` does not, at `e` it does not run."""
    beats = [
        {"running": ["j"] if one in "ra" else [], "reported": ["j"] if one == "r" else []}
        for one in history
    ]
    return {"needed_absences": least, "needs_report": needs_report, "heartbeats": beats}


ROWS = (
    ("DN-1", "never-reported", _past(1, "a"), SENT),
    ("DN-1", "reported", _past(1, "ra"), NONE),
    ("DN-1", "older", _past(1, "a", needs_report=False), NONE),
    ("DN-1", "ended", _past(1, "rea"), SENT),
    ("DN-2", "too-few", _past(3, "raa"), SENT),
    ("DN-2", "enough", _past(3, "raaa"), NONE),
    ("DN-2", "interrupted", _past(3, "raara"), SENT),
    ("DN-2", "once", _past(1, "raa"), SENT),
)
