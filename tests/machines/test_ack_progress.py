"""The ACK-progress machine at its boundaries, and against a stream that forgets nothing."""

from types import ModuleType

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from icontract import ViolationError

from stallproof.machines import ack_progress, stream
from stallproof.machines import policy as shipped_policy
from stallproof.machines.ack_progress import on_ack, on_chunk_begun, on_look, on_made, on_stop
from stallproof.machines.policy import CHECK_INTERVAL_MIN_US, Policy
from stallproof.machines.stream import (
    AckVerdict,
    AwaitAck,
    BeginChunk,
    Stream,
    StreamOutcome,
    StreamOver,
    is_notified,
    is_stream,
    offset_of,
)
from tests.models.ack_progress import NaiveStream
from tests.models.frozen import FROZEN

INTERVAL_US = CHECK_INTERVAL_MIN_US
POLICY = Policy(
    ack_progress_timeout_us=60_000,
    ack_wait_us=300_000,
    ack_check_interval_us=INTERVAL_US,
    window_bytes=100,
    chunk_bytes=50,
)
FULL = Stream(150, 0, 1_000, 5_000, None, seed=False)
"""101 bytes more than the window are outstanding at most; this wait began at 5000 us."""


def waiting(progress_us: int = 1_000, wait_us: int = 5_000, *, seed: bool = False) -> Stream:
    return Stream(150, 0, progress_us, wait_us, None, seed)


@pytest.mark.requirement("AP-2", "AP-8", "AP-11", kind="boundary")
@pytest.mark.parametrize(("acknowledged", "begins"), [(49, False), (50, True), (51, True)])
def test_a_chunk_begins_at_the_window_and_not_above(acknowledged: int, begins: bool) -> None:
    """With 101 bytes outstanding of a window of 100 the chunk waits; with 100 or 99 it begins."""
    before = Stream(150, acknowledged, 0, None, None, seed=False)
    after, look = on_look(POLICY, before, now_us=10)
    assert begins == isinstance(look, BeginChunk)
    assert after.wait_us == (None if begins else 10)


@pytest.mark.requirement("AP-3", "AP-4", kind="boundary")
@pytest.mark.parametrize(
    ("progress_us", "seed", "due_us"),
    [(1_000, False, 65_000), (1_000, True, 61_000), (9_000, False, 69_000), (9_000, True, 69_000)],
)
def test_no_progress_is_due_at_clock_plus_timeout(
    progress_us: int, seed: bool, due_us: int
) -> None:
    """One microsecond before the due moment the wait goes on; at it and after it it fails."""
    before = waiting(progress_us, seed=seed)
    failed = StreamOver(StreamOutcome.NO_PROGRESS)
    assert on_look(POLICY, before, now_us=due_us - 1) == (before, AwaitAck(1))
    assert on_look(POLICY, before, now_us=due_us)[1] == failed
    assert on_look(POLICY, before, now_us=due_us + 1)[1] == failed


@pytest.mark.requirement("AP-5", kind="boundary")
def test_ack_wait_is_due_at_the_wait_plus_ack_wait() -> None:
    """With progress all along, the wait goes on 1 us before its end and fails at it and after."""
    before = waiting(progress_us=290_000)
    failed = StreamOver(StreamOutcome.ACK_WAIT)
    assert on_look(POLICY, before, now_us=304_999) == (before, AwaitAck(1))
    assert on_look(POLICY, before, now_us=305_000)[1] == failed
    assert on_look(POLICY, before, now_us=305_001)[1] == failed


@pytest.mark.parametrize(
    ("ack_wait_us", "reason"),
    [(59_999, "ack_wait"), (60_000, "no_progress"), (60_001, "no_progress")],
)
def test_no_progress_wins_when_both_are_due(ack_wait_us: int, reason: str) -> None:
    """At the first due moment the reason is the one that is due, and NO_PROGRESS if both are."""
    policy = Policy(
        ack_progress_timeout_us=60_000, ack_wait_us=ack_wait_us, window_bytes=100, chunk_bytes=50
    )
    at_us = 5_000 + min(60_000, ack_wait_us)
    _, look = on_look(policy, waiting(), now_us=at_us)
    assert look == StreamOver(StreamOutcome(reason))


@pytest.mark.parametrize("paused_us", [60_000, 10_000_000])
def test_a_pause_is_no_stall(paused_us: int) -> None:
    """A wait long after the last progress has its whole timeout before it; not so in seed."""
    idle = Stream(150, 0, 1_000, None, None, seed=False)
    after, look = on_look(POLICY, idle, now_us=paused_us + 1_000)
    assert (paused_us + 1_000, AwaitAck(INTERVAL_US)) == (after.wait_us, look)
    in_seed = Stream(150, 0, 1_000, None, None, seed=True)
    _, look = on_look(POLICY, in_seed, now_us=paused_us + 1_000)
    assert look == StreamOver(StreamOutcome.NO_PROGRESS)


def test_a_long_interval_is_cut_to_the_due_moment() -> None:
    """With an interval longer than both timeouts the sleep ends exactly when something is due."""
    lazy = Policy(
        ack_progress_timeout_us=60_000, ack_wait_us=50_000, ack_check_interval_us=10**9,
        window_bytes=100, chunk_bytes=50,
    )  # fmt: skip
    assert on_look(lazy, waiting(), now_us=5_000)[1] == AwaitAck(50_000)
    assert on_look(lazy, waiting(seed=True), now_us=12_000)[1] == AwaitAck(43_000)
    assert on_look(lazy, waiting(progress_us=0, seed=True), now_us=12_000)[1] == AwaitAck(43_000)


@pytest.mark.requirement("AP-1", "AP-10", kind="boundary")
@pytest.mark.parametrize(
    ("offset", "verdict"),
    [
        (-1, AckVerdict.NEGATIVE),
        (0, AckVerdict.NO_NEWS),
        (39, AckVerdict.NO_NEWS),
        (40, AckVerdict.NO_NEWS),
        (41, AckVerdict.PROGRESS),
        (149, AckVerdict.PROGRESS),
        (150, AckVerdict.PROGRESS),
        (151, AckVerdict.BEYOND_SENT),
        (None, AckVerdict.NOT_AN_INTEGER),
    ],
)
def test_only_a_greater_offset_that_was_sent_is_progress(
    offset: int | None, verdict: AckVerdict
) -> None:
    """With 40 of 150 bytes acknowledged: 41 to 150 are progress, all else changes nothing."""
    before = Stream(150, 40, 1_000, 5_000, None, seed=False)
    after, found = on_ack(before, offset, from_receiver=True, now_us=7_000)
    moved = Stream(150, offset or 0, 7_000, 5_000, None, seed=False)
    assert (moved if verdict is AckVerdict.PROGRESS else before, verdict) == (after, found)
    assert on_ack(before, offset, from_receiver=False, now_us=7_000) == (
        before,
        AckVerdict.OTHER_ORIGIN,
    )


def test_an_ack_read_late_never_moves_the_clock_back() -> None:
    """Progress stamped before the last progress moves the offset and leaves the clock."""
    before = Stream(150, 40, 8_000, 5_000, None, seed=False)
    after, _ = on_ack(before, 60, from_receiver=True, now_us=7_999)
    assert (60, 8_000) == (after.acknowledged_bytes, after.progress_us)


@pytest.mark.parametrize("raw", [True, False, "5", None, 5.0, [5], {"offset": 5}])
def test_what_is_no_integer_names_no_offset(raw: object) -> None:
    """Booleans, text, fractions and the rest are no offsets; an integer of any size is."""
    assert offset_of(raw) is None
    assert offset_of(5) == 5
    assert offset_of(-(10**30)) == -(10**30)


@pytest.mark.parametrize("chunk_bytes", [1, 50])
def test_a_chunk_counts_from_its_beginning(chunk_bytes: int) -> None:
    """A chunk that begins at the window leaves at most the window and itself outstanding."""
    before = Stream(100, 0, 3, None, None, seed=False)
    after = on_chunk_begun(POLICY, before, chunk_bytes)
    assert Stream(100 + chunk_bytes, 0, 3, None, None, seed=False) == after


@pytest.mark.parametrize(
    ("before", "chunk_bytes"),
    [
        (Stream(101, 0, 3, None, None, seed=False), 50),
        (Stream(100, 0, 3, None, None, seed=False), 0),
        (Stream(100, 0, 3, None, None, seed=False), 51),
        (Stream(100, 0, 3, 7, None, seed=False), 50),
        (Stream(100, 0, 3, None, StreamOutcome.DONE, seed=False), 50),
    ],
)
def test_a_chunk_that_may_not_begin_is_refused(before: Stream, chunk_bytes: int) -> None:
    """Above the window, of no or too many bytes, in a wait or after the end, no chunk begins."""
    with pytest.raises(ViolationError):
        on_chunk_begun(POLICY, before, chunk_bytes)


@pytest.mark.parametrize("first", StreamOutcome)
@pytest.mark.parametrize("second", StreamOutcome)
def test_the_first_outcome_is_final(first: StreamOutcome, second: StreamOutcome) -> None:
    """After its end nothing changes a stream: no other end, no ACK, no look."""
    over = on_stop(FULL, first)
    assert (first, None) == (over.outcome, over.wait_us)
    assert on_stop(over, second) == over
    assert on_ack(over, 150, from_receiver=True, now_us=9) == (over, AckVerdict.AFTER_THE_END)
    assert on_look(POLICY, over, now_us=10**9) == (over, StreamOver(first))


def test_who_is_told_of_the_end() -> None:
    """A receiver that may wait for the rest is told; one that has it all or said no is not."""
    told = {outcome.value for outcome in StreamOutcome if is_notified(outcome)}
    assert {"no_progress", "ack_wait", "cancelled"} == told


@pytest.mark.parametrize(
    "state",
    [
        Stream(5, 6, 0, None, None, seed=False),
        Stream(5, -1, 0, None, None, seed=False),
        Stream(5, 0, -1, None, None, seed=False),
        Stream(5, 0, 0, -1, None, seed=False),
        Stream(5, 0, 0, 3, StreamOutcome.DONE, seed=False),
    ],
)
def test_what_cannot_be_is_no_stream(state: Stream) -> None:
    """More acknowledged than sent, times before 0, a wait after the end: refused by every step."""
    assert not is_stream(state)
    with pytest.raises(ViolationError):
        on_look(POLICY, state, now_us=1)
    with pytest.raises(ViolationError):
        on_ack(state, 0, from_receiver=True, now_us=1)
    with pytest.raises(ViolationError):
        on_stop(state, StreamOutcome.DONE)


OFFSETS = st.integers(-2, 40) | st.booleans() | st.sampled_from(["3", None, 2.0])


class MachineAgainstNaive(RuleBasedStateMachine):
    """Any history of looks, chunks, ACKs and stops: the machine and the naive stream agree."""

    code: ModuleType = FROZEN["ack_progress"]
    words: ModuleType = FROZEN["stream"]
    policies: ModuleType = FROZEN["policy"]

    @initialize(
        window=st.integers(1, 12),
        timeout_us=st.integers(1, 30_000),
        ack_wait_us=st.integers(1, 40_000),
        seed=st.booleans(),
    )
    def begin(self, window: int, timeout_us: int, ack_wait_us: int, seed: bool) -> None:
        self.policy = self.policies.Policy(
            ack_progress_timeout_us=timeout_us,
            ack_wait_us=ack_wait_us,
            ack_check_interval_us=INTERVAL_US,
            window_bytes=window,
            chunk_bytes=6,
        )
        self.now_us = 50
        self.naive = NaiveStream(window, timeout_us, ack_wait_us, INTERVAL_US, self.now_us, seed)
        self.state = self.code.on_made(seed=seed, now_us=self.now_us)

    @rule(pause_us=st.integers(0, 12_000), chunk=st.integers(1, 6))
    def look(self, pause_us: int, chunk: int) -> None:
        self.now_us += pause_us
        self.state, look = self.code.on_look(self.policy, self.state, now_us=self.now_us)
        expected = self.naive.on_ready(self.now_us)
        if expected == "begin":
            assert isinstance(look, self.words.BeginChunk)
            self.state = self.code.on_chunk_begun(self.policy, self.state, chunk)
            self.naive.chunks.append(chunk)
            assert self.naive.outstanding() <= self.naive.window + 6
        elif expected == "wait":
            assert look == self.words.AwaitAck(self.naive.sleep_us(self.now_us))
        else:
            assert look == self.words.StreamOver(self.words.StreamOutcome(expected))

    @rule(pause_us=st.integers(0, 3_000), offset=OFFSETS, mine=st.booleans())
    def ack(self, pause_us: int, offset: object, mine: bool) -> None:
        self.now_us += pause_us
        number = self.words.offset_of(offset)
        self.state, _ = self.code.on_ack(self.state, number, from_receiver=mine, now_us=self.now_us)
        self.naive.on_ack(self.now_us, offset, mine=mine)
        assert self.naive.acknowledged() == self.state.acknowledged_bytes
        assert self.naive.sent() == self.state.sent_bytes

    @rule(why=st.sampled_from(["done", "ack_error", "send_failed", "cancelled"]))
    def stop(self, why: str) -> None:
        self.state = self.code.on_stop(self.state, self.words.StreamOutcome(why))
        self.naive.stop(why)
        assert self.state.outcome is not None
        assert self.naive.end == self.state.outcome.value


class ShippedMachineAgainstNaive(MachineAgainstNaive):
    """The same with the states that are shipped."""

    code = ack_progress
    words = stream
    policies = shipped_policy


TestMachineAgainstNaive = MachineAgainstNaive.TestCase
TestShippedMachineAgainstNaive = pytest.mark.requirement(
    "AP-1", "AP-2", "AP-3", "AP-4", "AP-5", "AP-7", "AP-8", "AP-10", "AP-11", "AP-13", "AP-14"
)(ShippedMachineAgainstNaive.TestCase)
TestMachineAgainstNaive.settings = settings(max_examples=80, stateful_step_count=30, deadline=None)
TestShippedMachineAgainstNaive.settings = TestMachineAgainstNaive.settings


def test_a_stream_is_made_empty() -> None:
    """A fresh stream has sent and heard nothing; its seed clock begins when it is made."""
    assert on_made(now_us=7) == Stream(0, 0, 7, None, None, seed=False)
    assert on_made(seed=True, now_us=7) == Stream(0, 0, 7, None, None, seed=True)
