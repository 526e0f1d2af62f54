"""The state of a case in virtual time: connections, streams, the monitor, and the clock.

Time moves by `advance`: what falls due on the way happens in its order, each at its own moment. At
one instant what is due comes first, and what is asked for comes after it.

Spec: `spec/virtual.md`.
"""

from collections.abc import Mapping
from itertools import count

from stallproof.judge.model.agenda import Agenda
from stallproof.judge.model.connections import ModelConnection
from stallproof.judge.model.flows import Flow
from stallproof.judge.model.frames import FOREVER, Frame, Jumps, moved_us
from stallproof.judge.model.keys import Key
from stallproof.judge.model.monitor import Monitor
from stallproof.wire.events import Requested


class State:
    """Everything that a case consists of, at one moment, and how time moves it."""

    def __init__(self, policy: Mapping[str, int]) -> None:
        """Begin at 0, with nothing open; `policy` in core units."""
        self.policy = policy
        self.now_us = 0
        self.connections: dict[str, ModelConnection] = {}
        self.order: list[ModelConnection] = []
        # The connections on which a send is in flight, in the order in which they took their locks.
        self.blocked: dict[ModelConnection, None] = {}
        # Those that have a count.
        self.counted: set[ModelConnection] = set()
        self.sends: Agenda[ModelConnection] = Agenda()
        self.flows: dict[tuple[str, int], Flow] = {}
        self.flows_on: dict[str, dict[int, Flow]] = {}
        self.stream_numbers: set[int] = set()
        self.due_streams: Agenda[Flow] = Agenda()
        self.places = count()
        self.monitor = Monitor(self)
        self.demanded: list[Key] = []
        self.free: set[Key] = set()
        self.alias: dict[Key, Key] = {}
        self.tested: list[tuple[int, str]] = []
        # Deadlines of sends that a closing cut off: a timer that is left behind shows there.
        self.stale: list[int] = []
        self.problems: list[str] = []

    # --- what connections, streams and the monitor say
    # --------------------------------------------------

    @property
    def jumps(self) -> Jumps:
        """The jumps of the wall clock so far."""
        return self.monitor.jumps

    def demand(self, rank: int, *fields: object) -> None:
        """The law demands this decision now."""
        self.demanded.append((self.now_us, rank, *fields))

    def put(self, *requirements: str) -> None:
        """This moment puts these requirements to the test."""
        now_us, tested = self.now_us, self.tested
        for requirement in requirements:
            tested.append((now_us, requirement))

    def problem(self, why: str) -> None:
        """The script breaks a rule of virtual time."""
        self.problems.append(f"at {self.now_us} us: {why}")

    def is_beside_blocked(self, connection: ModelConnection) -> bool:
        """Tell whether a send on another connection has been waiting since an earlier moment."""
        # The first has waited for longest.
        for other in self.blocked:
            if other is not connection:
                return other.flight is not None and other.flight.lock_us < self.now_us
        return False

    def others_count(self, connection: ModelConnection) -> bool:
        """Tell whether another connection has a count."""
        return len(self.counted) > (connection in self.counted)

    def connection_closed(self, connection: ModelConnection) -> None:
        """Connections went: what they counted must not be found elsewhere."""
        self.monitor.changed = True
        self.monitor.gone_counts.append(connection.count)
        for flow in self.streams_on(connection.name):
            flow.closed()

    def tested_by_a_lock(self, connection: ModelConnection) -> list[str]:
        """Return what a lock puts to the test by what is beside it: a blocked send, a stream."""
        blocked, idle = self.is_beside_blocked(connection), self.is_beside_idle_stream
        return [*(["CX-3"] if blocked else []), *(["CX-7"] if idle(connection.name) else [])]

    def is_beside_idle_stream(self, conn: str, but: int | None = None) -> bool:
        """Tell whether a stream of `conn`, other than `but`, waits for its window or is over."""
        flows = (flow for flow in self.streams_on(conn) if flow.number != but)
        return any(flow.outcome is not None or flow.wait_us is not None for flow in flows)

    def stream_writes(self, conn: str) -> None:
        """A chunk or a notice is written: it must not meet a failure that is meant for a send."""
        connection = self.connections.get(conn)
        if connection is not None and connection.armed is not None:
            self.problem(f"a failure is waiting for a write on {conn}, and a stream writes")

    def expired(self, connection: ModelConnection, frame: Frame) -> None:
        """A send ran into its deadline: did deadline and monitor agree?"""
        policy, monitor = self.policy, self.monitor
        if moved_us(self.jumps, frame.asked_jumps):
            self.put("SD-17")
        if not frame.checks or not monitor.keeps_schedule(frame):
            return
        if policy["send_timeout_us"] <= policy["stall_timeout_us"] or (
            policy["close_stalled"]
            and frame.stalled_checks
            and policy["send_timeout_us"] <= monitor.lower_us()
        ):
            self.put("CX-5")

    # --- time -------------------------------------------------------------------------------------

    def next_due_us(self) -> int:
        """Return when the next thing happens by itself; `FOREVER` if nothing does."""
        # Asked before every step: so what is empty, as most agendas are, is not asked at all.
        due_us = self.monitor.next_us
        if self.sends.heap and (at_us := self.sends.next_us()) < due_us:
            due_us = at_us
        if self.due_streams.heap and (at_us := self.due_streams.next_us()) < due_us:
            due_us = at_us
        return due_us

    def advance(self, to_us: int) -> None:
        """Move the clock to `to_us`; what is due until then, `to_us` included, happens."""
        while (due_us := self.next_due_us()) <= to_us:
            if due_us > self.now_us:
                self.now_us = due_us
            self._fire()
        if to_us > self.now_us:
            self.now_us = to_us
        if self.stale:
            self.tested += [
                (due_us, law)
                for due_us in self.stale
                if due_us <= self.now_us
                for law in ("SD-5", "CX-6")
            ]
            self.stale = [one for one in self.stale if one > self.now_us]

    def _fire(self) -> None:
        """All that is due at this instant happens."""
        passes = self.monitor.next_us <= self.now_us
        for connection in self.sends.take(self.now_us):
            if passes and connection.flight is not None:
                what = f"the end of send {connection.flight.number} on {connection.name}"
                self.problem(f"a pass of the monitor and {what} are both due")
            if connection.closing_us is not None:
                connection.cut_off()
            else:
                connection.expire()
        if passes:
            self.monitor.tick(self.order)
        for flow in self.due_streams.take(self.now_us):
            while flow.due_us() <= self.now_us:
                flow.fire()
            self.due_streams.enter(flow)

    # --- what a request names ---------------------------------------------------------------------

    def reach(self, asked: Requested) -> None:
        """Move to the moment of a request."""
        if asked.at_us < self.now_us:
            self.problem(f"{asked.op} is asked for at {asked.at_us} us, and time goes back")
        self.advance(asked.at_us)

    def connection_of(self, asked: Requested) -> ModelConnection | None:
        """Return the connection of a request, which has to be one that was opened."""
        connection = self.connections.get(asked.conn or "")
        if connection is None:
            self.problem(f"{asked.op}: the connection {asked.conn!r} was never opened")
        return connection

    def unless_lingering(self, asked: Requested) -> ModelConnection | None:
        """Return the connection of a request that has to wait while its transport lingers."""
        connection = self.connection_of(asked)
        if connection is not None and connection.let_go_us < FOREVER:
            self.problem(f"{asked.op}: {connection.name} lingers, and a send is blocked on it")
        return connection

    def streams_on(self, conn: str | None) -> list[Flow]:
        """Return the streams of a connection."""
        return [] if conn is None else [*self.flows_on.get(conn, {}).values()]

    def let_go(self) -> None:
        """Be over: it and its parts know each other, and only a search would free them."""
        vars(self).clear()

    # --- who comes and goes -----------------------------------------------------------------------

    def forget(self, connection: ModelConnection) -> None:
        """Its name came back: nobody asks for the old connection any more."""
        self.blocked.pop(connection, None)
        self.counted.discard(connection)
        self.sends.leave(connection)

    def begin(self, flow: Flow) -> None:
        """A stream begins."""
        old = self.flows.get((flow.conn, flow.number))
        if old is not None:
            self.due_streams.leave(old)
        flow.place = next(self.places)
        self.flows[(flow.conn, flow.number)] = flow
        self.flows_on.setdefault(flow.conn, {})[flow.number] = flow
        self.stream_numbers.add(flow.number)
        self.due_streams.enter(flow)
