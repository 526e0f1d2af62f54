"""A naive stream: a diary of what its sender was told and did, read from the start each time."""

from dataclasses import dataclass, field


@dataclass
class NaiveStream:
    """One stream that is sent, by the words of `spec/ap.md`. Offsets and times are integers."""

    total_bytes: int
    window_bytes: int
    progress_timeout_us: int
    ack_wait_us: int
    check_interval_us: int
    made_us: int
    hardened: bool = True
    chunks: list[tuple[int, int]] = field(default_factory=list)
    """What was sent: the offset where each chunk begins, and its size."""
    progress: list[tuple[int, int]] = field(default_factory=list)
    """When the acknowledged offset grew, and to what."""
    ready: tuple[int, int] | None = None
    """The chunk that is ready and not sent: its size, and when the sender first had to wait."""
    sleep_us: int | None = None
    """How long the sender meant to sleep when it last looked."""
    outcome: str | None = None
    notices: int = 0

    def sent_bytes(self) -> int:
        return sum(size for _, size in self.chunks)

    def acknowledged_bytes(self) -> int:
        return max((offset for _, offset in self.progress), default=0)

    def hand(self, size_bytes: int, now_us: int) -> None:
        """The source hands over a chunk."""
        if self.outcome is None:
            self.ready = (size_bytes, now_us)
            self.look(now_us)

    def look(self, now_us: int) -> None:
        """The sender looks, if it has a chunk and is not over."""
        if self.outcome is not None or self.ready is None:
            return
        size_bytes, waits_since_us = self.ready
        if self.sent_bytes() - self.acknowledged_bytes() <= self.window_bytes:
            self.chunks.append((self.sent_bytes(), size_bytes))
            self.ready = self.sleep_us = None
            if self.sent_bytes() == self.total_bytes:
                self.outcome = "done"
            return
        moments = [self.made_us] + [at_us for at_us, _ in self.progress]
        if self.hardened:
            moments.append(waits_since_us)
        silent_us = now_us - max(moments)
        waited_us = now_us - waits_since_us
        if silent_us >= self.progress_timeout_us:
            self.stop("no_progress")
        elif waited_us >= self.ack_wait_us:
            self.stop("ack_wait")
        else:
            self.sleep_us = min(
                self.check_interval_us,
                self.progress_timeout_us - silent_us,
                self.ack_wait_us - waited_us,
            )

    def ack(self, raw: object, *, from_receiver: bool, error: bool, now_us: int) -> bool:
        """An ACK comes in; tell whether it counts as valid."""
        if self.outcome is not None or not from_receiver:
            return False
        if error:
            self.stop("ack_error")
            return True
        if type(raw) is not int or not 0 <= raw <= self.sent_bytes():
            return False
        if raw > self.acknowledged_bytes():
            self.progress.append((now_us, raw))
        self.look(now_us)
        return True

    def stop(self, outcome: str) -> None:
        """The stream ends unless it has ended; some ends are told to the receiver."""
        if self.outcome is None:
            self.outcome = outcome
            self.ready = self.sleep_us = None
            if outcome in ("no_progress", "ack_wait", "cancelled"):
                self.notices += 1
