"""The clock that stands still: exact at each boundary, and no hang where nobody moves it."""

import pytest

from stallproof.drivers.guarded import GuardedConnection, SendFailed
from stallproof.machines.policy import Policy
from stallproof.machines.send_deadline import Outcome
from stallproof.testkit import VirtualClock

POLICY = Policy(send_timeout_us=1_000)


def connection_on(clock: VirtualClock, room_bytes: int | None) -> GuardedConnection:
    """Return the reference's connection on `clock`."""
    return GuardedConnection(clock.transport(room_bytes), POLICY, "c", io=clock.io)


@pytest.mark.parametrize(("at_us", "is_done"), [(999, False), (1_000, True), (1_001, True)])
def test_a_send_ends_exactly_at_its_deadline(
    virtual_clock: VirtualClock, at_us: int, is_done: bool
) -> None:
    """Not a microsecond earlier, and no later either."""
    connection = connection_on(virtual_clock, room_bytes=3)
    sending = virtual_clock.start(lambda: connection.send(b"hello"))
    virtual_clock.advance_to(at_us)
    assert is_done == sending.is_done
    if is_done:
        with pytest.raises(SendFailed, match="timeout after 3 bytes"):
            sending.result()
    else:
        with pytest.raises(RuntimeError, match="it still waits"):
            sending.result()


def test_the_peer_makes_room_and_breaks_by_calls(virtual_clock: VirtualClock) -> None:
    """A send ends when the room is there, and the next one as the transport fails."""
    transport = virtual_clock.transport(room_bytes=1)
    connection = GuardedConnection(transport, POLICY, "c", io=virtual_clock.io)
    sending = virtual_clock.start(lambda: connection.send(b"hello"))
    transport.accept(3)
    assert not sending.is_done
    transport.accept(1)
    assert sending.result() is Outcome.OK
    failing = virtual_clock.start(lambda: connection.send(b"x"))
    transport.fail("EPIPE")
    with pytest.raises(SendFailed, match="closed"):
        failing.result()


def test_it_is_a_clock_for_who_only_reads_it(virtual_clock: VirtualClock) -> None:
    """It begins at 0, moves as told, and never back."""
    assert 0 == virtual_clock()
    virtual_clock.advance(7)
    assert 7 == virtual_clock() == virtual_clock.now_us
    with pytest.raises(ValueError, match="never goes back"):
        virtual_clock.advance(-1)
    assert virtual_clock.next_due_us is None


def test_what_is_due_next_is_known(virtual_clock: VirtualClock) -> None:
    """A test may jump from one moment that matters to the next."""
    connection = connection_on(virtual_clock, room_bytes=0)
    virtual_clock.start(lambda: connection.send(b"x"))
    assert 1_000 == virtual_clock.next_due_us


def test_nothing_goes_on_after_the_end() -> None:
    """What waits is ended, wherever it is, and neither returns nor raises."""
    clock = VirtualClock()
    connection = connection_on(clock, room_bytes=0)
    sending = clock.start(lambda: connection.send(b"x"))
    clock.end()
    assert not sending.is_done
