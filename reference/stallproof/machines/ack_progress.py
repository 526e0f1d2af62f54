"""ACK progress of one stream: guardrail B, which gives up on a receiver that gets nowhere.

The stall it guards against: the receiver is gone or stuck, the window is full, and the sender waits
for an acknowledgement that never comes, with its data, its worker and its caller.

The intuition: while a chunk is ready and more than the window is outstanding, the acknowledged
offset has to grow. The progress clock says since when it has not; a timeout after that the stream
fails. The older bound, on the wait as a whole, stays behind it.

The use: `on_look` when a chunk is ready, and again whenever the sender wakes. It says begin the
chunk, wait for so long, or over. `on_ack` for each ACK, `on_stop` for what else ends a stream.

The complication: silence while nobody waits is no stall. In the hardened profile the start of a
wait moves the clock forward, so that a source that pauses, or a stream that queued for a worker, is
not failed for it. In the seed profile the clock runs on from the last progress.

Spec: `spec/ap.md`. Source: origin facts 8 to 10.
"""

from stallproof.machines.contracts import ensure, require
from stallproof.machines.policy import Policy, is_well_formed
from stallproof.machines.stream import (
    AckVerdict,
    AwaitAck,
    BeginChunk,
    Look,
    Stream,
    StreamOutcome,
    StreamOver,
    is_stream,
)


@require(lambda now_us: now_us >= 0)
@ensure(lambda result: is_stream(result), "AP-13: a fresh stream is not over")
def on_made(*, seed: bool = False, now_us: int) -> Stream:
    """Make a stream; the seed profile's progress clock begins here."""
    return Stream(0, 0, now_us, None, None, seed)


@require(lambda policy: is_well_formed(policy))
@require(lambda stream: is_stream(stream))
@require(lambda now_us: now_us >= 0)
@ensure(
    lambda stream, result: stream.outcome is None or result == (stream, StreamOver(stream.outcome)),
    "AP-13: one terminal outcome",
)
@ensure(
    lambda policy, stream, result: (
        stream.outcome is not None
        or isinstance(result[1], BeginChunk)
        == (stream.sent_bytes - stream.acknowledged_bytes <= policy.window_bytes)
    ),
    "AP-2, AP-8, AP-11: a chunk begins exactly while no more than the window is outstanding",
)
@ensure(
    lambda stream, now_us, result: (
        not isinstance(result[1], AwaitAck)
        or result[0].wait_us == (now_us if stream.wait_us is None else stream.wait_us)
    ),
    "AP-4, AP-5: a wait has one beginning",
)
@ensure(
    lambda policy, now_us, result: (
        not isinstance(result[1], AwaitAck)
        or (
            1 <= result[1].wait_us <= policy.ack_check_interval_us
            and now_us + result[1].wait_us <= result[0].wait_us + policy.ack_wait_us
            and now_us + result[1].wait_us <= _clock_us(result[0]) + policy.ack_progress_timeout_us
        )
    ),
    "AP-3, AP-5, AP-6, AP-14: nobody sleeps past a moment that is due",
)
@ensure(lambda result: is_stream(result[0]))
def on_look(policy: Policy, stream: Stream, *, now_us: int) -> tuple[Stream, Look]:
    """Decide for a stream that has a chunk ready: begin it, wait, or give up.

    The order is the law: an outcome is final, a window with room ends the wait, NO_PROGRESS comes
    before ACK_WAIT, and both bounds are inclusive.
    """
    if stream.outcome is not None:
        return stream, StreamOver(stream.outcome)
    if stream.sent_bytes - stream.acknowledged_bytes <= policy.window_bytes:
        return _with_wait(stream, None), BeginChunk()
    wait_us = now_us if stream.wait_us is None else stream.wait_us
    clock_us = stream.progress_us if stream.seed else max(stream.progress_us, wait_us)
    progress_left_us = clock_us + policy.ack_progress_timeout_us - now_us
    if progress_left_us <= 0:
        return _over(stream, StreamOutcome.NO_PROGRESS)
    wait_left_us = wait_us + policy.ack_wait_us - now_us
    if wait_left_us <= 0:
        return _over(stream, StreamOutcome.ACK_WAIT)
    sleep_us = min(policy.ack_check_interval_us, progress_left_us, wait_left_us)
    return _with_wait(stream, wait_us), AwaitAck(sleep_us)


def _clock_us(stream: Stream) -> int:
    """Return the progress clock of a stream that waits."""
    if stream.seed or stream.wait_us is None or stream.progress_us >= stream.wait_us:
        return stream.progress_us
    return stream.wait_us


def _with_wait(stream: Stream, wait_us: int | None) -> Stream:
    return Stream(
        stream.sent_bytes, stream.acknowledged_bytes, stream.progress_us, wait_us, None, stream.seed
    )


def _over(stream: Stream, outcome: StreamOutcome) -> tuple[Stream, StreamOver]:
    ended = Stream(
        stream.sent_bytes, stream.acknowledged_bytes, stream.progress_us, None, outcome, stream.seed
    )
    return ended, StreamOver(outcome)


@require(lambda policy: is_well_formed(policy))
@require(lambda stream: is_stream(stream) and stream.outcome is None and stream.wait_us is None)
@require(lambda policy, chunk_bytes: 1 <= chunk_bytes <= policy.chunk_bytes)
@require(
    lambda policy, stream: stream.sent_bytes - stream.acknowledged_bytes <= policy.window_bytes
)
@ensure(
    lambda policy, result: (
        result.sent_bytes - result.acknowledged_bytes <= policy.window_bytes + policy.chunk_bytes
    ),
    "AP-11: at most one chunk beyond the window",
)
@ensure(
    lambda stream, chunk_bytes, result: (
        result
        == Stream(
            stream.sent_bytes + chunk_bytes,
            stream.acknowledged_bytes,
            stream.progress_us,
            None,
            None,
            stream.seed,
        )
    ),
    "AP-10: a chunk counts as sent from the moment its send begins",
)
def on_chunk_begun(policy: Policy, stream: Stream, chunk_bytes: int) -> Stream:
    """Count a chunk whose send begins now, right after `on_look` said that it may."""
    return Stream(
        stream.sent_bytes + chunk_bytes,
        stream.acknowledged_bytes,
        stream.progress_us,
        None,
        None,
        stream.seed,
    )


@require(lambda stream: is_stream(stream))
@require(lambda now_us: now_us >= 0)
@ensure(
    lambda stream, offset, from_receiver, now_us, result: (
        (result[1] is AckVerdict.PROGRESS)
        == (
            stream.outcome is None
            and from_receiver
            and offset is not None
            and stream.acknowledged_bytes < offset <= stream.sent_bytes
        )
    ),
    "AP-1, AP-10: progress is a greater offset that can be true",
)
@ensure(
    lambda stream, result: result[1] is AckVerdict.PROGRESS or result[0] == stream,
    "AP-1, AP-10: anything else changes nothing",
)
@ensure(
    lambda stream, offset, now_us, result: (
        result[1] is not AckVerdict.PROGRESS
        or (
            result[0].acknowledged_bytes == offset
            and result[0].progress_us == max(now_us, stream.progress_us)
            and result[0].sent_bytes == stream.sent_bytes
            and result[0].wait_us == stream.wait_us
            and result[0].outcome is None
        )
    ),
    "AP-1: progress moves the offset and the clock, forward only",
)
def on_ack(
    stream: Stream, offset: int | None, *, from_receiver: bool, now_us: int
) -> tuple[Stream, AckVerdict]:
    """Apply an ACK of `offset` (see `offset_of`), from the receiver of the stream or from another.

    Times of different threads carry no order, so the clock never moves backwards either.
    """
    if stream.outcome is not None:
        return stream, AckVerdict.AFTER_THE_END
    if not from_receiver:
        return stream, AckVerdict.OTHER_ORIGIN
    if offset is None:
        return stream, AckVerdict.NOT_AN_INTEGER
    if offset < 0:
        return stream, AckVerdict.NEGATIVE
    if offset > stream.sent_bytes:
        return stream, AckVerdict.BEYOND_SENT
    if offset <= stream.acknowledged_bytes:
        return stream, AckVerdict.NO_NEWS
    progress_us = now_us if now_us > stream.progress_us else stream.progress_us
    moved = Stream(stream.sent_bytes, offset, progress_us, stream.wait_us, None, stream.seed)
    return moved, AckVerdict.PROGRESS


@require(lambda stream: is_stream(stream))
@ensure(
    lambda stream, outcome, result: (
        result.outcome is (outcome if stream.outcome is None else stream.outcome)
    ),
    "AP-13: the first outcome is the only one",
)
@ensure(lambda result: result.wait_us is None, "AP-12: a stop ends the wait")
def on_stop(stream: Stream, outcome: StreamOutcome) -> Stream:
    """End the stream for a reason of its surroundings: done, an error ACK, a cancel, a failed send.

    A stream that is over stays as it is.
    """
    if stream.outcome is not None:
        return stream
    return _over(stream, outcome)[0]
