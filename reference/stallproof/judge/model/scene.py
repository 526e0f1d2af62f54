"""The scene of a divergence: what the law demanded at one instant, and what was said instead.

Whoever blames looks at the model just before and just after the instant, at what is missing and
what is too much, and ahead in the run: a TIMEOUT that is missing here may come later.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from stallproof.judge.evidence.observation import Observation, ms
from stallproof.judge.model.case import Case
from stallproof.judge.model.connections import ModelConnection
from stallproof.judge.model.flows import Flow
from stallproof.judge.model.keys import CHECKED, CHUNK_BEGUN, STREAM_ENDED, Key
from stallproof.judge.model.situation import VIRTUAL
from stallproof.wire.events import AnyEvent, Requested

EVIDENCE_MAX = 10


class Blame(NamedTuple):
    """One requirement that a divergence breaks, and why. `ends`: nothing after it is judged.

    Where `ends` is false the state of the case is what it should be, and only the requirements of
    hardened are over (`spec/virtual.md`).
    """

    requirement: str
    why: str
    also_held: tuple[str, ...] = ()
    ends: bool = True


class Later(NamedTuple):
    """Something said after the instant: when it was heard at the earliest, and what it was."""

    at_us: int
    key: Key
    event: AnyEvent


@dataclass(slots=True)
class Scene:
    """One instant at which demanded and said differ."""

    at_us: int
    missing: list[Key]
    extra: list[Key]
    said: list[Key]
    before: Case
    after: Case
    asked: Requested | None
    end_us: int
    later: list[Later] = field(default_factory=list)
    evidence: list[AnyEvent] = field(default_factory=list)
    wrong: AnyEvent | None = None

    def broken(self, requirement: str, why: str) -> Observation:
        """Return that `requirement` is broken at the instant, by what is wrong if anything is."""
        shown = self.evidence[:EVIDENCE_MAX]
        if self.wrong is not None and self.wrong not in shown:
            shown[-1] = self.wrong
        return Observation(
            requirement, VIRTUAL, "broken", why, tuple(shown), parts_us=self.at_us, wrong=self.wrong
        )

    @property
    def when(self) -> str:
        """The instant in words."""
        return f"at {ms(self.at_us)}"

    @property
    def is_pass(self) -> bool:
        """Whether the monitor looks at this instant."""
        single = self.asked is not None and self.asked.op == "check"
        return self.is_tick or (single and self.asked is not None and self.asked_now)

    @property
    def is_tick(self) -> bool:
        """Whether the monitor looks by its own schedule at this instant."""
        return self.before.monitor.next_us <= self.at_us

    @property
    def asked_now(self) -> bool:
        """Whether the request belongs to this very instant."""
        return self.asked is not None and self.asked.at_us == self.at_us

    def missing_of(self, rank: int, *fields: object) -> Iterator[Key]:
        """Yield what is missing of one event, with the given first fields."""
        return (k for k in self.missing if k[1] == rank and k[2 : 2 + len(fields)] == fields)

    def extra_of(self, rank: int, *fields: object) -> Iterator[Key]:
        """Yield what is too much of one event, with the given first fields."""
        return (k for k in self.extra if k[1] == rank and k[2 : 2 + len(fields)] == fields)

    def later_of(self, rank: int, *fields: object) -> Later | None:
        """Return the first such event after the instant; it becomes part of the evidence."""
        for later in self.later:
            if later.key[1] == rank and later.key[2 : 2 + len(fields)] == fields:
                if later.event not in self.evidence:
                    self.evidence.append(later.event)
                return later
        return None

    def connections(self) -> list[ModelConnection]:
        """Return the connections that differ, in the order of their opening."""
        # Streams have names of connections too; whoever asks about sends ignores their events.
        names = {key[2] for key in (*self.missing, *self.extra)}
        return [
            connection for connection in self.after.connections.values() if connection.name in names
        ]

    def has_blocked_neighbour(self, name: str) -> bool:
        """Tell whether a send on another connection is blocked at this instant."""
        return any(
            connection.flight is not None
            and connection.name != name
            and connection.flight.lock_us < self.at_us
            for connection in self.before.connections.values()
        )

    def beside(self, conn: str, but: int | None = None) -> list[Flow]:
        """Return the other streams of `conn` that waited just before, or were over."""
        return [
            flow
            for flow in self.before.streams_on(conn)
            if flow.number != but and (flow.outcome is not None or flow.wait_us is not None)
        ]

    def came_with_the_end_of(self, waiting: Iterable[Flow], later: Later | None) -> bool:
        """Tell whether something came only when one of these streams went on, or ended."""
        names = {(flow.conn, flow.number) for flow in waiting if flow.outcome is None}
        return later is not None and any(
            one.at_us == later.at_us
            and one.key[1] in (CHUNK_BEGUN, STREAM_ENDED)
            and one.key[2:4] in names
            for one in self.later
        )

    def checked_here(self) -> set[str]:
        """Return the connections for which a check was said at this instant."""
        return {key[2] for key in self.said if key[1] == CHECKED}
