"""The harness of the real NVFlare, driven over its standard input and output as the oracle does.

Needs interpreters that have NVFlare: name one or several, from the project's folder on, in the
environment variable STALLPROOF_NVFLARE_PYTHON, as `make test` does.
"""

import json
import os
import queue
import shlex
import socket
import ssl
import struct
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

ROOT = Path(__file__).resolve().parents[2]
PYTHONS = [str(ROOT / p) for p in shlex.split(os.environ.get("STALLPROOF_NVFLARE_PYTHON", ""))]
HARNESS = Path(__file__).parent / "nvflare" / "harness.py"
WAIT_S = 20.0
"""How long anything may take before the test gives up; nothing is judged by it."""
PREFIX = struct.Struct(">IHBBHHHH")
DATA, HELLO, PING = 1, 4, 6

pytestmark = pytest.mark.skipif(
    not PYTHONS, reason="STALLPROOF_NVFLARE_PYTHON names no interpreter that has NVFlare"
)


class Driven:
    """A harness process: requests out, replies and events in."""

    def __init__(self, python: str) -> None:
        self.process = subprocess.Popen(
            [python, str(HARNESS)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
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

    def event(self, name: str, words: str = "") -> dict[str, Any]:
        """Wait for the first event of that name; with `words`, for one whose text has them."""
        while True:
            for event in self.events:
                if event["event"] == name and words in event.get("text", ""):
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


@pytest.fixture(params=PYTHONS or [""])
def harness(request: pytest.FixtureRequest) -> Iterator[Driven]:
    driven = Driven(request.param)
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
    assert {"unix", "tcp", "tls", "checks", "monitor", "streams", "config"} <= set(
        hello["features"]
    )
    assert hello["frames"]["kind"]["data"] == [DATA]
    assert hello["monitor"]["form"] == "a"


def test_an_operation_nobody_knows_is_unsupported(harness: Driven) -> None:
    """Unknown operations, transports and kinds are answered `unsupported`, not `failed`."""
    assert harness.ask("qzvkx")["error"] == "unsupported"
    assert harness.ask("open", conn="a", transport="serial")["error"] == "unsupported"


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


# --- TLS ------------------------------------------------------------------------------------------


def test_over_tls_a_frame_arrives_encrypted_by_nvflare(harness: Driven, tmp_path: Path) -> None:
    """NVFlare's own TLS socket trusts the authority that it is given, and carries frames."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    hello = harness.ask("hello", protocol=1)
    listener, where = listen("tcp", tmp_path)
    with listener:
        where["certificate_authority"] = str(tmp_path / "ca.pem")
        request = harness.post("open", conn="a", transport="tls", heartbeats=False, **where)
        plain, _ = listener.accept()
    plain.settimeout(WAIT_S)
    with context.wrap_socket(plain, server_side=True) as peer:
        assert HELLO == read_frame(peer)[0][2]
        peer.sendall(bytes.fromhex(hello["frames"]["handshake"]["reply_hex"]))
        assert isinstance(harness.reply(request)["descriptor"], int)
        harness.ask("send", conn="a", send=7, size_bytes=20)
        fields, payload = read_frame(peer)
        assert (36, DATA) == (fields[0], fields[2])
        assert struct.pack(">IIIII", 7, 0, 7, 1, 7) == payload
        assert "ok" == harness.event("send_ended")["outcome"]
        assert harness.ask("close", conn="a")["ok"] is True
        assert "a" == harness.event("closed")["conn"]


def test_the_end_of_the_peer_is_told_as_nvflare_takes_it(harness: Driven, tmp_path: Path) -> None:
    """A peer that ends its direction is told once; a connection that NVFlare closed is not."""
    peer, _ = open_connection(harness, "unix", tmp_path, heartbeats=False)
    with peer:
        peer.shutdown(socket.SHUT_WR)
        assert "orderly" == harness.event("peer_ended")["how"]
        assert harness.ask("close", conn="a")["ok"] is True
        harness.ask("received", conn="a")
    assert 1 == names(harness).count("peer_ended")


def test_an_authority_that_did_not_sign_the_peer_is_no_connection(
    harness: Driven, tmp_path: Path
) -> None:
    """The certificate is really verified: with another authority `open` fails."""
    other, authority = trustme.CA(), trustme.CA()
    other.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    listener, where = listen("tcp", tmp_path)
    with listener:
        where["certificate_authority"] = str(tmp_path / "ca.pem")
        request = harness.post("open", conn="a", transport="tls", **where)
        plain, _ = listener.accept()
    plain.settimeout(WAIT_S)
    with plain, pytest.raises(ssl.SSLError):
        context.wrap_socket(plain, server_side=True)
    answer = harness.reply(request)
    assert "failed" == answer["error"]
    assert "CERTIFICATE_VERIFY_FAILED" in answer["message"]


# --- Configuration --------------------------------------------------------------------------------

DEFAULTS = {
    "streaming_send_timeout": 30.0,
    "streaming_ack_progress_timeout": 60.0,
    "streaming_ack_progress_check_interval": 5.0,
    "sfm_send_stall_timeout": 45.0,
    "sfm_close_stalled_connection": False,
    "sfm_send_stall_consecutive_checks": 3,
    "streaming_ack_wait": 300,
    "streaming_chunk_size": 1048576,
    "heartbeat_interval": 60,
}


def test_an_empty_file_leaves_every_knob_at_nvflares_default(harness: Driven) -> None:
    """All eleven knobs are reported, window and ACK interval as one of the two released pairs."""
    reply = harness.ask("config", file="{}", environment={})
    effective = reply["effective"]
    pair = (effective.pop("streaming_window_size"), effective.pop("streaming_ack_interval"))
    assert pair in {(16777216, 4194304), (67108864, 16777216)}
    assert DEFAULTS == effective
    assert 5_000_000 == reply["monitor_period_us"]
    assert [] == reply["notes"]


def test_the_file_wins_over_the_environment(harness: Driven) -> None:
    """The text is NVFlare's file as it is, and what it leaves out comes from the environment."""
    reply = harness.ask(
        "config",
        file='{"streaming_ack_wait": 7}',
        environment={"NVFLARE_STREAMING_ACK_WAIT": "8", "NVFLARE_STREAMING_CHUNK_SIZE": "9"},
    )
    assert 7 == reply["effective"]["streaming_ack_wait"]
    assert 9 == reply["effective"]["streaming_chunk_size"]


def test_the_clamps_are_those_of_the_objects_that_use_the_knobs(harness: Driven) -> None:
    """An interval below 10 ms and a count below 1 come back as NVFlare's objects hold them."""
    text = '{"streaming_ack_progress_check_interval": 0, "sfm_send_stall_consecutive_checks": -2}'
    effective = harness.ask("config", file=text, environment={})["effective"]
    assert 0.01 == effective["streaming_ack_progress_check_interval"]
    assert 1 == effective["sfm_send_stall_consecutive_checks"]


@pytest.mark.parametrize(
    ("text", "knob", "value"),
    [
        ('{"streaming_ack_progress_timeout": "soon"}', "streaming_ack_progress_timeout", "soon"),
        ('{"streaming_ack_wait": NaN}', "streaming_ack_wait", "nan"),
    ],
)
def test_what_nvflare_cannot_convert_is_refused_with_its_knob(
    harness: Driven, text: str, knob: str, value: Any
) -> None:
    """The refusal is NVFlare's own, and a number that JSON does not have is told as text."""
    reply = harness.ask("config", file=text, environment={})
    assert ("refused", knob, value) == (reply["error"], reply["knob"], reply["value"])
    assert knob in reply["message"]


def test_a_refused_configuration_leaves_nothing_behind(harness: Driven) -> None:
    """The next one is read afresh: neither the old environment nor an old name is in its way."""
    words = {"NVFLARE_STREAMING_CHUNK_SIZE": "many"}
    assert "refused" == harness.ask("config", file="{}", environment=words)["error"]
    again = harness.ask("config", file="{}", environment={})
    assert DEFAULTS["streaming_chunk_size"] == again["effective"]["streaming_chunk_size"]


@pytest.mark.parametrize("text", ["[1]", "{"])
def test_a_file_that_breaks_nvflare_is_no_refusal(harness: Driven, text: str) -> None:
    """An exception that names no knob is told as `failed`."""
    assert "failed" == harness.ask("config", file=text, environment={})["error"]


# --- Streams --------------------------------------------------------------------------------------

CHUNK, WINDOW = 64, 128
STREAM = 5
MARKED = (1 << 31) | STREAM


def streaming(harness: Driven, tmp_path: Path, **knobs: float) -> socket.socket:
    """Configure a window of two chunks and open connection `a`, without heartbeats."""
    sizes = {"streaming_chunk_size": CHUNK, "streaming_window_size": WINDOW}
    assert harness.ask("config", knobs={**sizes, **knobs}, environment={})["ok"] is True
    return open_connection(harness, "unix", tmp_path, heartbeats=False)[0]


def read_payload(peer: socket.socket) -> bytes:
    """Return what one DATA frame carries after NVFlare's own header."""
    fields, body = read_frame(peer)
    assert DATA == fields[2]
    return body[fields[1] :]


def begin(harness: Driven, total_bytes: int, **fields: Any) -> None:
    assert harness.ask("stream", conn="a", stream=STREAM, total_bytes=total_bytes, **fields)["ok"]


def ack(harness: Driven, offset: Any, **fields: Any) -> dict[str, Any]:
    """Hand an ACK over and return what the harness says of it."""
    assert harness.ask("ack", conn="a", stream=STREAM, offset=offset, **fields)["ok"] is True
    return [e for e in harness.events if e["event"] == "ack_received"][-1]


def names(harness: Driven) -> list[str]:
    return [e["event"] for e in harness.events]


def test_a_stream_sends_its_chunks_as_frames_and_tells_its_end(
    harness: Driven, tmp_path: Path
) -> None:
    """Each chunk is the payload of one frame, named by its stream and its place in it."""
    with streaming(harness, tmp_path) as peer:
        begin(harness, CHUNK + 8)
        blocks = [struct.pack(">II", MARKED, index) for index in range(9)]
        assert b"".join(blocks[:8]) == read_payload(peer)
        assert blocks[8] == read_payload(peer)
        ended = harness.event("stream_ended")
        assert ("done", CHUNK + 8) == (ended["outcome"], ended["offset"])
        assert ["stream_made", "chunk_ready", "chunk_ready"] == [
            name for name in names(harness) if name in ("stream_made", "chunk_ready")
        ]


def test_the_source_keeps_its_pauses(harness: Driven, tmp_path: Path) -> None:
    """The first chunk is handed over after the late start and its own pause, in microseconds."""
    with streaming(harness, tmp_path) as peer:
        begin(harness, CHUNK, chunk_ready_us=[20_000], start_after_us=30_000)
        assert CHUNK == len(read_payload(peer))
        made, ready = harness.event("stream_made"), harness.event("chunk_ready")
        assert ready["at_us"] - made["at_us"] >= 50_000


def test_a_stream_stops_at_its_window_until_an_ack_opens_it(
    harness: Driven, tmp_path: Path
) -> None:
    """With three chunks of a window of two outstanding the fourth waits for an ACK.

    Five chunks: NVFlare reads one ahead and does not hold back the last one.
    """
    with streaming(harness, tmp_path) as peer:
        begin(harness, 5 * CHUNK)
        for _ in range(3):
            read_payload(peer)
        assert 3 * CHUNK == harness.event("wait_begun")["outstanding_bytes"]
        assert ack(harness, CHUNK)["accepted"] is True
        assert struct.pack(">II", MARKED, 3 * CHUNK // 8) == read_payload(peer)[:8]
        assert 2 * CHUNK == harness.event("wait_ended")["outstanding_bytes"]


def test_without_progress_the_receiver_gets_a_notice_without_bytes(
    harness: Driven, tmp_path: Path
) -> None:
    """NVFlare's watchdog ends the stream, and an empty frame tells the peer."""
    interval = {"streaming_ack_progress_check_interval": 0.05}
    with streaming(harness, tmp_path, streaming_ack_progress_timeout=0.1, **interval) as peer:
        begin(harness, 5 * CHUNK)
        for _ in range(3):
            read_payload(peer)
        assert b"" == read_payload(peer)
        assert "no_progress" == harness.event("stream_ended")["outcome"]
        assert STREAM == harness.event("notice_sent")["stream"]


def test_an_error_ack_ends_the_stream_in_nvflares_words(harness: Driven, tmp_path: Path) -> None:
    """The outcome is `ack_error`, and the detail is what NVFlare told its caller."""
    with streaming(harness, tmp_path) as peer:
        begin(harness, 5 * CHUNK)
        for _ in range(3):
            read_payload(peer)
        harness.event("wait_begun")
        ack(harness, 0, error="disk full")
        ended = harness.event("stream_ended")
        assert "ack_error" == ended["outcome"]
        assert "disk full" in ended["detail"]


def test_an_ack_that_nvflare_complains_about_is_told_with_its_words(
    harness: Driven, tmp_path: Path
) -> None:
    """Text as an offset ends in a logged exception: not accepted, and why."""
    with streaming(harness, tmp_path) as peer:
        begin(harness, 5 * CHUNK)
        read_payload(peer)
        told = ack(harness, "far")
        assert ("far", False) == (told["offset"], told["accepted"])
        assert "TypeError" in told["why"]
        assert ack(harness, 0, origin="somebody")["origin"] == "somebody"


def test_cancel_calls_the_caller_s_own_cancel_and_says_what_came_of_it(
    harness: Driven, tmp_path: Path
) -> None:
    """`cancel` is answered at once, whatever StreamFuture.cancel does."""
    with streaming(harness, tmp_path) as peer:
        begin(harness, 5 * CHUNK)
        read_payload(peer)
        assert harness.ask("cancel", conn="a", stream=STREAM)["ok"] is True
        assert "StreamFuture.cancel() " in harness.event("noted", "StreamFuture")["text"]


def test_what_is_asked_of_a_stream_that_is_not_there_fails(harness: Driven, tmp_path: Path) -> None:
    """Neither an ACK nor a cancel invents a stream."""
    with streaming(harness, tmp_path):
        assert "failed" == harness.ask("ack", conn="a", stream=9, offset=1)["error"]
        assert "failed" == harness.ask("cancel", conn="a", stream=9)["error"]
