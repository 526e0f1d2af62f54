"""One connection as the peer saw it: how it read, what arrived, and what it did.

Everything here only arranges; nothing judges. What is found by time is sorted at the first
question, when everything is in its place.
"""

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate

from stallproof.judge.evidence.moment import FOREVER
from stallproof.judge.evidence.timeline import Timeline
from stallproof.wire.events import (
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
    PeerUnread,
)


@dataclass
class PeerSide:
    """What the peer saw of one connection."""

    conn: str
    listening: PeerListening | None = None
    accepted: list[PeerAccepted] = field(default_factory=list)
    modes: list[PeerMode] = field(default_factory=list)
    reads: list[PeerRead] = field(default_factory=list)
    unread: list[PeerUnread] = field(default_factory=list)
    frames: list[PeerFrame | PeerFrames] = field(default_factory=list)
    actions: list[PeerDid] = field(default_factory=list)
    probes: list[PeerProbed] = field(default_factory=list)
    hangup: PeerSawHangup | None = None
    end: PeerSawEnd | None = None

    @property
    def transport(self) -> str:
        return "" if self.listening is None else self.listening.transport

    # --- how the peer read ------------------------------------------------------------------------

    @cached_property
    def _modes(self) -> Timeline[PeerMode]:
        return Timeline(self.modes, lambda e: e.at_us)

    @cached_property
    def _drains(self) -> Timeline[PeerMode]:
        return Timeline((m for m in self.modes if m.mode == "drain"), lambda e: e.at_us)

    @cached_property
    def _not_stops(self) -> Timeline[PeerMode]:
        return Timeline((m for m in self.modes if m.mode != "stop"), lambda e: e.at_us)

    @cached_property
    def _stops(self) -> Timeline[PeerMode]:
        return Timeline((m for m in self.modes if m.mode == "stop"), lambda e: e.at_us)

    @cached_property
    def reads_begun(self) -> Timeline[PeerRead]:
        """The reads by the time at which they began."""
        return Timeline(self.reads, lambda e: e.began_us)

    @cached_property
    def reads_done(self) -> Timeline[PeerRead]:
        """The reads by the time at which they were over."""
        return Timeline(self.reads, lambda e: e.at_us)

    @cached_property
    def _payload(self) -> tuple[list[int], list[int]]:
        arrived = Timeline(self.frames, lambda e: e.at_us)
        return arrived.times, list(accumulate(map(payload_of, arrived.events), initial=0))

    def mode_at(self, at_us: int) -> str:
        """Return how the peer treated the connection at `at_us`: drain, stop or trickle."""
        mode = self._modes.last_by(at_us)
        return "drain" if mode is None else mode.mode

    def held_back_between(self, begin_us: int, end_us: int) -> bool:
        """Tell whether the peer was told not to read, or to trickle, all the time between."""
        if self.mode_at(begin_us) == "drain":
            return False
        return not self._drains.has_between(begin_us + 1, end_us - 1)

    def drained_between(self, begin_us: int, end_us: int) -> bool:
        """Tell whether the peer read all there was, all the time between."""
        told = self._modes.between(begin_us + 1, end_us)
        return self.mode_at(begin_us) == "drain" and all(m.mode == "drain" for m in told)

    def drains_after(self, at_us: int) -> bool:
        """Tell whether the peer was told after `at_us` to read all there is."""
        return self._drains.has_between(at_us + 1, FOREVER)

    def drained_from(self, at_us: int) -> PeerMode | None:
        """Return the first word to read all there is that came after `at_us`."""
        return self._drains.first_from(at_us + 1)

    def reads_on_between(self, begin_us: int, end_us: int) -> bool:
        """Tell whether the peer never ceased to read between the two times."""
        if self.mode_at(begin_us) == "stop":
            return False
        return not self._stops.has_between(begin_us + 1, end_us - 1)

    def stopped_between(self, begin_us: int, end_us: int) -> bool:
        """Tell whether the peer read nothing at all between the two times, as it was told to."""
        if self.mode_at(begin_us) != "stop":
            return False
        if self._not_stops.has_between(begin_us + 1, end_us - 1):
            return False
        read = self.reads_done.first_from(begin_us + 1)
        return read is None or read.began_us >= end_us

    def read_by(self, at_us: int) -> int:
        """Return an upper limit of the bytes that the peer had read at `at_us`."""
        read = self.reads_begun.last_by(at_us)
        return 0 if read is None else read.total_bytes

    @cached_property
    def _told_until_us(self) -> int:
        told = (*self.reads, *self.modes, *self.probes, *self.actions)
        ended = [] if self.end is None else [self.end.at_us]
        return max([*(event.at_us for event in told), *ended], default=-FOREVER)

    def has_told_reads_by(self, at_us: int) -> bool:
        """Tell whether every read up to `at_us` is told: the last ones of a run may not be."""
        return self.mode_at(at_us) == "stop" or at_us <= self._told_until_us

    def payload_by(self, at_us: int) -> int:
        """Return the payload of the frames that had arrived whole at `at_us`."""
        times, sums = self._payload
        return sums[bisect_right(times, at_us)]

    # --- what arrived, and what the peer did ------------------------------------------------------

    @cached_property
    def _heartbeats(self) -> Timeline[PeerFrame]:
        beats = (f for f in self.frames if isinstance(f, PeerFrame) and f.kind == "heartbeat")
        return Timeline(beats, lambda e: e.at_us)

    def heartbeat_frames(
        self, begin_us: int = 0, end_us: int = FOREVER, most: int | None = None
    ) -> list[PeerFrame]:
        """Return the heartbeats that arrived between the two times; at most the first `most`."""
        return self._heartbeats.between(begin_us, end_us, most)

    @cached_property
    def arrivals(self) -> Timeline[int]:
        """When the peer saw that bytes had come: it read them, or found them unread."""
        unread = [u.at_us for u in self.unread if u.unread_bytes]
        return Timeline([*unread, *(r.began_us for r in self.reads)], lambda at_us: at_us)

    @cached_property
    def found_unread(self) -> Timeline[PeerUnread]:
        """How many bytes lay unread, by the time at which the peer looked."""
        return Timeline(self.unread, lambda e: e.at_us)

    @cached_property
    def by_index(self) -> Timeline[PeerFrame | PeerFrames]:
        """The frames in wire order, found by their index in place of a time."""
        return Timeline(self.frames, lambda f: f.index)

    @cached_property
    def strangers(self) -> Timeline[PeerFrame]:
        """What came and is no send's: heartbeats, chunks, notices; by their beginning."""
        strange = (f for f in self.frames if isinstance(f, PeerFrame) and f.send is None)
        return Timeline(strange, lambda f: f.began_us)

    @cached_property
    def meddling(self) -> list[PeerDid]:
        """What the peer did beside sending frames."""
        return [d for d in self.actions if d.action != "sent"]

    @cached_property
    def sent(self) -> Timeline[PeerDid]:
        """The frames that the peer sent."""
        return Timeline((d for d in self.actions if d.action == "sent"), lambda e: e.at_us)

    @cached_property
    def _found_open(self) -> Timeline[PeerProbed]:
        return Timeline((p for p in self.probes if p.open), lambda e: e.at_us)

    def was_open_at(self, at_us: int) -> PeerProbed | None:
        """Return the peer's proof, if any, that the connection was open at or after `at_us`."""
        return self._found_open.first_from(at_us)

    def closed_seen(self) -> PeerSawHangup | PeerSawEnd | PeerProbed | None:
        """Return the peer's first proof that the implementation closed, or `None`."""
        return self._closed_seen

    @cached_property
    def _closed_seen(self) -> PeerSawHangup | PeerSawEnd | PeerProbed | None:
        proofs: list[PeerSawHangup | PeerSawEnd | PeerProbed] = [
            p for p in self.probes if not p.open
        ]
        if self.hangup is not None:
            proofs.append(self.hangup)
        if self.end is not None and self.end.how != "lab_closed":
            proofs.append(self.end)
        return min(proofs, key=lambda e: e.at_us, default=None)


def payload_of(frame: PeerFrame | PeerFrames) -> int:
    """Return the bytes of payload that one event tells of."""
    return frame.size_bytes * (frame.frames if isinstance(frame, PeerFrames) else 1)
