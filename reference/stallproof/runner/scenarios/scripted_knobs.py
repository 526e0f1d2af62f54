"""The knobs of a script as the fields of the scenario that plays it."""

from collections.abc import Mapping
from typing import Any

from stallproof.requirements.knobs import DEFAULTS


def fields_of(given: Mapping[str, Any], scale: int = 1) -> dict[str, Any]:
    """Return the fields for the knobs `given`, in the origin's names and units.

    What a script leaves unsaid is set as in a vector. Sizes of streams are multiplied by `scale`.
    """
    knobs = {**DEFAULTS, **given}
    return {
        "send_timeout_s": float(knobs["streaming_send_timeout"]),
        "stall_timeout_s": float(knobs["sfm_send_stall_timeout"]),
        "heartbeat_s": int(knobs["heartbeat_interval"]),
        "checks_max": int(knobs["sfm_send_stall_consecutive_checks"]),
        "close_stalled": bool(knobs["sfm_close_stalled_connection"]),
        "progress_timeout_s": float(knobs["streaming_ack_progress_timeout"]),
        "check_interval_s": float(knobs["streaming_ack_progress_check_interval"]),
        "ack_wait_s": int(knobs["streaming_ack_wait"]),
        "window_bytes": int(knobs["streaming_window_size"]) * scale,
        "chunk_bytes": int(knobs["streaming_chunk_size"]) * scale,
    }
