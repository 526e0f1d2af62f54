"""What the harness makes of good, bad and impossible requests."""

from pathlib import Path

import pytest

from stallproof.drivers.monitor import SLACK_US
from stallproof.wire.protocol import FEATURES, LINE_MAX_BYTES
from tests.harness.driving import running

LARGE_BYTES = 8 << 20


def test_hello_names_the_implementation_and_known_features() -> None:
    """The hello is complete, and a protocol nobody speaks is unsupported."""
    with running() as harness:
        hello = harness.ask("hello", protocol=1)
        assert ("stallproof-reference", "python") == (hello["name"], hello["language"])
        assert set(hello["features"]) <= FEATURES
        monitor = {"form": "b", "slack_us": SLACK_US, "period_us": 5_000_000}
        assert monitor == hello["monitor"]
        assert hello["frames"]["kind"] == {
            "at": 6, "bytes": 1, "data": [1], "heartbeat": [6], "ack": [2]
        }  # fmt: skip
        assert harness.ask("hello", protocol=2)["error"] == "unsupported"


@pytest.mark.parametrize(
    ("op", "fields"),
    [
        ("frobnicate_7261", {}),
        ("advance", {"to_us": 1}),
        ("accept", {"conn": "a", "wrote_bytes": 1}),
        ("open", {"conn": "a", "transport": "quic", "host": "127.0.0.1", "port": 1}),
    ],
)
def test_what_it_does_not_have_is_unsupported(op: str, fields: dict[str, object]) -> None:
    """Neither an unknown operation nor an unknown value of one is refused or failed."""
    with running() as harness:
        assert harness.ask(op, **fields)["error"] == "unsupported"


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (b"<html>\n", "failed"),
        (b"\xff\xfe\n", "failed"),
        (b"[]\n", "failed"),
        (b"{}\n", "failed"),
        (b'{"id":7,"op":"send"}\n', "failed"),
        (b'{"id":"x","op":"hello","protocol":1}\n', "failed"),
        (b'{"id":7,"op":"nope"}\n', "unsupported"),
        (b"x" * (LINE_MAX_BYTES + 5) + b"\n", "failed"),
        (b"[" * 5000 + b"\n", "failed"),
    ],
)
def test_garbage_gets_a_reply_and_no_crash(line: bytes, error: str) -> None:
    """Whatever comes in is answered, and the next request is served."""
    with running() as harness:
        harness.write(b"\n" + line)
        reply = harness.reply()
        assert (False, error) == (reply["ok"], reply["error"])
        assert harness.ask("hello", protocol=1)["ok"]


def test_a_bad_knob_is_refused_by_name_and_its_neighbour_accepted() -> None:
    """A refusal says which knob, which value, and what is allowed."""
    with running() as harness:
        refused = harness.ask("config", knobs={"streaming_send_timeout": -1})
        assert ("refused", "streaming_send_timeout", -1) == (
            refused["error"], refused["knob"], refused["value"],
        )  # fmt: skip
        taken = harness.ask("config", knobs={"streaming_send_timeout": 0.25, "other": 1})
        assert taken["effective"]["streaming_send_timeout"] == 0.25
        assert len(taken["notes"]) == 1


def test_failures_are_answered_as_failures(tmp_path: Path) -> None:
    """No listener, no connection, an impossible send: each is `failed` with a message."""
    with running() as harness:
        nobody = str(tmp_path / "nobody")
        requests: list[tuple[str, dict[str, object]]] = [
            ("open", {"conn": "a", "transport": "unix", "path": nobody}),
            ("open", {"conn": "a", "transport": "unix"}),
            ("send", {"conn": "b", "send": 1, "size_bytes": 1}),
            ("close", {"conn": "b"}),
            ("received", {"conn": "b"}),
            ("monitor", {"period_us": 0}),
        ]
        for op, fields in requests:
            reply = harness.ask(op, **fields)
            assert (False, "failed") == (reply["ok"], reply["error"])
            assert reply["message"]
