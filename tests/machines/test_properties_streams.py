"""A sender that sleeps as it is told finds what is due when it is due, and looks no more often.

The clock is the test's own. The due moments are worked out below from the words of `spec/ap.md`:
from the list of ACKs alone, without any state between them.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stallproof.machines.ack_progress import on_ack, on_chunk_begun, on_look, on_made, on_stop
from stallproof.machines.policy import Policy
from stallproof.machines.stream import AwaitAck, BeginChunk, Stream, StreamOutcome, StreamOver
from tests.no_deadline import NO_DEADLINE

SENT = 1_000
WINDOW = 100
MADE_US = 5
SHORTEST_US = 10_000

Ack = tuple[int, int]
"""When an ACK comes, and its offset."""

acks_of_a_wait = st.lists(
    st.tuples(st.integers(0, 90_000), st.integers(-2, SENT - WINDOW - 1)), max_size=8
).map(sorted)


def limits(interval_us: int, timeout_us: int, ack_wait_us: int) -> Policy:
    """Return the limits of a stream whose window is a tenth of what it sends at once."""
    return Policy(
        ack_check_interval_us=interval_us, ack_progress_timeout_us=timeout_us,
        ack_wait_us=ack_wait_us, window_bytes=WINDOW, chunk_bytes=SENT,
    )  # fmt: skip


def stream_with_everything_sent(policy: Policy, *, seed: bool) -> Stream:
    """Return a stream, made at `MADE_US`, that has sent one chunk far beyond its window."""
    made = on_made(seed=seed, now_us=MADE_US)
    stream, look = on_look(policy, made, now_us=MADE_US)
    assert look == BeginChunk()
    return on_chunk_begun(policy, stream, SENT)


def due(
    policy: Policy, wait_us: int, acks: list[Ack], *, seed: bool
) -> tuple[int, int, StreamOutcome]:
    """Return when each of the two failures is due, and which one a check at the first must give."""
    clock_us, top = (MADE_US, 0) if seed else (wait_us, 0)
    for at_us, offset in acks:
        # An ACK at the due moment itself is applied before the check, one after it too late.
        if at_us > min(clock_us + policy.ack_progress_timeout_us, wait_us + policy.ack_wait_us):
            break
        if offset > top:
            clock_us, top = max(clock_us, at_us), offset
    no_progress_us = max(wait_us, clock_us + policy.ack_progress_timeout_us)
    ack_wait_us = wait_us + policy.ack_wait_us
    if no_progress_us <= ack_wait_us:
        return no_progress_us, ack_wait_us, StreamOutcome.NO_PROGRESS
    return no_progress_us, ack_wait_us, StreamOutcome.ACK_WAIT


@pytest.mark.requirement("AP-1", "AP-3", "AP-4", "AP-5", "AP-6", "AP-7", "AP-14")
@given(
    interval_us=st.integers(SHORTEST_US, 60_000),
    timeout_us=st.integers(1, 80_000),
    ack_wait_us=st.integers(1, 120_000),
    pause_us=st.integers(0, 100_000),
    acks=acks_of_a_wait,
    seed=st.booleans(),
)
@NO_DEADLINE
def test_a_failure_is_found_exactly_when_it_is_due(
    interval_us: int, timeout_us: int, ack_wait_us: int, pause_us: int, acks: list[Ack], seed: bool
) -> None:
    """The right reason, not early, not late, and no look too many."""
    policy = limits(interval_us, timeout_us, ack_wait_us)
    wait_us = now_us = MADE_US + pause_us
    acks = [(wait_us + after_us, offset) for after_us, offset in acks]
    stream = stream_with_everything_sent(policy, seed=seed)
    to_come, looks = list(acks), 0
    while True:
        stream, look = on_look(policy, stream, now_us=now_us)
        looks += 1
        if not isinstance(look, AwaitAck):
            break
        wakes_us = now_us + look.wait_us
        if to_come and to_come[0][0] <= wakes_us:
            now_us, offset = to_come.pop(0)
            stream, _ = on_ack(stream, offset, from_receiver=True, now_us=now_us)
        else:
            now_us = wakes_us
    # An ACK of the instant at which the stream was found over comes after that look.
    taken = acks[: len(acks) - len(to_come)]
    no_progress_us, over_us, reason = due(policy, wait_us, taken, seed=seed)
    assert StreamOver(reason) == look
    assert min(no_progress_us, over_us) == now_us
    lasted_us, came = now_us - wait_us, len(acks) - len(to_come)
    assert looks <= -(-lasted_us // interval_us) + came + 2


@pytest.mark.requirement("AP-2", "AP-8", "AP-10")
@given(
    acknowledged=st.integers(0, SENT - WINDOW - 1),
    short_bytes=st.integers(-3, 3),
    waited_us=st.integers(0, 20_000),
    refuses=st.booleans(),
)
@NO_DEADLINE
def test_an_ack_opens_exactly_at_the_window(
    acknowledged: int, short_bytes: int, waited_us: int, refuses: bool
) -> None:
    """At W outstanding or fewer the chunk begins, with one byte more it waits."""
    policy = limits(SHORTEST_US, 50_000, 50_000)
    stream = stream_with_everything_sent(policy, seed=False)
    stream, _ = on_look(policy, stream, now_us=MADE_US)
    stream, _ = on_ack(stream, acknowledged, from_receiver=True, now_us=MADE_US)
    now_us = MADE_US + waited_us
    opening = SENT - WINDOW - short_bytes
    stream, _ = on_ack(stream, opening, from_receiver=not refuses, now_us=now_us)
    stream, look = on_look(policy, stream, now_us=now_us)
    opens = short_bytes <= 0 and not refuses
    assert opens == (look == BeginChunk())
    assert opens == (stream.wait_us is None)


@pytest.mark.requirement("AP-12", "AP-13")
@given(
    first=st.sampled_from(list(StreamOutcome)),
    later=st.lists(
        st.sampled_from(list(StreamOutcome)) | st.integers(-1, SENT + 1), min_size=1, max_size=6
    ),
    waits=st.booleans(),
)
@NO_DEADLINE
def test_nothing_follows_the_first_outcome(
    first: StreamOutcome, later: list[StreamOutcome | int], waits: bool
) -> None:
    """A stop ends the wait; no look, ACK or stop after it changes anything."""
    policy = limits(SHORTEST_US, 50_000, 50_000)
    stream = stream_with_everything_sent(policy, seed=False)
    if waits:
        stream, _ = on_look(policy, stream, now_us=MADE_US)
    over = on_stop(stream, first)
    assert over.wait_us is None
    for event in later:
        now_us = MADE_US + 1_000_000
        if isinstance(event, StreamOutcome):
            assert over == on_stop(over, event)
        else:
            assert over == on_ack(over, event, from_receiver=True, now_us=now_us)[0]
        assert (over, StreamOver(first)) == on_look(policy, over, now_us=now_us)
