"""The obligations, one file a machine; importing this package registers them all."""

from proofs.obligations import (
    agreement,
    close_window_a,
    close_window_b,
    connection,
    events,
    monitored,
    send_deadline,
    stall_count,
)

__all__ = [
    "agreement",
    "close_window_a",
    "close_window_b",
    "connection",
    "events",
    "monitored",
    "send_deadline",
    "stall_count",
]
