"""The connection against lists of everything that ever happened to it."""

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from stallproof.machines import connection
from stallproof.machines import policy as shipped_policy
from tests.models.connection import NaiveConnection
from tests.models.frozen import FROZEN
from tests.models.send_deadline import Entry
from tests.models.stall_count import NaiveMonitor


class ConnectionAgainstLists(RuleBasedStateMachine):
    """Random events in random order, compared with the lists after every one of them."""

    code: Any = FROZEN["connection"]
    policies: Any = FROZEN["policy"]

    @initialize(
        timeout_us=st.integers(1, 30),
        limit_us=st.integers(1, 20),
        threshold=st.integers(1, 3),
        closes=st.booleans(),
        heartbeats=st.booleans(),
    )
    def begin(
        self, timeout_us: int, limit_us: int, threshold: int, closes: bool, heartbeats: bool
    ) -> None:
        self.policy = self.policies.Policy(
            send_timeout_us=timeout_us,
            stall_timeout_us=limit_us,
            checks_max=threshold,
            close_stalled=closes,
            heartbeat_interval_us=7,
        )
        monitor = NaiveMonitor(limit_us, threshold, closes)
        self.naive = NaiveConnection(timeout_us, 7, monitor, heartbeats)
        self.conn = self.code.new_connection(heartbeats=heartbeats)
        self.now_us = 0

    @rule(pause_us=st.integers(1, 12))
    def wait(self, pause_us: int) -> None:
        self.now_us += pause_us

    @precondition(lambda self: self.conn.send is None)
    @rule(size_bytes=st.integers(1, 6))
    def lock(self, size_bytes: int) -> None:
        outcome = self.naive.lock(size_bytes, self.now_us)
        self.conn, effects = self.code.on_lock_taken(
            self.policy, self.conn, size_bytes, now_us=self.now_us
        )
        if outcome is None:
            assert effects == self.code.NOTHING
        else:
            assert effects.decision.outcome.value == outcome

    def compare_end(self, effects: Any, ended: tuple[str, bool] | None) -> None:
        if ended is None:
            current = self.naive.current()
            assert current is not None
            assert effects.decision.wait_us == current.time_left_us()
            return
        outcome, begins = ended
        assert effects.decision.outcome.value == outcome
        assert (effects.closes is not None) == begins

    @precondition(lambda self: self.conn.send is not None)
    @rule(data=st.data())
    def step(self, data: st.DataObject) -> None:
        current = self.naive.current()
        assert current is not None
        wrote = data.draw(st.integers(0, current.size_bytes - current.written_bytes()))
        closing = self.naive.closed_by() is not None
        ended = self.naive.look(Entry(self.now_us, wrote, closing))
        self.conn, effects = self.code.on_step(self.conn, wrote, now_us=self.now_us)
        self.compare_end(effects, ended)

    @precondition(lambda self: self.conn.send is not None)
    @rule(failure=st.sampled_from(["timeout", "closed", "error"]))
    def fail(self, failure: str) -> None:
        closing = self.naive.closed_by() is not None
        ended = self.naive.look(Entry(self.now_us, 0, closing, failure))
        kind = self.code.Failure(failure)
        self.conn, effects = self.code.on_failed(self.conn, kind, now_us=self.now_us)
        self.compare_end(effects, ended)

    @rule()
    def check(self) -> None:
        count, closes, due = self.naive.check(self.now_us)
        self.conn, effects = self.code.on_check(self.policy, self.conn, now_us=self.now_us)
        assert self.conn.count.stalled_checks == count
        assert effects.check.warns == (count > 0)
        assert effects.check.heartbeat == due
        assert (effects.closes is not None) == closes

    # Made rare: a closed connection has little left to show.
    @precondition(lambda self: self.now_us % 5 == 0)
    @rule()
    def close(self) -> None:
        first = self.naive.closed_by() is None
        self.naive.closings.append("local")
        self.conn, effects = self.code.on_close(self.conn)
        assert (effects.closes is not None) == first

    @rule()
    def receive(self) -> None:
        self.naive.heard.append(self.now_us)
        self.conn = self.code.on_received(self.conn, now_us=self.now_us)

    @invariant()
    def agree(self) -> None:
        if not hasattr(self, "conn"):
            return
        send = self.naive.current()
        closed_by = None if self.conn.closed_by is None else self.conn.closed_by.value
        assert closed_by == self.naive.closed_by()
        assert self.conn.torn == self.naive.torn()
        assert self.conn.sequence == self.naive.sequence()
        assert self.conn.sends == self.naive.attempts
        assert (self.conn.send is None) == (send is None)
        if send is not None:
            assert self.conn.send.deadline_us == send.locked_us + send.timeout_us
            assert self.conn.send.written_bytes == send.written_bytes()
            assert self.conn.send_id == self.naive.numbers[-1]


class ShippedConnectionAgainstLists(ConnectionAgainstLists):
    """The same with the states that are shipped."""

    code = connection
    policies = shipped_policy


TestConnectionAgainstLists = ConnectionAgainstLists.TestCase
TestShippedConnectionAgainstLists = pytest.mark.requirement(
    "SD-1", "SD-6", "SD-7", "SD-9", "SD-10", "SD-13", "SD-14", "SC-3", "SC-10", "CX-1", "CX-6"
)(ShippedConnectionAgainstLists.TestCase)
TestConnectionAgainstLists.settings = settings(
    max_examples=80, stateful_step_count=40, deadline=None
)
TestShippedConnectionAgainstLists.settings = TestConnectionAgainstLists.settings
