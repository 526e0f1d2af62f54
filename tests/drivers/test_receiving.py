"""What comes in while a send is blocked, and what is answered to it, on real sockets."""

import time
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stallproof.drivers.frame import PREFIX_BYTES, FrameType, Outgoing, payload_view
from stallproof.drivers.stream_frames import ack_header, stream_id_of
from stallproof.machines.policy import Policy
from stallproof.wire.implementation import Received, Written
from tests.drivers.peers import Sending, eventually, frames_of, guarded, read_all, unix_pair
from tests.no_deadline import NO_DEADLINE

PATIENT = Policy(send_timeout_us=30_000_000)
LARGE = bytes(1 << 20)

kinds = st.sampled_from((FrameType.PING, FrameType.DATA, FrameType.ACK, FrameType.PONG))


def wire(kind: FrameType) -> bytes:
    """Return a frame of this kind as a peer would send it; an ACK is for a stream nobody knows."""
    header = ack_header(7, 8, is_error=False) if kind == FrameType.ACK else b""
    frame = Outgoing(kind, 1, payload_view(b""), header, stream_id_of(7) if header else 0)
    return b"".join(frame.rest(0, frame.size_bytes))


@pytest.mark.requirement("CX-8", kind="socket")
@settings(NO_DEADLINE, max_examples=25)
@given(st.lists(kinds, min_size=1, max_size=12), st.lists(st.integers(1, 60), max_size=6))
def test_whatever_a_peer_sends_is_received_while_a_send_is_blocked(
    sent: list[FrameType], cuts: list[int]
) -> None:
    """Any frames in any pieces, PINGs and ACKs among them, come in before the send has moved."""
    with guarded(unix_pair(), PATIENT) as (conn, peer, ear):
        blocked = Sending(conn, LARGE, 1)
        assert eventually(lambda: ear.all(Written))
        bytes_left = b"".join(map(wire, sent))
        for cut in cuts:
            peer.sendall(bytes_left[:cut])
            bytes_left = bytes_left[cut:]
        peer.sendall(bytes_left)
        assert eventually(lambda: len(ear.all(Received)) == len(sent))
        assert blocked.is_alive()
        conn.close()
        blocked.result()


@pytest.mark.requirement("CX-1", "CX-8", kind="socket")
def test_no_answer_comes_into_the_middle_of_a_frame() -> None:
    """A peer that takes a frame in by pieces and sends heartbeats between them gets it whole."""
    with guarded(unix_pair(), PATIENT) as (conn, peer, ear):
        blocked = Sending(conn, LARGE, 1)
        assert eventually(lambda: ear.all(Written))
        taken = b""
        for beats in range(1, 21):
            taken += peer.recv(4096)
            peer.sendall(wire(FrameType.PING))
            assert eventually(partial(lambda so_many: len(ear.all(Received)) == so_many, beats))
            time.sleep(0.001)
        while len(taken) < PREFIX_BYTES + len(LARGE):
            taken += peer.recv(1 << 20)
        blocked.result()
        conn.close()
        frames, left_bytes = frames_of(taken + read_all(peer))
        assert 0 == left_bytes
        assert LARGE == frames[0].payload
        assert {FrameType.PONG} >= {frame.kind for frame in frames[1:]}
