"""The connection under the eyes of the monitor. Spec: `spec/sc.md`."""

from proofs.assumptions.shapes import Rest, checking, connected, holding, in_flight, numbered
from proofs.prover.statement import Claim, obligation
from stallproof.machines import connection
from stallproof.machines.connection import Cause, Connection
from stallproof.machines.policy import Policy
from stallproof.machines.send_deadline import End, Send
from stallproof.machines.stall_count import NEVER_CHECKED


@obligation("SC-5", given=checking)
def sc5_warn_only_never_closes_the_connection(
    policy: Policy, send: Send, rest: Rest, now_us: int
) -> Claim:
    """In warn-only mode no check begins a closing, however long the stall."""
    if policy.close_stalled or rest.closing:
        return None
    after, effects = connection.on_check(policy, connected(rest, send), now_us=now_us)
    return after.closed_by is None and effects.closes is None


@obligation("SC-6", given=checking)
def sc6_the_monitor_keeps_it_open_before_the_threshold(
    policy: Policy, send: Send, rest: Rest, now_us: int
) -> Claim:
    """A check begins no closing while this and the stalled checks before are fewer than N."""
    if rest.closing or rest.stalled_checks + 1 >= policy.checks_max:
        return None
    after, effects = connection.on_check(policy, connected(rest, send), now_us=now_us)
    return after.closed_by is None and effects.closes is None


@obligation("SC-7", given=checking)
def sc7_the_monitor_closes_at_the_threshold(
    policy: Policy, send: Send, rest: Rest, now_us: int
) -> Claim:
    """With closing enabled, the check that reaches the threshold closes, by the monitor."""
    if rest.closing or not policy.close_stalled or rest.seen_id != rest.sends:
        return None
    if now_us <= send.taken_us + policy.stall_timeout_us:
        return None
    if rest.stalled_checks + 1 < policy.checks_max:
        return None
    after, effects = connection.on_check(policy, connected(rest, send), now_us=now_us)
    return after.closed_by is Cause.MONITOR and effects.closes is Cause.MONITOR


@obligation("SC-1", given=holding)
def sc1_a_released_lock_has_no_stall_time(
    send: Send, rest: Rest, wrote_bytes: int, now_us: int
) -> Claim:
    """However a step ends a send, what a monitor reads afterwards is: nothing in flight."""
    after, effects = connection.on_step(connected(rest, send), wrote_bytes, now_us=now_us)
    if not isinstance(effects.decision, End):
        return None
    seen = connection.snapshot_of(after)
    return seen.taken_us is None and seen.send_id is None


@obligation("SC-1", given=lambda send, rest: in_flight(send) and numbered(rest))
def sc1_the_monitor_reads_the_lock_time(send: Send, rest: Rest) -> Claim:
    """What a monitor reads of a send in flight is its number and the time of its lock."""
    seen = connection.snapshot_of(connected(rest, send))
    return (
        seen.taken_us == send.taken_us
        and seen.send_id == rest.sends
        and seen.received_us == rest.received_us
        and seen.closing == rest.closing
    )


@obligation("SC-8", "SD-5", given=checking)
def sc8_a_check_closes_at_most_once(policy: Policy, send: Send, rest: Rest, now_us: int) -> Claim:
    """A check of a connection that is closing asks for no second closing."""
    if not rest.closing:
        return None
    _, effects = connection.on_check(policy, connected(rest, send), now_us=now_us)
    return effects.closes is None


@obligation("SC-10", given=lambda sends, now_us: sends >= 0 and now_us >= 0)
def sc10_the_first_frame_received_is_remembered(sends: int, heartbeats: bool, now_us: int) -> Claim:
    """A connection that never received anything has then received something, just now."""
    conn = Connection(None, None, sends, None, False, 0, None, heartbeats, NEVER_CHECKED)
    after = connection.on_received(conn, now_us=now_us)
    return after.received_us == now_us and after.heartbeats == heartbeats
