"""What the server makes of requests in virtual time: order, determinism, cases, and nonsense."""

import json
import subprocess
import sys
from typing import Any

import pytest

from stallproof.harness.reference import Reference
from stallproof.wire.protocol import LINE_MAX_BYTES
from tests.harness.driving import running
from tests.harness.playing import HELLO, Play, written
from tests.implementations.negative.blocks_in_its_write import BlocksInItsWrite


def case(room: int) -> list[dict[str, Any]]:
    """Return the requests of a case in which something of everything happens."""
    knobs = {"streaming_send_timeout": 0.001, "streaming_window_size": 5, "streaming_chunk_size": 5}
    play = Play(**knobs).open(room=room).open("b").send(1, 20).do("monitor", period_us=10**7)
    play.do("stream", conn="b", stream=1, total_bytes=30).accept(3, 500).do(
        "wall_jump", 600, by_us=9
    )
    return play.until(10**8).requests[1:]


def test_the_same_requests_bring_the_same_bytes() -> None:
    """Nothing but the requests decides what is written, in this process and in another one."""
    requests = [HELLO, *case(5), *case(7), {"op": "stop"}]
    lines = [json.dumps({"id": number, **one}) for number, one in enumerate(requests, 1)]
    other = subprocess.run(
        [sys.executable, "-m", "stallproof.harness"],
        input="\n".join(lines).encode(), stdout=subprocess.PIPE, check=True,
    )  # fmt: skip
    assert other.stdout == written(requests)
    assert other.stdout.count(b"\n") > 40


def test_a_new_case_forgets_everything() -> None:
    """A case says the same whatever was before it, also after one that was refused."""
    alone = said(written([HELLO, *case(5)]))
    bad = {"op": "config", "knobs": {"streaming_send_timeout": -1}}
    after = said(written([HELLO, *case(9), bad, *case(5)]))
    assert after[-len(alone) + 1 :] == alone[1:]
    gone = [HELLO, *case(9), bad, {"op": "send", "conn": "a", "send": 9, "size_bytes": 1}]
    last = json.loads(written(gone).splitlines()[-1])
    assert "no connection" in last["message"]


def said(out: bytes) -> list[dict[str, Any]]:
    """Return the lines of `out` without the ids of replies."""
    return [{k: v for k, v in json.loads(line).items() if k != "id"} for line in out.splitlines()]


OPEN = {"op": "open", "conn": "a", "transport": "virtual"}


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        ({"op": "advance", "to_us": 9}, "failed"),
        ({"op": "send", "conn": "x", "send": 1, "size_bytes": 1}, "failed"),
        ({"op": "send", "conn": "a", "send": 1, "size_bytes": 0}, "failed"),
        ({"op": "send", "conn": "a", "send": 1, "size_bytes": 1, "repeat": 2}, "unsupported"),
        ({"op": "send", "conn": "a", "send": 1, "size_bytes": 1, "kind": "ack"}, "unsupported"),
        (OPEN, "failed"),
        ({**OPEN, "conn": "b", "room_bytes": -1}, "failed"),
        ({**OPEN, "conn": "b", "transport": "unix", "path": "x"}, "unsupported"),
        ({"op": "accept", "conn": "a", "wrote_bytes": 0}, "failed"),
        ({"op": "accept", "conn": "a", "wrote_bytes": 1, "late_us": -1}, "failed"),
        ({"op": "fail", "conn": "a", "cause": "ENOSUCHTHING"}, "failed"),
        ({"op": "fail", "conn": "a", "cause": "errorcode"}, "failed"),
        ({"op": "ack", "conn": "a", "stream": 1, "offset": 1}, "failed"),
        ({"op": "cancel", "conn": "a", "stream": 1}, "failed"),
        ({"op": "stream", "conn": "a", "stream": 1, "total_bytes": 0}, "failed"),
        (
            {"op": "stream", "conn": "a", "stream": 1, "total_bytes": 1, "start_after_us": -1},
            "failed",
        ),
        ({"op": "monitor", "period_us": 0}, "failed"),
        ({"op": "frobnicate_7261"}, "unsupported"),
        ({"op": "advance"}, "failed"),
        ({"op": "hello", "protocol": 2, "clock": "virtual"}, "unsupported"),
        ({"op": "hello", "protocol": 1}, "failed"),
    ],
)
def test_nonsense_is_answered_and_changes_nothing(request_: dict[str, Any], error: str) -> None:
    """Each request that cannot be is answered with a message, and the case goes on."""
    play = Play().do("open", conn="a", transport="virtual").until(10)._ask(request_).send(1, 5)
    *_, bad, good = play.replies()
    assert (bad["ok"], bad["error"]) == (False, error)
    assert bad["message"]
    assert good["ok"]


def test_virtual_time_is_unsupported_where_it_is_not_declared() -> None:
    """Whoever waits in system calls of its own is not asked to live in virtual time."""
    assert json.loads(written([HELLO], Reference))["ok"]
    assert json.loads(written([HELLO], BlocksInItsWrite))["error"] == "unsupported"


@pytest.mark.parametrize(
    "request_",
    [
        {"op": "advance", "to_us": 1},
        {"op": "accept", "conn": "a", "wrote_bytes": 1},
        {"op": "fail", "conn": "a", "cause": "EIO"},
        {"op": "open", "conn": "a", "transport": "virtual"},
    ],
)
def test_virtual_requests_are_unsupported_on_the_real_clock(request_: dict[str, Any]) -> None:
    """What would need a clock from outside is not there."""
    with running() as harness:
        assert harness.ask("hello", protocol=1, clock="real")["ok"]
        assert harness.ask(**request_)["error"] == "unsupported"


def test_lines_that_are_none_are_answered() -> None:
    """A line too long, garbage and an empty line leave the server at work."""
    with running() as harness:
        assert harness.ask("hello", protocol=1, clock="virtual")["ok"]
        harness.write(b"\n" + b"x" * (LINE_MAX_BYTES + 5) + b"\n{]\n")
        assert [harness.reply()["error"] for _ in range(2)] == ["failed", "failed"]
        assert harness.ask("config", knobs={})["ok"]
        assert harness.ask("stop")["ok"]
        assert harness.gone() == 0
