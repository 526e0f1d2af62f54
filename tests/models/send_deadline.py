"""A naive send: a diary of what happened to one frame, read from the start at every question."""

from dataclasses import dataclass, field


@dataclass
class Entry:
    """One look at the world: so many bytes left, and perhaps the transport failed."""

    at_us: int
    wrote_bytes: int
    closing: bool
    failure: str | None = None
    unwanted: bool = False


@dataclass
class NaiveSend:
    """One frame, by the words of `spec/sd.md`."""

    locked_us: int
    timeout_us: int
    size_bytes: int
    diary: list[Entry] = field(default_factory=list)

    def written_bytes(self) -> int:
        return sum(entry.wrote_bytes for entry in self.diary)

    def ending(self) -> tuple[str, bool] | None:
        """Return (outcome, whether the connection must close), or `None` while it goes on."""
        written = 0
        for entry in self.diary:
            written += entry.wrote_bytes
            if written == self.size_bytes:
                return "ok", False
            if entry.closing:
                return "suppressed", False
            if entry.at_us - self.locked_us >= self.timeout_us:
                return "timeout", True
            if entry.failure == "timeout":
                return "timeout", True
            if entry.failure is not None:
                return entry.failure, 0 < written
            if entry.unwanted:
                return "given_up", 0 < written
        return None

    def time_left_us(self) -> int:
        """Return how long the holder may wait after the last entry."""
        return self.timeout_us - (self.diary[-1].at_us - self.locked_us)
