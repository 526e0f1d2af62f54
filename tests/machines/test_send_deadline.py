"""The send deadline at its boundaries and against a diary."""

from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from icontract import ViolationError

from stallproof.machines import policy as shipped_policy
from stallproof.machines import send_deadline
from stallproof.machines.policy import Policy
from stallproof.machines.send_deadline import End, Failure, Outcome, Send, Wait
from tests.models.frozen import FROZEN
from tests.models.send_deadline import Entry, NaiveSend

POLICY = Policy(send_timeout_us=500)
SEND = Send(taken_us=1_000, deadline_us=1_500, size_bytes=10, written_bytes=4)
TIMED_OUT = End(Outcome.TIMEOUT, closes=True)


def test_the_deadline_is_the_lock_plus_the_send_timeout() -> None:
    """Taking the lock at 1000 with a timeout of 500 gives the deadline 1500 and nothing written."""
    expected = Send(taken_us=1_000, deadline_us=1_500, size_bytes=10, written_bytes=0)
    assert expected == send_deadline.on_lock_taken(POLICY, 10, now_us=1_000)


@pytest.mark.requirement("SD-2", "SD-4", kind="boundary")
@pytest.mark.parametrize(
    ("now_us", "expected"), [(1_499, Wait(1)), (1_500, TIMED_OUT), (1_501, TIMED_OUT)]
)
def test_a_step_with_bytes_left_expires_at_the_deadline(now_us: int, expected: Wait | End) -> None:
    """One microsecond before the deadline a send waits; at and after it, it has timed out."""
    _, actual = send_deadline.on_step(SEND, 5, closing=False, now_us=now_us)
    assert expected == actual


@pytest.mark.parametrize("now_us", [1_499, 1_500, 1_501])
@pytest.mark.parametrize("closing", [False, True])
def test_the_last_byte_is_ok_before_at_and_after_the_deadline(now_us: int, closing: bool) -> None:
    """A step that writes the last byte is OK whenever it is learnt, and does not close."""
    after, actual = send_deadline.on_step(SEND, 6, closing=closing, now_us=now_us)
    assert End(Outcome.OK, closes=False) == actual
    assert after.written_bytes == 10


@pytest.mark.parametrize(("wrote_bytes", "is_over"), [(5, False), (6, True)])
def test_ok_needs_every_byte(wrote_bytes: int, is_over: bool) -> None:
    """One byte short is not over; the last byte is."""
    _, decision = send_deadline.on_step(SEND, wrote_bytes, closing=False, now_us=1_100)
    assert is_over == isinstance(decision, End)


def test_partial_progress_never_extends_the_deadline() -> None:
    """A frame that trickles a byte a time still times out at the first deadline."""
    send = send_deadline.on_lock_taken(POLICY, 1_000, now_us=1_000)
    for now_us in range(1_000, 1_500, 10):
        send, decision = send_deadline.on_step(send, 1, closing=False, now_us=now_us)
        assert decision == Wait(1_500 - now_us)
    assert send_deadline.on_step(send, 1, closing=False, now_us=1_500)[1] == TIMED_OUT


@pytest.mark.parametrize(
    ("failure", "outcome", "closes_torn", "closes_clean"),
    [
        (Failure.TIMEOUT, Outcome.TIMEOUT, True, True),
        (Failure.CLOSED, Outcome.CLOSED, True, False),
        (Failure.ERROR, Outcome.ERROR, True, False),
    ],
)
def test_failures_follow_the_table(
    failure: Failure, outcome: Outcome, closes_torn: bool, closes_clean: bool
) -> None:
    """Before the deadline the table decides the code; a torn frame closes, a clean one does not."""
    clean = Send(1_000, 1_500, 10, 0)
    one_byte = Send(1_000, 1_500, 10, 1)
    for send, closes in ((clean, closes_clean), (one_byte, closes_torn), (SEND, closes_torn)):
        actual = send_deadline.on_failed(send, failure, closing=False, now_us=1_499)
        assert End(outcome, closes) == actual


@pytest.mark.requirement("SD-2", "SD-7", kind="boundary")
@pytest.mark.parametrize("failure", list(Failure))
@pytest.mark.parametrize("now_us", [1_500, 1_501])
def test_a_failure_at_the_deadline_is_a_timeout(failure: Failure, now_us: int) -> None:
    """With bytes left at or after the deadline, whatever failed is a TIMEOUT and closes."""
    assert TIMED_OUT == send_deadline.on_failed(SEND, failure, closing=False, now_us=now_us)


@pytest.mark.parametrize("now_us", [1_499, 1_500, 1_501])
def test_while_closing_what_does_not_complete_is_suppressed(now_us: int) -> None:
    """While closing, steps and failures with bytes left are SUPPRESSED, around the deadline too."""
    suppressed = End(Outcome.SUPPRESSED, closes=False)
    assert suppressed == send_deadline.on_step(SEND, 1, closing=True, now_us=now_us)[1]
    for failure in Failure:
        actual = send_deadline.on_failed(SEND, failure, closing=True, now_us=now_us)
        assert suppressed == actual


@pytest.mark.requirement("SD-18", kind="boundary")
@pytest.mark.parametrize(
    ("written_bytes", "now_us", "expected"),
    [
        (0, 1_499, End(Outcome.GIVEN_UP, closes=False)),
        (1, 1_499, End(Outcome.GIVEN_UP, closes=True)),
        (9, 1_499, End(Outcome.GIVEN_UP, closes=True)),
        (0, 1_500, TIMED_OUT),
        (1, 1_501, TIMED_OUT),
    ],
)
def test_a_give_up_before_the_deadline_closes_exactly_a_torn_frame(
    written_bytes: int, now_us: int, expected: End
) -> None:
    """One microsecond before the deadline it is GIVEN_UP; at it and after it, TIMEOUT."""
    send = Send(1_000, 1_500, 10, written_bytes)
    assert expected == send_deadline.on_given_up(send, closing=False, now_us=now_us)
    suppressed = End(Outcome.SUPPRESSED, closes=False)
    assert suppressed == send_deadline.on_given_up(send, closing=True, now_us=now_us)


@pytest.mark.parametrize("wrote_bytes", [-1, 7])
def test_impossible_numbers_of_bytes_are_refused(wrote_bytes: int) -> None:
    """Less than nothing or more than what is left is refused, and the state is as it was."""
    before = Send(1_000, 1_500, 10, 4)
    with pytest.raises(ViolationError):
        send_deadline.on_step(before, wrote_bytes, closing=False, now_us=1_100)
    assert before == SEND


@pytest.mark.parametrize(
    "send", [Send(0, 0, 1, 0), Send(5, 4, 1, 0), Send(0, 1, 1, 1), Send(0, 1, 1, -1)]
)
def test_sends_that_cannot_be_are_refused(send: Send) -> None:
    """A send without a deadline after its lock, or with no bytes left, takes no step."""
    with pytest.raises(ViolationError):
        send_deadline.on_step(send, 0, closing=False, now_us=0)
    with pytest.raises(ViolationError):
        send_deadline.on_failed(send, Failure.ERROR, closing=False, now_us=0)
    with pytest.raises(ViolationError):
        send_deadline.on_given_up(send, closing=False, now_us=0)


@pytest.mark.parametrize(("size_bytes", "now_us"), [(0, 0), (-1, 0), (1, -1)])
def test_a_frame_needs_a_size_and_a_time(size_bytes: int, now_us: int) -> None:
    """An empty frame or a time before zero is refused at the lock."""
    with pytest.raises(ViolationError):
        send_deadline.on_lock_taken(POLICY, size_bytes, now_us=now_us)


def test_the_frozen_noise_monitor_refuses_assignments() -> None:
    """The noise monitor that the state machines run on really is frozen."""
    send = FROZEN["send_deadline"].Send(0, 1, 1, 0)
    with pytest.raises(FrozenInstanceError):
        send.written_bytes = 1


class SendAgainstDiary(RuleBasedStateMachine):
    """One frame after the other, compared with the diary after every event."""

    code: Any = FROZEN["send_deadline"]
    policies: Any = FROZEN["policy"]

    @initialize(timeout_us=st.integers(1, 40))
    def begin(self, timeout_us: int) -> None:
        self.policy = self.policies.Policy(send_timeout_us=timeout_us)
        self.now_us = 0
        self.closing = False
        self.send: Any = None

    @precondition(lambda self: self.send is None)
    @rule(size_bytes=st.integers(1, 12), pause_us=st.integers(0, 20))
    def lock(self, size_bytes: int, pause_us: int) -> None:
        self.now_us += pause_us
        self.naive = NaiveSend(self.now_us, self.policy.send_timeout_us, size_bytes)
        self.send = self.code.on_lock_taken(self.policy, size_bytes, now_us=self.now_us)

    @precondition(lambda self: self.send is not None)
    @rule(data=st.data(), pause_us=st.integers(0, 20))
    def step(self, data: st.DataObject, pause_us: int) -> None:
        self.now_us += pause_us
        left = self.naive.size_bytes - self.naive.written_bytes()
        wrote = data.draw(st.integers(0, left))
        self.naive.diary.append(Entry(self.now_us, wrote, self.closing))
        self.send, decision = self.code.on_step(
            self.send, wrote, closing=self.closing, now_us=self.now_us
        )
        assert self.send.written_bytes == self.naive.written_bytes()
        ending = self.naive.ending()
        if ending is None:
            assert decision == self.code.Wait(self.naive.time_left_us())
        else:
            assert (decision.outcome.value, decision.closes) == ending
            self.send = None

    @precondition(lambda self: self.send is not None)
    @rule(failure=st.sampled_from(["timeout", "closed", "error"]), pause_us=st.integers(0, 20))
    def fail(self, failure: str, pause_us: int) -> None:
        self.now_us += pause_us
        self.naive.diary.append(Entry(self.now_us, 0, self.closing, failure))
        end = self.code.on_failed(
            self.send, self.code.Failure(failure), closing=self.closing, now_us=self.now_us
        )
        assert (end.outcome.value, end.closes) == self.naive.ending()
        self.send = None

    @precondition(lambda self: self.send is not None)
    @rule(pause_us=st.integers(0, 20))
    def give_up(self, pause_us: int) -> None:
        self.now_us += pause_us
        self.naive.diary.append(Entry(self.now_us, 0, self.closing, unwanted=True))
        end = self.code.on_given_up(self.send, closing=self.closing, now_us=self.now_us)
        assert (end.outcome.value, end.closes) == self.naive.ending()
        self.send = None

    @rule(closing=st.booleans())
    def close(self, closing: bool) -> None:
        self.closing = closing


class ShippedSendAgainstDiary(SendAgainstDiary):
    """The same with the states that are shipped."""

    code = send_deadline
    policies = shipped_policy


TestSendAgainstDiary = SendAgainstDiary.TestCase
TestShippedSendAgainstDiary = pytest.mark.requirement(
    "SD-1", "SD-2", "SD-4", "SD-5", "SD-6", "SD-7", "SD-8", "SD-9", "SD-10", "SD-18"
)(ShippedSendAgainstDiary.TestCase)
TestSendAgainstDiary.settings = settings(max_examples=80, stateful_step_count=30, deadline=None)
TestShippedSendAgainstDiary.settings = TestSendAgainstDiary.settings


@pytest.mark.requirement("SD-1", "SD-2", "SD-4")
@given(
    timeout_us=st.integers(1, 10**12),
    pauses_us=st.lists(st.integers(0, 10**12), max_size=20),
)
def test_a_send_that_writes_nothing_ends_exactly_at_its_deadline(
    timeout_us: int, pauses_us: list[int]
) -> None:
    """However the wakes fall, a stalled send waits strictly before its deadline and never after."""
    policy = Policy(send_timeout_us=timeout_us)
    now_us = 7
    send = send_deadline.on_lock_taken(policy, 1, now_us=now_us)
    for pause_us in pauses_us:
        now_us += pause_us
        _, decision = send_deadline.on_step(send, 0, closing=False, now_us=now_us)
        assert isinstance(decision, Wait) == (now_us < 7 + timeout_us)
