"""One process of the job: the reference as it ships, on a clock of its own that follows the agenda.

The intuition: a process is a harness in virtual time. The world asks it for what its peers and its
callers do (`spec/protocol.md`), and what becomes of that is decided by the drivers that ship and
the machines that they ask. All that was asked and said is one run of a trace, judged like any.

The complication: a process also acts by itself, at a deadline or a tick. After each request the
agenda is told when that is next.

Spec: `spec/virtual.md`.
"""

from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from stallproof.harness.reference import Reference
from stallproof.harness.simulated.player import Player
from stallproof.harness.wall import VirtualWall
from stallproof.simulate.link import Agenda
from stallproof.wire.event import Event
from stallproof.wire.events import AnyEvent
from stallproof.wire.operations import OPERATIONS, ConfigRequest
from stallproof.wire.runner import Answered, ScenarioBegun, ScenarioEnded, requested

Hears = dict[type[Event], Callable[[Any], object]]
"""Who hears of which events of a process."""


class Process:
    """A server, a relay, or whoever asks the machines of the job."""

    def __init__(
        self, name: str, agenda: Agenda, kind: type[Reference], knobs: dict[str, Any],
        *, is_traced: bool,
    ) -> None:  # fmt: skip
        """Begin a case of an adapter of `kind` with `knobs`; remember all of it if `is_traced`."""
        self.name = name
        self.hears: Hears = {}
        self._agenda = agenda
        self._now_us = self._requests = 0
        self._looks_us: int | None = None
        self._is_traced = is_traced
        self._events: list[AnyEvent] = []
        self._said: list[Any] = []
        self._player = Player(self._said.append, kind(self._said.append), VirtualWall())
        self._player.carry_out(ConfigRequest(id=0, knobs=knobs))

    def ask(self, op: str, **fields: Any) -> list[AnyEvent]:
        """Ask for `op` now; return what was said of it. Whoever hears of it does so afterwards."""
        self._reach()
        said = self._carry_out(op, fields)
        self._plan_a_look()
        return said

    def run(self, requirements: Collection[str], policy: dict[str, int]) -> list[AnyEvent]:
        """Return the run of a trace in which all that was asked and said stands."""
        begun = ScenarioBegun(
            at_us=0, name=self.name, repetition=1, requirements=sorted(requirements),
            policy=policy, grace_us=0, clock="virtual",
        )  # fmt: skip
        return [begun, *self._events, ScenarioEnded(at_us=self._now_us, noise_us=0)]

    def end(self) -> None:
        """Let the time come up to now, and end."""
        self._reach()
        # A case that is over keeps nothing waiting.
        events, self._is_traced = self._events, False
        self._carry_out("config", {})
        self._events = events

    def _reach(self) -> None:
        if self._agenda.now_us > self._now_us:
            self._carry_out("advance", {"to_us": self._agenda.now_us})

    def _carry_out(self, op: str, fields: dict[str, Any]) -> list[AnyEvent]:
        self._requests += 1
        before_us, self._now_us = self._now_us, self._agenda.now_us
        request = OPERATIONS[op](id=self._requests, **fields)
        self._player.carry_out(request)
        said = self._said.copy()
        self._said.clear()
        if self._is_traced:
            number = self._requests
            asked = requested({"op": op, **fields}, at_us=before_us, number=number)
            self._events += [asked, *said, Answered(at_us=self._now_us, id=number, op=op)]
        for event in said:
            hears = self.hears.get(type(event))
            if hears is not None:
                self._agenda.soon(partial(hears, event))
        return said

    def _plan_a_look(self) -> None:
        """Have the agenda come back when the process does something by itself."""
        due_us = self._player.next_due_us
        if due_us is not None and (self._looks_us is None or due_us < self._looks_us):
            self._looks_us = due_us
            self._agenda.at(due_us, lambda: self._look(due_us))

    def _look(self, at_us: int) -> None:
        if at_us == self._looks_us:
            self._looks_us = None
            self._reach()
            self._plan_a_look()
