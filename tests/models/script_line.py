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

    def __init__(
        self, name: str, room: int | None, model: NaiveConnection, linger_us: int = 0
    ) -> None:
        self.name = name
        self.room = room
        self.model = model
        self.waiting: list[tuple[int, int]] = []
        self.numbers: dict[int, int] = {}
        self.trouble: str | None = None
        self.linger_us = linger_us
        self.shut_us: int | None = None
        """When the transport was shut down, if that has happened."""

    def lets_go(self) -> int | None:
        """Return when a send that the closing found blocked is let go."""
        if self.shut_us is None or self.model.current() is None:
            return None
        return self.shut_us + self.linger_us
