"""Guardrail B, the waiting sender: neither early nor late. Spec: `spec/ap.md`."""

from proofs.assumptions.streams import (
    Flow,
    clock_us,
    flowing,
    idle,
    is_full,
    limited,
    outstanding,
    waiting,
)
from proofs.prover.statement import Claim, obligation
from stallproof.machines import ack_progress
from stallproof.machines.policy import Policy
from stallproof.machines.stream import AwaitAck, BeginChunk, StreamOutcome, StreamOver


def looking(policy: Policy, flow: Flow, now_us: int) -> bool:
    return limited(policy) & flowing(flow) & (now_us >= 0)


def looking_in_a_wait(policy: Policy, flow: Flow, wait_us: int, now_us: int) -> bool:
    return looking(policy, flow, now_us) & (wait_us >= 0) & (now_us >= wait_us)


def waiting_long(policy: Policy, flow: Flow, wait_us: int) -> bool:
    return limited(policy) & flowing(flow) & (wait_us >= 0) & (outstanding(flow) > 0)


@obligation("AP-2", "AP-8", given=looking_in_a_wait)
def ap8_a_window_with_room_ends_the_wait(
    policy: Policy, flow: Flow, wait_us: int, now_us: int
) -> Claim:
    """With the window or less outstanding the chunk begins, however long the wait has lasted."""
    after, look = ack_progress.on_look(policy, waiting(flow, wait_us), now_us=now_us)
    if is_full(policy, flow):
        return None
    return isinstance(look, BeginChunk) and after == idle(flow)


@obligation("AP-2", given=looking)
def ap2_the_watchdog_never_runs_outside_a_wait(policy: Policy, flow: Flow, now_us: int) -> Claim:
    """With no wait and room in the window nothing fails, whatever the clocks say."""
    after, look = ack_progress.on_look(policy, idle(flow), now_us=now_us)
    if is_full(policy, flow):
        return None
    return isinstance(look, BeginChunk) and after == idle(flow)


@obligation("AP-2", given=looking)
def ap2_at_the_window_begins_and_above_it_waits(policy: Policy, flow: Flow, now_us: int) -> Claim:
    """Exactly the window outstanding: the chunk begins; one byte more: it does not."""
    _, look = ack_progress.on_look(policy, idle(flow), now_us=now_us)
    if outstanding(flow) == policy.window_bytes:
        return isinstance(look, BeginChunk)
    if outstanding(flow) == policy.window_bytes + 1:
        return not isinstance(look, BeginChunk)
    return None


@obligation("AP-4", given=looking)
def ap4_a_wait_never_fails_as_it_begins(policy: Policy, flow: Flow, now_us: int) -> Claim:
    """Hardened: however long ago the last progress was, a wait that begins now goes on."""
    after, look = ack_progress.on_look(policy, idle(flow), now_us=now_us)
    if flow.seed or not is_full(policy, flow):
        return None
    return isinstance(look, AwaitAck) and after == waiting(flow, now_us)


@obligation("AP-3", given=looking)
def ap3_seed_counts_the_pause_too(policy: Policy, flow: Flow, now_us: int) -> Claim:
    """Seed: a wait that begins at or after the last progress plus timeout fails at once."""
    _, look = ack_progress.on_look(policy, idle(flow), now_us=now_us)
    if not flow.seed or not is_full(policy, flow):
        return None
    due_us = flow.progress_us + policy.ack_progress_timeout_us
    if now_us >= due_us:
        return look == StreamOver(StreamOutcome.NO_PROGRESS)
    return isinstance(look, AwaitAck)


@obligation("AP-3", "AP-4", given=waiting_long)
def ap3_no_progress_is_due_exactly_at_clock_plus_timeout(
    policy: Policy, flow: Flow, wait_us: int
) -> Claim:
    """Both clocks: the wait goes on 1 us before P + Tp, and fails at it and 1 us after."""
    due_us = clock_us(flow, wait_us) + policy.ack_progress_timeout_us
    if not is_full(policy, flow) or due_us - 1 < wait_us:
        return None
    if due_us + 1 >= wait_us + policy.ack_wait_us:
        return None
    stream = waiting(flow, wait_us)
    _, before = ack_progress.on_look(policy, stream, now_us=due_us - 1)
    _, at = ack_progress.on_look(policy, stream, now_us=due_us)
    _, after = ack_progress.on_look(policy, stream, now_us=due_us + 1)
    failed = StreamOver(StreamOutcome.NO_PROGRESS)
    return isinstance(before, AwaitAck) and at == failed and after == failed


@obligation("AP-5", given=waiting_long)
def ap5_ack_wait_is_due_exactly_at_its_end(policy: Policy, flow: Flow, wait_us: int) -> Claim:
    """With progress not due, the wait goes on 1 us before w + Tw, and fails at it and after."""
    due_us = wait_us + policy.ack_wait_us
    if not is_full(policy, flow):
        return None
    if clock_us(flow, wait_us) + policy.ack_progress_timeout_us <= due_us + 1:
        return None
    stream = waiting(flow, wait_us)
    _, before = ack_progress.on_look(policy, stream, now_us=due_us - 1)
    _, at = ack_progress.on_look(policy, stream, now_us=due_us)
    _, after = ack_progress.on_look(policy, stream, now_us=due_us + 1)
    failed = StreamOver(StreamOutcome.ACK_WAIT)
    return isinstance(before, AwaitAck) and at == failed and after == failed


@obligation("AP-5", given=looking_in_a_wait)
def ap5_no_progress_wins_when_both_are_due(
    policy: Policy, flow: Flow, wait_us: int, now_us: int
) -> Claim:
    """With both moments reached, the reason is NO_PROGRESS."""
    _, look = ack_progress.on_look(policy, waiting(flow, wait_us), now_us=now_us)
    if not is_full(policy, flow) or now_us < wait_us + policy.ack_wait_us:
        return None
    if now_us < clock_us(flow, wait_us) + policy.ack_progress_timeout_us:
        return None
    return look == StreamOver(StreamOutcome.NO_PROGRESS)


@obligation("AP-5", given=looking_in_a_wait)
def ap5_a_wait_keeps_its_beginning(policy: Policy, flow: Flow, wait_us: int, now_us: int) -> Claim:
    """A look that goes on waiting changes nothing: neither the wait's beginning nor an offset."""
    stream = waiting(flow, wait_us)
    after, look = ack_progress.on_look(policy, stream, now_us=now_us)
    return after == stream if isinstance(look, AwaitAck) else None


@obligation("AP-6", "AP-7", "AP-14", given=looking_in_a_wait)
def ap14_nobody_sleeps_past_a_due_moment(
    policy: Policy, flow: Flow, wait_us: int, now_us: int
) -> Claim:
    """A sleep is at least 1 us, at most the interval, and ends no later than either due moment."""
    _, look = ack_progress.on_look(policy, waiting(flow, wait_us), now_us=now_us)
    if not isinstance(look, AwaitAck):
        return None
    wakes_us = now_us + look.wait_us
    return (
        look.wait_us >= 1
        and look.wait_us <= policy.ack_check_interval_us
        and wakes_us <= clock_us(flow, wait_us) + policy.ack_progress_timeout_us
        and wakes_us <= wait_us + policy.ack_wait_us
    )


@obligation("AP-7", "AP-14", given=looking_in_a_wait)
def ap7_a_sleep_ends_only_for_a_reason(
    policy: Policy, flow: Flow, wait_us: int, now_us: int
) -> Claim:
    """A sleep shorter than the interval ends exactly at the first due moment."""
    _, look = ack_progress.on_look(policy, waiting(flow, wait_us), now_us=now_us)
    if not isinstance(look, AwaitAck) or look.wait_us >= policy.ack_check_interval_us:
        return None
    wakes_us = now_us + look.wait_us
    return (
        wakes_us == clock_us(flow, wait_us) + policy.ack_progress_timeout_us
        or wakes_us == wait_us + policy.ack_wait_us
    )


def beginning(policy: Policy, flow: Flow, chunk_bytes: int) -> bool:
    return (
        limited(policy)
        & flowing(flow)
        & (chunk_bytes >= 1)
        & (chunk_bytes <= policy.chunk_bytes)
        & (outstanding(flow) <= policy.window_bytes)
    )


@obligation("AP-10", "AP-11", given=beginning)
def ap11_a_chunk_adds_at_most_itself_to_the_window(
    policy: Policy, flow: Flow, chunk_bytes: int
) -> Claim:
    """A chunk that may begin counts as sent at once, and leaves at most W + C outstanding."""
    after = ack_progress.on_chunk_begun(policy, idle(flow), chunk_bytes)
    return (
        after.sent_bytes == flow.sent_bytes + chunk_bytes
        and after.sent_bytes - after.acknowledged_bytes <= policy.window_bytes + policy.chunk_bytes
        and after.acknowledged_bytes == flow.acknowledged_bytes
        and after.progress_us == flow.progress_us
        and after.outcome is None
    )
