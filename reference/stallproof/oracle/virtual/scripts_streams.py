"""The actions of a script on streams: windows, pauses of the source, and ACKs of every kind."""

from typing import Any

from stallproof.oracle.exact.flows import Flow
from stallproof.oracle.virtual.draft import Draft
from stallproof.oracle.virtual.scripts_draws import Draws

CHUNK_BYTES = 10
PROGRESS_TIMEOUTS_S = (0.5, 0.3, 1.0, 2.0, 2.5)
ACK_WAITS_S = (1, 2, 3)
CHECK_INTERVALS_S = (0.1, 0.0, 0.03, 5.0, -1.0)
WINDOWS_BYTES = (20, 10, 25, 30, 40)
TOTALS_PERCENT = (600, 1000, 50, 100, 110, 350, 2000)
"""Sizes of streams in percent of a chunk."""
NO_OFFSETS: tuple[Any, ...] = (None, True, False, "10", "", 1.5, [10], {"offset": 10}, -1)
"""What is no offset at all."""


def knobs(draws: Draws) -> dict[str, Any]:
    """Return knobs under which windows are a few chunks and waits end within a second or two."""
    return {
        "streaming_ack_progress_timeout": draws.pick(PROGRESS_TIMEOUTS_S),
        "streaming_ack_progress_check_interval": draws.pick(CHECK_INTERVALS_S),
        "streaming_ack_wait": draws.pick(ACK_WAITS_S),
        "streaming_window_size": draws.pick(WINDOWS_BYTES),
        "streaming_chunk_size": CHUNK_BYTES,
    }


def begin(draws: Draws, draft: Draft) -> None:
    """Open one or two connections, and begin a stream on the first."""
    for name in ("a", "b")[: draws.pick((1, 1, 2))]:
        draft.ask(0, "open", conn=name, transport="virtual", heartbeats=False)
    another(draws, draft)


def another(draws: Draws, draft: Draft) -> None:
    """Begin a stream, where a connection is free for it."""
    lanes = draft.stream_lanes()
    if not lanes:
        return
    lane = draws.pick(lanes)
    draft.streams += 1
    fields: dict[str, Any] = {}
    timeout_us = draft.policy["ack_progress_timeout_us"]
    pauses_us = (0, 0, 1, 50_000, timeout_us - 1, timeout_us, timeout_us + 1, 2 * timeout_us)
    if draws.chance(3):
        fields["start_after_us"] = draws.pick(pauses_us)
    if draws.chance(5):
        fields["chunk_ready_us"] = [draws.pick(pauses_us) for _ in range(draws.pick((1, 2, 4)))]
    draft.ask(
        draws.moment(draft), "stream", conn=lane.name, stream=draft.streams,
        total_bytes=draws.pick(TOTALS_PERCENT) * draft.policy["chunk_bytes"] // 100, **fields,
    )  # fmt: skip


def ack(draws: Draws, draft: Draft) -> None:
    """Hand over an ACK: progress mostly, else a repeated one, one that cannot be true, an error."""
    flows = draft.flows()
    if not flows:
        return
    flow = draws.pick(flows)
    draft.until(draws.moment(draft))
    if draft.is_over:
        return
    fields: dict[str, Any] = {"offset": _offset(draws, draft, flow)}
    if draws.chance(1):
        fields["origin"] = "somebody-else"
    if draws.chance(1):
        fields["error"] = "the disk is full"
    draft.ask(draft.now_us, "ack", conn=flow.conn, stream=flow.number, **fields)


def _offset(draws: Draws, draft: Draft, flow: Flow) -> Any:
    if draws.chance(1):
        return draws.pick(NO_OFFSETS)
    sent, acked, window = flow.sent, flow.acked, draft.policy["window_bytes"]
    opens, chunk = sent - window, draft.policy["chunk_bytes"]
    return draws.pick(
        (
            *(sent, acked + 1, opens, opens - 1, opens + 1, acked + chunk),
            *(acked, acked - 1, sent + 1, sent + chunk, 0),
        ),
    )


def cancel(draws: Draws, draft: Draft) -> None:
    """Cancel a stream, perhaps one that is over."""
    flows = draft.flows()
    if flows:
        flow = draws.pick(flows)
        draft.ask(draws.moment(draft), "cancel", conn=flow.conn, stream=flow.number)


def wait(draws: Draws, draft: Draft) -> None:
    """Let time pass, so that a wait or a pause goes on for long."""
    draft.until(draws.moment(draft) + draws.pick((0, 0, 200_000, 1_500_000)))
