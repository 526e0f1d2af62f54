"""Streams as the statements of guardrail B see them, in the words of the law.

Offsets and times are symbolic; so are the knobs, of which only those of group AP are asked for. The
predicates do not call `is_stream`.
"""

from dataclasses import dataclass

from stallproof.machines.policy import Policy
from stallproof.machines.stream import Stream, StreamOutcome


@dataclass
class Flow:
    """How far a stream has come: `sent_bytes` is E, `acknowledged_bytes` is A."""

    sent_bytes: int
    acknowledged_bytes: int
    progress_us: int
    seed: bool


def limited(policy: Policy) -> bool:
    """Tell whether the knobs of group AP make sense."""
    return (
        (policy.ack_progress_timeout_us >= 1)
        & (policy.ack_wait_us >= 1)
        & (policy.ack_check_interval_us >= 1)
        & (policy.window_bytes >= 1)
        & (policy.chunk_bytes >= 1)
    )


def flowing(flow: Flow) -> bool:
    """Tell whether no more was acknowledged than was sent."""
    return (
        (flow.acknowledged_bytes >= 0)
        & (flow.acknowledged_bytes <= flow.sent_bytes)
        & (flow.progress_us >= 0)
    )


def outstanding(flow: Flow) -> int:
    """Return O = E - A."""
    return flow.sent_bytes - flow.acknowledged_bytes


def is_full(policy: Policy, flow: Flow) -> bool:
    """Tell whether more than the window is outstanding, strictly."""
    return outstanding(flow) > policy.window_bytes


def idle(flow: Flow) -> Stream:
    """Build the stream of `flow` outside a wait."""
    return Stream(
        flow.sent_bytes, flow.acknowledged_bytes, flow.progress_us, None, None, flow.seed
    )  # fmt: skip


def waiting(flow: Flow, wait_us: int) -> Stream:
    """Build the stream of `flow` in a wait that began at `wait_us`."""
    return Stream(
        flow.sent_bytes, flow.acknowledged_bytes, flow.progress_us, wait_us, None, flow.seed
    )  # fmt: skip


def ended(flow: Flow, outcome: StreamOutcome) -> Stream:
    """Build the stream of `flow` after its terminal outcome."""
    return Stream(
        flow.sent_bytes, flow.acknowledged_bytes, flow.progress_us, None, outcome, flow.seed
    )  # fmt: skip


def clock_us(flow: Flow, wait_us: int) -> int:
    """Return the progress clock of a wait: seed, the last progress; hardened, not before it."""
    if flow.seed or flow.progress_us > wait_us:
        return flow.progress_us
    return wait_us


def flows_on(policy: Policy, stream: Stream, latest_us: int) -> bool:
    """Tell whether `stream` can be what events not later than `latest_us` have left behind.

    No more was acknowledged than sent, at most the window and one chunk is outstanding, no time
    lies ahead, and a stream that is over does not wait.
    """
    sent_bytes, wait_us = stream.sent_bytes, stream.wait_us
    agree = (
        (stream.acknowledged_bytes >= 0)
        & (stream.acknowledged_bytes <= sent_bytes)
        & (sent_bytes - stream.acknowledged_bytes <= policy.window_bytes + policy.chunk_bytes)
        & (stream.progress_us >= 0)
        & (stream.progress_us <= latest_us)
    )
    if wait_us is None:
        return agree
    return agree & (stream.outcome is None) & (wait_us >= 0) & (wait_us <= latest_us)
