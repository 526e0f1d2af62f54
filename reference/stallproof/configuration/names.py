"""Which names are close enough to a knob to be a slip of the pen, and which are somebody else's.

A misspelt name leaves the default in force, and nobody finds out before the outage that the knob
was set for. Two slips are the limit: at three, a name is taken for something else.

Spec: `spec/cf.md`.
"""

import sys
from collections.abc import Iterable

DISTANCE_MAX = 2
"""Names at most this far from a knob are refused as misspelt."""

OWN_KEYS = frozenset(
    {
        *("internal", "adhoc", "backbone", "grpc", "shared-file", "client_api_attach"),
        *("max_message_size", "allow_adhoc_conns", "adhoc_conn_scheme", "internal_conn_scheme"),
        *("backbone_conn_gen", "comm_driver_path", "use_aio_grpc", "tcp_no_delay"),
        *("subnet_heartbeat_interval", "subnet_trouble_threshold"),
        *("streaming_max_out_seq_chunks", "streaming_max_blob_size", "streaming_read_timeout"),
        *("streaming_reliable", "streaming_retry_wait", "streaming_retry_timeout"),
        *("streaming_retry_max_pending_bytes", "max_concurrent_streaming_sessions"),
        *("simulate_unstable_network", "format_version"),
    }
)
"""The keys that NVFlare itself reads; one of them (read for send) is at distance 2 from a knob."""


def edit_distance(one: str, other: str, most: int = sys.maxsize) -> int:
    """Return the least number of characters to insert, delete or replace to turn one into other.

    One that is more than `most` is told as some number above `most`.
    """
    one, other = _different_parts(one, other)
    row = list(range(len(other) + 1))
    for deleted, mark in enumerate(one, 1):
        before, row, cost = row, [deleted], deleted
        for at, wanted in enumerate(other):
            # The least of three, without a call for each pair of characters.
            cost = cost + 1 if cost < before[at + 1] else before[at + 1] + 1
            replaced = before[at] + (mark != wanted)
            cost = replaced if replaced < cost else cost
            row.append(cost)
        if min(row) > most:
            # No path to the end is cheaper than the cheapest here.
            break
    return row[-1]


def _different_parts(one: str, other: str) -> tuple[str, str]:
    """Return what is left without a beginning and an end in common, which nobody has to edit."""
    shorter = min(len(one), len(other))
    begin = 0
    while begin < shorter and one[begin] == other[begin]:
        begin += 1
    end = 0
    while end < shorter - begin and one[-1 - end] == other[-1 - end]:
        end += 1
    return one[begin : len(one) - end], other[begin : len(other) - end]


def nearest(name: str, knobs: Iterable[str]) -> str | None:
    """Return the knob that `name` is a slip of: the nearest within distance 2, the first of equals.

    A name as far as that from every knob is none; a knob's own name is nearest to itself.
    """
    close = [
        (edit_distance(name, knob, DISTANCE_MAX), order, knob)
        for order, knob in enumerate(knobs)
        # No name is nearer than the difference in length; this also keeps long names cheap.
        if abs(len(name) - len(knob)) <= DISTANCE_MAX
    ]
    distance, _, knob = min(close, default=(DISTANCE_MAX + 1, 0, ""))
    return knob if distance <= DISTANCE_MAX else None
