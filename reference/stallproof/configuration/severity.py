"""How bad it is that a relation does not hold.

`breaks`: something fails, hangs, or is cut although it was sound. `slows`: all of it works, later
than it could. `noise`: a warning or a reason is not what one would expect, and nothing else.

The severity says what follows. Whether it was meant is for whoever runs the system to say.

Spec: `spec/cf.md`, the tables of relations.
"""

from collections.abc import Mapping
from typing import Literal

RelationName = Literal[
    "no_warning",
    "no_close",
    "progress_before_ack_wait",
    "ack_interval_in_window",
    "window_holds_chunk",
    "outer_timeouts",
    "close_window_defined",
]
JobRelationName = Literal[
    "min_sites_in_clients",
    "required_sites_in_clients",
    "min_clients_in_clients",
    "min_clients_taken",
    "min_clients_in_min_sites",
    "stragglers_allowed",
    "relay_can_stall",
    "strict_replies",
    "previous_report",
    "sync_tries_again",
    "sync_outlasts_start",
    "source_outlasts_request",
    "retries_in_outer",
]


Severity = Literal["breaks", "slows", "noise"]
"""What follows where a relation does not hold."""

SEVERITIES: Mapping[RelationName | JobRelationName, Severity] = {
    "no_warning": "noise",
    "no_close": "breaks",
    "progress_before_ack_wait": "noise",
    "ack_interval_in_window": "breaks",
    "window_holds_chunk": "slows",
    "outer_timeouts": "breaks",
    "close_window_defined": "breaks",
    "min_sites_in_clients": "breaks",
    "required_sites_in_clients": "breaks",
    "min_clients_in_clients": "breaks",
    "min_clients_taken": "breaks",
    "min_clients_in_min_sites": "slows",
    "stragglers_allowed": "breaks",
    "relay_can_stall": "breaks",
    "strict_replies": "breaks",
    "previous_report": "breaks",
    "sync_tries_again": "breaks",
    "sync_outlasts_start": "breaks",
    "source_outlasts_request": "slows",
    "retries_in_outer": "slows",
}
"""The severity of each relation, in the order in which relations are told."""
