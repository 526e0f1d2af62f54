"""Guardrail B: what is true of a stream after every history, by induction. Spec: `spec/ap.md`.

The stream is arbitrary within `flows_on`: in a wait or not, over or not, of either profile.
`latest_us` is a moment that no event so far was later than, as in `proofs.assumptions.invariant`.
"""

from proofs.assumptions.streams import Flow, flowing, flows_on, idle, limited, waiting
from proofs.prover.statement import BASE, INDUCTION, Claim, obligation
from stallproof.machines import ack_progress
from stallproof.machines.policy import Policy
from stallproof.machines.stream import Stream, StreamOutcome


def living(policy: Policy, stream: Stream, latest_us: int, now_us: int) -> bool:
    return (
        limited(policy)
        & (now_us >= 0)
        & (now_us <= latest_us)
        & flows_on(policy, stream, latest_us)
    )


def making(policy: Policy, latest_us: int, now_us: int) -> bool:
    return limited(policy) & (now_us >= 0) & (now_us <= latest_us)


@obligation("AP-11", "AP-13", by=BASE, given=making)
def ap11_a_fresh_stream_flows(policy: Policy, seed: bool, latest_us: int, now_us: int) -> Claim:
    """A stream that was just made is within the bounds: the induction starts here."""
    return flows_on(policy, ack_progress.on_made(seed=seed, now_us=now_us), latest_us)


@obligation("AP-11", "AP-13", by=INDUCTION, given=living)
def ap11_a_look_keeps_the_bounds(
    policy: Policy, stream: Stream, latest_us: int, now_us: int
) -> Claim:
    """Whatever a look decides, the stream stays within the bounds, and over if it was."""
    after, _ = ack_progress.on_look(policy, stream, now_us=now_us)
    ended = stream.outcome is None or after.outcome is stream.outcome
    return ended and flows_on(policy, after, latest_us)


def beginning(
    policy: Policy, stream: Stream, chunk_bytes: int, latest_us: int, now_us: int
) -> bool:
    if stream.outcome is not None or stream.wait_us is not None:
        return False
    return (
        living(policy, stream, latest_us, now_us)
        & (chunk_bytes >= 1)
        & (chunk_bytes <= policy.chunk_bytes)
        & (stream.sent_bytes - stream.acknowledged_bytes <= policy.window_bytes)
    )


@obligation("AP-11", by=INDUCTION, given=beginning)
def ap11_a_chunk_keeps_the_bounds(
    policy: Policy, stream: Stream, chunk_bytes: int, latest_us: int, now_us: int
) -> Claim:
    """A chunk that a look allowed leaves at most the window and one chunk outstanding."""
    return flows_on(policy, ack_progress.on_chunk_begun(policy, stream, chunk_bytes), latest_us)


def hearing(
    policy: Policy, stream: Stream, offset: int, mine: bool, latest_us: int, now_us: int
) -> bool:
    return living(policy, stream, latest_us, now_us)


@obligation("AP-10", "AP-11", "AP-13", by=INDUCTION, given=hearing)
def ap11_an_ack_keeps_the_bounds(
    policy: Policy, stream: Stream, offset: int, mine: bool, latest_us: int, now_us: int
) -> Claim:
    """Whoever sends whatever offset, the stream stays within the bounds, and over if it was."""
    after, _ = ack_progress.on_ack(stream, offset, from_receiver=mine, now_us=now_us)
    return after.outcome is stream.outcome and flows_on(policy, after, latest_us)


def stopping(
    policy: Policy, stream: Stream, outcome: StreamOutcome, latest_us: int, now_us: int
) -> bool:
    return living(policy, stream, latest_us, now_us)


@obligation("AP-11", "AP-13", by=INDUCTION, given=stopping)
def ap11_a_stop_keeps_the_bounds(
    policy: Policy, stream: Stream, outcome: StreamOutcome, latest_us: int, now_us: int
) -> Claim:
    """A stop leaves the stream within the bounds, and over."""
    after = ack_progress.on_stop(stream, outcome)
    return after.outcome is not None and flows_on(policy, after, latest_us)


def acknowledged(flow: Flow, wait_us: int, now_us: int) -> bool:
    return flowing(flow) & (wait_us >= 0) & (now_us >= 0)


@obligation("AP-1", "AP-10", given=acknowledged)
def ap1_an_ack_outside_a_wait_is_judged_as_in_one(
    flow: Flow, wait_us: int, offset: int, mine: bool, now_us: int
) -> Claim:
    """What an ACK is, and what it moves, does not depend on whether the sender waits."""
    resting, verdict = ack_progress.on_ack(idle(flow), offset, from_receiver=mine, now_us=now_us)
    moved, same = ack_progress.on_ack(
        waiting(flow, wait_us), offset, from_receiver=mine, now_us=now_us
    )
    return (
        verdict is same
        and resting.wait_us is None
        and moved.wait_us == wait_us
        and resting.acknowledged_bytes == moved.acknowledged_bytes
        and resting.sent_bytes == moved.sent_bytes
        and resting.progress_us == moved.progress_us
    )
