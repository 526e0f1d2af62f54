"""The wrong sender of streams answers the protocol, and is wrong in its own way."""

from pathlib import Path

import pytest

from tests.harness.driving import RunningHarness, connected, running
from tests.harness.test_streams import CHUNK, KNOBS, frames_of

SLEEPY = ["tests/implementations/negative/loses_the_wake_up.py"]


def begin(harness: RunningHarness, chunks: int) -> None:
    """Ask for a stream of so many whole chunks."""
    assert harness.ask("stream", conn="a", stream=1, total_bytes=chunks * CHUNK)["ok"]


def waiting(harness: RunningHarness, **knobs: float) -> None:
    """Set small windows and `knobs`, in seconds."""
    assert harness.ask("config", knobs={**KNOBS, **knobs})["ok"]


def test_it_is_sound_where_it_is_not_wrong(tmp_path: Path) -> None:
    """A stream that fits the window is done, under a name of its own, with a clean exit."""
    with running(SLEEPY) as harness:
        assert harness.ask("hello", protocol=1)["name"] == "loses-the-wake-up"
        waiting(harness)
        with connected(harness, tmp_path) as peer:
            begin(harness, 3)
            assert 3 == len(frames_of(peer, 3))
            assert "done" == harness.wait("stream_ended")["outcome"]
        assert harness.ask("stop")["ok"]
        assert harness.gone() == 0


@pytest.mark.timing
def test_it_loses_the_wake_up(tmp_path: Path) -> None:
    """The open window is noticed at a check, an interval after the wait began; a cancel at once."""
    with running(SLEEPY) as harness:
        waiting(harness, streaming_ack_progress_check_interval=1)
        with connected(harness, tmp_path):
            begin(harness, 9)
            wait_us = harness.wait("wait_begun")["at_us"]
            asked = harness.ask("ack", conn="a", stream=1, offset=CHUNK)
            assert asked["ok"]
            acked_us = harness.wait("ack_received")["at_us"]
            begun = harness.wait("chunk_begun", offset=4 * CHUNK)
            assert acked_us < begun["at_us"]
            assert 1_000_000 <= begun["at_us"] - wait_us
            harness.wait("wait_begun", outstanding_bytes=3 * CHUNK)
            harness.ask("cancel", conn="a", stream=1)
            assert "cancelled" == harness.wait("stream_ended")["outcome"]
