"""The sender against random peers: whatever they do, what arrives is whole frames in order."""

import contextlib
import socket
import threading
import time
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stallproof.drivers.clock import now_us
from stallproof.drivers.frame import PREFIX_BYTES
from stallproof.drivers.guarded import GuardedConnection, SendFailed
from stallproof.machines import send_deadline
from stallproof.machines.policy import Policy
from stallproof.machines.send_deadline import End, Outcome
from stallproof.wire.implementation import Closing, LockTaken, Written
from tests.drivers.peers import PAIRS, PATIENCE_S, Ear, eventually, frames_of, reset
from tests.timing import in_time

BOUND_US = 60_000
POLICY = Policy(send_timeout_us=BOUND_US)


@dataclass
class Action:
    """One thing that a peer does: read so many bytes in pieces, pause, or end in some way."""

    action: str
    size: int


ACTIONS = st.builds(
    Action,
    st.sampled_from(
        ["read", "pause", "trickle", "drain", "stop", "shut_read", "half_close", "reset"]
    ),
    st.integers(1, 60_000),
)


class Peer(threading.Thread):
    """Carries out actions one after the other and keeps every byte; then reads to the end."""

    def __init__(self, sock: socket.socket, actions: list[Action], over: threading.Event) -> None:
        super().__init__(daemon=True)
        self._sock, self._actions, self._over = sock, actions, over
        self.got = bytearray()
        self.refused = False
        self.start()

    def run(self) -> None:
        for action in self._actions:
            # An action may come too late, such as a second half-close; the next one follows.
            with contextlib.suppress(OSError):
                self._do(action)
            if self.refused:
                return
        self._over.wait(PATIENCE_S)
        with contextlib.suppress(OSError):
            self._read(1 << 30)

    def _do(self, action: Action) -> None:
        match action.action:
            case "read":
                self._read(action.size)
            case "trickle":
                for _ in range(8):
                    self._read(min(action.size, 512))
                    time.sleep(0.001)
            case "pause":
                time.sleep(action.size / 6e6)
            case "drain":
                self._read(1 << 22)
            case "stop":
                self._over.wait(PATIENCE_S)
            case "half_close":
                self._sock.shutdown(socket.SHUT_WR)
            case "shut_read" | "reset":
                self.refused = True
                if action.action == "reset":
                    reset(self._sock)
                else:
                    self._sock.shutdown(socket.SHUT_RD)

    def _read(self, size: int) -> None:
        while size > 0 and not self.refused:
            # A short look, so that a peer with nothing to read goes on to its next action.
            self._sock.settimeout(PATIENCE_S if self._over.is_set() else 0.005)
            try:
                piece = self._sock.recv(min(size, 1 << 16))
            except TimeoutError:
                return
            if not piece:
                return
            self.got += piece
            size -= len(piece)


def told(conn: GuardedConnection, payload: bytes, number: int) -> tuple[Outcome, int]:
    """Send; return the outcome and how many bytes are known to have been written, -1: unknown."""
    try:
        return conn.send(payload, send_id=number), -1
    except SendFailed as failed:
        return failed.outcome, failed.sent.written_bytes


def send_all(
    conn: GuardedConnection, payloads: list[bytes], closes_after: int | None
) -> list[Outcome]:
    """Send all of `payloads`, each within its bound, and close; return the outcomes.

    Somebody else closes while frame number `closes_after` is on its way, if that is given.
    """
    outcomes: list[Outcome] = []
    for number, payload in enumerate(payloads):
        if closes_after == number:
            threading.Timer(0.003, conn.close).start()
        began_us = now_us()
        outcomes.append(told(conn, payload, number)[0])
        assert in_time(began_us, now_us(), BOUND_US)
        assert conn.lock_holder is None
        # Once closing, the worker takes the lock for a moment to release the descriptor.
        assert eventually(conn.lock.try_acquire)
        conn.lock.release()
    conn.close()
    assert conn.wait_finished(PATIENCE_S)
    return outcomes


@pytest.mark.requirement("SD-2", "SD-3", "SD-6", "SD-9", "SD-10", "SD-14", "CX-1", kind="socket")
@pytest.mark.timing
@pytest.mark.parametrize("transport", sorted(PAIRS))
@given(
    sizes=st.lists(st.sampled_from([0, 1, 100, 5_000, 70_000, 900_000]), min_size=1, max_size=5),
    actions=st.lists(ACTIONS, max_size=5),
    closes_after=st.none() | st.integers(0, 4),
)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
def test_what_arrives_is_what_was_sent(
    transport: str, sizes: list[int], actions: list[Action], closes_after: int | None
) -> None:
    """Frames arrive whole, in order and unmixed; nothing follows a torn one; no bound is broken."""
    ours, theirs = PAIRS[transport]()
    ear, over = Ear(), threading.Event()
    conn = GuardedConnection(ours, POLICY, "c", ear)
    peer = Peer(theirs, actions, over)
    payloads = [bytes([number + 1]) * size for number, size in enumerate(sizes)]
    outcomes = send_all(conn, payloads, closes_after)
    over.set()
    peer.join(PATIENCE_S)
    theirs.close()
    assert not peer.is_alive()
    judge_bytes(peer, payloads, outcomes)
    judge_events(ear, payloads, outcomes)


def judge_bytes(peer: Peer, payloads: list[bytes], outcomes: list[Outcome]) -> None:
    """Compare what the peer got with what was sent, byte by byte."""
    frames, torn_bytes = frames_of(bytes(peer.got))
    arrived = [frame.payload for frame in frames]
    sent = [payload for payload, how in zip(payloads, outcomes, strict=True) if how is Outcome.OK]
    if peer.refused:
        # What lay in buffers may be lost, but only from the end.
        assert sent[: len(arrived)] == arrived
        return
    assert sent == arrived
    assert list(range(1, len(frames) + 1)) == [frame.sequence for frame in frames]
    if torn_bytes > PREFIX_BYTES:
        # The torn bytes at the end are the beginning of the one frame that failed on the way.
        failed = next(i for i, how in enumerate(outcomes) if how is not Outcome.OK)
        torn = bytes(peer.got[-torn_bytes:][PREFIX_BYTES:])
        assert payloads[failed][: len(torn)] == torn


def judge_events(ear: Ear, payloads: list[bytes], outcomes: list[Outcome]) -> None:
    """Replay what the driver recorded through the machine with its contracts on."""
    assert len(ear.all(Closing)) == 1
    for number, outcome in enumerate(outcomes):
        (taken,) = (e for e in ear.all(LockTaken) if e.send == number)
        size_bytes = PREFIX_BYTES + len(payloads[number])
        send = send_deadline.on_lock_taken(POLICY, size_bytes, now_us=taken.at_us)
        end: object = None
        for written in (e for e in ear.all(Written) if e.send == number):
            assert not isinstance(end, End)
            assert written.began_us < send.deadline_us
            send, end = send_deadline.on_step(
                send, written.wrote_bytes, closing=False, now_us=written.at_us
            )
        assert (end == End(Outcome.OK, False)) == (outcome is Outcome.OK)
        if outcome is not Outcome.OK and send.written_bytes:
            assert all(e.send <= number for e in ear.all(Written))
