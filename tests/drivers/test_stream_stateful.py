"""A stream sender over a real socket, driven at random, beside a naive model of its law."""

import contextlib

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from stallproof.drivers.stream_sender import StreamSender
from stallproof.machines.policy import Policy
from stallproof.machines.stream import AwaitAck
from stallproof.wire.implementation import (
    AckReceived,
    ChunkReady,
    NoticeSent,
    StreamEnded,
    WaitBegun,
)
from tests.drivers.peers import PATIENCE_S, eventually, guarded, unix_pair
from tests.drivers.streams import Handed, Listening, Looks, Running, SetClock, bytes_of, wake
from tests.models.stream import NaiveStream

NUMBER = 70_001
POLICY = Policy(
    window_bytes=100, chunk_bytes=40, ack_progress_timeout_us=60_000_000,
    ack_wait_us=150_000_000, ack_check_interval_us=25_000_000,
)  # fmt: skip
SPANS = st.sampled_from(
    [0, 1, 24_999_999, 25_000_000, 59_999_999, 60_000_000, 60_000_001, 89_999_999, 90_000_000]
)
NO_OFFSETS = st.sampled_from([None, True, False, "40", 40.0, 0.5, [40], {"offset": 40}])


class Streams(RuleBasedStateMachine):
    """One stream, its source, its receiver and its clock, all in the hands of the test."""

    def __init__(self) -> None:
        super().__init__()
        self._held = contextlib.ExitStack()

    @initialize(
        total_bytes=st.sampled_from([700, 400, 160, 1]),
        seed=st.booleans(),
        start_us=st.integers(0, 5),
    )
    def make(self, total_bytes: int, seed: bool, start_us: int) -> None:
        self.conn, peer, self.ear = self._held.enter_context(guarded(unix_pair(), POLICY))
        self.listening = Listening(peer)
        self.clock = SetClock(start_us)
        self.looks = Looks()
        self.data = bytes_of(NUMBER, total_bytes)
        self.sender = StreamSender(
            self.conn, NUMBER, total_bytes, self.ear, seed=seed, clock=self.clock,
            steps=self.looks.steps,
        )  # fmt: skip
        self.source = Handed()
        self.model = NaiveStream(
            total_bytes, POLICY.window_bytes, POLICY.ack_progress_timeout_us, POLICY.ack_wait_us,
            POLICY.ack_check_interval_us, start_us, hardened=not seed,
        )  # fmt: skip
        self.running: Running | None = None
        self.handed_bytes = 0
        self.acks: list[bool] = []

    def settle(self) -> None:
        """Wait until the sender has done all it can."""
        if self.running is not None:
            self.running.settle()

    @precondition(lambda self: self.running is None or self.source.is_waiting)
    @rule(sizes=st.lists(st.sampled_from([40, 39, 20, 1]), min_size=2, max_size=8))
    def hand(self, sizes: list[int]) -> None:
        if self.running is None:
            self.running = Running(self.sender, self.source)
            self.settle()
        for size in sizes:
            chunk = self.data[self.handed_bytes : self.handed_bytes + size]
            if not chunk or not self.source.is_waiting:
                return
            self.handed_bytes += len(chunk)
            self.model.hand(len(chunk), self.clock.now_us)
            self.source.hand(chunk)
            self.settle()

    @rule(span_us=SPANS, looks=st.booleans())
    def pass_time(self, span_us: int, looks: bool) -> None:
        self.clock.now_us += span_us
        if looks:
            self.model.look(self.clock.now_us)
            wake(self.sender)
            self.settle()

    @precondition(lambda self: self.model.sleep_us is not None)
    @rule(steps=st.lists(st.tuples(SPANS, st.sampled_from([0, 1])), min_size=1, max_size=5))
    def crawl(self, steps: list[tuple[int, int]]) -> None:
        """Time passes, and the receiver makes as little progress as it can, or none."""
        for span_us, more_bytes in steps:
            self.pass_time(span_us, looks=False)
            self.ack_of(self.model.acknowledged_bytes() + more_bytes)

    def ack_of(self, raw: object, origin: str | None = None, error: str | None = None) -> None:
        """Hand in an ACK, and compare what the sender made of it."""
        valid = self.model.ack(
            raw, from_receiver=origin is None, error=error is not None, now_us=self.clock.now_us
        )
        assert valid == self.sender.on_ack(raw, origin=origin, error=error)
        self.acks.append(valid)
        self.settle()

    @precondition(lambda self: self.model.chunks)
    @rule(short_bytes=st.sampled_from([0, 1, 40, 99, 100, 101, 120]), again=st.booleans())
    def ack(self, short_bytes: int, again: bool) -> None:
        """An ACK that is short of what was sent by so much, or that repeats the last progress."""
        acknowledged_bytes = self.model.acknowledged_bytes()
        self.ack_of(acknowledged_bytes if again else self.model.sent_bytes() - short_bytes)

    @precondition(lambda self: self.model.chunks)
    @rule(raw=NO_OFFSETS, beyond=st.none() | st.integers(1, 400))
    def ack_what_cannot_be(self, raw: object, beyond: int | None) -> None:
        self.ack_of(raw if beyond is None else self.model.sent_bytes() + beyond)
        self.ack_of(self.model.acknowledged_bytes() + 1, origin="somebody else")
        self.ack_of(0, origin="somebody else", error="out of memory")

    # Ends are rare, so that streams grow long enough for the rest to matter.
    @precondition(lambda self: self.model.sent_bytes() >= 120)
    @rule(raw=st.none() | NO_OFFSETS | st.integers(-1, 500), is_error=st.booleans())
    def end(self, raw: object, is_error: bool) -> None:
        if is_error:
            self.ack_of(raw, error="the disk is full")
        else:
            self.model.stop("cancelled")
            self.sender.cancel()
            self.settle()

    @invariant()
    def agrees_with_the_model(self) -> None:
        stream, model = self.sender.stream, self.model
        outcome = None if stream.outcome is None else stream.outcome.value
        assert model.outcome == outcome
        assert model.sent_bytes() == stream.sent_bytes
        assert model.acknowledged_bytes() == stream.acknowledged_bytes
        assert (model.sleep_us is not None) == (stream.wait_us is not None)
        if model.sleep_us is not None:
            assert AwaitAck(model.sleep_us) == self.looks.said[-1]

    @invariant()
    def says_what_it_does(self) -> None:
        assert self.acks == [event.accepted for event in self.ear.all(AckReceived)]
        assert all((e.why is None) == e.accepted for e in self.ear.all(AckReceived))
        ended = [] if self.model.outcome is None else [self.model.outcome]
        assert ended == [event.outcome for event in self.ear.all(StreamEnded)]
        over = POLICY.window_bytes
        assert all(event.outstanding_bytes > over for event in self.ear.all(WaitBegun))
        assert sum(e.chunk_bytes for e in self.ear.all(ChunkReady)) >= self.model.sent_bytes()

    @invariant()
    def arrives_as_the_model_says(self) -> None:
        offsets = [offset for offset, _ in self.model.chunks]
        assert eventually(lambda: len(self.listening.offsets(NUMBER)) >= len(offsets))
        assert offsets == self.listening.offsets(NUMBER)
        assert eventually(lambda: len(self.ear.all(NoticeSent)) == self.model.notices)

    def teardown(self) -> None:
        if hasattr(self, "sender"):
            self.sender.cancel()
            self.source.hand(None)
            if self.running is not None:
                outcome = self.running.result()
                assert outcome is self.sender.stream.outcome
            self.model.stop("cancelled")
            self.arrives_as_the_model_says()
            # Nothing more comes after the end: neither a chunk nor a second notice.
            self.conn.close()
            self.listening.join(PATIENCE_S)
            assert len(self.listening.notices(NUMBER)) == self.model.notices
            assert len(self.listening.told(NUMBER)) == len(self.model.chunks) + self.model.notices
        self._held.close()


Streams.TestCase.settings = settings(
    max_examples=100,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
TestStreams = pytest.mark.requirement(
    "AP-1", "AP-2", "AP-3", "AP-4", "AP-5", "AP-8", "AP-9", "AP-10", "AP-13", "AP-14", kind="socket"
)(Streams.TestCase)
