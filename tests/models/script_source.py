"""The source of a naive stream: it pauses, hands over a chunk, and looks what the model did."""

from collections.abc import Sequence
from typing import Any, ClassVar

from tests.models.stream import NaiveStream


class Source:
    """One stream: the model, and what the script says of its source."""

    FIELDS: ClassVar[dict[str, str]] = {"chunk_begun": "offset", "stream_ended": "outcome"}

    def __init__(
        self,
        conn: str,
        number: int,
        model: NaiveStream,
        chunk_bytes: int,
        chunk_ready_us: Sequence[int] = (),
        start_after_us: int = 0,
    ) -> None:
        self.conn = conn
        self.number = number
        self.model = model
        self.chunk_bytes = chunk_bytes
        self.pauses = chunk_ready_us
        self.idle_since_us = model.made_us + start_after_us
        """When the pause began that the source makes, or made last."""
        self.looked_us = 0
        self.known: list[tuple[str, Any]] = []

    def pause_us(self) -> int:
        """Return the pause before the next chunk."""
        number = len(self.model.chunks)
        return self.pauses[number] if number < len(self.pauses) else 0

    def moment(self) -> int | None:
        """Return when the source or the waiting sender does something by itself."""
        if self.model.outcome is not None:
            return None
        if self.model.ready is None:
            return self.idle_since_us + self.pause_us()
        assert self.model.sleep_us is not None
        return self.looked_us + self.model.sleep_us

    def go_on(self, now_us: int) -> list[tuple[str, Any]]:
        """Hand over a chunk, or look again, if that is due; return what is new."""
        moment = self.moment()
        if moment is None or moment > now_us:
            return []
        self.looked_us = now_us
        if self.model.ready is None:
            left = self.model.total_bytes - self.model.sent_bytes()
            self.model.hand(min(self.chunk_bytes, left), now_us)
        else:
            self.model.look(now_us)
        return self.news(now_us)

    def news(self, now_us: int) -> list[tuple[str, Any]]:
        """Return what has happened since somebody asked last, which was no earlier moment."""
        whole: list[tuple[str, Any]] = [
            ("chunk_begun", begin + size) for begin, size in self.model.chunks
        ]
        if len(whole) > sum(event == "chunk_begun" for event, _ in self.known):
            self.idle_since_us = now_us
        if self.model.outcome is not None:
            whole.append(("stream_ended", self.model.outcome))
            # Whether a cancel is told to the receiver is open, and a vector leaves it out.
            if self.model.notices and self.model.outcome != "cancelled":
                whole += [("notice_sent", None)] * self.model.notices
        new, self.known = whole[len(self.known) :], whole
        return new
