"""Edits of `machines/` that nobody could notice."""

from functools import partial

from proofs.mutants.sampling.equivalents import Equivalent

in_connection = partial(Equivalent, "reference/stallproof/machines/connection.py")

in_settings = partial(
    Equivalent,
    "reference/stallproof/machines/settings.py",
    "what this precondition lets through the postcondition refuses in the same words: no policy",
)

EQUIVALENTS = (
    in_settings(
        old="is_timeout(send_timeout_us)\n        and is_timeout(ack_progress_timeout_us)",
        new="is_timeout(send_timeout_us)\n        or is_timeout(ack_progress_timeout_us)",
    ),
    in_settings(
        old="is_timeout(ack_progress_timeout_us)\n        and is_timeout(stall_timeout_us)",
        new="is_timeout(ack_progress_timeout_us)\n        or is_timeout(stall_timeout_us)",
    ),
    in_settings(
        old="is_timeout(ack_wait_us) and is_timeout(heartbeat_interval_us)",
        new="is_timeout(ack_wait_us) or is_timeout(heartbeat_interval_us)",
    ),
    in_connection(
        why="the next precondition asks for a send, and the machine of the send refuses the bytes",
        old="conn.send is not None and 0 <= wrote_bytes",
        new="conn.send is not None or 0 <= wrote_bytes",
    ),
)
