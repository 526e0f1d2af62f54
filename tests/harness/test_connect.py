"""Connecting over TLS through the harness: the reference as a process of its own."""

import socket
import threading
from pathlib import Path

from stallproof.drivers.frame import PREFIX_BYTES
from stallproof.harness.payload import payload_of
from tests.drivers.peers import frames_of
from tests.drivers.secure_peers import HOST, SecurePeer, authority, usual_server
from tests.harness.driving import PATIENCE_S, running

SIZE_BYTES = 300_000


def test_a_secure_connection_sends_and_ends_in_order(tmp_path: Path) -> None:
    """With the authority's file the handshake succeeds, a frame arrives, and the end is told."""
    authority().cert_pem.write_to_path(tmp_path / "ca.pem")
    with running() as harness, socket.create_server((HOST, 0)) as listener:
        peers: list[SecurePeer] = []

        def serve() -> None:
            sock, _ = listener.accept()
            sock.settimeout(PATIENCE_S)
            peer = SecurePeer(sock, usual_server())
            peer.shake_hands()
            peers.append(peer)

        serving = threading.Thread(target=serve, daemon=True)
        serving.start()
        reply = harness.ask(
            "open", conn="s", transport="tls", host=HOST, port=listener.getsockname()[1],
            certificate_authority=str(tmp_path / "ca.pem"), send_buffer_bytes=4096,
        )  # fmt: skip
        assert reply["ok"], reply
        serving.join(PATIENCE_S)
        (peer,) = peers
        with peer.sock:
            harness.ask("send", conn="s", send=3, size_bytes=SIZE_BYTES)
            (frame,), _ = frames_of(peer.read(PREFIX_BYTES + SIZE_BYTES))
            assert payload_of(3, SIZE_BYTES) == frame.payload
            assert harness.wait("send_ended", send=3)["outcome"] == "ok"
            assert harness.ask("close", conn="s")["ok"]
            assert b"" == peer.read_all()
            assert "close_notify" == peer.ended


def test_a_handshake_that_fails_is_a_failed_open(tmp_path: Path) -> None:
    """A peer that ends the connection instead of shaking hands is reported, with the reason."""
    authority().cert_pem.write_to_path(tmp_path / "ca.pem")
    with running() as harness, socket.create_server((HOST, 0)) as listener:

        def leave() -> None:
            sock, _ = listener.accept()
            sock.recv(1 << 16)
            sock.close()

        leaving = threading.Thread(target=leave, daemon=True)
        leaving.start()
        reply = harness.ask(
            "open", conn="s", transport="tls", host=HOST, port=listener.getsockname()[1],
            certificate_authority=str(tmp_path / "ca.pem"),
        )  # fmt: skip
        leaving.join(PATIENCE_S)
        assert (False, "failed") == (reply["ok"], reply["error"])
        assert "the peer ended the connection" in reply["message"]


def test_an_incomplete_address_is_refused() -> None:
    """A secure connection needs a host and a port."""
    with running() as harness:
        reply = harness.ask("open", conn="s", transport="tls", host=HOST)
        assert (False, "failed") == (reply["ok"], reply["error"])
        assert "incomplete" in reply["message"]
