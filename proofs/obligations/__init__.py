"""The obligations, one file a machine; importing this package registers them all."""

from proofs.obligations import (
    ack_offsets,
    ack_waits,
    agreement,
    cases,
    close_window_a,
    close_window_b,
    configuration,
    connection,
    events,
    monitored,
    queue,
    send_deadline,
    stall_count,
)

__all__ = [
    "ack_offsets",
    "ack_waits",
    "agreement",
    "cases",
    "close_window_a",
    "close_window_b",
    "configuration",
    "connection",
    "events",
    "monitored",
    "queue",
    "send_deadline",
    "stall_count",
]
