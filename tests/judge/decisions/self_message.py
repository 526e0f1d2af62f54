"""What is decided about messages to oneself."""

from typing import Any

from tests.models.self_message import decision

__all__ = ["REQUIREMENTS", "ROWS", "decision"]

REQUIREMENTS = ("SM-1",)
SENT, KEPT, OTHER = {"way": "send"}, {"way": "local"}, {"result": ["returned", "other"]}


def _message(sender: str, to: str, topic: str = "t") -> dict[str, Any]:
    handlers = {"t": ["returned", "v"], "u": ["raised", "why"]}
    names = ["me", "alias"]
    return {"names": names, "sender": sender, "to": to, "topic": topic, "handlers": handlers}


ROWS = (
    ("SM-1", "by-name", _message("me", "me"), SENT),
    ("SM-1", "by-alias", _message("me", "alias"), SENT),
    ("SM-1", "passed-on", _message("you", "me"), SENT),
    ("SM-1", "raised", _message("me", "me", "u"), OTHER),
    ("SM-1", "unhandled", _message("alias", "me", "v"), OTHER),
    ("SM-1", "another", _message("me", "you"), KEPT),
    ("SM-1", "alike", _message("me", "Me"), KEPT),
    ("SM-1", "alike", _message("me", "ali"), KEPT),
)
