"""The secure sender against random peers: what arrives is whole frames, and nothing in clear."""

import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stallproof.drivers.tls_connection import SecureConnection
from tests.drivers.peers import PATIENCE_S, Ear
from tests.drivers.secure_peers import records_of, secure_pair
from tests.drivers.test_sender_against_peers import (
    ACTIONS,
    POLICY,
    Action,
    Peer,
    judge_bytes,
    judge_events,
    send_all,
)


@pytest.mark.requirement("SD-3", "SD-9", "SD-12", "SD-14", "CX-1", kind="socket")
@pytest.mark.timing
@given(
    sizes=st.lists(st.sampled_from([0, 1, 100, 5_000, 70_000, 900_000]), min_size=1, max_size=5),
    actions=st.lists(ACTIONS, max_size=5),
    closes_after=st.none() | st.integers(0, 4),
)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
def test_what_arrives_is_what_was_sent(
    sizes: list[int], actions: list[Action], closes_after: int | None
) -> None:
    """Frames arrive whole, in order and unmixed; all of the stream is records; bounds are kept."""
    ours, session, server = secure_pair()
    ear, over = Ear(), threading.Event()
    conn = SecureConnection(ours, POLICY, "c", ear, session=session)
    # From here on this peer reads, raw; what it got is decrypted in the end.
    peer = Peer(server.sock, actions, over)
    payloads = [bytes([number + 1]) * size for number, size in enumerate(sizes)]
    outcomes = send_all(conn, payloads, closes_after)
    over.set()
    peer.join(PATIENCE_S)
    server.sock.close()
    assert not peer.is_alive()
    records_of(bytes(peer.got))
    peer.got = bytearray(server.opened(bytes(peer.got)))
    judge_bytes(peer, payloads, outcomes)
    judge_events(ear, payloads, outcomes)
