"""What is asked about messages to oneself. Spec: `spec/sm.md`."""

from collections.abc import Mapping
from typing import Any

AIMS = {"SM-1": "by-name by-alias passed-on raised unhandled another alike"}
_HANDLERS = {"submit": ["returned", "taken"], "fetch": ["raised", "no such task"]}


def _message(sender: str, to: str, topic: str) -> Mapping[str, Any]:
    names = ["site-1", "site-1.job"]
    return {"names": names, "sender": sender, "to": to, "topic": topic, "handlers": _HANDLERS}


ASKED = tuple(
    _message(sender, to, topic)
    for sender, to in (
        ("site-1", "site-1"),
        ("site-1", "site-1.job"),
        ("server", "site-1"),
        ("site-1", "server"),
        ("server", "site-2"),
        ("site-1", "Site-1"),
        ("site-1", "site-10"),
        ("site-1", "site"),
        ("site-1", "site-1 "),
    )
    for topic in ("submit", "fetch", "abort")
)
