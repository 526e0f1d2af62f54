"""Which states can be: each condition alone, at both sides of its bound.

Preconditions and proofs rest on these; one that lets too much through weakens all of them.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from icontract import ViolationError

from stallproof.machines import ack_progress, connection, send_deadline, stall_count
from stallproof.machines.close_window import Gaps, Schedule, Ticks, is_schedule, longest_gap_us
from stallproof.machines.connection import (
    Cause,
    Connection,
    is_connection,
    new_connection,
    sequence_after,
    stays_closed,
)
from stallproof.machines.policy import Policy
from stallproof.machines.send_deadline import Send, is_send
from stallproof.machines.stall_count import (
    NEVER_CHECKED,
    Snapshot,
    StallCount,
    is_snapshot,
    is_stall_count,
)
from stallproof.machines.stream import Stream, StreamOutcome, is_stream

SEND = Send(taken_us=5, deadline_us=10, size_bytes=8, written_bytes=3)
IDLE = new_connection(heartbeats=True)
BUSY = replace(IDLE, send=SEND, send_id=2, sends=2)
TORN = replace(IDLE, torn=True, closed_by=Cause.TORN_FRAME)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"taken_us": 0}, True), ({"taken_us": -1}, False),
        ({"deadline_us": 6}, True), ({"deadline_us": 5}, False),
        ({"written_bytes": 0}, True), ({"written_bytes": -1}, False),
        ({"written_bytes": 7}, True), ({"written_bytes": 8}, False),
    ],
)  # fmt: skip
def test_a_send_is_between_its_lock_and_its_end(changes: dict[str, int], expected: bool) -> None:
    """With bytes left, and a deadline after its lock."""
    assert expected is is_send(replace(SEND, **changes))


@pytest.mark.parametrize(
    ("conn", "changes", "expected"),
    [
        (IDLE, {}, True), (BUSY, {}, True), (TORN, {}, True),
        (IDLE, {"send": SEND}, False), (IDLE, {"send_id": 0}, False), (BUSY, {"send": None}, False),
        (BUSY, {"send_id": None}, False),
        (BUSY, {"send": replace(SEND, written_bytes=8)}, False),
        (BUSY, {"send_id": 1}, False), (BUSY, {"sends": 3}, False), (BUSY, {"send_id": 3}, False),
        (IDLE, {"sends": -1}, False), (IDLE, {"sends": 0}, True), (IDLE, {"sends": 7}, True),
        (IDLE, {"sequence": 0}, True), (IDLE, {"sequence": -1}, False),
        (IDLE, {"sequence": 65535}, True), (IDLE, {"sequence": 65536}, False),
        (TORN, {"closed_by": None}, False), (TORN, {"torn": False}, True),
        (IDLE, {"count": StallCount(1, None)}, False), (IDLE, {"count": StallCount(1, 1)}, True),
    ],
)  # fmt: skip
def test_a_connection_holds_together(
    conn: Connection, changes: dict[str, Any], expected: bool
) -> None:
    """Each condition alone makes a connection that cannot be."""
    assert expected is is_connection(replace(conn, **changes))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, None, True), (None, Cause.LOCAL, True), (Cause.LOCAL, Cause.LOCAL, True),
        (Cause.LOCAL, None, False), (Cause.LOCAL, Cause.MONITOR, False),
    ],
)  # fmt: skip
def test_a_closing_stays_with_its_cause(
    before: Cause | None, after: Cause | None, expected: bool
) -> None:
    """Closed is final."""
    both = replace(IDLE, closed_by=before), replace(IDLE, closed_by=after)
    assert expected is stays_closed(*both)


@pytest.mark.parametrize(("sequence", "expected"), [(0, 1), (65534, 65535), (65535, 0)])
def test_sequence_numbers_come_round(sequence: int, expected: int) -> None:
    """After two bytes of them."""
    assert expected == sequence_after(sequence)


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (NEVER_CHECKED, True), (StallCount(0, 7), True), (StallCount(1, 7), True),
        (StallCount(-1, 7), False), (StallCount(1, None), False), (StallCount(-1, None), False),
    ],
)  # fmt: skip
def test_a_count_belongs_to_a_send(count: StallCount, expected: bool) -> None:
    """Without one it is zero."""
    assert expected is is_stall_count(count)


@pytest.mark.parametrize(
    ("send_id", "taken_us", "expected"),
    [(None, None, True), (1, 5, True), (1, None, False), (None, 5, False), (0, 0, True)],
)
def test_a_snapshot_has_both_or_neither(
    send_id: int | None, taken_us: int | None, expected: bool
) -> None:
    """A send in flight has a moment at which it took the lock."""
    assert expected is is_snapshot(Snapshot(send_id, taken_us, None, True, False))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"acknowledged_bytes": 0}, True), ({"acknowledged_bytes": -1}, False),
        ({"acknowledged_bytes": 9}, True), ({"acknowledged_bytes": 10}, False),
        ({"progress_us": 0}, True), ({"progress_us": -1}, False),
        ({"wait_us": 0}, True), ({"wait_us": -1}, False),
        ({"outcome": StreamOutcome.DONE}, True),
        ({"wait_us": 0, "outcome": StreamOutcome.DONE}, False),
    ],
)  # fmt: skip
def test_a_stream_holds_together(changes: dict[str, Any], expected: bool) -> None:
    """No more is acknowledged than was sent, and what is over waits for nothing."""
    stream = Stream(9, 4, 100, None, None, False)
    assert expected is is_stream(replace(stream, **changes))


@pytest.mark.parametrize(
    ("schedule", "expected", "longest_us"),
    [
        (Gaps(1, 1), True, 1), (Gaps(0, 1), False, 1), (Gaps(5, 9), True, 9),
        (Gaps(9, 5), False, 5),
        (Ticks(5, 0), True, 5), (Ticks(5, 4), True, 9), (Ticks(5, 5), False, 10),
        (Ticks(5, -1), False, 4),
    ],
)  # fmt: skip
def test_a_schedule_can_be_kept(schedule: Schedule, expected: bool, longest_us: int) -> None:
    """Gaps of some length, or a lateness below the period."""
    assert expected is is_schedule(schedule)
    assert longest_us == longest_gap_us(schedule)


AT_0 = Stream(0, 0, 0, None, None, False)
STEPS = {
    "on_ack": lambda now_us: ack_progress.on_ack(AT_0, 0, from_receiver=True, now_us=now_us),
    "on_made": lambda now_us: ack_progress.on_made(seed=False, now_us=now_us),
    "on_look": lambda now_us: ack_progress.on_look(Policy(), AT_0, now_us=now_us),
    "on_check": lambda now_us: stall_count.on_check(
        Policy(), NEVER_CHECKED, Snapshot(None, None, None, True, False), now_us=now_us
    ),
    "on_lock_taken": lambda now_us: send_deadline.on_lock_taken(Policy(), 1, now_us=now_us),
    "a connection's": lambda now_us: connection.on_lock_taken(Policy(), IDLE, 1, now_us=now_us),
}


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_time_begins_at_zero(step: Callable[..., object]) -> None:
    """A step at the first moment of all is one, and there is none before it."""
    step(0)
    with pytest.raises(ViolationError):
        step(-1)
