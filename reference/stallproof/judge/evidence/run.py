"""One run of a scenario as a whole.

A *run* is one repetition of one scenario. Everything here only arranges events; nothing judges.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from msgspec import UNSET

from stallproof.judge.evidence.channel import NO_LOOKS, Channel
from stallproof.judge.evidence.dated import Dated
from stallproof.judge.evidence.facts import FOREVER, ConnFacts, SendFacts, heard_us
from stallproof.judge.evidence.streams import Streams
from stallproof.judge.evidence.suspensions import NEVER, Suspensions
from stallproof.judge.evidence.timeline import Timeline
from stallproof.wire.event import PeerEvent
from stallproof.wire.events import (
    Answered,
    AnyEvent,
    Checked,
    HarnessFailed,
    Requested,
    ScenarioBegun,
    ScenarioEnded,
    Unsupported,
)

_E = TypeVar("_E")


class KnobMissing(LookupError):
    """The trace does not state a knob that a rule needs."""


@dataclass(slots=True)
class Pass:
    """One pass of the monitor that the oracle asked for with `check`."""

    asked: Requested
    answered: Answered | None
    checks: dict[str, Checked] = field(default_factory=dict)

    @property
    def answered_us(self) -> int:
        return FOREVER if self.answered is None else self.answered.at_us


@dataclass(slots=True)
class Run(Dated):
    """One repetition of one scenario with all its events, and what was made of them."""

    begun: ScenarioBegun
    events: list[AnyEvent]
    clock_uncertainty_us: int
    monitor_form: str | None
    monitor_slack_us: int
    monitor_period_us: int | None = None
    ended: ScenarioEnded | None = None
    conns: dict[str, ConnFacts] = field(default_factory=dict)
    streams: Streams = field(default_factory=Streams)
    passes: list[Pass] = field(default_factory=list)
    answers: dict[int, Answered] = field(default_factory=dict)
    channel: Channel = NO_LOOKS
    suspensions: Suspensions = NEVER
    broken: list[HarnessFailed] = field(default_factory=list)
    unsupported: list[Unsupported] = field(default_factory=list)
    memo: dict[str, Any] = field(default_factory=dict, repr=False)
    """What is made of the events once, for many rules."""

    @property
    def grace_us(self) -> int:
        return self.begun.grace_us

    @property
    def uncertainty_us(self) -> int:
        """How far a date of the implementation may be off: as measured in this run, else once."""
        measured_us = UNSET if self.ended is None else self.ended.clock_uncertainty_us
        return self.clock_uncertainty_us if measured_us is UNSET else measured_us

    @property
    def noise_us(self) -> int:
        """What excuses lateness, and what may have come late: measured noise, and suspensions."""
        return self.measured_noise_us + self.suspensions.total_us

    @property
    def measured_noise_us(self) -> int:
        """The noise, or how long the processes were kept from running; they were not suspended.

        One who burns the processor buys at most half the grace: it keeps the others waiting.
        """
        if self.ended is None:
            return 0
        delayed_us = 0 if self.ended.delayed_us is UNSET else self.ended.delayed_us
        measured_us = max(self.ended.noise_us, delayed_us)
        return min(measured_us, self.grace_us // 2) if self.ended.spun else measured_us

    @property
    def is_too_noisy(self) -> bool:
        """Whether nothing can be said about lateness: noise of more than half the grace."""
        if self.ended is None:
            return False
        return self.ended.noise_us * 2 > self.grace_us and not self.ended.spun

    @property
    def is_misread(self) -> bool:
        """Whether the clock is too coarse for anything: two moments differ by more than grace."""
        return self.begun.clock == "real" and 2 * self.uncertainty_us > self.grace_us > 0

    @property
    def end_us(self) -> int:
        """When the oracle stopped watching the implementation: at the end, or as it broke."""
        if self.ended is not None:
            until_us = self.ended.at_us
        else:
            begun_us = self.begun.at_us
            until_us = self.once("end", lambda: max(map(watched_us, self.events), default=begun_us))
        return until_us if not self.broken else min(until_us, self.alive_until_us)

    @property
    def alive_until_us(self) -> int:
        """Up to when what the harness did was its own: from then on it may have been ended.

        Its death is found out a little later, so that the grace before that counts neither way.
        """
        if not self.broken or self.begun.clock == "virtual":
            return FOREVER
        broke_us = min(one.at_us for one in self.broken)
        return max(self.begun.at_us, broke_us - self.grace_us)

    @property
    def pass_times(self) -> Timeline[Pass]:
        """The passes in order of their requests."""
        return self.once("passes", lambda: Timeline(self.passes, lambda one: one.asked.at_us))

    def knob(self, name: str) -> int:
        """Return one knob of the policy in force, in core units.

        Raises `KnobMissing` when the trace does not state it: what rests on it is not judged.
        """
        try:
            return self.begun.policy[name]
        except KeyError:
            raise KnobMissing(name) from None

    def all_sends(self) -> Iterator[tuple[ConnFacts, SendFacts]]:
        for conn in self.conns.values():
            for send in conn.sends.values():
                yield conn, send

    def of(self, kind: type[_E]) -> list[_E]:
        """Return the events of one type, in the order of the trace."""
        return self.once("kinds", self._by_type).get(kind, [])

    def holds(self, *kinds: type[Any]) -> bool:
        """Tell whether it has events of any of these types; where none does, nothing is sorted."""
        return not self.once("types", lambda: set(map(type, self.events))).isdisjoint(kinds)

    def once(self, key: str, make: Callable[[], _E]) -> _E:
        """Return what `make` makes of the events; it is made once, and nobody changes it."""
        if key not in self._sorted_out:
            self.memo[key] = make()
        made: _E = self.memo[key]
        return made

    def conns_of(self, kind: type[PeerEvent]) -> set[str]:
        """Return the names of the connections of which the peer told an event of one type."""
        return self.once(f"conns {kind.__name__}", lambda: {one.conn for one in self.of(kind)})

    def asked(self, op: str, conn: str | None = None) -> list[Requested]:
        """Return the requests `op`, of one connection if `conn` is given."""
        return self.once("asked", self._by_operation).get((op, conn), [])

    def requests(self, op: str, conn: str | None = None) -> Timeline[Requested]:
        """Return the same in order of time."""
        key = f"{op} {conn}"
        if key not in self._sorted_out["times"]:
            self.memo["times"][key] = Timeline(self.asked(op, conn), lambda a: a.at_us)
        times: Timeline[Requested] = self.memo["times"][key]
        return times

    def answer_to(self, asked: Requested) -> Answered | None:
        return self.answers.get(asked.id)

    def forget(self) -> None:
        """Let go of what was made of the events: as it knows the run, only a search frees it."""
        self.memo = {}
        self.streams.sorted_out = None

    @property
    def _sorted_out(self) -> dict[str, Any]:
        """What is made of the events: anew when some were added."""
        if self.memo.get("of", -1) != len(self.events):
            self.memo = {"of": len(self.events), "times": {}}
        return self.memo

    def _by_type(self) -> dict[type[Any], list[Any]]:
        kinds: defaultdict[type[Any], list[Any]] = defaultdict(list)
        for event in self.events:
            kinds[type(event)].append(event)
        return kinds

    def _by_operation(self) -> dict[tuple[str, str | None], list[Requested]]:
        """Return the requests by operation and connection, and by operation alone."""
        asked: dict[tuple[str, str | None], list[Requested]] = {}
        for one in self.of(Requested):
            asked.setdefault((one.op, None), []).append(one)
            if one.conn is not None:
                asked.setdefault((one.op, one.conn), []).append(one)
        return asked


def watched_us(event: AnyEvent) -> int:
    """Return the latest time that `event` tells of."""
    return max(event.at_us, heard_us(event))
