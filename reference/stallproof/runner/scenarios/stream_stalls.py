"""Plays about streams that stall: no progress, too little of it, or only a pause; AP-1 to AP-6."""

from functools import partial

from stallproof.runner.scenarios.context import Context, now_us, sleep_s, sleep_until_us
from stallproof.runner.scenarios.stream_flow import (
    ACK_EVERY_S,
    CHUNKS,
    STEP_BYTES,
    Flow,
    begin,
    side_by_side,
    watch_for_notices,
)

PAUSE_US = 1_200_000
"""Longer than both the progress timeout and the ACK wait of these plays."""
LATE_US = 100_000
"""So shortly before NO_PROGRESS is due comes the progress that puts it off."""


def _never_acknowledged(flow: Flow) -> None:
    flow.waits()
    flow.fails()


def _acknowledges_at_large_intervals(flow: Flow, interval_bytes: int) -> None:
    """A receiver whose ACK interval exceeds the window never acknowledges at all."""
    flow.acknowledge(interval_bytes)
    flow.fails()


def _too_late(flow: Flow) -> None:
    """An ACK and a cancel come after the end, and change nothing."""
    _never_acknowledged(flow)
    flow.ack(flow.context.policy["chunk_bytes"])
    flow.cancel()


def stalls(context: Context) -> None:
    """Nobody acknowledges: chunks are left, only the last one is left, the interval is too long."""
    window_bytes, chunk_bytes = context.policy["window_bytes"], context.policy["chunk_bytes"]
    withheld = begin(context, context.open("w", heartbeats=False), CHUNKS)
    last = begin(context, context.open("l", heartbeats=False), window_bytes // chunk_bytes + 2)
    rarely = begin(context, context.open("i", heartbeats=False), 2 * CHUNKS)
    often = begin(context, context.open("o", heartbeats=False), 2 * CHUNKS)
    side_by_side(
        partial(_too_late, withheld),
        partial(_never_acknowledged, last),
        partial(_acknowledges_at_large_intervals, rarely, 2 * window_bytes),
        partial(often.acknowledge, window_bytes),
    )
    often.over(1.0)
    watch_for_notices(context)


def _stalls_and_completes(context: Context, transport: str) -> None:
    withheld = begin(context, context.open("w", transport, heartbeats=False), CHUNKS)
    healthy = begin(context, context.open("h", transport, heartbeats=False), CHUNKS)
    side_by_side(
        partial(_never_acknowledged, withheld),
        partial(healthy.acknowledge, context.policy["chunk_bytes"]),
    )
    healthy.over(1.0)
    watch_for_notices(context)


def over_tcp(context: Context) -> None:
    """One stream is never acknowledged, its neighbour is; over TCP."""
    _stalls_and_completes(context, "tcp")


def over_tls(context: Context) -> None:
    """The same over TLS."""
    _stalls_and_completes(context, "tls")


def _late_progress(flow: Flow) -> None:
    """Progress shortly before NO_PROGRESS is due puts it off by a whole timeout."""
    begun_us = flow.waits()
    if begun_us is not None:
        sleep_until_us(begun_us + flow.context.policy["ack_progress_timeout_us"] - LATE_US)
        flow.ack(STEP_BYTES)
    flow.fails()


def _repeats(flow: Flow) -> None:
    """Only the first of many ACKs alike is progress."""
    if flow.waits() is not None:
        flow.ack(STEP_BYTES)
        until_us = now_us() + flow.context.policy["ack_progress_timeout_us"] + 2 * LATE_US
        while now_us() < until_us:
            sleep_s(ACK_EVERY_S)
            flow.ack(STEP_BYTES)
    flow.fails()


def _goes_back(flow: Flow) -> None:
    """An older ACK takes nothing back: what lies between it and the newest is no progress."""
    if flow.waits() is not None:
        for offset in (3 * STEP_BYTES, STEP_BYTES, 2 * STEP_BYTES):
            flow.ack(offset)
            sleep_s(1.5 * ACK_EVERY_S)
    flow.fails()


def _never_enough(flow: Flow) -> None:
    """Progress without end, none of which ends the wait."""
    if flow.waits() is not None:
        longest_us = flow.context.policy["ack_wait_us"] + round(flow.context.patience_s * 1e6)
        until_us, offset = now_us() + longest_us, 0
        while now_us() < until_us and flow.over(ACK_EVERY_S) is None:
            offset += STEP_BYTES
            flow.ack(offset)
    flow.fails()


def progress(context: Context) -> None:
    """Four receivers that acknowledge late, again, backwards, and without ever opening."""
    acts = (_late_progress, _repeats, _goes_back, _never_enough)
    flows = [
        begin(context, context.open(f"p{i}x", heartbeats=False), CHUNKS) for i in range(len(acts))
    ]
    side_by_side(*(partial(act, flow) for act, flow in zip(acts, flows, strict=True)))
    watch_for_notices(context)


def both_due(context: Context) -> None:
    """NO_PROGRESS and ACK_WAIT are due at the same moment."""
    _never_acknowledged(begin(context, context.open("b", heartbeats=False), CHUNKS))
    watch_for_notices(context)


def _goes_on_after_pause(flow: Flow) -> None:
    """The pause came above the window; the wait after it is let run for a while, then ended."""
    chunk_bytes = flow.context.policy["chunk_bytes"]
    sent_bytes = flow.context.policy["window_bytes"] + chunk_bytes
    if flow.waits() is not None:
        sleep_s(0.6 * flow.context.knob_s("ack_progress_timeout_us"))
        flow.ack(sent_bytes)
    flow.acknowledge(chunk_bytes, sent_bytes)


def pauses(context: Context) -> None:
    """A source pauses below the window and above it; a stream waits long for its beginning."""
    fits = context.policy["window_bytes"] // context.policy["chunk_bytes"]
    below = begin(
        context, context.open("u", heartbeats=False), CHUNKS, chunk_ready_us=[0, 0, PAUSE_US]
    )
    above = begin(
        context,
        context.open("v", heartbeats=False),
        CHUNKS,
        chunk_ready_us=[*(0 for _ in range(fits + 1)), PAUSE_US],
    )
    queued = begin(context, context.open("q", heartbeats=False), CHUNKS, start_after_us=PAUSE_US)
    side_by_side(
        partial(_never_acknowledged, below),
        partial(_goes_on_after_pause, above),
        partial(_never_acknowledged, queued),
    )
    above.over(1.0)
    watch_for_notices(context)


def _slow_progress(flow: Flow) -> None:
    """Progress keeps NO_PROGRESS away, and none of it comes near the end of the ACK wait."""
    begun_us = flow.waits()
    if begun_us is not None:
        for part, offset in ((0.35, STEP_BYTES), (0.7, 2 * STEP_BYTES)):
            sleep_until_us(begun_us + round(part * flow.context.policy["ack_wait_us"]))
            flow.ack(offset)
    flow.fails()


def _opens_once(flow: Flow) -> None:
    """An ACK ends the wait, however long the sender meant to sleep."""
    chunk_bytes = flow.context.policy["chunk_bytes"]
    if flow.waits() is not None:
        sleep_s(ACK_EVERY_S)
        flow.ack(chunk_bytes)
    flow.acknowledge(chunk_bytes, chunk_bytes)


def long_interval(context: Context) -> None:
    """The check interval is longer than both bounds, and plays no part."""
    withheld = begin(context, context.open("w", heartbeats=False), CHUNKS)
    slow = begin(context, context.open("s", heartbeats=False), CHUNKS)
    opens = begin(context, context.open("o", heartbeats=False), CHUNKS)
    side_by_side(
        partial(_never_acknowledged, withheld),
        partial(_slow_progress, slow),
        partial(_opens_once, opens),
    )
    opens.over(1.0)
