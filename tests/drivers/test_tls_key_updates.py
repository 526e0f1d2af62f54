"""Key updates over TLS: the layer's own answers leave in order, and never make anyone wait.

The `ssl` module cannot ask for a key update, so the peer is the `openssl` command: a line `K` on
its standard input updates its keys and asks us to update ours.
"""

import contextlib
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest

from stallproof.drivers.frame import FrameType, Outgoing, payload_view
from stallproof.drivers.tls import Session, handshake
from stallproof.drivers.tls_connection import SecureConnection
from stallproof.machines.policy import Policy
from stallproof.machines.send_deadline import Outcome
from stallproof.wire.implementation import Closing, Noted, PeerEnded
from tests.drivers.peers import PATIENCE_S, Ear, eventually
from tests.drivers.secure_peers import HOST, authority, trusting

OPENSSL = shutil.which("openssl")
KEY_UPDATE = 24
PATIENT = Policy(send_timeout_us=30_000_000)
PAYLOAD = bytes(range(256)) * 1024
UPDATES = 40
FRAMES_MAX = 2000
"""No more than that is sent while the keys change, and kept to be looked at."""
PAUSE_S = 0.002
REMARKS = re.compile(rb"Read BLOCK\n|SSL_do_handshake -> 1\n")

pytestmark = pytest.mark.skipif(OPENSSL is None, reason="there is no openssl command")


class Updates:
    """Counts the key updates that a context's sessions read and wrote."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self.read = self.written = 0
        context._msg_callback = self._hear  # type: ignore[attr-defined]

    def _hear(
        self, conn: object, direction: str, version: object, content: object, kind: int, data: bytes
    ) -> None:
        if kind == KEY_UPDATE:
            self.read += direction == "read"
            self.written += direction == "write"


class Server:
    """`openssl s_server` for one connection: what it received, and a way to make it act."""

    def __init__(self, port: int, folder: Path) -> None:
        leaf = authority().issue_cert(HOST)
        leaf.private_key_and_cert_chain_pem.write_to_path(folder / "leaf.pem")
        assert OPENSSL is not None
        self.got = bytearray()
        self.process = subprocess.Popen(
            [
                *(OPENSSL, "s_server", "-accept", f"{HOST}:{port}", "-naccept", "1"),
                *("-cert", str(folder / "leaf.pem"), "-key", str(folder / "leaf.pem")),
                *("-tls1_3", "-num_tickets", "0"),
            ],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert self.process.stdout is not None
        self._listener = threading.Thread(
            target=self._listen, args=(self.process.stdout,), daemon=True
        )
        self._listener.start()

    @property
    def payloads(self) -> int:
        """How often the payload has arrived, once the server's own remarks are taken out."""
        return REMARKS.sub(b"", self.got).count(PAYLOAD)

    def _listen(self, output: IO[bytes]) -> None:
        while piece := output.read1(1 << 16):  # type: ignore[attr-defined]
            self.got += piece

    def say(self, line: bytes) -> None:
        """Write one line to the server, and wait a little so that it is read by itself."""
        assert self.process.stdin is not None
        self.process.stdin.write(line)
        self.process.stdin.flush()
        time.sleep(PAUSE_S)

    def stop(self) -> None:
        """End the process and take in what it wrote."""
        self.process.kill()
        self.process.wait(PATIENCE_S)
        self._listener.join(PATIENCE_S)
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            with contextlib.suppress(BrokenPipeError):
                pipe.close()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as sock:
        sock.bind((HOST, 0))
        port: int = sock.getsockname()[1]
        return port


def shaken(port: int, context: ssl.SSLContext) -> tuple[socket.socket, Session]:
    """Connect to the server as soon as it listens."""
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            sock = socket.create_connection((HOST, port), PATIENCE_S)
            break
        except ConnectionRefusedError:
            assert time.monotonic() < until
            time.sleep(0.01)
    return sock, handshake(sock, context, HOST, PATIENCE_S)


@contextlib.contextmanager
def updating(
    folder: Path, **options: Any
) -> Iterator[tuple[SecureConnection, Server, Updates, Ear]]:
    """Yield a connection to a server that updates its keys on request."""
    context = trusting(authority())
    updates, port, ear = Updates(context), free_port(), Ear()
    server = Server(port, folder)
    try:
        sock, session = shaken(port, context)
        conn = SecureConnection(sock, PATIENT, "c", ear, session=session)
        for name, value in options.items():
            setattr(conn, name, value)
        try:
            yield conn, server, updates, ear
        finally:
            conn.close()
            assert conn.wait_finished(PATIENCE_S)
    finally:
        server.stop()


def ask(conn: SecureConnection, server: Server, updates: Updates, times: int) -> None:
    """Have the server update its keys so often, and wait until we have heard of it each time.

    The layer may keep the last answer to itself until it is called again.
    """
    before = updates.read
    while not conn.is_closing and updates.read < before + times:
        read = updates.read
        with contextlib.suppress(BrokenPipeError):
            server.say(b"K\n")
        until = time.monotonic() + PATIENCE_S
        while updates.read == read and not conn.is_closing:
            assert time.monotonic() < until
            time.sleep(PAUSE_S / 10)


def test_both_directions_survive_key_updates(tmp_path: Path) -> None:
    """Large frames leave and small ones come in while the keys of both sides change."""
    with updating(tmp_path) as (conn, server, updates, ear):
        frame = b"".join(Outgoing(FrameType.HELLO, 1, payload_view(b"\n")).rest(0, 100))
        received: list[bool] = []

        def exchange() -> None:
            # One line at a time: two that the server reads at once would be taken for one.
            while len(received) < UPDATES:
                ask(conn, server, updates, 1)
                server.say(frame)
                received.append(eventually(lambda: conn.received_frames > len(received)))

        exchanging = threading.Thread(target=exchange, daemon=True)
        exchanging.start()
        sent = 0
        while exchanging.is_alive() and sent < FRAMES_MAX:
            assert conn.send(PAYLOAD) is Outcome.OK
            sent += 1
            time.sleep(PAUSE_S)
        exchanging.join(PATIENCE_S)
        assert conn.send(b"the end") is Outcome.OK
        assert eventually(lambda: b"the end" in server.got)
        assert sent == server.payloads
        # The server asked again and again, and each time our own keys changed.
        assert [True] * UPDATES == received
        assert updates.read == UPDATES
        assert updates.read - 1 <= updates.written <= updates.read
        assert [] == [event.text for event in ear.all(Noted)]
        assert not conn.is_closing


def test_the_answer_of_an_idle_connection_leaves_through_the_worker(tmp_path: Path) -> None:
    """Nobody sends, and yet nothing that the layer has said is left waiting."""
    with updating(tmp_path) as (conn, server, updates, _):
        ask(conn, server, updates, 5)
        assert 4 <= updates.written <= 5
        assert eventually(lambda: not conn._session.waiting_bytes and not conn._leaving)
        assert conn.send(PAYLOAD) is Outcome.OK
        assert eventually(lambda: server.payloads == 1)


def test_answers_wait_while_the_lock_is_busy_and_leave_with_the_next_frame(tmp_path: Path) -> None:
    """The reader never writes: behind a busy lock the answers wait, then leave in order."""
    with updating(tmp_path) as (conn, server, updates, _):
        conn.lock.acquire()
        ask(conn, server, updates, 5)
        assert 4 <= updates.written <= 5
        assert conn._session.waiting_bytes > 0
        assert b"" == bytes(conn._leaving)
        conn.lock.release()
        assert conn.send(PAYLOAD) is Outcome.OK
        assert 0 == conn._session.waiting_bytes
        assert eventually(lambda: server.payloads == 1)


def test_too_many_answers_that_wait_close_the_connection(tmp_path: Path) -> None:
    """What a peer can make wait is limited; beyond it closing has a cause of its own."""
    with updating(tmp_path, replies_max_bytes=100) as (conn, server, updates, ear):
        conn.lock.acquire()
        ask(conn, server, updates, 50)
        conn.lock.release()
        assert 1 < updates.written < 50
        assert eventually(lambda: ear.all(Closing))
        assert ["tls"] == [event.cause for event in ear.all(Closing)]
        assert ["error"] == [event.how for event in ear.all(PeerEnded)]
        assert "TooManyReplies" in ear.all(Noted)[0].text
        assert conn.send(b"x") is Outcome.SUPPRESSED
