"""The harness of the real NVFlare, driven over its standard input and output as the oracle does.

Needs an interpreter that has NVFlare: name it in the environment variable
STALLPROOF_NVFLARE_PYTHON.
"""

import json
import os
import queue
import socket
import struct
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

PYTHON = os.environ.get("STALLPROOF_NVFLARE_PYTHON", "")
HARNESS = Path(__file__).parent / "nvflare" / "harness.py"
WAIT_S = 20.0
"""How long anything may take before the test gives up; nothing is judged by it."""
PREFIX = struct.Struct(">IHBBHHHH")
DATA, HELLO, PING = 1, 4, 6

pytestmark = pytest.mark.skipif(
    not PYTHON, reason="STALLPROOF_NVFLARE_PYTHON names no interpreter that has NVFlare"
)


class Driven:
    """A harness process: requests out, replies and events in."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [PYTHON, str(HARNESS)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
        self.lines: queue.Queue[dict[str, Any]] = queue.Queue()
        self.events: list[dict[str, Any]] = []
        self.asked = 0
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(json.loads(line))

    def post(self, op: str, **fields: Any) -> int:
        assert self.process.stdin is not None
        self.asked += 1
        request = {"id": self.asked, "op": op, **fields}
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        return self.asked

    def reply(self, request: int) -> dict[str, Any]:
        while True:
            line = self.lines.get(timeout=WAIT_S)
            if line.get("id") == request:
                return line
            self.events.append(line)

    def ask(self, op: str, **fields: Any) -> dict[str, Any]:
        return self.reply(self.post(op, **fields))

    def event(self, name: str) -> dict[str, Any]:
        while True:
            for event in self.events:
                if event["event"] == name:
                    return event
            self.events.append(self.lines.get(timeout=WAIT_S))

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.reader.join()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()


@pytest.fixture
def harness() -> Iterator[Driven]:
    driven = Driven()
    yield driven
    driven.end()


def listen(transport: str, folder: Path) -> tuple[socket.socket, dict[str, Any]]:
    """Return a listener and the fields of `open` that lead to it."""
    if transport == "unix":
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(folder / "a"))
        where: dict[str, Any] = {"path": str(folder / "a")}
    else:
        listener = socket.create_server(("127.0.0.1", 0))
        where = {"host": "127.0.0.1", "port": listener.getsockname()[1]}
    listener.listen()
    listener.settimeout(WAIT_S)
    return listener, where


def read_exactly(peer: socket.socket, size_bytes: int) -> bytes:
    whole = b""
    while len(whole) < size_bytes:
        part = peer.recv(size_bytes - len(whole))
        assert part, "the stream ended within a frame"
        whole += part
    return whole


def read_frame(peer: socket.socket) -> tuple[tuple[int, ...], bytes]:
    """Return the fields of one frame's prefix, and what follows it."""
    fields = PREFIX.unpack(read_exactly(peer, PREFIX.size))
    return fields, read_exactly(peer, fields[0] - PREFIX.size)


def open_connection(
    harness: Driven, transport: str, folder: Path, **fields: Any
) -> tuple[socket.socket, dict[str, Any]]:
    """Open connection `a`, play the peer's part of the handshake, return peer and reply."""
    hello = harness.ask("hello", protocol=1)
    listener, where = listen(transport, folder)
    with listener:
        request = harness.post("open", conn="a", transport=transport, **where, **fields)
        peer, _ = listener.accept()
    peer.settimeout(WAIT_S)
    first, _ = read_frame(peer)
    assert first[2] == HELLO
    peer.sendall(bytes.fromhex(hello["frames"]["handshake"]["reply_hex"]))
    return peer, harness.reply(request)


def test_hello_says_who_is_judged_and_how_its_frames_look(harness: Driven) -> None:
    """The reply to `hello` names NVFlare, its version, its features and its frames."""
    hello = harness.ask("hello", protocol=1)
    assert hello["ok"] is True
    assert (hello["name"], hello["language"]) == ("nvflare", "python")
    assert hello["version"][0].isdigit()
    assert {"unix", "tcp", "checks", "monitor", "heartbeats", "sequence"} <= set(hello["features"])
    assert hello["frames"]["kind"]["data"] == [DATA]
    assert hello["monitor"]["form"] == "a"


def test_an_operation_nobody_knows_is_unsupported(harness: Driven) -> None:
    """Unknown operations, transports and kinds are answered `unsupported`, not `failed`."""
    assert harness.ask("qzvkx")["error"] == "unsupported"
    assert harness.ask("open", conn="a", transport="tls")["error"] == "unsupported"


def test_config_tells_what_the_objects_really_hold(harness: Driven) -> None:
    """A fraction of a second is cut to whole ones by NVFlare, and the reply says so."""
    knobs = {"streaming_send_timeout": 0.5, "heartbeat_interval": 1.5}
    reply = harness.ask("config", knobs=knobs, environment={"NVFLARE_SFM_SEND_STALL_TIMEOUT": "3"})
    assert reply["effective"]["streaming_send_timeout"] == 0.5
    assert reply["effective"]["heartbeat_interval"] == 1
    assert reply["effective"]["sfm_send_stall_timeout"] == 3.0


def test_a_knob_that_nvflare_cannot_convert_is_refused(harness: Driven) -> None:
    """The refusal names the knob and the value."""
    reply = harness.ask("config", knobs={"streaming_send_timeout": "soon"}, environment={})
    assert (reply["error"], reply["knob"]) == ("refused", "streaming_send_timeout")


@pytest.mark.parametrize("transport", ["unix", "tcp"])
def test_a_frame_arrives_as_it_was_asked(harness: Driven, tmp_path: Path, transport: str) -> None:
    """After the handshake a send brings its payload and the next sequence number to the peer."""
    peer, opened = open_connection(harness, transport, tmp_path)
    with peer:
        assert opened["ok"] is True
        assert isinstance(opened["descriptor"], int)
        assert harness.ask("send", conn="a", send=7, size_bytes=20)["ok"] is True
        fields, payload = read_frame(peer)
        assert (fields[0], fields[2], fields[7]) == (36, DATA, 2)
        assert payload == struct.pack(">IIIII", 7, 0, 7, 1, 7)
        ended = harness.event("send_ended")
        assert (ended["outcome"], ended["raised"], ended["sequence"]) == ("ok", False, 2)


def test_a_large_payload_counts_its_blocks_beyond_sixteen_bits(
    harness: Driven, tmp_path: Path
) -> None:
    """Block 65536 and later ones carry their own index."""
    peer, _ = open_connection(harness, "unix", tmp_path)
    with peer:
        harness.ask("send", conn="a", send=1, size_bytes=8 * 65538 + 3)
        _, payload = read_frame(peer)
    assert payload[8 * 65535 :] == struct.pack(">IIIIII", 1, 65535, 1, 65536, 1, 65537) + bytes(3)


def test_a_check_tells_each_connection_and_an_idle_one_gets_its_heartbeat(
    harness: Driven, tmp_path: Path
) -> None:
    """With an interval of 0 s the connection is idle at once, and the pass sends a PING."""
    harness.ask("config", knobs={"heartbeat_interval": 0}, environment={})
    peer, _ = open_connection(harness, "unix", tmp_path)
    with peer:
        reply = harness.ask("check")
        assert reply["began_us"] <= reply["ended_us"]
        checked = harness.event("checked")
        assert (checked["conn"], checked["stall_us"], checked["count"]) == ("a", 0, 0)
        assert read_frame(peer)[0][2] == PING


def test_connections_whose_heartbeats_are_forbidden_get_none(
    harness: Driven, tmp_path: Path
) -> None:
    """A pass over an idle connection that forbids heartbeats is followed by the data alone."""
    harness.ask("config", knobs={"heartbeat_interval": 0}, environment={})
    peer, _ = open_connection(harness, "unix", tmp_path, heartbeats=False)
    with peer:
        harness.ask("check")
        harness.ask("send", conn="a", send=1, size_bytes=8)
        assert read_frame(peer)[0][2] == DATA


def test_close_shuts_down_and_says_so(harness: Driven, tmp_path: Path) -> None:
    """`close` ends the stream that the peer reads, and NVFlare does not connect again."""
    peer, _ = open_connection(harness, "unix", tmp_path)
    with peer:
        assert harness.ask("close", conn="a")["ok"] is True
        assert peer.recv(1) == b""
        assert harness.event("closing")["cause"] == "local"
        assert harness.event("closed")["conn"] == "a"


def test_received_counts_the_frames_after_the_handshake(harness: Driven, tmp_path: Path) -> None:
    """The handshake is not counted; what the peer sends is, once NVFlare has dealt with it."""
    peer, _ = open_connection(harness, "unix", tmp_path)
    with peer:
        assert harness.ask("received", conn="a")["frames"] == 0
        peer.sendall(PREFIX.pack(PREFIX.size + 3, 0, DATA, 0, 0, 1, 1, 1) + b"abc")
        assert harness.event("received")["kind"] == "data"
        assert harness.ask("received", conn="a")["frames"] == 1


def test_the_wall_clock_is_moved(harness: Driven) -> None:
    """The reply shows the wall clock before and after the jump."""
    reply = harness.ask("wall_jump", by_us=3_600_000_000)
    assert reply["after_us"] - reply["before_us"] >= 3_600_000_000


def test_stop_ends_the_process_with_status_zero(harness: Driven) -> None:
    """`stop` is answered, then the process exits."""
    assert harness.ask("stop")["ok"] is True
    assert harness.process.wait(WAIT_S) == 0


def test_the_end_of_standard_input_ends_the_process(harness: Driven) -> None:
    """A harness whose oracle has gone exits by itself."""
    assert harness.process.stdin is not None
    harness.process.stdin.close()
    assert harness.process.wait(WAIT_S) == 0
