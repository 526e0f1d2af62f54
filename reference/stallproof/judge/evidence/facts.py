"""What happened in one run, told from its events: connections, sends, checks, and who saw what.

A *run* is one repetition of one scenario. Everything here only arranges events; nothing judges.
Times are the oracle's: `heard_us` of what the implementation says is never earlier than the moment
it speaks of, and `asked_us` of a request is never later than what it caused.
"""

from dataclasses import dataclass, field

from stallproof.judge.evidence.moment import FOREVER as FOREVER
from stallproof.wire.events import (
    AnyEvent,
    Checked,
    Closed,
    Closing,
    DescriptorSeen,
    LockTaken,
    PeerAccepted,
    PeerDid,
    PeerFrame,
    PeerFrames,
    PeerListening,
    PeerMode,
    PeerProbed,
    PeerRead,
    PeerSawEnd,
    PeerSawHangup,
    Requested,
    SendEnded,
    SendStarted,
    Warned,
    Written,
)


@dataclass(slots=True)
class SendFacts:
    """One send: what was asked, what the implementation said, what arrived."""

    conn: str
    send: int
    asked: Requested
    started: SendStarted | None = None
    lock: LockTaken | None = None
    writes: list[Written] = field(default_factory=list)
    ended: SendEnded | None = None
    frame: PeerFrame | None = None
    torn: PeerSawEnd | None = None
    ended_again: SendEnded | None = None

    @property
    def size_bytes(self) -> int:
        """The payload asked for; the frame on the wire is larger by its prefix."""
        return self.asked.size_bytes or 0

    @property
    def repeat(self) -> int:
        return self.asked.repeat or 1

    @property
    def asked_us(self) -> int:
        """The send cannot have begun before this."""
        return self.asked.at_us

    @property
    def started_us(self) -> int:
        """The send had started by then at the latest; `FOREVER` if it never did."""
        return FOREVER if self.started is None else heard_us(self.started)

    @property
    def ended_us(self) -> int:
        """The send had ended by then at the latest; `FOREVER` if it never did."""
        return FOREVER if self.ended is None else heard_us(self.ended)

    @property
    def outcome(self) -> str | None:
        return None if self.ended is None else self.ended.outcome

    def evidence(self) -> list[AnyEvent]:
        """Return the events that tell this send's story, in order of time."""
        story: list[AnyEvent | None] = [
            self.asked,
            self.started,
            self.lock,
            *self.writes[-2:],
            self.frame,
            self.ended,
            self.torn,
        ]
        return sorted((e for e in story if e is not None), key=lambda e: e.at_us)


@dataclass(slots=True)
class ConnFacts:
    """One connection as the peer, the oracle and the implementation saw it."""

    conn: str
    listening: PeerListening | None = None
    heartbeats: bool = True
    accepted: list[PeerAccepted] = field(default_factory=list)
    modes: list[PeerMode] = field(default_factory=list)
    reads: list[PeerRead] = field(default_factory=list)
    frames: list[PeerFrame | PeerFrames] = field(default_factory=list)
    actions: list[PeerDid] = field(default_factory=list)
    probes: list[PeerProbed] = field(default_factory=list)
    hangup: PeerSawHangup | None = None
    end: PeerSawEnd | None = None
    closings: list[Closing] = field(default_factory=list)
    closeds: list[Closed] = field(default_factory=list)
    checks: list[Checked] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)
    descriptor: DescriptorSeen | None = None
    sends: dict[int, SendFacts] = field(default_factory=dict)

    @property
    def transport(self) -> str:
        return "" if self.listening is None else self.listening.transport

    def mode_at(self, at_us: int) -> str:
        """Return how the peer treated the connection at `at_us`: drain, stop or trickle."""
        mode = "drain"
        for event in self.modes:
            if event.at_us <= at_us:
                mode = event.mode
        return mode

    def held_back_between(self, begin_us: int, end_us: int) -> bool:
        """Tell whether the peer was told not to read, or to trickle, all the time between."""
        if self.mode_at(begin_us) == "drain":
            return False
        return not any(begin_us < m.at_us < end_us and m.mode == "drain" for m in self.modes)

    def stopped_between(self, begin_us: int, end_us: int) -> bool:
        """Tell whether the peer read nothing at all between the two times, as it was told to."""
        if self.mode_at(begin_us) != "stop":
            return False
        if any(begin_us < m.at_us < end_us and m.mode != "stop" for m in self.modes):
            return False
        return not any(r.began_us < end_us and r.at_us > begin_us for r in self.reads)

    def read_by(self, at_us: int) -> int:
        """Return an upper limit of the bytes that the peer had read at `at_us`."""
        total = 0
        for read in self.reads:
            if read.began_us <= at_us:
                total = read.total_bytes
        return total

    def heartbeat_frames(self, begin_us: int = 0, end_us: int = FOREVER) -> list[PeerFrame]:
        """Return the heartbeats that arrived between the two times."""
        return [
            f
            for f in self.frames
            if isinstance(f, PeerFrame) and f.kind == "heartbeat" and begin_us <= f.at_us <= end_us
        ]

    def was_open_at(self, at_us: int) -> PeerProbed | None:
        """Return the peer's proof, if any, that the connection was open at or after `at_us`."""
        return next((p for p in self.probes if p.open and p.at_us >= at_us), None)

    def closed_seen(self) -> PeerSawHangup | PeerSawEnd | PeerProbed | None:
        """Return the peer's first proof that the implementation closed, or `None`."""
        proofs: list[PeerSawHangup | PeerSawEnd | PeerProbed] = [
            p for p in self.probes if not p.open
        ]
        if self.hangup is not None:
            proofs.append(self.hangup)
        if self.end is not None and self.end.how != "lab_closed":
            proofs.append(self.end)
        return min(proofs, key=lambda e: e.at_us, default=None)


def heard_us(event: AnyEvent) -> int:
    """Return the oracle's time of `event`: when it was heard, or else when it says it happened."""
    heard = getattr(event, "heard_us", None)
    return heard if isinstance(heard, int) else event.at_us
