"""The peer as the side that connects: at an address that it has reserved for somebody else."""

import socket

import pytest

from stallproof.runner.peer.client import PeerRefused
from stallproof.wire.events import PeerAccepted, PeerFrame, PeerListening
from tests.runner.peer.peer_bench import PATIENCE_S, Bench, both, fill, frame, open_bench

bench = pytest.fixture(open_bench)


def _accepted(bench: Bench, transport: str) -> socket.socket:
    """Listen where the peer says, have it connect, and return the accepted end."""
    address = bench.peer.reserve("a", transport)
    assert not bench.peer.connect("a")
    assert [] == bench.all(PeerAccepted)
    is_unix = "path" in address
    with socket.socket(socket.AF_UNIX if is_unix else socket.AF_INET) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address["path"] if is_unix else (address["host"], address["port"]))
        listener.listen(1)
        listener.settimeout(PATIENCE_S)
        assert bench.peer.connect("a")
        sock, _ = listener.accept()
    bench.socks.append(sock)
    sock.settimeout(PATIENCE_S)
    return sock


@both
def test_the_peer_reads_what_the_accepting_side_sends(bench: Bench, transport: str) -> None:
    """Once somebody listens it connects, and is a peer like any other from then on."""
    sock = _accepted(bench, transport)
    sock.sendall(frame(1, 1000))
    assert 1 == bench.wait(PeerFrame).send
    assert transport == bench.wait(PeerListening).transport
    with pytest.raises(PeerRefused, match="nothing is reserved"):
        bench.peer.connect("a")


def test_a_cold_connection_takes_as_little_as_one_that_was_accepted(bench: Bench) -> None:
    """Window and segments are those that a listening peer has."""
    sock = _accepted(bench, "tcp")
    bench.peer.mode("a", "stop")
    assert fill(sock, bytes(8_000_000)) < 3_000_000


def test_a_reserved_port_is_nobody_elses(bench: Bench) -> None:
    """Two reservations are two ports, and a name is reserved once."""
    ports = [bench.peer.reserve(name, "tcp")["port"] for name in "ab"]
    assert 2 == len(set(ports))
    with pytest.raises(PeerRefused, match="there is a connection 'a' already"):
        bench.peer.reserve("a", "unix")


def test_the_peer_is_no_client_of_tls(bench: Bench) -> None:
    """It says so instead of connecting in clear."""
    with pytest.raises(PeerRefused, match="no client of TLS"):
        bench.peer.reserve("a", "tls")
