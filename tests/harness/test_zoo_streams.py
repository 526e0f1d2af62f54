"""The wrong senders of streams answer the protocol, and each is wrong in its own way."""

import time
from pathlib import Path
from typing import Any

import pytest

from stallproof.drivers.frame import FrameType
from tests.harness.driving import PATIENCE_S, Driven, connected, driven
from tests.harness.test_streams import CHUNK, KNOBS, frames_of

ZOO = [
    "acknowledges_repeats_as_progress",
    "believes_any_offset",
    "forgets_the_pause",
    "looks_only_at_its_interval",
    "loses_the_wake_up",
    "sends_the_last_chunk_past_the_window",
    "tells_a_receiver_that_reported_the_error",
]


def begin(harness: Driven, chunks: int, **more: object) -> None:
    """Ask for a stream of so many whole chunks."""
    total_bytes = chunks * CHUNK
    assert harness.ask("stream", conn="a", stream=1, total_bytes=total_bytes, **more)["ok"]


def waiting(harness: Driven, **knobs: float) -> None:
    """Set small windows and `knobs`, in seconds."""
    assert harness.ask("config", knobs={**KNOBS, **knobs})["ok"]


def spent_us(harness: Driven, since: str) -> int:
    """Return how long after the first event called `since` the stream ended."""
    ended: dict[str, Any] = harness.wait("stream_ended")
    return int(ended["at_us"] - harness.wait(since)["at_us"])


@pytest.mark.parametrize("name", ZOO)
def test_each_is_sound_where_it_is_not_wrong(name: str, tmp_path: Path) -> None:
    """A stream that fits the window is done, under a name of its own, with a clean exit."""
    with driven([f"tests/zoo/{name}.py"]) as harness:
        assert harness.ask("hello", protocol=1)["name"] == name.replace("_", "-")
        waiting(harness)
        with connected(harness, tmp_path) as peer:
            begin(harness, 3)
            assert 3 == len(frames_of(peer, 3))
            assert "done" == harness.wait("stream_ended")["outcome"]
        assert harness.ask("stop")["ok"]
        assert harness.gone() == 0


@pytest.mark.timing
def test_one_acknowledges_repeats_as_progress(tmp_path: Path) -> None:
    """Repeats keep the stream long past its timeout."""
    with driven(["tests/zoo/acknowledges_repeats_as_progress.py"]) as harness:
        waiting(harness, streaming_ack_progress_timeout=0.3)
        with connected(harness, tmp_path):
            begin(harness, 9)
            harness.wait("wait_begun")
            for _ in range(10):
                time.sleep(0.1)
                harness.ask("ack", conn="a", stream=1, offset=0)
            assert spent_us(harness, "wait_begun") > 1_200_000


def test_one_believes_any_offset(tmp_path: Path) -> None:
    """One ACK from beyond what was sent, and the whole stream is out."""
    with driven(["tests/zoo/believes_any_offset.py"]) as harness:
        waiting(harness)
        with connected(harness, tmp_path) as peer:
            begin(harness, 9)
            harness.wait("wait_begun")
            harness.ask("ack", conn="a", stream=1, offset=1 << 40)
            assert harness.wait("ack_received")["accepted"]
            assert 9 == len(frames_of(peer, 9))
            assert "done" == harness.wait("stream_ended")["outcome"]


@pytest.mark.parametrize(
    "how", [{"start_after_us": 300_000}, {"chunk_ready_us": [0, 0, 0, 300_000]}]
)
def test_one_forgets_the_pause(tmp_path: Path, how: dict[str, object]) -> None:
    """After a queue or a pause longer than the timeout the first wait fails at once."""
    with driven(["tests/zoo/forgets_the_pause.py"]) as harness:
        waiting(harness, streaming_ack_progress_timeout=0.2)
        with connected(harness, tmp_path):
            begin(harness, 9, **how)
            ended = harness.wait("stream_ended")
            assert "no_progress" == ended["outcome"]
            assert [] == harness.heard("wait_begun")


@pytest.mark.timing
def test_one_looks_only_at_its_interval(tmp_path: Path) -> None:
    """The interval decides when the failure is found."""
    with driven(["tests/zoo/looks_only_at_its_interval.py"]) as harness:
        waiting(
            harness,
            streaming_ack_progress_timeout=0.1,
            streaming_ack_progress_check_interval=1,
        )
        with connected(harness, tmp_path):
            begin(harness, 9)
            assert 1_000_000 <= spent_us(harness, "wait_begun")


@pytest.mark.timing
def test_one_loses_the_wake_up(tmp_path: Path) -> None:
    """The open window is noticed at the next check; a cancel is noticed at once."""
    with driven(["tests/zoo/loses_the_wake_up.py"]) as harness:
        waiting(harness, streaming_ack_progress_check_interval=1)
        with connected(harness, tmp_path):
            begin(harness, 9)
            harness.wait("wait_begun")
            asked = harness.ask("ack", conn="a", stream=1, offset=CHUNK)
            assert asked["ok"]
            acked_us = harness.wait("ack_received")["at_us"]
            begun = harness.wait("chunk_begun", offset=4 * CHUNK)
            assert 500_000 <= begun["at_us"] - acked_us
            harness.wait("wait_begun", outstanding_bytes=3 * CHUNK)
            harness.ask("cancel", conn="a", stream=1)
            assert "cancelled" == harness.wait("stream_ended")["outcome"]


def test_one_sends_the_last_chunk_past_the_window(tmp_path: Path) -> None:
    """Four chunks leave although three exceed the window."""
    with driven(["tests/zoo/sends_the_last_chunk_past_the_window.py"]) as harness:
        waiting(harness)
        with connected(harness, tmp_path) as peer:
            begin(harness, 4)
            assert 4 == len(frames_of(peer, 4))
            assert "done" == harness.wait("stream_ended")["outcome"]


def test_one_tells_a_receiver_that_reported_the_error(tmp_path: Path) -> None:
    """A notice follows the error ACK."""
    with driven(["tests/zoo/tells_a_receiver_that_reported_the_error.py"]) as harness:
        waiting(harness)
        with connected(harness, tmp_path, heartbeats=False) as peer:
            peer.settimeout(PATIENCE_S)
            begin(harness, 9)
            harness.wait("wait_begun")
            harness.ask("ack", conn="a", stream=1, offset=0, error="no")
            assert "ack_error" == harness.wait("stream_ended")["outcome"]
            assert FrameType.NOTICE == frames_of(peer, 4)[3].kind
