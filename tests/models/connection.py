"""A naive connection: a list of sends, a list of closings, and a monitor that forgets nothing."""

from dataclasses import dataclass, field

from tests.models.send_deadline import Entry, NaiveSend
from tests.models.stall_count import Look, NaiveMonitor, heartbeat_due


@dataclass
class NaiveConnection:
    """The connection by the words of `spec/cx.md`, `spec/sd.md` and `spec/sc.md`.

    `closings` keeps every reason to close in the order they came; the first one counts.
    """

    timeout_us: int
    interval_us: int
    monitor: NaiveMonitor
    heartbeats: bool
    attempts: int = 0
    sends: list[NaiveSend] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    closings: list[str] = field(default_factory=list)
    heard: list[int] = field(default_factory=list)

    def closed_by(self) -> str | None:
        return self.closings[0] if self.closings else None

    def current(self) -> NaiveSend | None:
        """Return the send that holds the lock, if any."""
        going_on = [send for send in self.sends if send.ending() is None]
        assert len(going_on) <= 1, "two frames in flight"
        return going_on[0] if going_on else None

    def lock(self, size_bytes: int, now_us: int) -> str | None:
        """Take the lock; return the outcome of a send that is over at once."""
        self.attempts += 1
        if self.closings:
            return "suppressed"
        self.sends.append(NaiveSend(now_us, self.timeout_us, size_bytes))
        self.numbers.append(self.attempts)
        return None

    def look(self, entry: Entry) -> tuple[str, bool] | None:
        """Let the holder take a step or fail; return its ending and whether it begins to close."""
        send = self.current()
        assert send is not None
        send.diary.append(entry)
        ending = send.ending()
        if ending is None:
            return None
        outcome, closes = ending
        begins = closes and not self.closings
        if closes:
            self.closings.append("send_timeout" if outcome == "timeout" else "torn_frame")
        return outcome, begins

    def check(self, now_us: int) -> tuple[int, bool, bool]:
        """Return the count after a check, whether it closes, and whether a heartbeat is due."""
        send = self.current()
        number = None if send is None else self.numbers[-1]
        held_us = 0 if send is None else max(0, now_us - send.locked_us)
        due = heartbeat_due(
            heard_us=max(self.heard) if self.heard else None,
            now_us=now_us,
            interval_us=self.interval_us,
            allowed=self.heartbeats,
            busy=send is not None,
            closing=bool(self.closings),
        )
        self.monitor.looks.append(Look(number, held_us))
        closes = self.monitor.must_close(closing=bool(self.closings))
        if closes:
            self.closings.append("monitor")
        return self.monitor.count(), closes, due

    def torn(self) -> bool:
        return any(
            send.ending() is not None and 0 < send.written_bytes() < send.size_bytes
            for send in self.sends
        )

    def sequence(self) -> int:
        """Return the number that the last frame on the wire carried: one for each that left."""
        left = [s for s in self.sends if s.ending() is not None and s.written_bytes() > 0]
        return len(left) % 65536
