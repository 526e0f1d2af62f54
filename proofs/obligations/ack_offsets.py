"""Guardrail B, what an ACK and an end do to a stream. Spec: `spec/ap.md`."""

from proofs.assumptions.streams import Flow, ended, flowing, idle, limited, outstanding, waiting
from proofs.prover.statement import Claim, obligation
from stallproof.machines import ack_progress, stream
from stallproof.machines.policy import Policy
from stallproof.machines.stream import AckVerdict, BeginChunk, StreamOutcome, StreamOver


def acknowledged(flow: Flow, wait_us: int, now_us: int) -> bool:
    return flowing(flow) & (wait_us >= 0) & (now_us >= 0)


@obligation("AP-1", "AP-10", given=acknowledged)
def ap1_progress_is_a_greater_offset_that_was_sent(
    flow: Flow, wait_us: int, offset: int, mine: bool, now_us: int
) -> Claim:
    """An ACK is progress if and only if it is the receiver's, greater than A, and at most E."""
    _, verdict = ack_progress.on_ack(
        waiting(flow, wait_us), offset, from_receiver=mine, now_us=now_us
    )
    greater = offset > flow.acknowledged_bytes
    return (verdict is AckVerdict.PROGRESS) == (mine and greater and offset <= flow.sent_bytes)


@obligation("AP-1", given=acknowledged)
def ap1_progress_moves_offset_and_clock_forward(
    flow: Flow, wait_us: int, offset: int, now_us: int
) -> Claim:
    """Progress sets A to the offset and the clock to now; neither ever moves back."""
    before = waiting(flow, wait_us)
    after, _ = ack_progress.on_ack(before, offset, from_receiver=True, now_us=now_us)
    if not flow.acknowledged_bytes < offset <= flow.sent_bytes:
        return None
    clock_us = flow.progress_us if flow.progress_us > now_us else now_us
    moved = Flow(flow.sent_bytes, offset, clock_us, flow.seed)
    return after == waiting(moved, wait_us)


@obligation("AP-1", given=acknowledged)
def ap1_a_repeated_or_older_ack_changes_nothing(
    flow: Flow, wait_us: int, offset: int, now_us: int
) -> Claim:
    """An offset from 0 to A is believed, and moves neither the offset nor the clock."""
    before = waiting(flow, wait_us)
    after, verdict = ack_progress.on_ack(before, offset, from_receiver=True, now_us=now_us)
    if not 0 <= offset <= flow.acknowledged_bytes:
        return None
    return after == before and verdict is AckVerdict.NO_NEWS


@obligation("AP-10", given=acknowledged)
def ap10_an_offset_beyond_what_was_sent_changes_nothing(
    flow: Flow, wait_us: int, offset: int, now_us: int
) -> Claim:
    """An offset of E + 1 or more is refused by that reason; the window stays as full as it was."""
    before = waiting(flow, wait_us)
    after, verdict = ack_progress.on_ack(before, offset, from_receiver=True, now_us=now_us)
    if offset <= flow.sent_bytes:
        return None
    return after == before and verdict is AckVerdict.BEYOND_SENT


@obligation("AP-10", given=acknowledged)
def ap10_a_negative_offset_changes_nothing(
    flow: Flow, wait_us: int, offset: int, now_us: int
) -> Claim:
    """An offset below zero is refused by that reason."""
    before = waiting(flow, wait_us)
    after, verdict = ack_progress.on_ack(before, offset, from_receiver=True, now_us=now_us)
    if offset >= 0:
        return None
    return after == before and verdict is AckVerdict.NEGATIVE


@obligation("AP-10", given=acknowledged)
def ap10_what_is_no_integer_changes_nothing(
    flow: Flow, wait_us: int, mine: bool, now_us: int
) -> Claim:
    """An ACK without an integer in it is refused."""
    before = waiting(flow, wait_us)
    after, verdict = ack_progress.on_ack(before, None, from_receiver=mine, now_us=now_us)
    expected = AckVerdict.NOT_AN_INTEGER if mine else AckVerdict.OTHER_ORIGIN
    return after == before and verdict is expected


@obligation("AP-10", given=acknowledged)
def ap10_another_origin_changes_nothing(
    flow: Flow, wait_us: int, offset: int, now_us: int
) -> Claim:
    """Whatever its offset, an ACK of somebody else is refused by that reason."""
    before = waiting(flow, wait_us)
    after, verdict = ack_progress.on_ack(before, offset, from_receiver=False, now_us=now_us)
    return after == before and verdict is AckVerdict.OTHER_ORIGIN


def opening(policy: Policy, flow: Flow, wait_us: int, now_us: int) -> bool:
    return limited(policy) & flowing(flow) & (wait_us >= 0) & (now_us >= wait_us)


@obligation("AP-8", "AP-10", given=opening)
def ap8_an_ack_of_everything_opens_the_window(
    policy: Policy, flow: Flow, wait_us: int, now_us: int
) -> Claim:
    """After an ACK of exactly E the waiting chunk begins, whatever was due."""
    before = waiting(flow, wait_us)
    after, _ = ack_progress.on_ack(before, flow.sent_bytes, from_receiver=True, now_us=now_us)
    _, look = ack_progress.on_look(policy, after, now_us=now_us)
    return isinstance(look, BeginChunk)


@obligation("AP-8", given=opening)
def ap8_an_ack_opens_exactly_at_the_window(
    policy: Policy, flow: Flow, wait_us: int, now_us: int
) -> Claim:
    """An ACK that leaves the window outstanding opens; one that leaves a byte more does not."""
    if outstanding(flow) <= policy.window_bytes + 1:
        return None
    before = waiting(flow, wait_us)
    opens = flow.sent_bytes - policy.window_bytes
    just, _ = ack_progress.on_ack(before, opens, from_receiver=True, now_us=now_us)
    short, _ = ack_progress.on_ack(before, opens - 1, from_receiver=True, now_us=now_us)
    _, begins = ack_progress.on_look(policy, just, now_us=now_us)
    _, waits = ack_progress.on_look(policy, short, now_us=now_us)
    return isinstance(begins, BeginChunk) and not isinstance(waits, BeginChunk)


@obligation("AP-11", given=acknowledged)
def ap11_an_ack_never_adds_to_what_is_outstanding(
    flow: Flow, wait_us: int, offset: int, mine: bool, now_us: int
) -> Claim:
    """No ACK, true or not, makes outstanding bytes more, or fewer than none."""
    before = waiting(flow, wait_us)
    after, _ = ack_progress.on_ack(before, offset, from_receiver=mine, now_us=now_us)
    left = after.sent_bytes - after.acknowledged_bytes
    return left >= 0 and left <= outstanding(flow) and after.sent_bytes == flow.sent_bytes


@obligation("AP-13", given=acknowledged)
def ap13_an_ack_after_the_end_changes_nothing(
    flow: Flow, wait_us: int, outcome: StreamOutcome, offset: int, mine: bool, now_us: int
) -> Claim:
    """A stream that is over takes no ACK, whoever sent it."""
    before = ended(flow, outcome)
    after, verdict = ack_progress.on_ack(before, offset, from_receiver=mine, now_us=now_us)
    return after == before and verdict is AckVerdict.AFTER_THE_END


@obligation("AP-13", given=opening)
def ap13_no_chunk_begins_after_the_end(
    policy: Policy, flow: Flow, wait_us: int, outcome: StreamOutcome, now_us: int
) -> Claim:
    """A look at a stream that is over tells its outcome, and leaves it as it is."""
    before = ended(flow, outcome)
    after, look = ack_progress.on_look(policy, before, now_us=now_us)
    return after == before and look == StreamOver(outcome)


@obligation("AP-13", given=flowing)
def ap13_the_first_outcome_is_the_only_one(
    flow: Flow, first: StreamOutcome, second: StreamOutcome
) -> Claim:
    """Whatever ends a stream a second time changes nothing."""
    before = ended(flow, first)
    return ack_progress.on_stop(before, second) == before


@obligation("AP-12", "AP-13", given=lambda flow, wait_us: flowing(flow) & (wait_us >= 0))
def ap12_a_stop_ends_the_wait(flow: Flow, wait_us: int, outcome: StreamOutcome) -> Claim:
    """A stop gives the stream its outcome and ends the wait; offsets and clock stay."""
    return ack_progress.on_stop(waiting(flow, wait_us), outcome) == ended(flow, outcome)


@obligation("AP-12", given=opening)
def ap12_a_stop_before_the_wait_keeps_it_from_beginning(
    policy: Policy, flow: Flow, wait_us: int, outcome: StreamOutcome, now_us: int
) -> Claim:
    """A stream stopped while no chunk was ready neither waits nor begins the next one."""
    stopped = ack_progress.on_stop(idle(flow), outcome)
    _, look = ack_progress.on_look(policy, stopped, now_us=now_us)
    return look == StreamOver(outcome)


@obligation("AP-9")
def ap9_the_watchdog_tells_the_receiver(outcome: StreamOutcome) -> Claim:
    """A receiver that may wait for the rest is told; one that reported the error is not."""
    told = stream.is_notified(outcome)
    if outcome is StreamOutcome.NO_PROGRESS or outcome is StreamOutcome.ACK_WAIT:
        return told
    if outcome is StreamOutcome.ACK_ERROR or outcome is StreamOutcome.DONE:
        return not told
    return None


@obligation("AP-4", "AP-13", given=lambda now_us: now_us >= 0)
def ap13_a_fresh_stream_has_no_outcome(seed: bool, now_us: int) -> Claim:
    """A stream is made empty, with its clock at that moment, outside a wait and not over."""
    return ack_progress.on_made(seed=seed, now_us=now_us) == idle(Flow(0, 0, now_us, seed))
