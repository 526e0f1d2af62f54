"""Plays about what ends a wait, what does not, and what a wait costs: AP-7 to AP-13."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from stallproof.runner.scenarios.context import Context, now_us, sleep_s
from stallproof.runner.scenarios.stream_flow import (
    ACK_EVERY_S,
    CHUNKS,
    STEP_BYTES,
    Flow,
    begin,
    side_by_side,
    watch_for_notices,
)
from stallproof.wire.events import ProcessorUsed

WAITS = 105
"""How many waits one stream goes through, one ACK each; the law wants a hundred."""
OPENS_WITHIN_S = 6.0
"""How long all of them together may take; a sender that loses wake-ups would take minutes."""
SPINS_S = 1.2
"""A little more than a hundred times the shortest check interval."""
PAUSE_US = 900_000
"""So long does a source pause, or a stream queue, that is broken off meanwhile."""
SOON_S = 0.12
"""How long after the wait began it is broken off; the sender's next check is far away then."""
NONSENSE_AFTER_S = 0.3
SOMEBODY_ELSE = "somebody-else"


# --- ACKs that cannot be true ---------------------------------------------------------------------


def nonsense_acks(chunk_bytes: int, sent_bytes: int) -> list[dict[str, Any]]:
    """Return one ACK of each kind; read carelessly, most of them would open the window."""
    offsets: list[Any] = [
        str(2 * chunk_bytes), None, chunk_bytes + 0.5, [2 * chunk_bytes], {"offset": chunk_bytes},
        True, False, -1, -chunk_bytes, sent_bytes + 1, 2**53,
    ]  # fmt: skip
    foreign = {"offset": 2 * chunk_bytes, "origin": SOMEBODY_ELSE}
    return [{"offset": offset} for offset in offsets] + [
        foreign,
        {**foreign, "error": "the receiver of another stream gave up"},
    ]


def _changes_nothing(flow: Flow, ack: dict[str, Any]) -> None:
    if flow.waits() is not None:
        sleep_s(NONSENSE_AFTER_S)
        flow.ack(**ack)
    flow.fails()


def nonsense(context: Context) -> None:
    """One stream for each kind of nonsense, side by side; nothing changes for any of them."""
    conn = context.open("n", heartbeats=False)
    sent_bytes = context.policy["window_bytes"] + context.policy["chunk_bytes"]
    acks = nonsense_acks(context.policy["chunk_bytes"], sent_bytes)
    flows = [begin(context, conn, CHUNKS) for _ in acks]
    side_by_side(
        *(partial(_changes_nothing, flow, ack) for flow, ack in zip(flows, acks, strict=True))
    )
    watch_for_notices(context)


# --- ACKs that open the window, or just do not ----------------------------------------------------


def _opens_exactly(flow: Flow) -> None:
    """One byte short, then exactly the window, then exactly what was sent."""
    chunk_bytes, window_bytes = (
        flow.context.policy["chunk_bytes"],
        flow.context.policy["window_bytes"],
    )
    if flow.waits() is not None:
        flow.ack(chunk_bytes - 1)
        watch_for_notices(flow.context)
        flow.ack(chunk_bytes)
        if flow.waits(chunk_bytes) is not None:
            flow.ack(window_bytes + 2 * chunk_bytes)
    flow.acknowledge(chunk_bytes, window_bytes + 2 * chunk_bytes)
    flow.over(1.0)


def _completes(flow: Flow) -> None:
    flow.acknowledge(flow.context.policy["chunk_bytes"])
    flow.over(1.0)


def opens(context: Context) -> None:
    """ACKs around the boundary of the window; and a whole stream beside them.

    On one connection, so that an ACK of the one is none of the other's.
    """
    conn = context.open("e", heartbeats=False)
    exactly, whole = begin(context, conn, CHUNKS), begin(context, conn, CHUNKS)
    side_by_side(partial(_opens_exactly, exactly), partial(_completes, whole))
    watch_for_notices(context)


def _each_wait(flow: Flow, until_us: int) -> None:
    """Every ACK comes when the sender waits for certain, and opens for one chunk."""
    chunk_bytes = flow.context.policy["chunk_bytes"]
    for acknowledged in range(WAITS):
        if flow.waits(acknowledged * chunk_bytes) is None or now_us() > until_us:
            return
        flow.ack((acknowledged + 1) * chunk_bytes)
    flow.acknowledge(chunk_bytes, WAITS * chunk_bytes)


def _racing(flow: Flow, until_us: int) -> None:
    """Every ACK comes once the peer has the chunk, and races with the beginning of the wait."""
    chunk_bytes = flow.context.policy["chunk_bytes"]
    first = flow.context.policy["window_bytes"] + chunk_bytes
    for end in range(first, flow.total_bytes + 1, chunk_bytes):
        if flow.arrived(end) is None or now_us() > until_us:
            return
        flow.ack(end - first + chunk_bytes)
    flow.ack(flow.total_bytes)


def opens_often(context: Context) -> None:
    """More than a hundred waits in one stream, and as many ACKs that race with their beginning."""
    chunks = context.policy["window_bytes"] // context.policy["chunk_bytes"] + 1 + WAITS
    for name, acknowledges in (("w", _each_wait), ("r", _racing)):
        flow = begin(context, context.open(name, heartbeats=False), chunks)
        acknowledges(flow, now_us() + round(OPENS_WITHIN_S * 1e6))
        if flow.over(1.0) is None:
            flow.cancel()
            flow.over(1.0)


# --- what else ends a stream ----------------------------------------------------------------------


def _when_waiting(flow: Flow, stop: Callable[[], None]) -> None:
    if flow.waits() is not None:
        sleep_s(SOON_S)
        stop()
    flow.over(1.0)


def _when_paused(flow: Flow, chunks: int, stop: Callable[[], None]) -> None:
    """Stop while the source pauses, after so many chunks."""
    flow.arrived(chunks * flow.context.policy["chunk_bytes"])
    sleep_s(SOON_S)
    stop()
    flow.over(1.0)


def _when_queued(flow: Flow) -> None:
    flow.cancel()
    flow.over(1.0)


def _when_patient(flow: Flow) -> None:
    """A long wait brings no notice, and ends well."""
    chunk_bytes = flow.context.policy["chunk_bytes"]
    if flow.waits() is not None:
        watch_for_notices(flow.context)
        flow.ack(chunk_bytes)
    flow.acknowledge(chunk_bytes, chunk_bytes)
    flow.over(1.0)


def stops(context: Context) -> None:
    """Cancels and error ACKs, during a wait, outside one and before the beginning."""
    fits = context.policy["window_bytes"] // context.policy["chunk_bytes"]

    def made(name: str, pauses_us: Sequence[int] = (), start_after_us: int = 0) -> Flow:
        conn = context.open(name, heartbeats=False)
        return begin(context, conn, CHUNKS, chunk_ready_us=pauses_us, start_after_us=start_after_us)

    below, above = [0, 0, PAUSE_US], [*(0 for _ in range(fits + 1)), PAUSE_US]
    queued = made("q", start_after_us=PAUSE_US)
    _when_queued(queued)
    cancelled, failed, patient = made("c"), made("e"), made("p")
    paused = [made("cb", below), made("eb", below), made("ca", above), made("ea", above)]
    error: dict[str, Any] = {"error": "the receiver gave up"}
    side_by_side(
        partial(_when_waiting, cancelled, cancelled.cancel),
        partial(_when_waiting, failed, partial(failed.ack, 0, **error)),
        partial(_when_paused, paused[0], 2, paused[0].cancel),
        partial(_when_paused, paused[1], 2, partial(paused[1].ack, STEP_BYTES, **error)),
        partial(_when_paused, paused[2], fits + 1, paused[2].cancel),
        partial(_when_paused, paused[3], fits + 1, partial(paused[3].ack, None, **error)),
        partial(_when_patient, patient),
    )
    watch_for_notices(context)


# --- what a wait costs ----------------------------------------------------------------------------


def never_spins(context: Context) -> None:
    """A long wait with a check interval that would be no interval at all."""
    flow = begin(context, context.open("z", heartbeats=False), CHUNKS)
    if flow.waits() is not None:
        sleep_s(ACK_EVERY_S)
        began_us, before_us = now_us(), context.harness.cpu_us()
        sleep_s(SPINS_S)
        used_us = context.harness.cpu_us() - before_us
        context.record.add(ProcessorUsed(at_us=now_us(), began_us=began_us, used_us=used_us))
    flow.cancel()
    flow.over(1.0)
