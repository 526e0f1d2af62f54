"""What the start gate decides."""

from typing import Any

from tests.models.start_gate import decision

__all__ = ["REQUIREMENTS", "ROWS", "decision"]

REQUIREMENTS = ("SG-1", "SG-2", "SG-3")
GOES_ON = {"action": "go_on"}
ABORTS = {"action": "abort"}
SILENT = {"reason": "3 of 4"}


def _asked(
    phase: str, replies: str, least: int, *required: str, strict: bool = True
) -> dict[str, Any]:
    """Return an input in which the clients `a` to `d` replied, in capitals with an error."""
    pairs = [[one.lower(), "error" if one.isupper() else "ok"] for one in replies]
    return {
        "phase": phase, "clients": list("abcd"), "replies": pairs, "min_sites": least,
        "required_sites": list(required), "strict": strict,
    }  # fmt: skip


ROWS = (
    ("SG-1", "no-reply", _asked("deploy", "abc", 3), {"missing": [], "clients": list("abcd")}),
    ("SG-1", "failed", _asked("deploy", "abcD", 3), SILENT),
    ("SG-1", "too-few", _asked("deploy", "ab", 3), GOES_ON),
    ("SG-1", "required", _asked("deploy", "abc", 3, "d"), {"reason": "aborted"}),
    ("SG-2", "stragglers", _asked("start", "abc", 3), SILENT),
    ("SG-2", "error", _asked("start", "abcD", 3), GOES_ON),
    ("SG-2", "required", _asked("start", "abc", 3, "d"), GOES_ON),
    ("SG-2", "too-few", _asked("start", "ab", 3), {"reason": "aborted: 2 active; out: c, d"}),
    ("SG-2", "off", _asked("start", "ab", 3, "d", strict=False), ABORTS),
    ("SG-3", "out-of-order", _asked("start", "cab", 3), {"missing": ["a"]}),
    ("SG-3", "twice", _asked("start", "abcda", 3), GOES_ON),
    ("SG-3", "stranger", _asked("start", "abcx", 3), {"reason": "refused: a reply too many"}),
)
