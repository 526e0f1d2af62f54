"""Streams behind the protocol: what the oracle asks for is played as it says, and reported."""

import itertools
import json
import socket
from pathlib import Path

import pytest

from stallproof.drivers.frame import FrameReader, FrameType, Incoming
from stallproof.drivers.stream_frames import Chunk, parsed
from stallproof.harness.payload import chunk_of
from stallproof.wire.codec import decode_implementation
from tests.drivers.streams import ack_frame
from tests.harness.driving import PATIENCE_S, RunningHarness, connected, running
from tests.timing import in_time

CHUNK = 4096
KNOBS = {"streaming_window_size": 2 * CHUNK, "streaming_chunk_size": CHUNK}


def frames_of(peer: socket.socket, frames: int) -> list[Incoming]:
    """Read until so many whole frames came in."""
    reader, got = FrameReader(), list[Incoming]()
    while len(got) < frames:
        piece = peer.recv(1 << 16)
        assert piece, "the connection ended early"
        got += reader.feed(piece)
    return got


def begin(harness: RunningHarness, total_bytes: int, stream: int = 4, **more: object) -> None:
    """Ask for a stream, which is answered at once."""
    reply = harness.ask("stream", conn="a", stream=stream, total_bytes=total_bytes, **more)
    assert reply == {"id": reply["id"], "ok": True}


def test_a_whole_stream(tmp_path: Path) -> None:
    """Every chunk is one frame with the stream's bytes; the ACKs asked for open the window."""
    total = 5 * CHUNK + 96
    with running() as harness:
        assert "streams" in harness.ask("hello", protocol=1)["features"]
        harness.ask("config", knobs=KNOBS)
        with connected(harness, tmp_path, heartbeats=False) as peer:
            begin(harness, total)
            frames = frames_of(peer, 3)
            harness.wait("wait_begun", outstanding_bytes=3 * CHUNK)
            assert harness.ask("ack", conn="a", stream=4, offset=3 * CHUNK)["ok"]
            frames += frames_of(peer, 3)
            ended = harness.wait("stream_ended", stream=4)
            assert ("done", total, 3 * CHUNK) == (
                ended["outcome"], ended["offset"], ended["acknowledged"],
            )  # fmt: skip
            payloads = b"".join(frame.payload for frame in frames)
            assert bytes(chunk_of(4, 0, total)) == payloads
            told = [parsed(frame) for frame in frames]
            assert [n * CHUNK for n in range(6)] == [
                chunk.offset for chunk in told if isinstance(chunk, Chunk)
            ]
            sizes = [event["chunk_bytes"] for event in harness.heard("chunk_ready")]
            assert [CHUNK] * 5 + [96] == sizes
        for event in harness.events:
            decode_implementation(json.dumps(event).encode())


@pytest.mark.timing
def test_the_source_pauses_as_asked(tmp_path: Path) -> None:
    """The stream is made at once, starts when it says, and each chunk is handed over in time."""
    pauses = [0, 150_000, 0]
    with running() as harness:
        harness.ask("config", knobs=KNOBS)
        with connected(harness, tmp_path):
            begin(harness, 4 * CHUNK, start_after_us=200_000, chunk_ready_us=pauses)
            made_us = harness.wait("stream_made")["at_us"]
            harness.wait("wait_begun")
            ready_us = [event["at_us"] for event in harness.heard("chunk_ready")]
            spans = itertools.pairwise([made_us, *ready_us])
            for asked_us, (before, after) in zip([200_000, 150_000, 0, 0], spans, strict=True):
                assert asked_us <= after - before
                assert in_time(before, after, asked_us)


@pytest.mark.parametrize("offset", ["4096", None, 4096.5, True, -1, 10**9, [4096], {"a": 1}])
def test_an_ack_of_any_json_is_taken_as_it_is(tmp_path: Path, offset: object) -> None:
    """What cannot be true is reported with the offset as it came, and answered all the same."""
    with running() as harness:
        harness.ask("config", knobs=KNOBS)
        with connected(harness, tmp_path):
            begin(harness, 9 * CHUNK)
            harness.wait("wait_begun")
            assert harness.ask("ack", conn="a", stream=4, offset=offset)["ok"]
            told = harness.wait("ack_received")
            assert (offset, False) == (told.get("offset"), told["accepted"])
            assert told["why"]


def test_an_ack_of_another_origin_and_an_error(tmp_path: Path) -> None:
    """Another origin changes nothing; an error of the receiver ends the stream without a notice."""
    with running() as harness:
        harness.ask("config", knobs=KNOBS)
        with connected(harness, tmp_path, heartbeats=False) as peer:
            begin(harness, 9 * CHUNK)
            harness.wait("wait_begun")
            assert harness.ask("ack", conn="a", stream=4, offset=CHUNK, origin="other")["ok"]
            assert not harness.wait("ack_received", origin="other")["accepted"]
            assert harness.ask("ack", conn="a", stream=4, offset=0, error="no space")["ok"]
            ended = harness.wait("stream_ended")
            assert ("ack_error", "no space") == (ended["outcome"], ended["detail"])
            frames_of(peer, 3)
            peer.settimeout(0.1)
            with pytest.raises(TimeoutError):
                peer.recv(1)


def test_a_cancel_is_notified_once(tmp_path: Path) -> None:
    """The receiver gets one frame that is neither data nor ACK, and carries no bytes."""
    with running() as harness:
        harness.ask("config", knobs=KNOBS)
        with connected(harness, tmp_path, heartbeats=False) as peer:
            begin(harness, 9 * CHUNK)
            harness.wait("wait_begun")
            assert harness.ask("cancel", conn="a", stream=4)["ok"]
            assert "cancelled" == harness.wait("stream_ended")["outcome"]
            harness.wait("notice_sent")
            assert harness.ask("cancel", conn="a", stream=4)["ok"]
            *_, notice = frames_of(peer, 4)
            assert (FrameType.NOTICE, b"") == (notice.kind, notice.payload)
            peer.settimeout(0.1)
            with pytest.raises(TimeoutError):
                peer.recv(1)


def test_an_ack_from_the_wire_is_reported_like_one_that_was_handed_in(tmp_path: Path) -> None:
    """Both ways lead to the same place."""
    with running() as harness:
        harness.ask("config", knobs=KNOBS)
        with connected(harness, tmp_path) as peer:
            begin(harness, 4 * CHUNK)
            harness.wait("wait_begun")
            peer.sendall(ack_frame(4, CHUNK))
            assert harness.wait("ack_received", offset=CHUNK)["accepted"]
            assert "done" == harness.wait("stream_ended")["outcome"]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"stream": -1}, "below 2^31"),
        ({"stream": 2**31}, "below 2^31"),
        ({"total_bytes": 0}, "at least one byte"),
        ({"start_after_us": -1}, "never negative"),
        ({"chunk_ready_us": [0, -1]}, "never negative"),
        ({"conn": "b"}, "no connection"),
        ({"stream": 1}, "stream 1 exists"),
    ],
)
def test_a_stream_that_cannot_be_is_answered_as_failed(
    tmp_path: Path, fields: dict[str, object], says: str
) -> None:
    """The answer says why, and nothing is made."""
    with running() as harness, connected(harness, tmp_path):
        begin(harness, 1, stream=1)
        harness.wait("stream_ended")
        asked: dict[str, object] = {"conn": "a", "stream": 2, "total_bytes": 8, **fields}
        reply = harness.ask("stream", **asked)
        assert (False, "failed") == (reply["ok"], reply["error"])
        assert says in reply["message"]
        assert 1 == len(harness.heard("stream_made"))


@pytest.mark.parametrize("op", ["ack", "cancel"])
def test_what_names_no_stream_is_answered_as_failed(tmp_path: Path, op: str) -> None:
    """A stream that was never asked for has neither ACKs nor a cancel."""
    with running() as harness, connected(harness, tmp_path):
        reply = harness.ask(op, conn="a", stream=9, offset=1)
        assert (False, "failed") == (reply["ok"], reply["error"])
        assert "no stream has the number 9" in reply["message"]


def test_it_leaves_although_a_stream_waits(tmp_path: Path) -> None:
    """After stop the harness exits with status 0 at once."""
    with running() as harness, connected(harness, tmp_path):
        harness.ask("config", knobs=KNOBS)
        with connected(harness, tmp_path, "b") as peer:
            peer.settimeout(PATIENCE_S)
            reply = harness.ask("stream", conn="b", stream=1, total_bytes=9 * CHUNK)
            assert reply["ok"]
            harness.wait("wait_begun", conn="b")
            assert harness.ask("stop")["ok"]
            assert harness.gone() == 0
