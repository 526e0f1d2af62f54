"""The actions of a script on streams: windows, pauses of the source, and ACKs of every kind."""

from typing import Any

from stallproof.generate.builder import Builder
from stallproof.generate.scripts_draws import Draws
from stallproof.judge.model.flows import Flow

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


def begin(draws: Draws, builder: Builder) -> None:
    """Open one or two connections, and begin a stream on the first."""
    for name in ("a", "b")[: draws.pick((1, 1, 2))]:
        builder.ask(0, "open", conn=name, transport="virtual", heartbeats=False)
    another(draws, builder)


def another(draws: Draws, builder: Builder) -> None:
    """Begin a stream, where a connection is free for it."""
    connections = builder.stream_connections()
    if not connections:
        return
    connection = draws.pick(connections)
    builder.streams += 1
    fields: dict[str, Any] = {}
    timeout_us = builder.policy["ack_progress_timeout_us"]
    pauses_us = (0, 0, 1, 50_000, timeout_us - 1, timeout_us, timeout_us + 1, 2 * timeout_us)
    if draws.chance(3):
        fields["start_after_us"] = draws.pick(pauses_us)
    if draws.chance(5):
        fields["chunk_ready_us"] = [draws.pick(pauses_us) for _ in range(draws.pick((1, 2, 4)))]
    builder.ask(
        draws.moment(builder), "stream", conn=connection.name, stream=builder.streams,
        total_bytes=draws.pick(TOTALS_PERCENT) * builder.policy["chunk_bytes"] // 100, **fields,
    )  # fmt: skip


def ack(draws: Draws, builder: Builder) -> None:
    """Hand over an ACK: progress mostly, else a repeated one, one that cannot be true, an error."""
    flows = builder.flows()
    if not flows:
        return
    flow = draws.pick(flows)
    builder.until(draws.moment(builder))
    if builder.is_over:
        return
    fields: dict[str, Any] = {"offset": _offset(draws, builder, flow)}
    if draws.chance(1):
        fields["origin"] = "somebody-else"
    if draws.chance(1):
        fields["error"] = "the disk is full"
    builder.ask(builder.now_us, "ack", conn=flow.conn, stream=flow.number, **fields)


def _offset(draws: Draws, builder: Builder, flow: Flow) -> Any:
    if draws.chance(1):
        return draws.pick(NO_OFFSETS)
    sent, acked, window = flow.sent, flow.acked, builder.policy["window_bytes"]
    opens, chunk = sent - window, builder.policy["chunk_bytes"]
    return draws.pick(
        (
            *(sent, acked + 1, opens, opens - 1, opens + 1, acked + chunk),
            *(acked, acked - 1, sent + 1, sent + chunk, 0),
        ),
    )


def cancel(draws: Draws, builder: Builder) -> None:
    """Cancel a stream, perhaps one that is over."""
    flows = builder.flows()
    if flows:
        flow = draws.pick(flows)
        builder.ask(draws.moment(builder), "cancel", conn=flow.conn, stream=flow.number)


def wait(draws: Draws, builder: Builder) -> None:
    """Let time pass, so that a wait or a pause goes on for long."""
    builder.until(draws.moment(builder) + draws.pick((0, 0, 200_000, 1_500_000)))
