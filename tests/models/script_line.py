"""One connection of a script: the naive model, who waits in front of it, and the error table."""

from tests.models.connection import NaiveConnection

WORSE = {
    "zero": "closed",
    "EPIPE": "closed",
    "ECONNRESET": "closed",
    "ENOTCONN": "closed",
    "ECONNABORTED": "closed",
    "EBADF": "closed",
    "ESHUTDOWN": "closed",
    "ETIMEDOUT": "timeout",
}
"""The error table of SD-7; what does not stand here is an error."""
HARMLESS = ("EAGAIN", "EWOULDBLOCK", "EINTR")


class Line:
    """One connection: its naive model, what waits in front of it, and what the transport does."""

    def __init__(self, name: str, room: int | None, model: NaiveConnection) -> None:
        self.name = name
        self.room = room
        self.model = model
        self.waiting: list[tuple[int, int]] = []
        self.numbers: dict[int, int] = {}
        self.trouble: str | None = None
