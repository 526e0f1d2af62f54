"""Mistakes in who is told of a stream's end."""

from proofs.mistaken import Edit

OF = "stallproof.machines.stream"

EDITS: list[Edit] = [
    (
        "a_silent_watchdog",
        "is_notified",
        "StreamOutcome.ACK_WAIT, ",
        "",
        "ap9_the_watchdog_tells_the_receiver",
    ),
    (
        "tells_who_reported_the_error",
        "is_notified",
        "StreamOutcome.ACK_WAIT, ",
        "StreamOutcome.ACK_WAIT, StreamOutcome.ACK_ERROR, ",
        "ap9_the_watchdog_tells_the_receiver",
    ),
]
