"""What Python users would reach for instead: each harness answers, and a small frame arrives.

Some need packages of others: their interpreter is named, from the project's folder on, in the
environment variable STALLPROOF_ALTERNATIVES_PYTHON, as `make test` does.
"""

import json
import os
import socket
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from stallproof.runner.smoke import is_sound, smoked

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent / "python"
WAIT_S = 30.0
"""How long anything may take before the test gives up; nothing is judged by it."""

OURS = ("settimeout_sendall", "so_sndtimeo", "asyncio_streams")
THEIRS = ("trio_streams", "grpcio_keepalive")
ALTERNATIVES = os.environ.get("STALLPROOF_ALTERNATIVES_PYTHON", "")
NAMED = pytest.mark.skipif(
    not ALTERNATIVES, reason="STALLPROOF_ALTERNATIVES_PYTHON names no interpreter"
)
TRANSPORTS = [*OURS, *(pytest.param(name, marks=NAMED) for name in THEIRS)]

HELLO = {"op": "hello", "protocol": 1}
CONFIG = {"op": "config", "knobs": {"streaming_send_timeout": 5.0}}
SEND = {"op": "send", "conn": "a", "send": 7, "size_bytes": 20}
FRAME = struct.pack(">IIIIII", 20, 7, 0, 7, 1, 7)


def started(transport: str) -> subprocess.Popen[str]:
    """Start the harness of `transport` in the environment that has its package."""
    python = sys.executable if transport in OURS else str(ROOT / ALTERNATIVES)
    return subprocess.Popen(
        [python, str(HERE / f"{transport}.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "reference")},
    )


def ask(process: subprocess.Popen[str], number: int, request: dict[str, Any]) -> dict[str, Any]:
    """Send one request, and return its reply; events in between are passed over."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps({"id": number, **request}) + "\n")
    process.stdin.flush()
    for line in process.stdout:
        said: dict[str, Any] = json.loads(line)
        if said.get("id") == number:
            return said
    raise AssertionError("the harness ended without a reply")


def taken(listener: socket.socket) -> bytes:
    """Return as many bytes as one frame has, from the first connection that comes."""
    peer, _ = listener.accept()
    peer.settimeout(WAIT_S)
    whole = b""
    with peer:
        while len(whole) < len(FRAME) and (part := peer.recv(len(FRAME) - len(whole))):
            whole += part
    return whole


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_harness_answers_and_a_small_frame_arrives(transport: str) -> None:
    """It says who it is, knows its knob and no strange operation, and the peer gets the frame."""
    with socket.create_server(("127.0.0.1", 0)) as listener, started(transport) as process:
        listener.settimeout(WAIT_S)
        try:
            where = {"transport": "tcp", "host": "127.0.0.1", "port": listener.getsockname()[1]}
            hello = ask(process, 1, HELLO)
            effective = ask(process, 2, CONFIG)["effective"]
            strange = ask(process, 3, {"op": "qzvkx"})
            opened = ask(process, 4, {"op": "open", "conn": "a", **where})
            ask(process, 5, SEND)
            frame = taken(listener)
            ask(process, 6, {"op": "stop"})
            status = process.wait(WAIT_S)
        finally:
            process.kill()
    assert ("python", True) == (hello["language"], bool(hello["version"]))
    assert {"streaming_send_timeout": 5.0} == effective
    assert "unsupported" == strange["error"]
    assert opened["ok"] is True
    assert FRAME == frame
    assert 0 == status


@NAMED
@pytest.mark.parametrize("client", ["redis_client", "nats_client", "mqtt_client"])
def test_a_client_of_a_known_protocol_is_sound(
    client: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The peer plays as much of a server as it needs: its opening, its answers, its frames."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "reference"))
    checks = list(smoked((str(ROOT / ALTERNATIVES), str(HERE / f"{client}.py"))))
    assert is_sound(checks), checks
