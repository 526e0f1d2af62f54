"""What the peer says of its own accord: a greeting, a reply, an answer to each frame of a kind."""

import msgspec
import pytest

from stallproof.wire.events import PeerFrame, PeerMode
from stallproof.wire.layout import FrameLayout, Handshake
from tests.runner.peer.forms import FORMS, NATS
from tests.runner.peer.peer_bench import Bench, both, open_bench, payload, settle

bench = pytest.fixture(open_bench)


def _answering(layout: FrameLayout, **answers: bytes) -> FrameLayout:
    return msgspec.structs.replace(
        layout,
        greeting_hex=b"INFO {}\r\n".hex(),
        handshake=Handshake(frames=2, reply_hex=b"PONG\r\n".hex()),
        answers_hex={kind: answer.hex() for kind, answer in answers.items()},
    )


@both
def test_a_greeting_comes_before_anything_was_said(bench: Bench, transport: str) -> None:
    """Then the opening of the other side is read and answered, also by a peer that stopped."""
    bench.peer.layout(_answering(NATS))
    sock = bench.connect(transport, mode="stop")
    assert b"INFO {}\r\n" == sock.recv(100)
    sock.sendall(b'CONNECT {"verbose":false}\r\nPING\r\nPING\r\n')
    assert b"PONG\r\n" == sock.recv(100)
    assert 6 == bench.unread(6)


def test_each_whole_frame_of_a_kind_is_answered(bench: Bench) -> None:
    """Half a frame is not answered, another kind is not either, and two frames are twice."""
    bench.peer.layout(_answering(NATS, data=b"+OK\r\n"))
    sock = bench.connect("unix")
    sock.sendall(b"CONNECT {}\r\nPING\r\n")
    frame = FORMS["nats"].write(payload(1, 40))
    assert b"INFO {}\r\nPONG\r\n" == sock.makefile("rb").read(15)
    sock.sendall(b"PING\r\n" + frame[:-1])
    bench.wait(PeerFrame, lambda e: e.index == 2)
    settle(bench)
    sock.sendall(frame[-1:] + frame)
    assert b"+OK\r\n+OK\r\n" == sock.makefile("rb").read(10)


@both
@pytest.mark.parametrize("form", ["lines", "ended", "nats", "resp", "mqtt"])
def test_a_limit_in_frames_is_exact_in_every_form(bench: Bench, transport: str, form: str) -> None:
    """After two frames the third lies unread with every byte of it, large ones included."""
    written, layout = FORMS[form].write, FORMS[form].layout
    bench.peer.layout(layout)
    sock = bench.connect(transport, mode="stop")
    third = written(payload(3, 300))
    bench.peer.stop_after_frames("a", 2)
    sock.sendall(written(payload(1, 100)) + written(payload(2, 400_000)) + third)
    bench.wait(PeerMode, lambda e: e.mode == "stop")
    bench.wait(PeerFrame, lambda e: e.index == 1)
    assert len(third) == bench.unread(len(third))
    assert [(1, True), (2, True)] == [(f.send, f.intact) for f in bench.all(PeerFrame)]
