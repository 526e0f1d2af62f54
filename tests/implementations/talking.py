"""For the tests of the examples: talking to one line by line, and judging it as a user would."""

import json
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from stallproof.judge.report import Report
from stallproof.judge.rules.machines import DECIDED, REQUIREMENTS
from stallproof.requirements.registry import load_registry
from tests.masked_by_noise import masked

WAIT_S = 60.0
"""How long anything may take before the test gives up; nothing is judged by it."""
LINE_BYTES = 1024 * 1024

VIRTUAL = {"op": "hello", "protocol": 1, "clock": "virtual"}
KNOBS = {"streaming_send_timeout": 0.5, "sfm_send_stall_timeout": 0.1}
STALL: list[dict[str, Any]] = [
    {"op": "config", "knobs": KNOBS},
    {"op": "open", "conn": "a", "transport": "virtual", "room_bytes": 10},
    {"op": "monitor", "period_us": 200_000},
    {"op": "send", "conn": "a", "send": 1, "size_bytes": 60},
    {"op": "send", "conn": "a", "send": 2, "size_bytes": 5},
    {"op": "accept", "conn": "a", "wrote_bytes": 49},
    {"op": "advance", "to_us": 500_000},
]
"""A send that has one byte left when its deadline comes, and one that waits behind it."""
STREAM: list[dict[str, Any]] = [
    {"op": "config", "knobs": {"streaming_window_size": 10, "streaming_chunk_size": 10}},
    {"op": "open", "conn": "a", "transport": "virtual", "room_bytes": None},
    {"op": "stream", "conn": "a", "stream": 1, "total_bytes": 40},
    {"op": "ack", "conn": "a", "stream": 1, "offset": 10, "origin": None, "error": None},
    {"op": "advance", "to_us": 100_000_000},
]
"""A stream that stops at its window, goes on by an ACK, and then gets none for too long."""

NONSENSE: list[tuple[bytes, int, str]] = [
    (b'{"id":7,"op":"juggle"}', 7, "unsupported"),
    (b'{"id":7,"op":"open","conn":"b","transport":"carrier-pigeon"}', 7, "unsupported"),
    (b'{"id":7,"op":"config","knobs":{"streaming_send_timeout":0}}', 7, "refused"),
    (b'{"id":7,"op":"config","knobs":{"streaming_send_timeout":1e999}}', 7, "refused"),
    (b'{"id":7,"op":"config","knobs":{"heartbeat_interval":true}}', 7, "refused"),
    (b'{"id":7,"op":"send","conn":"nobody","send":1,"size_bytes":1}', 7, "failed"),
    (b'{"id":7,"op":"send","conn":"a","send":1,"size_bytes":-1}', 7, "failed"),
    (b'{"id":7,"op":"advance","to_us":99999999999999999999}', 7, "failed"),
    (b'{"id":7,"op":5}', 7, "failed"),
    (b'{"op":"hello"}', 0, "failed"),
    (b"null", 0, "failed"),
    (b"nonsense", 0, "failed"),
    (b'{"id":7,"op":"stop"}}', 0, "failed"),
    (b"[" * 100_000, 0, "failed"),
    (b'{"id":7,"op":"' + b"y" * LINE_BYTES + b'"}', 0, "failed"),
]
"""Lines that are no requests, or none that can be, with the id and the error of their answers."""


def told(command: Sequence[str], *lines: bytes) -> list[dict[str, Any]]:
    """Return what is answered and said to `lines`; it has to end well, and in silence."""
    run = subprocess.run(
        list(command), input=b"".join(line + b"\n" for line in lines), capture_output=True,
        timeout=WAIT_S, check=False,
    )  # fmt: skip
    assert (0, b"") == (run.returncode, run.stderr)
    return [json.loads(line) for line in run.stdout.decode().splitlines()]


def played(command: Sequence[str], *requests: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what comes of `requests` in virtual time, from the first reply after `hello` on."""
    whole = [{"id": ident, **request} for ident, request in enumerate((VIRTUAL, *requests))]
    return told(command, *(json.dumps(request).encode() for request in whole))[1:]


def answers_around(line: bytes, command: Sequence[str]) -> list[tuple[int, str | None]]:
    """Return the ids and the errors of all replies, where `line` comes between right requests."""
    opened = b'{"id":2,"op":"open","conn":"a","transport":"virtual"}'
    hello = json.dumps({"id": 1, **VIRTUAL}).encode()
    lines = told(command, hello, opened, line, b'{"id":8,"op":"stop"}')
    return [(reply["id"], reply.get("error")) for reply in lines if "id" in reply]


def events(lines: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    """Return the name and the time of the events of these names, and how they ended."""
    return [
        (line["event"], line["at_us"], line.get("outcome"))
        for line in lines
        if line.get("event") in names
    ]


ON_SOCKETS = (
    "SD-1", "SD-8", "SD-13", "SD-14", "SC-7", "SC-14", "AP-8", "AP-12", "CX-1",
)  # fmt: skip
"""What an example has to show on real sockets: it takes no TLS, and has scenarios of every kind."""
OTHER_MACHINES = frozenset(REQUIREMENTS) - DECIDED["download_retry"]
"""What the pure machines decide that no example has."""
NOT_CLAIMED = load_registry().undecidable | load_registry().select(["CF"]) | OTHER_MACHINES
"""What virtual time cannot decide, and what the examples do not have: configuration, machines."""
WITHOUT_GIVING_UP = NOT_CLAIMED | {"SD-18"}
"""What those do not have either that declare no `give_up`."""


def judged(command: Sequence[str], folder: Path, *arguments: str) -> dict[str, Any]:
    """Return the report on `command`, judged from the command line as a user would."""
    report = folder / "report.json"
    run = subprocess.run(
        [
            *(sys.executable, "-m", "stallproof", "conform", "--impl", shlex.join(command)),
            *("--json", str(report), *arguments),
        ],
        capture_output=True, text=True, check=False, timeout=10 * WAIT_S,
    )  # fmt: skip
    assert report.exists(), run.stderr
    found: dict[str, Any] = json.loads(report.read_text("utf-8"))
    return found


def left(report: dict[str, Any]) -> dict[str, str]:
    """Return the selected requirements that did not pass, and how they fared."""
    assert [] == report["harness"]
    return {
        judgement["id"]: judgement["verdict"]
        for judgement in report["requirements"]
        if judgement["selected"] and judgement["verdict"] != "pass"
    }


def noisy(report: dict[str, Any]) -> set[str]:
    """Return the requirements of which the noise of the machine hides what is found."""
    return masked(msgspec.convert(report, Report))
