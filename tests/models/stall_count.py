"""A naive monitor of one connection: it keeps every check it ever made."""

from dataclasses import dataclass, field


@dataclass
class Look:
    """What one check saw: the send in flight and how long it had held the lock, or neither."""

    send: int | None
    held_us: int


@dataclass
class NaiveMonitor:
    """Consecutive stalled checks, by the words of `spec/sc.md`."""

    limit_us: int
    threshold: int
    close_enabled: bool
    looks: list[Look] = field(default_factory=list)

    def is_stalled(self, look: Look) -> bool:
        return look.send is not None and look.held_us > self.limit_us

    def count(self) -> int:
        """Return how many checks at the end were stalled, in a row, over the same send."""
        row = 0
        for look in reversed(self.looks):
            if not self.is_stalled(look) or look.send != self.looks[-1].send:
                break
            row += 1
        return row

    def must_close(self, *, closing: bool) -> bool:
        return self.close_enabled and not closing and self.count() >= self.threshold


def heartbeat_due(
    *, heard_us: int | None, now_us: int, interval_us: int, allowed: bool, busy: bool, closing: bool
) -> bool:
    """Say in the words of `spec/sc.md` whether a check is to queue a heartbeat."""
    if not allowed or busy or closing:
        return False
    if heard_us is None:
        return True
    return now_us > heard_us + interval_us
