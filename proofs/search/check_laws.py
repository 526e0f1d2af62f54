"""The laws of the monitor's checks, group SC, as an outsider would state them.

The streak below is the searcher's own: stalled checks in a row that saw the same send in flight.

Spec: `spec/sc.md`.
"""

from proofs.search.connection_states import CHECK, FRAME, Moment, Move
from proofs.search.laws import STATE, Book
from stallproof.machines.connection import Cause
from stallproof.machines.stall_count import CheckDecision

BOOK = Book()
law = BOOK.law


def _check(move: Move) -> CheckDecision:
    assert move.effects.check is not None
    return move.effects.check


def _held_us(move: Move) -> int:
    record = move.before.record
    return 0 if record.holder is None else max(0, move.event.at_us - record.taken_us)


@law("SC-1", looks_at=(CHECK,))
def a_check_says_what_it_found(move: Move) -> bool | None:
    """Each check has a decision, and nothing but a check has one."""
    return move.effects.check is not None


@law("SC-1", looks_at=(CHECK,))
def stall_time_runs_from_the_lock(move: Move) -> bool | None:
    """The stall time is the time since the lock was taken; 0 when nothing is in flight."""
    return _check(move).stall_us == _held_us(move)


@law("SC-2", looks_at=(CHECK,))
def stalled_is_strict(move: Move) -> bool | None:
    """A check finds a stall exactly when the stall time is greater than the limit."""
    return _check(move).stalled == (_held_us(move) > move.before.setting.policy.stall_timeout_us)


@law("SC-3", looks_at=(CHECK,))
def a_stalled_check_counts_one_up(move: Move) -> bool | None:
    """A stalled check of the send that the check before saw raises the count by 1."""
    if move.after.record.streak < 2:
        return None
    return move.after.conn.count.stalled_checks == move.before.conn.count.stalled_checks + 1


@law("SC-3", looks_at=(CHECK,))
def any_other_check_resets(move: Move) -> bool | None:
    """A check that finds no stall puts the count to 0, whatever it was."""
    return None if move.after.record.streak else move.after.conn.count.stalled_checks == 0


@law("SC-15", looks_at=(CHECK,))
def another_send_counts_from_one(move: Move) -> bool | None:
    """The first stalled check of a send counts 1, also when the one before it was stalled."""
    if move.after.record.streak != 1:
        return None
    return move.after.conn.count.stalled_checks == 1


@law("SC-3", "SC-15", "SC-13", looks_at=(STATE,))
def the_count_is_the_streak(moment: Moment) -> bool | None:
    """The count is the number of stalled checks in a row of one send; at first it is 0."""
    return moment.conn.count.stalled_checks == moment.record.streak


@law("SC-4", looks_at=(CHECK,))
def exactly_the_stalled_checks_warn(move: Move) -> bool | None:
    """A check warns if and only if the stall is longer than the limit, also in warn-only mode."""
    return _check(move).warns == (_held_us(move) > move.before.setting.policy.stall_timeout_us)


@law("SC-5", looks_at=(CHECK,))
def warn_only_never_closes(move: Move) -> bool | None:
    """With closing disabled no check begins a closing."""
    if move.before.setting.policy.close_stalled:
        return None
    return (
        not _check(move).closes
        and move.effects.closes is None
        and move.after.conn.closed_by is move.before.record.cause
    )


@law("SC-6", looks_at=(CHECK,))
def no_close_before_the_threshold(move: Move) -> bool | None:
    """No check closes while fewer stalled checks in a row than the threshold were made."""
    if move.after.record.streak >= move.before.setting.policy.checks_max:
        return None
    return move.effects.closes is None and not _check(move).closes


@law("SC-7", looks_at=(CHECK,))
def the_threshold_closes(move: Move) -> bool | None:
    """With closing enabled, the check whose count reaches the threshold closes, as the monitor."""
    policy = move.before.setting.policy
    if not policy.close_stalled or move.before.record.cause is not None:
        return None
    if move.after.record.streak < policy.checks_max:
        return None
    return move.effects.closes is Cause.MONITOR and move.after.conn.closed_by is Cause.MONITOR


@law("SC-8", looks_at=(CHECK,))
def no_check_closes_again(move: Move) -> bool | None:
    """Once closing has begun no check closes, whoever began it."""
    if move.before.record.cause is None:
        return None
    return move.effects.closes is None and not _check(move).closes


@law("SC-10", "SC-11", looks_at=(CHECK,))
def a_heartbeat_exactly_when_due(move: Move) -> bool | None:
    """A heartbeat is due when allowed, open, nothing in flight and nothing received for long."""
    record, policy = move.before.record, move.before.setting.policy
    silent = (
        record.received_us is None
        or move.event.at_us - record.received_us > policy.heartbeat_interval_us
    )
    due = (
        move.before.setting.heartbeats and record.holder is None and record.cause is None and silent
    )
    return _check(move).heartbeat == due


@law("SC-11", "SD-3", looks_at=(CHECK,))
def a_check_leaves_the_send_alone(move: Move) -> bool | None:
    """A check neither frees the lock nor moves the deadline, nor takes a lock of its own."""
    before, after = move.before.conn, move.after.conn
    return after.send == before.send and after.send_id == before.send_id


@law("SC-10", looks_at=(FRAME,))
def a_frame_ends_the_silence(move: Move) -> bool | None:
    """A frame from the peer moves the time of the last one forward, and changes nothing else."""
    before, after = move.before.conn, move.after.conn
    return (
        after.received_us == move.after.record.received_us
        and after.send == before.send
        and after.closed_by is before.closed_by
        and after.count == before.count
    )
