"""The library's own tests, with a peer that stalls and a clock that stands still."""

import threading

import pytest
from hypothesis import HealthCheck, given, settings
from outbound import Outbound, timeout_us_of

from stallproof.drivers.guarded import GuardedConnection, SendFailed
from stallproof.harness.line import SocketLine
from stallproof.machines.policy import Policy
from stallproof.testkit import StallingPeer, VirtualClock
from stallproof.testkit.strategies import knobs, policies

LARGE = bytes(1_000_000)
# A busy machine may take its time to draw.
PATIENT = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)


@pytest.mark.parametrize("stalling_peer", ["unix", "tcp"], indirect=True)
def test_a_peer_that_stops_reading_costs_one_timeout(stalling_peer: StallingPeer) -> None:
    """The send ends although nobody reads, and what was taken arrives when the peer goes on."""
    outbound = Outbound(SocketLine(stalling_peer.sock), timeout_us=50_000)
    stalling_peer.stop()
    with pytest.raises(TimeoutError):
        outbound.send(LARGE)
    stalling_peer.drain()
    assert stalling_peer.wait_for_end(5) == "end"
    assert 0 < len(stalling_peer.received) < len(LARGE)


def test_a_trickle_does_not_extend_the_deadline(stalling_peer: StallingPeer) -> None:
    """A peer that reads a little, again and again, gets no more time than one that does not."""
    outbound = Outbound(SocketLine(stalling_peer.sock), timeout_us=100_000)
    stalling_peer.trickle(10_000)
    with pytest.raises(TimeoutError):
        outbound.send(LARGE)


def test_a_reset_frees_who_sends(stalling_peer: StallingPeer) -> None:
    """A peer that goes away ends the send at once, with what the socket says."""
    outbound = Outbound(SocketLine(stalling_peer.sock), timeout_us=60_000_000)
    stalling_peer.drain(limit_bytes=10)
    ended: list[BaseException] = []

    def send() -> None:
        try:
            outbound.send(LARGE)
        except OSError as error:
            ended.append(error)

    sending = threading.Thread(target=send)
    sending.start()
    stalling_peer.wait_for_bytes(10, timeout_s=5)
    stalling_peer.reset()
    sending.join(5)
    assert [type(error) for error in ended] in ([BrokenPipeError], [ConnectionResetError])


def test_the_deadline_is_exact(virtual_clock: VirtualClock) -> None:
    """One microsecond before it the send still waits, and at the deadline it has ended."""
    transport = virtual_clock.transport(room_bytes=3)
    outbound = Outbound(virtual_clock.line(transport), timeout_us=500_000)
    sending = virtual_clock.start(lambda: outbound.send(b"hello"))
    virtual_clock.advance(499_999)
    assert not sending.is_done
    virtual_clock.advance(1)
    with pytest.raises(TimeoutError):
        sending.result()


@given(policies())
@PATIENT
def test_every_timeout_that_may_be_set_is_kept(policy: Policy) -> None:
    """From a microsecond to days: a full line holds a send up for exactly its timeout."""
    clock = VirtualClock()
    outbound = Outbound(clock.line(clock.transport()), policy.send_timeout_us)
    sending = clock.start(lambda: outbound.send(b"x"))
    clock.advance(policy.send_timeout_us - 1)
    assert not sending.is_done
    clock.advance(1)
    assert sending.is_done
    clock.end()


@given(knobs())
@PATIENT
def test_settings_are_read_to_the_microsecond(said: dict[str, float]) -> None:
    """What is left out has its default, and every time that can be said is in force."""
    timeout_us = timeout_us_of(said)
    assert timeout_us / 1_000_000 == said.get("streaming_send_timeout", 30.0)


@pytest.mark.stallproof_policy(send_timeout_us=50_000)
def test_how_the_reference_does_it(
    guarded_connection: GuardedConnection, stalling_peer: StallingPeer
) -> None:
    """The reference's connection on the same peer: to compare with."""
    stalling_peer.stop()
    with pytest.raises(SendFailed, match="timeout"):
        guarded_connection.send(LARGE)
    assert guarded_connection.is_closing
