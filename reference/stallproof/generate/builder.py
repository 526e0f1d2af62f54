"""A script while it is being made up: the steps so far, and what the law makes of them.

The intuition: the interesting moments of a script are one tick before, at and after something is
due, and what is due depends on all that came before. So the script is carried out by the oracle's
statement of the law while it is made up, and whoever adds a step can see the deadline, the room and
the queue that it meets.

The use: `draft.ask(at_us, "send", conn="a", send=1, size_bytes=10)`, then `draft.vector(...)`.

The complication: some steps turn out to break a rule of `spec/virtual.md` only later, when two
things fall due together. The step that brings that to light is taken back, and nothing may follow.

Spec: `spec/virtual.md`, "Rules".
"""

from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from stallproof.judge.model import held_by
from stallproof.judge.model.case import Case
from stallproof.judge.model.connections import ModelConnection
from stallproof.judge.model.flows import Flow
from stallproof.judge.model.frames import FOREVER
from stallproof.requirements.knobs import policy_of_script
from stallproof.requirements.vectors.format import Step, Vector
from stallproof.wire.events import Requested

NAMES = ("a", "b", "c")
"""More connections than these show nothing more."""
_TOLD = frozenset(Requested.__struct_fields__) - {"id", "op", "at_us", "seen_by"}


def bare(knobs: Mapping[str, Any], steps: Collection[Step]) -> Vector:
    """Return a vector that is a mere script: nothing is expected, and no requirement is named."""
    return Vector(
        schema="stallproof.vector/1", name="script", requirements=[], profile="hardened", needs=[],
        reason="", knobs=dict(knobs), steps=list(steps),
    )  # fmt: skip


class Builder:
    """The steps so far, and the case that they make by the law."""

    def __init__(self, knobs: Mapping[str, Any], features: Collection[str]) -> None:
        self.knobs = dict(knobs)
        self.features = features
        self.steps: list[Step] = []
        self.policy = policy_of_script(knobs)
        self.case = Case(self.policy)
        self.is_over = False
        self.sends = 0
        self.streams = 0

    @property
    def now_us(self) -> int:
        return self.case.now_us

    def ask(self, at_us: int, op: str, **fields: Any) -> None:
        """Add a request at `at_us`, or now if that has gone by."""
        at_us = max(at_us, self.now_us)
        told = {name: value for name, value in fields.items() if name in _TOLD}
        self.case.ask(Requested(at_us=at_us, id=len(self.steps) + 1, op=op, **told))
        self._add(Step(at_us=at_us, do={"op": op, **fields}))

    def until(self, at_us: int) -> None:
        """Let time pass to `at_us`."""
        at_us = max(at_us, self.now_us)
        self.case.advance(at_us)
        self._add(Step(at_us=at_us))

    def _add(self, step: Step) -> None:
        if self.case.problems:
            self.is_over = True
        else:
            self.steps.append(step)

    def script(self) -> Vector:
        """Return the script, with the requirements that it puts to the test; then all is over."""
        script = bare(self.knobs, self.steps)
        held = {law for _at_us, law in self.case.tested}
        if self.is_over:
            # What was taken back has left its marks on the case.
            held = held_by(script)
        self.case.let_go()
        return msgspec.structs.replace(script, requirements=sorted(held))

    # --- what a next step may meet ----------------------------------------------------------------

    def open_connections(self) -> list[ModelConnection]:
        """Return the connections that were opened, the closed ones included.

        Of one that lingers nothing may be asked.
        """
        connections = self.case.connections.values()
        return [connection for connection in connections if connection.let_go_us == FOREVER]

    def stream_connections(self) -> list[ModelConnection]:
        """Return the connections on which a stream may begin."""
        return [
            connection
            for connection in self.case.connections.values()
            if connection.room is None and connection.closing_us is None
            and connection.armed is None
        ]  # fmt: skip

    def free_names(self) -> list[str]:
        """Return the names that a connection may be opened by, those of closed ones included."""
        found = []
        for name in NAMES:
            connection = self.case.connections.get(name)
            if connection is None:
                found.append(name)
            elif connection.let_go_us < FOREVER:
                continue
            elif connection.closing_us is not None and connection.closing_us < self.now_us:
                found += [] if self.case.streams_on(name) else [name]
        return found

    def flows(self) -> list[Flow]:
        """Return the streams in the order of their numbers."""
        return list(self.case.flows.values())

    def is_quiet_until(self, at_us: int, connection: ModelConnection) -> bool:
        """Tell whether nothing is due up to `at_us` but the end of the send on `connection`."""
        flight = connection.flight
        if flight is None:
            return False
        deadline_us, flight.deadline_us = flight.deadline_us, FOREVER
        due_us = self.case.next_due_us()
        flight.deadline_us = deadline_us
        # Whoever is asked what comes next forgets what seems to be due no more.
        self.case.sends.enter(connection)
        return due_us > at_us

    def moments(self) -> list[int]:
        """Return the moments from now on at which the law draws a line, in their order."""
        found: set[int] = set()
        for connection in self.case.connections.values():
            found |= self._moments_of_connection(connection)
        for flow in self.case.flows.values():
            found |= self._moments_of_flow(flow)
        monitor = self.case.monitor
        if monitor.period_us is not None:
            found |= {monitor.next_us, monitor.next_us + monitor.period_us}
        return sorted(at_us for at_us in found if self.now_us <= at_us < FOREVER)

    def _moments_of_connection(self, connection: ModelConnection) -> set[int]:
        policy, found = self.policy, set()
        if connection.flight is not None:
            lock_us = connection.flight.lock_us
            found |= {connection.flight.deadline_us, lock_us + policy["stall_timeout_us"]}
            # Where the deadline would lie if it were counted from the request or from the progress.
            found.add(connection.flight.asked_us + policy["send_timeout_us"])
            found |= {at_us + policy["send_timeout_us"] for at_us in connection.flight.progress_us}
        heard_us = connection.received_us
        since_us = connection.opened_us if heard_us is None else heard_us
        found.add(since_us + policy["heartbeat_interval_us"])
        return found

    def _moments_of_flow(self, flow: Flow) -> set[int]:
        if flow.outcome is not None:
            return set()
        if flow.wait_us is None:
            return {flow.ready_us}
        policy = self.policy
        # The clocks of hardened and of seed, and the next look of a watchdog.
        seed_us = flow.progress_us + policy["ack_progress_timeout_us"]
        look_us = flow.wait_us + policy["ack_check_interval_us"]
        return {flow.no_progress_us, flow.ack_wait_us, seed_us, look_us}
