"""What happened in one run, told from its events: connections, sends, checks, and who saw what.

A *run* is one repetition of one scenario. Everything here only arranges events; nothing judges.
Times are the oracle's: `heard_us` of what the implementation says is never earlier than the moment
it speaks of, and `asked_us` of a request is never later than what it caused.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from stallproof.judge.evidence.moment import FOREVER as FOREVER
from stallproof.judge.evidence.peer_side import PeerSide
from stallproof.judge.evidence.peer_side import payload_of as payload_of
from stallproof.judge.evidence.timeline import Highest, Latest, Spans, Timeline
from stallproof.wire.events import (
    AnyEvent,
    Checked,
    Closed,
    Closing,
    DescriptorSeen,
    LockTaken,
    PeerFrame,
    PeerSawEnd,
    Requested,
    SendEnded,
    SendStarted,
    Warned,
    Written,
)

_T = TypeVar("_T")


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
    def settled_us(self) -> int:
        """All bytes of the send had come by then; `FOREVER` where that is not known."""
        if self.repeat > 1 or self.frame is None:
            return FOREVER
        return self.frame.at_us

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


@dataclass
class ConnFacts(PeerSide):
    """One connection as the peer, the oracle and the implementation saw it.

    What is found by time is sorted at the first question, when everything is in its place.
    """

    heartbeats: bool = True
    closings: list[Closing] = field(default_factory=list)
    closeds: list[Closed] = field(default_factory=list)
    checks: list[Checked] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)
    descriptor: DescriptorSeen | None = None
    sends: dict[int, SendFacts] = field(default_factory=dict)
    memo: dict[str, Any] = field(default_factory=dict, repr=False)
    """What is made of all this once, for many rules."""

    def once(self, what: str, send: int, make: Callable[[], _T]) -> _T:
        """Return what `make` makes of one send; it is made once, when everything is in place."""
        known: dict[int, _T] = self.memo.setdefault(what, {})
        if send not in known:
            known[send] = make()
        return known[send]

    @cached_property
    def by_request(self) -> Timeline[SendFacts]:
        """The sends in order of their requests."""
        return Timeline(self.sends.values(), lambda s: s.asked_us)

    @cached_property
    def by_start(self) -> Timeline[SendFacts]:
        """The sends that started, in order of their starts as they were heard."""
        started = (s for s in self.sends.values() if s.started is not None)
        return Timeline(started, lambda s: s.started_us)

    @cached_property
    def under_way(self) -> Spans[SendFacts]:
        """The sends from their start to their end."""
        return Spans(
            (s.started_us, s.ended_us, s) for s in self.sends.values() if s.started is not None
        )

    @cached_property
    def asked_for(self) -> Spans[SendFacts]:
        """The sends from their request to their end."""
        return Spans((s.asked_us, s.ended_us, s) for s in self.sends.values())

    @cached_property
    def last_by_request(self) -> Latest[SendFacts]:
        """Of the sends that had been asked for before a time, the one that ended last."""
        return Latest((s.asked_us, s.ended_us, s) for s in self.sends.values())

    @cached_property
    def closing_heard_us(self) -> int:
        """When the first word of a closing was heard; `FOREVER` if none was."""
        return min(map(heard_us, self.closings), default=FOREVER)

    @cached_property
    def monitor_closing_heard_us(self) -> int:
        """When the first word of a closing by the monitor was heard; `FOREVER` if none was."""
        by_monitor = (heard_us(c) for c in self.closings if c.cause == "monitor")
        return min(by_monitor, default=FOREVER)

    @cached_property
    def closed_heard_us(self) -> int:
        """When the first word of a shutdown that had returned was heard; `FOREVER`: none was."""
        return min(map(heard_us, self.closeds), default=FOREVER)

    @cached_property
    def is_all_ok(self) -> bool:
        """Whether every send was OK."""
        return all(send.outcome == "ok" for send in self.sends.values())

    @cached_property
    def unsettled(self) -> Highest:
        """Until when bytes of the sends that had been asked for by a time could still come."""
        return Highest((s.asked_us, s.settled_us) for s in self.sends.values())

    @cached_property
    def checked(self) -> Timeline[Checked]:
        """The checks, as they were heard."""
        return Timeline(self.checks, heard_us)

    @cached_property
    def warned(self) -> Timeline[Warned]:
        """The warnings, by their own dates."""
        return Timeline(self.warnings, lambda w: w.at_us)


def heard_us(event: AnyEvent) -> int:
    """Return the oracle's time of `event`: when it was heard, or else when it says it happened."""
    heard = getattr(event, "heard_us", None)
    return heard if isinstance(heard, int) else event.at_us
