"""Counting consecutive stalled checks: guardrail C, which closes a connection only when it is sure.

The stall it guards against: a send that guardrail A did not end (an older peer, another transport,
a longer timeout) holds the lock while the whole process looks dead.

The intuition: every check reads one published fact, "this send took the lock at that time". A
stall longer than the limit counts one up and warns; anything else puts the count back to zero.
Only a count that reaches the threshold closes, so one slow moment never costs a connection.

The use: `on_check` for each connection at each tick, with a `Snapshot` of what was read. The
decision says what to do: warn, close, or queue a heartbeat.

The complication: a new send is a new stall. A check that sees another send in flight than the last
check did counts from 1, or a busy, healthy connection could be closed for stalls that were never
consecutive.

Spec: `spec/sc.md`. Source: origin facts 11 to 13.
"""

from stallproof.machines.contracts import ensure, require
from stallproof.machines.policy import Policy, is_well_formed
from stallproof.machines.states import state


@state
class StallCount:
    """What the monitor remembers of one connection between two checks.

    `stalled_checks`: how many checks in a row were stalled. `send_id`: the send that was in flight
    at the last check, `None` if none was.
    """

    stalled_checks: int
    send_id: int | None


NEVER_CHECKED = StallCount(0, None)
"""Where every connection starts; a count is never carried to another connection."""


@state
class Snapshot:
    """What one check saw of a connection, read right after the clock.

    `send_id` and `taken_us` are both `None` when no send is in flight. `received_us` is the time of
    the last frame from the peer, `None` if there never was one. `heartbeats`: the transport allows
    heartbeats.
    """

    send_id: int | None
    taken_us: int | None
    received_us: int | None
    heartbeats: bool
    closing: bool


@state
class CheckDecision:
    """What a check found and what must be done: at most one of `closes` and `heartbeat` is true."""

    stall_us: int
    stalled: bool
    warns: bool
    closes: bool
    heartbeat: bool


def is_stall_count(count: StallCount) -> bool:
    """Tell whether `count` is a state this machine can be in between two checks."""
    return count.stalled_checks >= 0 and (count.send_id is not None or count.stalled_checks == 0)


def is_snapshot(snapshot: Snapshot) -> bool:
    """Tell whether a send in flight comes with the moment it took the lock, and only then."""
    return (snapshot.send_id is None) == (snapshot.taken_us is None)


def stall_us(taken_us: int | None, *, now_us: int) -> int:
    """Return how long the lock has been held; 0 when idle, and never negative."""
    if taken_us is None:
        return 0
    return max(0, now_us - taken_us)


def is_idle(policy: Policy, received_us: int | None, *, now_us: int) -> bool:
    """Tell whether nothing was received for longer than the heartbeat interval."""
    return received_us is None or now_us - received_us > policy.heartbeat_interval_us


@require(lambda policy: is_well_formed(policy))
@require(lambda count: is_stall_count(count))
@require(lambda snapshot: is_snapshot(snapshot))
@require(lambda now_us: now_us >= 0)
@ensure(
    lambda policy, snapshot, now_us, result: (
        result[1].stalled
        == (snapshot.taken_us is not None and now_us - snapshot.taken_us > policy.stall_timeout_us)
    ),
    "SC-1, SC-2: stall time runs from the lock, none when idle; stalled is strict",
)
@ensure(
    lambda count, snapshot, result: (
        result[0].stalled_checks
        == (
            0
            if not result[1].stalled
            else count.stalled_checks + 1
            if snapshot.send_id == count.send_id
            else 1
        )
    ),
    "SC-3, SC-15: one up at a stalled check of the same send, 1 for another send, else 0",
)
@ensure(lambda snapshot, result: result[0].send_id == snapshot.send_id, "SC-15")
@ensure(lambda result: result[1].warns == result[1].stalled, "SC-4")
@ensure(lambda policy, result: not result[1].closes or policy.close_stalled, "SC-5")
@ensure(
    lambda policy, result: not result[1].closes or result[0].stalled_checks >= policy.checks_max,
    "SC-6",
)
@ensure(
    lambda policy, snapshot, result: (
        snapshot.closing
        or not policy.close_stalled
        or result[0].stalled_checks < policy.checks_max
        or result[1].closes
    ),
    "SC-7",
)
@ensure(lambda snapshot, result: not (snapshot.closing and result[1].closes), "SC-8")
@ensure(
    lambda policy, snapshot, now_us, result: (
        result[1].heartbeat
        == (
            snapshot.heartbeats
            and not snapshot.closing
            and snapshot.send_id is None
            and (
                snapshot.received_us is None
                or now_us - snapshot.received_us > policy.heartbeat_interval_us
            )
        )
    ),
    "SC-10, SC-11",
)
def on_check(
    policy: Policy, count: StallCount, snapshot: Snapshot, *, now_us: int
) -> tuple[StallCount, CheckDecision]:
    """Judge one connection at one tick of the monitor.

    A check after closing began still counts and warns, and never closes again.
    """
    held_us = stall_us(snapshot.taken_us, now_us=now_us)
    if snapshot.taken_us is not None and held_us > policy.stall_timeout_us:
        same = snapshot.send_id == count.send_id
        checks = count.stalled_checks + 1 if same else 1
        closes = policy.close_stalled and checks >= policy.checks_max and not snapshot.closing
        return (
            StallCount(checks, snapshot.send_id),
            CheckDecision(held_us, True, True, closes, False),
        )
    heartbeat = (
        snapshot.heartbeats
        and not snapshot.closing
        and snapshot.send_id is None
        and is_idle(policy, snapshot.received_us, now_us=now_us)
    )
    return StallCount(0, snapshot.send_id), CheckDecision(held_us, False, False, False, heartbeat)
