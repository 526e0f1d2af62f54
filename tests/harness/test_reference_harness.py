"""The reference behind the protocol, as a process of its own, over pipes and real sockets."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from stallproof.drivers.clock import now_us
from stallproof.drivers.frame import PREFIX_BYTES, FrameReader, FrameType, Outgoing, payload_view
from stallproof.drivers.monitor import SLACK_US
from stallproof.harness.payload import payload_of
from stallproof.harness.reference import Reference
from stallproof.wire.codec import decode_implementation
from stallproof.wire.implementation import Checked
from stallproof.wire.protocol import ConfigRequest, OpenRequest
from tests.drivers.peers import eventually
from tests.harness.driving import PATIENCE_S, connected, running
from tests.timing import in_time

LARGE_BYTES = 8 << 20


def read_frames(peer: socket.socket, frames: int) -> list[bytes]:
    """Read until so many whole frames came in; return their payloads."""
    reader = FrameReader()
    payloads: list[bytes] = []
    while len(payloads) < frames:
        piece = peer.recv(1 << 20)
        assert piece, "the stream ended early"
        payloads += [frame.payload for frame in reader.feed(piece)]
    return payloads


@pytest.mark.timing
def test_a_whole_scenario_of_a_stall(tmp_path: Path) -> None:
    """A frame arrives, a stall times out, a probe is suppressed, and the end is reported."""
    with running() as harness:
        harness.ask("config", knobs={"streaming_send_timeout": 0.2})
        with connected(harness, tmp_path) as peer:
            harness.ask("send", conn="a", send=1, size_bytes=100_000)
            assert [bytes(payload_of(1, 100_000))] == read_frames(peer, 1)
            assert harness.wait("send_ended", send=1)["outcome"] == "ok"
            harness.ask("send", conn="a", send=2, size_bytes=LARGE_BYTES)
            taken = harness.wait("lock_taken", send=2)
            harness.ask("send", conn="a", send=3, size_bytes=10)
            ended = harness.wait("send_ended", send=2)
            assert ("timeout", True) == (ended["outcome"], ended["raised"])
            assert 200_000 <= ended["at_us"] - taken["at_us"]
            assert in_time(taken["at_us"], ended["at_us"], 200_000)
            probe = harness.wait("send_ended", send=3)
            assert ("suppressed", False) == (probe["outcome"], probe["raised"])
            order = [event["event"] for event in harness.events if event["event"] != "written"]
            assert order.index("closing") < order.index("closed")
            rest = b""
            while piece := peer.recv(1 << 20):
                rest += piece
            assert ended["written_bytes"] == len(rest)
        assert harness.ask("stop")["ok"]
        assert harness.gone() == 0


def test_another_configuration_begins_anew(tmp_path: Path) -> None:
    """Names come again, the new knobs alone are in force, and nobody is watched from before."""
    events: list[object] = []
    reference = Reference(events.append)
    for knobs in ({"streaming_send_timeout": 7.0}, {"sfm_send_stall_timeout": 8.0}):
        effective: Any = reference.config(ConfigRequest(id=1, knobs=knobs))["effective"]
        assert knobs.items() <= effective.items()
        path = str(tmp_path / next(iter(knobs)))
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(path)
            listener.listen()
            reference.open(OpenRequest(id=2, conn="a", transport="unix", path=path))
            before = len(events)
            reference.check()
            assert ["a"] == [e.conn for e in events[before:] if isinstance(e, Checked)]
            reference.link("a").close()
    assert 7.0 != effective["streaming_send_timeout"]


@pytest.mark.requirement("SC-9", kind="socket")
def test_the_monitor_declares_the_form_and_the_lateness_of_its_schedule() -> None:
    """Where it says who it is, and where its schedule begins: an absolute one, with its slack."""
    reference = Reference(lambda event: None)
    claims = [reference.hello().monitor, reference.monitor(50_000)]
    reference.monitor(None)
    assert [("b", SLACK_US)] * 2 == [(one.form, one.slack_us) for one in claims if one is not None]


def test_a_close_frees_a_blocked_send(tmp_path: Path) -> None:
    """The reply to `close` comes at once, and the send ends suppressed."""
    with running() as harness, connected(harness, tmp_path):
        harness.ask("send", conn="a", send=1, size_bytes=LARGE_BYTES)
        harness.wait("written", send=1)
        assert harness.ask("close", conn="a")["ok"]
        ended = harness.wait("send_ended", send=1)
        assert ("suppressed", False) == (ended["outcome"], ended["raised"])
        assert ["local"] == [event["cause"] for event in harness.heard("closing")]


def test_tcp_with_a_small_buffer_and_a_high_descriptor() -> None:
    """Over TCP a frame larger than the buffers arrives whole, on the descriptor asked for."""
    with running() as harness, socket.create_server(("127.0.0.1", 0)) as listener:
        host, port = listener.getsockname()
        reply = harness.ask(
            "open", conn="t", transport="tcp", host=host, port=port, send_buffer_bytes=4096,
            lowest_descriptor=1030,
        )  # fmt: skip
        if not reply["ok"]:
            pytest.skip(f"the system allows too few descriptors: {reply['message']}")
        assert reply["descriptor"] >= 1030
        peer, _ = listener.accept()
        with peer:
            peer.settimeout(PATIENCE_S)
            harness.ask("send", conn="t", send=9, size_bytes=1 << 20)
            assert [bytes(payload_of(9, 1 << 20))] == read_frames(peer, 1)
            assert harness.wait("send_ended", send=9)["outcome"] == "ok"


def test_repeated_sends_are_one_report(tmp_path: Path) -> None:
    """Many frames come one after the other, in order, with one event at each end."""
    with running() as harness, connected(harness, tmp_path) as peer:
        harness.ask("send", conn="a", send=10, size_bytes=8, repeat=3000)
        expected = [bytes(payload_of(10 + number, 8)) for number in range(3000)]
        assert expected == read_frames(peer, 3000)
        ended = harness.wait("send_ended", send=10)
        assert ("ok", 3000) == (ended["outcome"], ended["completed"])
        assert len(harness.heard("send_started")) == 1
        assert [] == harness.heard("written")


def test_received_frames_are_counted(tmp_path: Path) -> None:
    """Frames of the peer are reported and counted."""
    with running() as harness, connected(harness, tmp_path) as peer:
        assert harness.ask("received", conn="a")["frames"] == 0
        frame = b"".join(Outgoing(FrameType.DATA, 1, payload_view(b"abc")).rest(0, 100))
        peer.sendall(frame * 2)
        harness.wait("received", conn="a", kind="data")
        assert eventually(lambda: harness.ask("received", conn="a")["frames"] == 2)


def test_a_check_is_one_pass_and_sends_the_heartbeat_that_is_due(tmp_path: Path) -> None:
    """A connection that never received is idle; where heartbeats are forbidden none is sent."""
    with (
        running() as harness,
        connected(harness, tmp_path) as peer,
        connected(harness, tmp_path, "b", heartbeats=False) as silent,
    ):
        reply = harness.ask("check")
        assert reply["began_us"] <= reply["ended_us"]
        assert [("a", 0), ("b", 0)] == [(e["conn"], e["count"]) for e in harness.heard("checked")]
        assert harness.wait("heartbeat_sent")["conn"] == "a"
        assert peer.recv(100)[6] == FrameType.PING
        silent.settimeout(0.05)
        with pytest.raises(TimeoutError):
            silent.recv(1)


@pytest.mark.requirement("SC-14", kind="socket")
def test_the_monitor_closes_although_the_wall_clock_jumps(tmp_path: Path) -> None:
    """Only the monotonic clock decides, whatever the wall clock says."""
    knobs = {
        "streaming_send_timeout": 30,
        "sfm_send_stall_timeout": 0.1,
        "sfm_close_stalled_connection": True,
        "sfm_send_stall_consecutive_checks": 2,
    }
    with running() as harness:
        harness.ask("config", knobs=knobs)
        with connected(harness, tmp_path):
            assert harness.ask("monitor", period_us=50_000)["form"] == "b"
            harness.ask("send", conn="a", send=1, size_bytes=LARGE_BYTES)
            taken = harness.wait("lock_taken", send=1)
            asked_us = now_us()
            jumped = harness.ask("wall_jump", by_us=-3_600_000_000)
            moved_us = jumped["after_us"] - jumped["before_us"] + 3_600_000_000
            assert 0 <= moved_us <= now_us() - asked_us
            closing = harness.wait("closing", conn="a")
            assert closing["cause"] == "monitor"
            after_us = closing["at_us"] - taken["at_us"]
            assert 100_000 + 50_000 - SLACK_US < after_us
            assert harness.wait("send_ended", send=1)["outcome"] == "suppressed"
            assert harness.ask("monitor", period_us=None)["ok"]


@pytest.mark.timing
@pytest.mark.parametrize("ending", ["stop", "eof"])
def test_it_leaves_although_a_send_is_blocked(tmp_path: Path, ending: str) -> None:
    """After stop or the end of its input the harness exits with status 0."""
    with running() as harness, connected(harness, tmp_path):
        harness.ask("send", conn="a", send=1, size_bytes=LARGE_BYTES)
        harness.wait("written", send=1)
        began_us = now_us()
        if ending == "stop":
            assert harness.ask("stop")["ok"]
        else:
            assert harness.process.stdin is not None
            harness.process.stdin.close()
        assert harness.gone() == 0
        assert in_time(began_us, now_us(), 1_000_000)


def test_every_event_is_one_of_the_trace(tmp_path: Path) -> None:
    """What the harness says of itself decodes as events that an implementation may say."""
    with running() as harness, connected(harness, tmp_path) as peer:
        harness.ask("send", conn="a", send=1, size_bytes=1)
        assert len(read_frames(peer, 1)[0]) == 1
        harness.ask("check")
        harness.ask("close", conn="a")
        harness.wait("closed")
        for event in harness.events:
            decode_implementation(json.dumps(event).encode())
        assert harness.wait("written")["wrote_bytes"] == PREFIX_BYTES + 1
