"""The connection at its edges, one event at a time."""

import pytest
from icontract import ViolationError

from stallproof.machines import connection
from stallproof.machines.connection import Cause, Connection, Effects, new_connection
from stallproof.machines.policy import Policy
from stallproof.machines.send_deadline import End, Failure, Outcome, Send
from stallproof.machines.stall_count import NEVER_CHECKED, StallCount

POLICY = Policy(
    send_timeout_us=500, stall_timeout_us=100, checks_max=2, close_stalled=True,
    heartbeat_interval_us=50,
)  # fmt: skip


def holding(
    written_bytes: int = 0, sequence: int = 0, closed_by: Cause | None = None
) -> Connection:
    """Return a connection whose first send took the lock at 1000, due at 1500, 10 bytes long."""
    send = Send(1_000, 1_500, 10, written_bytes)
    return Connection(send, 1, 1, closed_by, False, sequence, None, True, NEVER_CHECKED)


def test_a_send_takes_a_free_lock() -> None:
    """On an open, idle connection the lock is held afterwards, by send 1, until its deadline."""
    after, effects = connection.on_lock_taken(
        POLICY, new_connection(heartbeats=True), 10, now_us=1_000
    )
    assert holding() == after
    assert Effects() == effects


def test_a_held_lock_cannot_be_taken() -> None:
    """A second send is refused while one is in flight, and the connection is as it was."""
    conn = holding(4)
    with pytest.raises(ViolationError):
        connection.on_lock_taken(POLICY, conn, 10, now_us=1_100)
    assert holding(4) == conn


def test_only_the_holder_steps_or_fails() -> None:
    """On an idle connection there is nobody to take a step or to fail."""
    conn = new_connection(heartbeats=True)
    with pytest.raises(ViolationError):
        connection.on_step(conn, 0, now_us=0)
    with pytest.raises(ViolationError):
        connection.on_failed(conn, Failure.ERROR, now_us=0)
    assert new_connection(heartbeats=True) == conn


@pytest.mark.parametrize(("now_us", "held"), [(1_499, True), (1_500, False), (1_501, False)])
def test_the_lock_is_free_at_the_deadline(now_us: int, held: bool) -> None:
    """Before the deadline the lock is held; at it the send times out, once, and closes."""
    after, effects = connection.on_step(holding(), 3, now_us=now_us)
    assert held == (after.send is not None)
    assert (None if held else Cause.SEND_TIMEOUT) is effects.closes
    assert after.closed_by is effects.closes
    assert after.torn is not held


@pytest.mark.parametrize("now_us", [1_499, 1_500, 1_501])
def test_the_last_byte_frees_the_lock_and_keeps_the_connection(now_us: int) -> None:
    """The last byte is OK around the deadline: the lock is free and nothing closes."""
    after, effects = connection.on_step(holding(4), 6, now_us=now_us)
    assert after.send is None
    assert Effects(decision=End(Outcome.OK, closes=False)) == effects
    assert after.closed_by is None
    assert not after.torn


@pytest.mark.parametrize(
    ("written_bytes", "cause"), [(0, None), (1, Cause.TORN_FRAME), (9, Cause.TORN_FRAME)]
)
def test_only_a_torn_frame_closes_on_failure(written_bytes: int, cause: Cause | None) -> None:
    """A failure with nothing written leaves the connection open; with one byte, it closes."""
    after, effects = connection.on_failed(holding(written_bytes), Failure.CLOSED, now_us=1_100)
    assert cause is effects.closes
    assert cause is after.closed_by
    assert (cause is not None) == after.torn


@pytest.mark.parametrize(("sequence", "expected"), [(65_534, 65_535), (65_535, 0), (0, 1)])
def test_sequence_numbers_wrap_after_65535(sequence: int, expected: int) -> None:
    """A frame that left moves the number one up, and 65535 is followed by 0."""
    after, _ = connection.on_step(holding(4, sequence), 6, now_us=1_100)
    assert expected == after.sequence
    assert expected == connection.sequence_after(sequence)


@pytest.mark.parametrize(("written_bytes", "used"), [(0, 0), (1, 1)])
def test_a_send_with_nothing_written_uses_no_number(written_bytes: int, used: int) -> None:
    """A timed-out send uses a number exactly if a byte of it was written."""
    after, _ = connection.on_step(holding(written_bytes), 0, now_us=1_500)
    assert used == after.sequence


def test_queued_senders_return_after_a_timeout_with_nothing_written() -> None:
    """Whoever gets the lock of a closing connection is SUPPRESSED at once and leaves it free."""
    conn, _ = connection.on_step(holding(), 0, now_us=1_500)
    after, effects = connection.on_lock_taken(POLICY, conn, 10, now_us=1_500)
    assert Effects(decision=End(Outcome.SUPPRESSED, closes=False)) == effects
    assert after.send is None
    assert after.sequence == conn.sequence


@pytest.mark.parametrize("cause", list(Cause))
def test_the_first_cause_stays(cause: Cause) -> None:
    """No later event changes who closed the connection or asks to close it again."""
    conn = holding(4, closed_by=cause)
    events = [
        connection.on_step(conn, 1, now_us=1_500),
        connection.on_step(conn, 6, now_us=1_100),
        connection.on_failed(conn, Failure.ERROR, now_us=1_100),
        connection.on_close(conn),
        connection.on_check(POLICY, conn, now_us=9_999),
    ]
    for after, effects in events:
        assert cause is after.closed_by
        assert effects.closes is None
    assert cause is connection.on_received(conn, now_us=9_999).closed_by


def test_the_monitor_closes_at_the_threshold_and_the_blocked_send_is_suppressed() -> None:
    """Two stalled checks close the connection; the send it frees is SUPPRESSED, not OK."""
    conn, first = connection.on_check(POLICY, holding(4), now_us=1_101)
    conn, second = connection.on_check(POLICY, conn, now_us=1_102)
    assert first.closes is None
    assert second.closes is Cause.MONITOR
    assert StallCount(2, 1) == conn.count
    after, effects = connection.on_failed(conn, Failure.CLOSED, now_us=1_103)
    assert effects.decision == End(Outcome.SUPPRESSED, closes=False)
    assert after.closed_by is Cause.MONITOR
    assert after.torn


def test_a_received_frame_never_goes_back_in_time() -> None:
    """The last frame received is the latest one, whatever order the threads report in."""
    conn = connection.on_received(new_connection(heartbeats=True), now_us=20)
    assert connection.on_received(conn, now_us=19).received_us == 20
    assert connection.on_received(conn, now_us=21).received_us == 21
