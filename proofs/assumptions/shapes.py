"""What the symbolic arguments may be, said again in the words of the law.

These predicates deliberately do not call `is_send`, `is_connection` and the like. They ask for less
than the machines' own preconditions wherever less is enough, which makes the statements stronger.

The clauses are joined by `&`, which is one formula for the prover; every `and` would be a fork, and
twelve of them double the time of a proof. So each clause must be total.
"""

from dataclasses import dataclass

from stallproof.machines.connection import Cause, Connection
from stallproof.machines.policy import Policy
from stallproof.machines.send_deadline import Send
from stallproof.machines.stall_count import Snapshot, StallCount


def in_flight(send: Send) -> bool:
    """Tell whether `send` is a frame with bytes left and a deadline after its lock was taken."""
    return (
        (send.taken_us >= 0)
        & (send.taken_us < send.deadline_us)
        & (send.written_bytes >= 0)
        & (send.written_bytes < send.size_bytes)
    )


def writable(send: Send, wrote_bytes: int) -> bool:
    """Tell whether a write could have taken `wrote_bytes` of what is left of `send`."""
    return (wrote_bytes >= 0) & (wrote_bytes <= send.size_bytes - send.written_bytes)


def stepping(send: Send, wrote_bytes: int, now_us: int) -> bool:
    """Tell whether the holder of `send` can take a step with `wrote_bytes` now."""
    return in_flight(send) & writable(send, wrote_bytes) & (now_us >= 0)


def failing(send: Send, now_us: int) -> bool:
    """Tell whether the transport can fail the holder of `send` now."""
    return in_flight(send) & (now_us >= 0)


def limited(policy: Policy) -> bool:
    """Tell whether the limits that the machines of sending and stalling read make sense."""
    return (
        (policy.send_timeout_us >= 1)
        & (policy.stall_timeout_us >= 1)
        & (policy.checks_max >= 1)
        & (policy.heartbeat_interval_us >= 1)
    )


@dataclass
class Rest:
    """All of a connection but its send; `cause` is `None` until closing has begun."""

    sends: int
    cause: Cause | None
    torn: bool
    sequence: int
    received_us: int
    heartbeats: bool
    stalled_checks: int
    seen_id: int

    @property
    def closing(self) -> bool:
        """Whether closing has begun."""
        return self.cause is not None


def numbered(rest: Rest) -> bool:
    """Tell whether the numbers of `rest` lie in their ranges, and torn implies closing."""
    return (
        (rest.sends >= 0)
        & (rest.sequence >= 0)
        & (rest.sequence <= 65535)
        & (rest.stalled_checks >= 0)
        & (rest.closing >= rest.torn)
    )


def connected(rest: Rest, send: Send | None) -> Connection:
    """Build the connection that `rest` and `send` describe; its send is the last one started."""
    return Connection(
        send,
        None if send is None else rest.sends,
        rest.sends,
        rest.cause,
        rest.torn,
        rest.sequence,
        rest.received_us,
        rest.heartbeats,
        StallCount(rest.stalled_checks, rest.seen_id),
    )


def seen_sending(send_id: int, taken_us: int, *, closing: bool, heartbeats: bool) -> Snapshot:
    """Build what a check sees of a connection with a send in flight, heard of a moment ago."""
    return Snapshot(send_id, taken_us, taken_us, heartbeats, closing)


def taking(policy: Policy, rest: Rest, size_bytes: int, now_us: int) -> bool:
    return limited(policy) & numbered(rest) & (size_bytes >= 1) & (now_us >= 0)


def holding(send: Send, rest: Rest, wrote_bytes: int, now_us: int) -> bool:
    return stepping(send, wrote_bytes, now_us) & numbered(rest)


def breaking(send: Send, rest: Rest, now_us: int) -> bool:
    return failing(send, now_us) & numbered(rest)


def checking(policy: Policy, send: Send, rest: Rest, now_us: int) -> bool:
    return limited(policy) & failing(send, now_us) & numbered(rest)
