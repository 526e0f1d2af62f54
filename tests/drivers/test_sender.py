"""The sender on real sockets, each boundary of its deadline by a clock that the test sets."""

import inspect
import resource
import socket
import time
from collections.abc import Iterator

import pytest

from stallproof.drivers.frame import PREFIX_BYTES
from stallproof.drivers.guarded import GuardedConnection, SendFailed
from stallproof.drivers.steps import BARE, CHECKED
from stallproof.machines import connection
from stallproof.machines.connection import Cause
from stallproof.machines.policy import Policy
from stallproof.machines.send_deadline import Outcome
from stallproof.wire.implementation import Closing, LockTaken, Written
from tests.drivers.peers import (
    PAIRS,
    SEND_TIMEOUT_US,
    STALLING,
    Sending,
    eventually,
    frames_of,
    guarded,
    read_all,
    reset,
    tcp_pair,
    unix_pair,
)
from tests.timing import in_time

TAKEN_US = 1000
DEADLINE_US = 1500
TIMED = Policy(send_timeout_us=DEADLINE_US - TAKEN_US)
LARGE = bytes(range(256)) * 8192


class SetClock:
    """A clock that shows the given readings one after the other and then stands still."""

    def __init__(self, *readings: int) -> None:
        self._readings: Iterator[int] = iter(readings)
        self._last = 0

    def __call__(self) -> int:
        self._last = next(self._readings, self._last)
        return self._last


def outcome_of(conn: GuardedConnection, payload: bytes) -> Outcome:
    """Send and return the outcome, raised or returned."""
    try:
        return conn.send(payload, send_id=1)
    except SendFailed as failed:
        return failed.outcome


@pytest.mark.requirement("SD-2", kind=("boundary", "socket"))
@pytest.mark.parametrize("began_us", [DEADLINE_US - 1, DEADLINE_US, DEADLINE_US + 1])
def test_no_write_begins_at_or_after_the_deadline(began_us: int) -> None:
    """One microsecond before the deadline a write begins; at it and after it none does."""
    clock = SetClock(TAKEN_US, began_us, began_us)
    with guarded(unix_pair(), TIMED, clock=clock, steps=CHECKED) as (conn, peer, ear):
        outcome = outcome_of(conn, b"12345678")
        writes = began_us < DEADLINE_US
        assert (Outcome.OK if writes else Outcome.TIMEOUT) is outcome
        assert ([] if writes else ["send_timeout"]) == [e.cause for e in ear.all(Closing)]
        conn.close()
        assert (PREFIX_BYTES + 8 if writes else 0) == len(read_all(peer))


@pytest.mark.parametrize("learnt_us", [DEADLINE_US - 1, DEADLINE_US, DEADLINE_US + 1])
def test_the_last_byte_is_ok_whenever_it_is_learnt(learnt_us: int) -> None:
    """A frame that has left is OK although the deadline passed meanwhile."""
    clock = SetClock(TAKEN_US, TAKEN_US, learnt_us)
    with guarded(unix_pair(), TIMED, clock=clock, steps=CHECKED) as (conn, _, ear):
        assert outcome_of(conn, b"x") is Outcome.OK
        assert [] == ear.all(Closing)


@pytest.mark.parametrize("learnt_us", [DEADLINE_US - 1, DEADLINE_US, DEADLINE_US + 1])
def test_bytes_left_at_the_deadline_are_a_timeout(learnt_us: int) -> None:
    """However near to its end, an unfinished frame times out at the deadline and closes."""
    clock = SetClock(TAKEN_US, TAKEN_US, learnt_us, DEADLINE_US)
    with guarded(unix_pair(), TIMED, clock=clock, steps=CHECKED) as (conn, _, ear):
        assert outcome_of(conn, LARGE) is Outcome.TIMEOUT
        assert [Cause.SEND_TIMEOUT.value] == [e.cause for e in ear.all(Closing)]
        assert len(ear.all(Written)) == 1


@pytest.mark.parametrize(
    ("learnt_us", "expected"),
    [
        (DEADLINE_US - 1, Outcome.CLOSED),
        (DEADLINE_US, Outcome.TIMEOUT),
        (DEADLINE_US + 1, Outcome.TIMEOUT),
    ],
)
def test_a_failure_learnt_at_the_deadline_is_a_timeout(learnt_us: int, expected: Outcome) -> None:
    """Before the deadline the error table decides; from it on the deadline does."""
    clock = SetClock(TAKEN_US, TAKEN_US, learnt_us)
    with guarded(unix_pair(), TIMED, clock=clock, steps=CHECKED) as (conn, peer, _):
        peer.shutdown(socket.SHUT_RD)
        assert expected is outcome_of(conn, b"x")
        assert (expected is Outcome.TIMEOUT) == conn.is_closing


@pytest.mark.requirement("SD-3", "SD-4", "SD-13", kind="socket")
@pytest.mark.timing
@pytest.mark.parametrize("transport", sorted(PAIRS))
def test_a_peer_that_never_reads_holds_nobody_past_the_bound(transport: str) -> None:
    """The stalled send and the ones that wait return in time, never early."""
    with guarded(PAIRS[transport](), STALLING) as (conn, peer, ear):
        stalled = Sending(conn, LARGE * 4, 1)
        assert eventually(lambda: ear.all(LockTaken))
        probes = [Sending(conn, b"probe", number) for number in (2, 3)]
        failed = stalled.result()
        assert isinstance(failed, SendFailed)
        assert failed.outcome is Outcome.TIMEOUT
        taken_us = ear.all(LockTaken)[0].at_us
        assert SEND_TIMEOUT_US <= stalled.ended_us - taken_us
        assert in_time(taken_us, stalled.ended_us, SEND_TIMEOUT_US)
        for place, probe in enumerate(probes, 1):
            assert probe.result() is Outcome.SUPPRESSED
            assert in_time(stalled.ended_us, probe.ended_us, graces=place)
        assert [1] == sorted({written.send for written in ear.all(Written)})
        assert len(ear.all(Closing)) == 1
        assert failed.sent.written_bytes == len(read_all(peer))


@pytest.mark.requirement("SD-1", "SD-3", kind="socket")
@pytest.mark.alone
@pytest.mark.timing
def test_a_peer_that_trickles_does_not_move_the_deadline() -> None:
    """Progress all the way through does not extend the one deadline of the frame."""
    with guarded(unix_pair(), STALLING) as (conn, peer, ear):
        stalled = Sending(conn, LARGE * 4)
        while stalled.is_alive():
            peer.recv(4096)
            time.sleep(0.005)
        assert isinstance(stalled.result(), SendFailed)
        taken_us = ear.all(LockTaken)[0].at_us
        assert SEND_TIMEOUT_US <= stalled.ended_us - taken_us
        assert in_time(taken_us, stalled.ended_us, SEND_TIMEOUT_US)
        assert len(ear.all(Written)) > 3


def test_a_failure_before_the_first_byte_leaves_the_connection_open() -> None:
    """The peer's refusal is CLOSED, uses no number, and the other direction still works."""
    with guarded(unix_pair()) as (conn, peer, ear):
        assert conn.send(b"first") is Outcome.OK
        peer.shutdown(socket.SHUT_RD)
        with pytest.raises(SendFailed) as caught:
            conn.send(b"second")
        assert caught.value.sent[:3] == (Outcome.CLOSED, 0, None)
        assert not conn.is_closing
        peer.sendall(b"\0\0\0\x10\0\0\1" + bytes(9))
        assert eventually(lambda: conn.received_frames == 1)
        assert [] == ear.all(Closing)


def test_a_torn_frame_closes_whatever_its_code() -> None:
    """A peer that goes away in the middle of a frame ends the connection."""
    policy = Policy(send_timeout_us=10_000_000)
    with guarded(tcp_pair(), policy) as (conn, peer, ear):
        torn = Sending(conn, LARGE * 4)
        assert eventually(lambda: ear.all(Written))
        peer.recv(100)
        reset(peer)
        failed = torn.result()
        assert isinstance(failed, SendFailed)
        assert failed.outcome is Outcome.CLOSED
        assert [Cause.TORN_FRAME.value] == [e.cause for e in ear.all(Closing)]
        assert conn.send(b"later") is Outcome.SUPPRESSED


def test_sequence_numbers_rise_by_one_and_wrap() -> None:
    """After 65535 comes 0, and a refused frame leaves no hole."""
    with guarded(unix_pair(1 << 20)) as (conn, peer, _):
        numbers = []
        for _ in range(0, connection.SEQUENCES + 64, 64):
            for _ in range(64):
                conn.send(b"")
            stream = b""
            while len(stream) < 64 * PREFIX_BYTES:
                stream += peer.recv(1 << 16)
            numbers += [frame.sequence for frame in frames_of(stream)[0]]
    expected = [number % connection.SEQUENCES for number in range(1, len(numbers) + 1)]
    assert expected == numbers


def test_a_high_descriptor_works() -> None:
    """A send that has to wait works on descriptor 1024 and above."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 1200:
        pytest.skip("the system allows too few descriptors")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 1200), hard))
    fcntl = pytest.importorskip("fcntl")
    ours, theirs = unix_pair()
    with ours:
        high = socket.socket(fileno=fcntl.fcntl(ours.fileno(), fcntl.F_DUPFD_CLOEXEC, 1100))
    assert high.fileno() >= 1024
    with guarded((high, theirs), Policy(send_timeout_us=10_000_000)) as (conn, peer, ear):
        sending = Sending(conn, LARGE)
        assert eventually(lambda: ear.all(Written))
        stream = b""
        while len(stream) < PREFIX_BYTES + len(LARGE):
            stream += peer.recv(1 << 16)
        assert sending.result() is Outcome.OK
        assert LARGE == stream[PREFIX_BYTES:]


def test_bare_and_checked_steps_are_the_same_functions() -> None:
    """The drivers run the very functions that the contracts stand on."""
    for name in ("on_lock_taken", "on_step", "on_failed", "on_check"):
        checked, bare = getattr(CHECKED, name), getattr(BARE, name)
        assert checked is not bare
        assert inspect.unwrap(checked) is bare


@pytest.mark.timing
def test_a_peer_that_stops_late_gets_only_what_is_left() -> None:
    """Room that comes late is followed by a wait for the rest of the timeout."""
    timeout_us = 600_000
    with guarded(unix_pair(), Policy(send_timeout_us=timeout_us)) as (conn, peer, ear):
        stalled = Sending(conn, LARGE)
        assert eventually(lambda: ear.all(Written))
        time.sleep(0.45)
        peer.recv(1 << 20)
        assert isinstance(stalled.result(), SendFailed)
        assert in_time(ear.all(LockTaken)[0].at_us, stalled.ended_us, timeout_us)
