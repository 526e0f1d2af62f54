"""The example in Node.js: it survives nonsense, and passes everything that it claims."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.implementations.node.running import COMMAND, HARNESS, KIT, need_node
from tests.implementations.talking import (
    NONSENSE,
    ON_SOCKETS,
    STALL,
    STREAM,
    VIRTUAL,
    WITHOUT_GIVING_UP,
    answers_around,
    events,
    judged,
    left,
    noisy,
    played,
)

REAL = ",".join((*ON_SOCKETS, "SD-7", "SD-8", "SC-12", "AP-10", "CX-3", "CX-6"))


@pytest.fixture(autouse=True)
def _node() -> None:
    need_node()


def test_a_send_ends_at_its_deadline_to_the_microsecond() -> None:
    """The send with a byte left times out and closes, once, and the one behind it is suppressed."""
    assert [
        ("closing", 500_000, None),
        ("send_ended", 500_000, "timeout"),
        ("send_ended", 500_000, "suppressed"),
    ] == events(played(COMMAND, *STALL), "closing", "send_ended")


def test_a_stream_gives_up_when_that_is_due() -> None:
    """The watchdog ends a stream a progress timeout after its wait began, and says so once."""
    assert [
        ("stream_ended", 60_000_000, "no_progress"),
        ("notice_sent", 60_000_000, None),
    ] == events(played(COMMAND, *STREAM), "stream_ended", "notice_sent")


def test_nothing_of_an_earlier_case_shows_in_a_later_one() -> None:
    """What a case brings does not depend on what was played before it."""
    alone = [line for line in played(COMMAND, *STREAM) if "event" in line]
    after = played(COMMAND, *STALL, *STREAM)
    begun = next(i for i, line in enumerate(after) if line.get("id") == len(STALL) + 1)
    assert alone == [line for line in after[begun:] if "event" in line]


def test_a_thousand_queued_sends_end_with_their_connection() -> None:
    """However long the queue is, it empties at the deadline, without a call that calls itself."""
    count = 1000
    sends = [
        {"op": "send", "conn": "a", "send": number, "size_bytes": 100} for number in range(count)
    ]
    lines = played(COMMAND, *STALL[:2], *sends, STALL[-1])
    assert count == len(events(lines, "send_ended"))


def test_a_line_in_pieces_is_one_line() -> None:
    """Where the pipe cuts the input does not count."""
    requests = [VIRTUAL, *STALL, {"op": "stop"}]
    whole = b"".join(
        json.dumps({"id": ident, **request}).encode() + b"\n"
        for ident, request in enumerate(requests)
    )
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for begin in range(0, len(whole), 7):
            process.stdin.write(whole[begin : begin + 7])
            process.stdin.flush()
        said = process.stdout.read()
    assert played(COMMAND, *requests[1:]) == [json.loads(line) for line in said.splitlines()[1:]]


@pytest.mark.parametrize(
    ("line", "ident", "error"),
    [
        *NONSENSE,
        (b'{"id":7,"op":"constructor"}', 7, "unsupported"),
        (b'{"id":7,"op":"config","file":"{}"}', 7, "unsupported"),
        (b'{"id":7,"op":"config","knobs":{"streaming_chunk_size":1.5}}', 7, "refused"),
        (b'{"id":7,"op":"fail","conn":"a","cause":"nonsense"}', 7, "failed"),
        (b'{"id":7,"op":"send","conn":"a","send":1,"size_bytes":4294967296}', 7, "failed"),
        (b'{"id":7,"op":"\xff"}', 0, "failed"),
    ],
)
def test_nonsense_is_answered_and_survived(line: bytes, ident: int, error: str) -> None:
    """Each kind of nonsense gets the answer it deserves, and the next request its own."""
    assert [(1, None), (2, None), (ident, error), (8, None)] == answers_around(line, COMMAND)


def test_it_needs_no_packages() -> None:
    """Whatever it imports is its own or Node's own."""
    imported = [
        name
        for folder in (HARNESS.parent, KIT)
        for source in folder.rglob("*.js")
        for name in re.findall(r'from "([^"]+)"', source.read_text("utf-8"))
    ]
    assert imported
    assert [] == [name for name in imported if not name.startswith(("./", "../", "node:"))]


def test_it_passes_everything_in_virtual_time(tmp_path: Path) -> None:
    """Exactly, with no grace: every requirement that virtual time can decide, but configuration."""
    report = judged(COMMAND, tmp_path, "--clock", "virtual")
    assert WITHOUT_GIVING_UP >= left(report).keys(), left(report)
    assert 0 == report["grace_us"]


@pytest.mark.timing
def test_it_passes_on_the_real_clock(tmp_path: Path) -> None:
    """On the sockets of node:net, with their back-pressure."""
    report = judged(COMMAND, tmp_path, "--clock", "real", "--only", REAL)
    assert set() == left(report).keys() - noisy(report), left(report)
