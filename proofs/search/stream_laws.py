"""The laws of one stream, group AP, as an outsider would state them.

`dp` and `dw` below are the two due moments by the searcher's own account: the progress clock plus
the progress timeout, and the start of the wait plus the ACK wait. Two laws look ahead: from every
state of a wait, a look at the due moment ends the stream, and so does a stop at any moment.

Spec: `spec/ap.md`.
"""

from typing import NamedTuple

from proofs.search.laws import STATE, Book
from proofs.search.stream_moves import (
    ACK,
    CHUNK,
    LOOK,
    STOP,
    StreamMoment,
    StreamMove,
    true_offset,
)
from stallproof.machines import ack_progress
from stallproof.machines import stream as streams
from stallproof.machines.stream import AckVerdict, AwaitAck, BeginChunk, StreamOutcome, StreamOver

BOOK = Book()
law = BOOK.law


class _Wait(NamedTuple):
    """The two due moments of a look that is made in a wait."""

    dp_us: int
    dw_us: int


def _in_wait(moment: StreamMoment, at_us: int) -> _Wait | None:
    """Return what is due when, if a look at `at_us` falls into a wait (or begins one)."""
    record, policy = moment.record, moment.setting.policy
    if record.outcome is not None or record.sent - record.acked <= policy.window_bytes:
        return None
    began_us = at_us if record.wait_us is None else record.wait_us
    seed = moment.setting.seed
    clock_us = record.progress_us if seed else max(record.progress_us, began_us)
    return _Wait(clock_us + policy.ack_progress_timeout_us, began_us + policy.ack_wait_us)


def _failed(move: StreamMove) -> StreamOutcome | None:
    """Return the outcome that this look gave a stream that had none."""
    if move.before.record.outcome is not None or not isinstance(move.look, StreamOver):
        return None
    return move.look.outcome


@law("AP-1", looks_at=(ACK,))
def only_a_greater_offset_is_progress(move: StreamMove) -> bool | None:
    """An ACK is progress exactly when it can be true and is greater than every one before it."""
    offset = true_offset(move.before.record, move.event)
    greater = offset is not None and offset > move.before.record.acked
    return (move.verdict is AckVerdict.PROGRESS) == greater


@law("AP-1", looks_at=(STATE,))
def progress_alone_moves_the_clock(moment: StreamMoment) -> bool | None:
    """The offsets and the time of the last progress are those of the true ACKs, and no others."""
    stream, record = moment.stream, moment.record
    return (
        stream.acknowledged_bytes == record.acked
        and stream.progress_us == record.progress_us
        and stream.sent_bytes == record.sent
    )


@law("AP-2", looks_at=(LOOK,))
def nothing_fails_outside_a_wait(move: StreamMove) -> bool | None:
    """With no more than the window outstanding no look fails the stream, however long it was."""
    if move.before.record.outcome is not None or _in_wait(move.before, move.event.at_us):
        return None
    return not isinstance(move.look, StreamOver) and move.after.stream.outcome is None


@law("AP-2", looks_at=(ACK, CHUNK))
def only_looks_and_stops_end_it(move: StreamMove) -> bool | None:
    """Neither an ACK nor a chunk gives the stream an outcome."""
    return move.after.stream.outcome is move.before.record.outcome


@law("AP-3", "AP-5", looks_at=(LOOK,))
def no_progress_fails_the_stream(move: StreamMove) -> bool | None:
    """A look in a wait at or after the progress clock plus its timeout gives NO_PROGRESS."""
    wait = _in_wait(move.before, move.event.at_us)
    if wait is None or move.event.at_us < wait.dp_us:
        return None
    return _failed(move) is StreamOutcome.NO_PROGRESS


@law("AP-3", "AP-4", looks_at=(LOOK,))
def no_progress_is_never_early(move: StreamMove) -> bool | None:
    """NO_PROGRESS comes in a wait, and not before the clock of the profile plus the timeout."""
    if _failed(move) is not StreamOutcome.NO_PROGRESS:
        return None
    wait = _in_wait(move.before, move.event.at_us)
    return wait is not None and move.event.at_us >= wait.dp_us


@law("AP-5", looks_at=(LOOK,))
def the_wait_is_bounded(move: StreamMove) -> bool | None:
    """A look at which the wait has lasted the ACK wait fails the stream, by its own reason."""
    wait = _in_wait(move.before, move.event.at_us)
    if wait is None or move.event.at_us < wait.dw_us or move.event.at_us >= wait.dp_us:
        return None
    return _failed(move) is StreamOutcome.ACK_WAIT


@law("AP-5", looks_at=(LOOK,))
def the_bound_is_never_early(move: StreamMove) -> bool | None:
    """ACK_WAIT comes in a wait, and not before it has lasted the ACK wait."""
    if _failed(move) is not StreamOutcome.ACK_WAIT:
        return None
    wait = _in_wait(move.before, move.event.at_us)
    return wait is not None and move.event.at_us >= wait.dw_us


@law("AP-6", "AP-14", looks_at=(LOOK,))
def nobody_sleeps_past_a_due_moment(move: StreamMove) -> bool | None:
    """Whoever waits is back at the next due moment and within one check interval."""
    wait = _in_wait(move.before, move.event.at_us)
    if wait is None or not isinstance(move.look, AwaitAck):
        return None
    interval_us = move.before.setting.policy.ack_check_interval_us
    left_us = min(wait.dp_us, wait.dw_us) - move.event.at_us
    return 1 <= move.look.wait_us <= min(left_us, interval_us)


@law("AP-7", looks_at=(LOOK,))
def nobody_looks_more_often_than_needed(move: StreamMove) -> bool | None:
    """A sleep is not shorter than the check interval, or the time until the next due moment."""
    wait = _in_wait(move.before, move.event.at_us)
    if wait is None or not isinstance(move.look, AwaitAck):
        return None
    interval_us = move.before.setting.policy.ack_check_interval_us
    left_us = min(wait.dp_us, wait.dw_us) - move.event.at_us
    return move.look.wait_us >= min(left_us, interval_us)


@law("AP-8", "AP-11", looks_at=(LOOK,))
def a_chunk_begins_exactly_with_room(move: StreamMove) -> bool | None:
    """A look lets a chunk begin exactly when no more than the window is outstanding."""
    record = move.before.record
    if record.outcome is not None:
        return None
    room = record.sent - record.acked <= move.before.setting.policy.window_bytes
    return isinstance(move.look, BeginChunk) == room


@law("AP-8", looks_at=(ACK,))
def an_opening_ack_lets_it_begin(move: StreamMove) -> bool | None:
    """After an ACK that ends a wait the very next look begins the chunk, at any time."""
    at_us, opened = move.event.at_us, move.after
    if _in_wait(move.before, at_us) is None or _in_wait(opened, at_us) is not None:
        return None
    policy = opened.setting.policy
    late_us = at_us + policy.ack_wait_us + policy.ack_progress_timeout_us
    _, look = ack_progress.on_look(policy, opened.stream, now_us=late_us)
    return isinstance(look, BeginChunk)


@law("AP-9", looks_at=(STATE,))
def who_is_told_of_a_stop(moment: StreamMoment) -> bool | None:
    """The receiver is told of a stop by the watchdog, and not of an error that it reported."""
    outcome = moment.record.outcome
    if outcome in (StreamOutcome.NO_PROGRESS, StreamOutcome.ACK_WAIT):
        return streams.is_notified(outcome)
    if outcome in (StreamOutcome.ACK_ERROR, StreamOutcome.DONE):
        return not streams.is_notified(outcome)
    return None


@law("AP-10", looks_at=(ACK,))
def what_cannot_be_true_changes_nothing(move: StreamMove) -> bool | None:
    """An ACK that is no integer, negative, beyond the sent or of another origin changes nothing."""
    if move.before.record.outcome is not None:
        return None
    if true_offset(move.before.record, move.event) is not None:
        return None
    return move.after.stream == move.before.stream


@law("AP-10", looks_at=(ACK,))
def what_cannot_be_true_is_reported(move: StreamMove) -> bool | None:
    """Such an ACK is told apart from a true one, with a reason that fits it."""
    record, event, raw = move.before.record, move.event, move.event.raw
    if record.outcome is not None or true_offset(record, event) is not None:
        return move.verdict in _TRUE if record.outcome is None else None
    fitting = set()
    if not event.mine:
        fitting.add(AckVerdict.OTHER_ORIGIN)
    if type(raw) is not int:
        fitting.add(AckVerdict.NOT_AN_INTEGER)
    elif raw < 0:
        fitting.add(AckVerdict.NEGATIVE)
    elif raw > record.sent:
        fitting.add(AckVerdict.BEYOND_SENT)
    return move.verdict in fitting


_TRUE = (AckVerdict.PROGRESS, AckVerdict.NO_NEWS)


@law("AP-11", looks_at=(STATE,))
def outstanding_bytes_are_bounded(moment: StreamMoment) -> bool | None:
    """No more than the window and one chunk is ever outstanding, the last chunk included."""
    outstanding = moment.stream.sent_bytes - moment.stream.acknowledged_bytes
    policy = moment.setting.policy
    return 0 <= outstanding <= policy.window_bytes + policy.chunk_bytes


@law("AP-1", looks_at=(STATE,))
def the_contracts_accept_what_is_reached_of_a_stream(moment: StreamMoment) -> bool | None:
    """No history leads to a stream that the next event's contract would refuse."""
    return streams.is_stream(moment.stream)


@law("AP-12", looks_at=(STOP,))
def a_stop_ends_the_wait(move: StreamMove) -> bool | None:
    """After a stop no wait is under way, and the next look tells the outcome."""
    _, look = ack_progress.on_look(
        move.after.setting.policy, move.after.stream, now_us=move.event.at_us
    )
    return move.after.stream.wait_us is None and isinstance(look, StreamOver)


@law("AP-13", looks_at=(STATE,))
def one_terminal_outcome(moment: StreamMoment) -> bool | None:
    """The outcome is the first one that was told, from then on and for ever."""
    return moment.stream.outcome is moment.record.outcome


@law("AP-13", looks_at=(LOOK, ACK, STOP))
def nothing_after_the_end(move: StreamMove) -> bool | None:
    """Once there is an outcome, a look tells it, an ACK comes too late, and nothing changes."""
    outcome = move.before.record.outcome
    if outcome is None:
        return None
    if move.event.kind == LOOK and move.look != StreamOver(outcome):
        return False
    if move.event.kind == ACK and move.verdict is not AckVerdict.AFTER_THE_END:
        return False
    return move.after.stream == move.before.stream


@law("AP-14", looks_at=(STATE,))
def a_way_out_when_due(moment: StreamMoment) -> bool | None:
    """From every state of a wait a look at the next due moment ends the stream."""
    if moment.record.wait_us is None:
        return None
    wait = _in_wait(moment, moment.now_us)
    if wait is None:
        return None
    due_us = max(moment.now_us, min(wait))
    _, look = ack_progress.on_look(moment.setting.policy, moment.stream, now_us=due_us)
    return isinstance(look, StreamOver)
