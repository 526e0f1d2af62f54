"""The knobs: their names, their kinds, and the field of `Policy` that each one sets.

The defaults are those of `Policy`: the older of the two pairs of window and ACK interval.

Spec: `spec/cf.md`, the table. Source: origin, "The six knobs".
"""

from collections.abc import Mapping

from stallproof.configuration.kinds import (
    BYTES,
    COUNT,
    INTERVAL,
    SECONDS,
    SWITCH,
    WHOLE_SECONDS,
    Kind,
)
from stallproof.machines.policy import MICROSECONDS, Policy
from stallproof.machines.states import state


@state
class Knob:
    """The field of `Policy` that one knob sets, and how its values are read."""

    field: str
    kind: Kind


KNOBS: Mapping[str, Knob] = {
    "streaming_send_timeout": Knob("send_timeout_us", SECONDS),
    "streaming_ack_progress_timeout": Knob("ack_progress_timeout_us", SECONDS),
    "streaming_ack_progress_check_interval": Knob("ack_check_interval_us", INTERVAL),
    "sfm_send_stall_timeout": Knob("stall_timeout_us", SECONDS),
    "sfm_close_stalled_connection": Knob("close_stalled", SWITCH),
    "sfm_send_stall_consecutive_checks": Knob("checks_max", COUNT),
    "streaming_ack_wait": Knob("ack_wait_us", WHOLE_SECONDS),
    "streaming_window_size": Knob("window_bytes", BYTES),
    "streaming_chunk_size": Knob("chunk_bytes", BYTES),
    "streaming_ack_interval": Knob("ack_interval_bytes", BYTES),
    "heartbeat_interval": Knob("heartbeat_interval_us", WHOLE_SECONDS),
}
"""Every knob by its name, in the order of the origin."""


def written(knob: str, policy: Policy) -> int | float | bool:
    """Return the value of `knob` in `policy` in the unit in which an operator writes it."""
    field = KNOBS[knob].field
    value: int | bool = getattr(policy, field)
    if not field.endswith("_us"):
        return value
    return value // MICROSECONDS if value % MICROSECONDS == 0 else value / MICROSECONDS
