"""A naive stream: it keeps everything that ever happened and looks it all up again each time."""

from dataclasses import dataclass, field


@dataclass
class Acknowledged:
    """An ACK as it came in."""

    at_us: int
    offset: object
    mine: bool
    sent_then: int


@dataclass
class NaiveStream:
    """The law of `spec/ap.md` for one sender with one chunk ready at most.

    `looks` are the moments at which a chunk was ready and the window was found too full, without
    a break since the wait began.
    """

    window: int
    timeout_us: int
    ack_wait_us: int
    interval_us: int
    made_us: int
    seed: bool
    chunks: list[int] = field(default_factory=list)
    acks: list[Acknowledged] = field(default_factory=list)
    looks: list[int] = field(default_factory=list)
    end: str | None = None

    def sent(self) -> int:
        return sum(self.chunks)

    def believable(self, ack: Acknowledged) -> bool:
        """A real integer, from the receiver, of something that was sent by then."""
        return ack.mine and type(ack.offset) is int and 0 <= ack.offset <= ack.sent_then

    def steps(self) -> list[Acknowledged]:
        """The ACKs that each raised the offset above all before them."""
        found, top = [], 0
        for ack in self.acks:
            if self.believable(ack) and isinstance(ack.offset, int) and ack.offset > top:
                found.append(ack)
                top = ack.offset
        return found

    def acknowledged(self) -> int:
        return max((a.offset for a in self.steps() if isinstance(a.offset, int)), default=0)

    def outstanding(self) -> int:
        return self.sent() - self.acknowledged()

    def clock_us(self) -> int:
        moments = [self.made_us, *(a.at_us for a in self.steps())]
        if self.looks and not self.seed:
            moments.append(self.looks[0])
        return max(moments)

    def on_ack(self, at_us: int, offset: object, *, mine: bool) -> None:
        if self.end is None:
            self.acks.append(Acknowledged(at_us, offset, mine, self.sent()))

    def on_ready(self, at_us: int) -> str:
        """Say what a sender with a ready chunk does at `at_us`: begin, wait, or its end."""
        if self.end is not None:
            return self.end
        if self.outstanding() <= self.window:
            self.looks = []
            return "begin"
        self.looks.append(at_us)
        if at_us - self.clock_us() >= self.timeout_us:
            self.end = "no_progress"
        elif at_us - self.looks[0] >= self.ack_wait_us:
            self.end = "ack_wait"
        return self.end or "wait"

    def sleep_us(self, at_us: int) -> int:
        """Say how long a sender that waits at `at_us` sleeps if nothing comes."""
        sleep = 1
        while sleep < self.interval_us:
            then = at_us + sleep
            if then - self.clock_us() >= self.timeout_us:
                break
            if then - self.looks[0] >= self.ack_wait_us:
                break
            sleep += 1
        return sleep

    def stop(self, why: str) -> None:
        self.looks = []
        if self.end is None:
            self.end = why
