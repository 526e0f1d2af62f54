"""The laws of sending and closing, of groups SD and CX, as an outsider would state them.

`due` below is the moment of the lock plus the send timeout by the searcher's own account. Two laws
look ahead instead of back: from every state in which the lock is held, the step that frees it
exists at the deadline, and one exists as soon as somebody closes.

Spec: `spec/sd.md`, `spec/cx.md`.
"""

from proofs.assumptions import guards
from proofs.search.connection_states import CLOSE, FAILURE, LOCK, STEP, Moment, Move
from proofs.search.laws import STATE, Book
from stallproof.machines import connection
from stallproof.machines.connection import Cause
from stallproof.machines.send_deadline import End, Failure, Outcome, Wait

BOOK = Book()
law = BOOK.law
ENDING = (STEP, FAILURE)


def _due(move: Move) -> int:
    return move.before.record.taken_us + move.before.setting.policy.send_timeout_us


def _left(move: Move) -> int:
    record = move.before.record
    return record.size_bytes - record.written_bytes - move.event.amount


@law("CX-1", looks_at=(STATE,))
def one_holder(moment: Moment) -> bool | None:
    """Whoever took the free lock last and has not ended holds it, and nobody else does."""
    conn, record = moment.conn, moment.record
    return (
        (conn.send is None) == (record.holder is None)
        and conn.send_id == record.holder
        and conn.sends == record.sends
    )


@law("CX-1", looks_at=(STATE,))
def a_held_lock_is_refused(moment: Moment) -> bool | None:
    """A second sender is refused for as long as a send is in flight."""
    if moment.record.holder is None:
        return None
    return not guards.accepts(
        connection, "on_lock_taken",
        policy=moment.setting.policy, conn=moment.conn, size_bytes=1, now_us=moment.now_us,
    )  # fmt: skip


@law("CX-1", looks_at=(STATE,))
def nobody_but_the_holder_steps(moment: Moment) -> bool | None:
    """With nothing in flight a step and a failure are refused: there is nobody to take them."""
    if moment.record.holder is not None:
        return None
    conn, now_us = moment.conn, moment.now_us
    step = guards.accepts(connection, "on_step", conn=conn, wrote_bytes=0, now_us=now_us)
    failure = guards.accepts(
        connection, "on_failed", conn=conn, failure=Failure.ERROR, now_us=now_us
    )
    return not step and not failure


@law("CX-1", looks_at=(STATE,))
def the_contracts_accept_what_is_reached(moment: Moment) -> bool | None:
    """No history leads to a connection that the next event's contract would refuse."""
    return connection.is_connection(moment.conn)


@law("SD-1", looks_at=(STATE,))
def one_deadline_for_the_frame(moment: Moment) -> bool | None:
    """The deadline is the moment of the lock plus the send timeout, however much was written."""
    send, record = moment.conn.send, moment.record
    if send is None:
        return None
    return (
        send.taken_us == record.taken_us
        and send.deadline_us == record.taken_us + moment.setting.policy.send_timeout_us
        and send.size_bytes == record.size_bytes
        and send.written_bytes == record.written_bytes
    )


@law("SD-2", looks_at=ENDING)
def expired_is_timeout(move: Move) -> bool | None:
    """With bytes left at or after the deadline the send ends with TIMEOUT, unless closing."""
    if _left(move) == 0 or move.event.at_us < _due(move) or move.before.record.cause is not None:
        return None
    return move.outcome is Outcome.TIMEOUT


@law("SD-3", "CX-4", looks_at=ENDING)
def held_and_due_is_released(move: Move) -> bool | None:
    """After any step of the holder at or after its deadline the lock is free."""
    if move.event.at_us < _due(move):
        return None
    return move.after.conn.send is None and move.outcome is not None


@law("SD-3", looks_at=(STEP,))
def no_wait_beyond_the_deadline(move: Move) -> bool | None:
    """Whoever waits, waits for the time left: at least 1 us and never beyond the deadline."""
    decision = move.effects.decision
    if not isinstance(decision, Wait):
        return None
    return decision.wait_us >= 1 and move.event.at_us + decision.wait_us == _due(move)


@law("SD-3", "CX-4", looks_at=(STATE,))
def a_way_out_by_the_deadline(moment: Moment) -> bool | None:
    """From every held state the step at the deadline, with nothing written, frees the lock."""
    if moment.record.holder is None:
        return None
    due = moment.record.taken_us + moment.setting.policy.send_timeout_us
    after, effects = connection.on_step(moment.conn, 0, now_us=max(due, moment.now_us))
    return after.send is None and isinstance(effects.decision, End)


@law("CX-2", looks_at=(STATE,))
def a_way_out_by_closing(moment: Moment) -> bool | None:
    """From every held state a close, and the step that it wakes, free the lock at once."""
    if moment.record.holder is None:
        return None
    closed, _ = connection.on_close(moment.conn)
    if closed.send is None:
        return False
    after, effects = connection.on_step(closed, 0, now_us=moment.now_us)
    return after.send is None and effects.decision == End(Outcome.SUPPRESSED, False)


@law("SD-4", looks_at=ENDING)
def never_timed_out_early(move: Move) -> bool | None:
    """TIMEOUT comes at or after the deadline, or from a transport that reports a time-out."""
    if move.outcome is not Outcome.TIMEOUT:
        return None
    return move.event.at_us >= _due(move) or move.event.failure is Failure.TIMEOUT


@law("SD-5", looks_at=ENDING)
def a_timeout_closes(move: Move) -> bool | None:
    """A send that ends with TIMEOUT begins the closing, and is its cause."""
    if move.outcome is not Outcome.TIMEOUT:
        return None
    return (
        move.effects.closes is Cause.SEND_TIMEOUT
        and move.after.conn.closed_by is Cause.SEND_TIMEOUT
    )


@law("SD-5", "SC-8", looks_at=(STATE,))
def closing_begins_once(moment: Moment) -> bool | None:
    """Drivers are told to close at most once, whoever asks and however often."""
    return moment.record.closings <= 1


@law("SD-6", looks_at=ENDING)
def a_torn_frame_closes(move: Move) -> bool | None:
    """A send that fails with part of its frame written leaves a connection that is closing."""
    written = move.before.record.written_bytes + move.event.amount
    if move.outcome in (None, Outcome.OK) or written == 0:
        return None
    return move.after.conn.torn and move.after.conn.closed_by is not None


@law("SD-6", looks_at=(LOCK,))
def no_frame_after_a_torn_one(move: Move) -> bool | None:
    """Once a frame was torn, no other is ever in flight."""
    return None if not move.before.record.torn else move.after.conn.send is None


@law("SD-7", looks_at=(FAILURE,))
def the_table_gives_the_outcome(move: Move) -> bool | None:
    """Before the deadline and not closing, a failure ends with the outcome of its row."""
    if move.event.at_us >= _due(move) or move.before.record.cause is not None:
        return None
    rows = {
        Failure.TIMEOUT: Outcome.TIMEOUT,
        Failure.CLOSED: Outcome.CLOSED,
        Failure.ERROR: Outcome.ERROR,
    }
    return move.event.failure is not None and move.outcome is rows[move.event.failure]


@law("SD-8", looks_at=(FAILURE,))
def a_clean_failure_leaves_it_open(move: Move) -> bool | None:
    """A failure other than TIMEOUT with nothing written leaves an open connection open."""
    record = move.before.record
    if record.written_bytes > 0 or record.cause is not None or move.outcome is Outcome.TIMEOUT:
        return None
    return move.effects.closes is None and move.after.conn.closed_by is None


@law("SD-9", looks_at=(STEP,))
def the_last_byte_makes_it_ok(move: Move) -> bool | None:
    """A send whose last byte was written is OK at any time, closes nothing and frees the lock."""
    if _left(move) != 0:
        return None
    return (
        move.effects.decision == End(Outcome.OK, False)
        and move.effects.closes is None
        and move.after.conn.send is None
    )


@law("SD-10", looks_at=ENDING)
def ok_means_every_byte(move: Move) -> bool | None:
    """No send is OK with bytes left."""
    return None if move.outcome is not Outcome.OK else _left(move) == 0


@law("SD-10", "SD-15", looks_at=ENDING)
def only_closing_suppresses(move: Move) -> bool | None:
    """A send that fails is SUPPRESSED exactly when closing had begun before it failed."""
    if move.outcome in (None, Outcome.OK):
        return None
    return (move.outcome is Outcome.SUPPRESSED) == (move.before.record.cause is not None)


@law("CX-2", "SD-15", looks_at=ENDING)
def closing_frees_the_blocked_send(move: Move) -> bool | None:
    """Once closing has begun, the next step of the holder ends its send, due or not."""
    if move.before.record.cause is None:
        return None
    return move.after.conn.send is None and move.outcome is not None


@law("SD-12", "SD-13", looks_at=(LOCK,))
def nothing_starts_after_closing(move: Move) -> bool | None:
    """A queued sender that gets the lock of a closing connection returns, with nothing written."""
    if move.before.record.cause is None:
        return None
    return (
        move.effects.decision == End(Outcome.SUPPRESSED, False)
        and move.effects.closes is None
        and move.after.conn.send is None
        and move.after.conn.sequence == move.before.conn.sequence
    )


@law("SD-14", looks_at=(STATE,))
def numbers_rise_by_one(moment: Moment) -> bool | None:
    """The sequence number counts, modulo 65536, the frames of which a byte left, and no others."""
    expected = (moment.setting.first_sequence + moment.record.frames_out) % 65536
    return moment.conn.sequence == expected


@law("CX-6", looks_at=(STATE,))
def closed_is_final(moment: Moment) -> bool | None:
    """The connection is closing exactly since drivers were told so, with the cause of then."""
    return moment.conn.closed_by is moment.record.cause


@law("CX-6", looks_at=(STATE,))
def every_send_ends_once(moment: Moment) -> bool | None:
    """Each send that took the lock has one end, or is the one in flight."""
    record = moment.record
    return record.ends + (record.holder is not None) == record.sends


@law("SD-6", "CX-6", looks_at=(STATE,))
def torn_is_remembered(moment: Moment) -> bool | None:
    """A connection knows that a frame of it was torn, and is then closing."""
    return moment.conn.torn == moment.record.torn and (
        not moment.conn.torn or moment.conn.closed_by is not None
    )


@law("SD-5", "CX-6", looks_at=(CLOSE,))
def the_first_close_closes(move: Move) -> bool | None:
    """Closing an open connection begins the closing; closing it again does nothing."""
    if move.before.record.cause is None:
        return move.effects.closes is Cause.LOCAL
    return move.effects.closes is None and move.after.conn == move.before.conn
