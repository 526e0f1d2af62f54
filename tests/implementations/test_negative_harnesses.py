"""The three wrong implementations answer the protocol, and each is wrong in its own way."""

import time
from pathlib import Path

import pytest

from stallproof.drivers.frame import FrameType
from tests.harness.driving import connected, running

LARGE_BYTES = 8 << 20
NEGATIVE = ["blocks_in_its_write", "heartbeats_through_the_lock", "ok_while_closing"]


@pytest.mark.parametrize("name", NEGATIVE)
def test_each_is_sound_where_it_is_not_wrong(name: str, tmp_path: Path) -> None:
    """A small frame to a peer that reads is OK, under a name of its own, with a clean exit."""
    with running([f"tests/implementations/negative/{name}.py"]) as harness:
        assert harness.ask("hello", protocol=1)["name"] == name.replace("_", "-")
        assert harness.ask("frobnicate")["error"] == "unsupported"
        with connected(harness, tmp_path) as peer:
            harness.ask("send", conn="a", send=1, size_bytes=8)
            assert len(peer.recv(100)) == 24
            assert harness.wait("send_ended", send=1)["outcome"] == "ok"
        assert harness.ask("stop")["ok"]
        assert harness.gone() == 0


def test_one_blocks_in_its_write(tmp_path: Path) -> None:
    """Long past its deadline the send still holds the lock."""
    with running(["tests/implementations/negative/blocks_in_its_write.py"]) as harness:
        harness.ask("config", knobs={"streaming_send_timeout": 0.1})
        with connected(harness, tmp_path):
            harness.ask("send", conn="a", send=1, size_bytes=LARGE_BYTES)
            harness.wait("send_started", send=1)
            time.sleep(0.6)
            assert [] == harness.heard("send_ended")


def test_one_sends_heartbeats_through_the_lock(tmp_path: Path) -> None:
    """Its pass stops at the stalled connection; on a healthy one it does send heartbeats."""
    with (
        running(["tests/implementations/negative/heartbeats_through_the_lock.py"]) as harness,
        connected(harness, tmp_path) as peer,
    ):
        assert harness.ask("check")["ok"]
        assert peer.recv(100)[6] == FrameType.PING
        harness.ask("send", conn="a", send=1, size_bytes=LARGE_BYTES)
        harness.wait("written", send=1)
        harness.write(b'{"id":1,"op":"check"}\n')
        harness.wait("pass_begun", tick=2)
        time.sleep(0.3)
        assert len(harness.heard("pass_ended")) == 1


def test_one_says_ok_while_closing(tmp_path: Path) -> None:
    """A send that was cut off by the closing is reported as OK."""
    with (
        running(["tests/implementations/negative/ok_while_closing.py"]) as harness,
        connected(harness, tmp_path) as peer,
    ):
        harness.ask("send", conn="a", send=1, size_bytes=LARGE_BYTES)
        harness.wait("written", send=1)
        harness.ask("close", conn="a")
        assert harness.wait("send_ended", send=1)["outcome"] == "ok"
        got = 0
        while piece := peer.recv(1 << 20):
            got += len(piece)
        assert got < LARGE_BYTES
