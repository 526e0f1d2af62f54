"""The processes and their connections: a server, relays, and the sites behind each relay.

Each process is a harness in virtual time with a monitor of its own. What they say is told where it
matters to the job: who stalled, what was closed and why.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from stallproof.harness.reference import Reference
from stallproof.requirements.knobs import KNOBS, policy_of_script
from stallproof.simulate.connections import FrameConnection, StreamConnection
from stallproof.simulate.former import Unguarded
from stallproof.simulate.link import Agenda, Link
from stallproof.simulate.plan import SECOND_US, Plan, Stall
from stallproof.simulate.process import Process
from stallproof.simulate.told import Moment, Outcome, Span, seconds
from stallproof.wire.implementation import (
    ChunkBegun,
    Closing,
    Decided,
    LockTaken,
    SendEnded,
    StreamEnded,
    Warned,
)

MONITOR_US = 5 * SECOND_US
BLOCKED_US = SECOND_US
"""A send that lasts longer than this is shown as blocked."""


class Network:
    """All connections of one simulation."""

    def __init__(self, plan: Plan, outcome: Outcome, *, is_traced: bool) -> None:
        """Open them."""
        self.agenda = agenda = Agenda()
        self._plan, self._outcome = plan, outcome
        self._held: dict[tuple[str, int], int] = {}
        self._closed: dict[str, int] = {}
        kind = Reference if plan.guardrails else Unguarded
        knobs = dict(plan.knobs)
        self.policy = policy_of_script({n: v for n, v in knobs.items() if n in KNOBS})
        new = partial(Process, agenda=agenda, kind=kind, knobs=knobs, is_traced=is_traced)
        self.decider, self.server = new("the job"), new("server")
        self.relays = {name: new(name) for name in plan.relay_names}
        ack_bytes = int(knobs["streaming_ack_interval"])
        self.to_relay: dict[str, FrameConnection] = {}
        self.data: dict[str, StreamConnection] = {}
        for name in plan.relay_names:
            frames, data = (Link(agenda, plan.relay_bytes_s, plan.stall_of(name)) for _ in range(2))
            self.to_relay[name] = FrameConnection(self.server, name, frames)
            self.data[name] = StreamConnection(self.server, f"{name}/data", data, ack_bytes)
        self.to_site: dict[str, FrameConnection] = {}
        for site in plan.sites:
            link = Link(agenda, plan.site_bytes_s, plan.stall_of(site))
            relay = self.relays[plan.relay_of(site)]
            self.to_site[site] = FrameConnection(relay, site, link)
        self._listen()
        for stall in plan.stalls:
            self._tell_of(stall)

    @property
    def processes(self) -> list[Process]:
        """Every process, the one that asks for the decisions of the job first."""
        return [self.decider, self.server, *self.relays.values()]

    def reply(self, site: str, heard: Callable[[], object]) -> None:
        """Have `site` say something to the server, by way of its relay."""
        relay, later_us = self.to_relay[self._plan.relay_of(site)], self._plan.latency_us

        def at_server() -> None:
            if relay.receive():
                heard()

        def at_relay() -> None:
            if self.to_site[site].receive():
                self.agenda.at(self.agenda.now_us + later_us, at_server)

        self.agenda.at(self.agenda.now_us + later_us, at_relay)

    def ask(self, machine: str, given: dict[str, Any]) -> dict[str, Any]:
        """Have a machine decide, which takes no time."""
        (said,) = self.decider.ask("decide", machine=machine, input=given)
        assert isinstance(said, Decided)
        return said.decision

    # --- what is told -----------------------------------------------------------------------------

    def _listen(self) -> None:
        """Hear what each process says of its connections, and have its monitor run."""
        for process in (self.server, *self.relays.values()):
            frames = self.to_relay if process is self.server else self.to_site
            hears: dict[Any, Callable[[Any], object]] = process.hears
            hears[Closing] = partial(self._on_closing, process, frames)
            hears[Warned] = partial(self._on_warned, process)
            if self._plan.guardrails:
                process.ask("monitor", period_us=MONITOR_US)
        self.server.hears[LockTaken] = self._on_lock
        self.server.hears[ChunkBegun] = lambda event: self._data_of(event).on_chunk(event)
        self.server.hears[StreamEnded] = self._on_stream_ended

    def blocked(self) -> Iterator[tuple[str, int]]:
        """Yield the relays to which a send has been under way for long, and for how long."""
        for (relay, _), taken_us in self._held.items():
            if self.agenda.now_us - taken_us > BLOCKED_US:
                yield relay, self.agenda.now_us - taken_us

    def on_send_ended(self, event: SendEnded) -> None:
        """Note that nobody holds the lock of a connection of the server any more."""
        taken_us = self._held.pop((event.conn, event.send), event.at_us)
        if event.at_us - taken_us > BLOCKED_US:
            self.span(event.conn, taken_us, "blocked", event.at_us)

    def finish(self) -> None:
        """Say of what is still under way that it lasted until now."""
        now_us = self.agenda.now_us
        for (relay, _), taken_us in self._held.items():
            if now_us - taken_us > BLOCKED_US:
                self.span(relay, taken_us, "blocked")
        for conn, closed_us in self._closed.items():
            self.span(conn, closed_us, "closed")
        for process in self.processes:
            process.end()

    def span(self, name: str, from_us: int, kind: str, until_us: int | None = None) -> None:
        """Note that something lasted, until now where nothing else is said."""
        until_us = self.agenda.now_us if until_us is None else until_us
        self._outcome.spans.setdefault(name, []).append(Span(from_us, until_us, kind))

    def _on_lock(self, event: LockTaken) -> None:
        self._held[event.conn, event.send] = event.at_us

    def _data_of(self, event: ChunkBegun | StreamEnded) -> StreamConnection:
        return self.data[event.conn.removesuffix("/data")]

    def tell(self, who: str, what: str) -> None:
        """Note that something happened now."""
        self._outcome.moments.append(Moment(self.agenda.now_us, who, what))

    def _on_closing(
        self, process: Process, frames: dict[str, FrameConnection], event: Closing
    ) -> None:
        if event.conn in frames:
            frames[event.conn].on_closing(event)
        self._closed[event.conn] = event.at_us
        self.tell(process.name, f"closes the connection to {event.conn} ({event.cause})")

    def _on_warned(self, process: Process, event: Warned) -> None:
        held = seconds(event.stall_us or 0)
        what = f"a send to {event.conn} has been stalled for {held}"
        self.tell(process.name, f"{what} ({event.count}/{event.threshold})")

    def _on_stream_ended(self, event: StreamEnded) -> None:
        self._data_of(event).on_end(event)
        if event.outcome != "done":
            self.tell("server", f"gives up stream {event.stream} to {event.conn}: {event.outcome}")

    def _tell_of(self, stall: Stall) -> None:
        self.span(stall.name, stall.from_us, "stalled", stall.until_us)
        what = f"reads nothing any more, until {seconds(stall.until_us)}"
        self.agenda.at(stall.from_us, partial(self.tell, stall.name, what))
