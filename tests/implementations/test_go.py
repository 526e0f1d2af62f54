"""The example in Go: it builds cleanly, survives nonsense, and passes everything it claims."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from proofs.go_programs import KIT, MODULE, ROOT, DoesNotBuild, go
from stallproof.requirements.registry import load_registry
from stallproof.runner.smoke import is_sound, smoked
from stallproof.runner.sut.command import HarnessCommand
from stallproof.wire.request import Role
from tests.implementations.go.building import need_go, program
from tests.implementations.talking import (
    NONSENSE,
    OTHER_MACHINES,
    STALL,
    STREAM,
    answers_around,
    events,
    judged,
    left,
    noisy,
    played,
)
from tests.once import once

TESTED_IN_KIT = ("conformtest", "harness", "vectors", "virtual", "world")
REAL = "SD-1,SD-6,SD-11,SD-12,SD-16,SD-18,SC-7,AP-12,CX-2,CX-4"
"""What has scenarios of every kind, and TLS."""


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The example as anybody would build it."""
    return [str(once(tmp_path_factory, "go", program) / "guarded")]


@pytest.mark.parametrize("folder", [MODULE, KIT], ids=["example", "kit"])
def test_it_is_written_as_go_is_written(folder: Path) -> None:
    """The formatter would change nothing, and the vet has nothing to say."""
    need_go()
    formatter = shutil.which("gofmt")
    assert formatter is not None
    told_ = subprocess.run([formatter, "-l", folder], capture_output=True, text=True, check=True)
    assert "" == told_.stdout
    assert "" == go("vet", "./...", folder=folder)


@pytest.mark.parametrize(
    ("folder", "tested"),
    [
        (MODULE, {"guarded", "guarded/guard", "guarded/small"}),
        (KIT, {f"stallproof/kit/{name}" for name in TESTED_IN_KIT}),
    ],
    ids=["example", "kit"],
)
def test_its_own_tests_pass(folder: Path, tested: set[str]) -> None:
    """The kit is tested in Go; so are the examples, by every vector, with no word of the oracle."""
    need_go()
    told_ = go("test", "-short", "./...", folder=folder)
    assert tested <= set(re.findall(r"^ok\s+(\S+)", told_, re.M)), told_


def test_it_needs_no_packages() -> None:
    """Whatever it imports is its own or of Go's standard library, whose names have no dots."""
    imported = [
        name
        for folder in (MODULE, KIT)
        for source in folder.rglob("*.go")
        for name in re.findall(
            r'^(?:import|\t(?:_ )?)\s*"([^"]+)"$', source.read_text("utf-8"), re.M
        )
    ]
    assert imported
    assert [] == [name for name in imported if "." in name.partition("/")[0]]
    assert "require" not in (KIT / "go.mod").read_text("utf-8")
    assert ["stallproof/kit"] == re.findall(
        r"^require (\S+)", (MODULE / "go.mod").read_text("utf-8"), re.M
    )


def test_a_send_ends_at_its_deadline_to_the_microsecond(guarded: list[str]) -> None:
    """The send with a byte left times out and closes, once, and the one behind it is suppressed."""
    assert [
        ("closing", 500_000, None),
        ("send_ended", 500_000, "timeout"),
        ("send_ended", 500_000, "suppressed"),
    ] == events(played(guarded, *STALL), "closing", "send_ended")


def test_a_stream_gives_up_when_that_is_due(guarded: list[str]) -> None:
    """The watchdog ends a stream a progress timeout after its wait began, and says so once."""
    assert [
        ("stream_ended", 60_000_000, "no_progress"),
        ("notice_sent", 60_000_000, None),
    ] == events(played(guarded, *STREAM), "stream_ended", "notice_sent")


def test_nothing_of_an_earlier_case_shows_in_a_later_one(guarded: list[str]) -> None:
    """What a case brings does not depend on what was played before it."""
    alone = [line for line in played(guarded, *STREAM) if "event" in line]
    after = played(guarded, *STALL, *STREAM)
    begun = next(i for i, line in enumerate(after) if line.get("id") == len(STALL) + 1)
    assert alone == [line for line in after[begun:] if "event" in line]


def test_the_same_requests_bring_the_same_lines(guarded: list[str]) -> None:
    """No clock of the machine and no chance is in what it says in virtual time."""
    assert played(guarded, *STALL, *STREAM) == played(guarded, *STALL, *STREAM)


def test_a_thousand_queued_sends_end_with_their_connection(guarded: list[str]) -> None:
    """However long the queue is, it empties at the deadline, a task for each of them."""
    count = 1000
    sends = [
        {"op": "send", "conn": "a", "send": number, "size_bytes": 100} for number in range(count)
    ]
    lines = played(guarded, *STALL[:2], *sends, STALL[-1])
    assert count == len(events(lines, "send_ended"))


@pytest.mark.parametrize(
    ("line", "ident", "error"),
    [
        *NONSENSE,
        (b'{"id":7,"op":"open","conn":"b","transport":"tls"}', 7, "unsupported"),
        (b'{"id":7,"op":"decide","machine":"qzvkx","input":{}}', 7, "unsupported"),
        (b'{"id":7,"op":"decide","machine":"download_retry","input":{}}', 7, "failed"),
        (b'{"id":7,"op":"config","file":"{"}', 7, "refused"),
        (b'{"id":7,"op":"fail","conn":"a","cause":"ENONSENSE"}', 7, "unsupported"),
        (b'{"id":7,"op":"send","conn":"a","send":1,"size_bytes":4294967296}', 7, "failed"),
        (b'{"id":7,"op":"send","conn":"a","send":1}', 7, "failed"),
    ],
)
def test_nonsense_is_answered_and_survived(
    guarded: list[str], line: bytes, ident: int, error: str
) -> None:
    """Each kind of nonsense gets the answer it deserves, and the next request its own."""
    assert [(1, None), (2, None), (ident, error), (8, None)] == answers_around(line, guarded)


def test_it_passes_everything_in_virtual_time(guarded: list[str], tmp_path: Path) -> None:
    """Exactly, with no grace: every requirement that virtual time can decide."""
    report = judged(guarded, tmp_path, "--clock", "virtual")
    assert load_registry().undecidable | OTHER_MACHINES >= left(report).keys(), left(report)
    assert 0 == report["grace_us"]


@pytest.mark.timing
@pytest.mark.parametrize("role", ["connect", "accept"])
@pytest.mark.parametrize("package", [".", "./idiomatic", "./small"])
def test_its_harnesses_are_sound(package: str, role: Role, tmp_path: Path) -> None:
    """The smoke test finds nothing broken in any, on sockets and over TLS, on either side."""
    checks = list(smoked(HarnessCommand((str(program(tmp_path, package)),), role=role)))
    assert [] == [check for check in checks if check.state == "broken"]
    assert is_sound(checks)


@pytest.mark.timing
def test_go_test_asks_the_oracle_where_there_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong connection fails by a subtest of its requirement, for the oracle and each vector."""
    need_go()
    module = tmp_path / MODULE.name
    shutil.copytree(MODULE, module)
    (tmp_path / KIT.parent.name).symlink_to(KIT.parent)
    guarded = module / "small" / "guarded.go"
    right = guarded.read_text("utf-8")
    guarded.write_text(right.replace("failed == ErrTimeout || ", ""), "utf-8")
    oracle = tmp_path / "stallproof"
    oracle.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m stallproof "$@"\n')
    oracle.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("STALLPROOF_VECTORS", str(ROOT / "spec" / "vectors"))
    with pytest.raises(DoesNotBuild) as failed:
        go("test", "-count=1", "-run", "TestLaw/SD-5", "./small", folder=module)
    found = re.findall(r"^ {8}--- FAIL: TestLaw/SD-5/(\S+)", str(failed.value), re.M)
    assert "oracle" in found, failed.value
    assert "vector/timeout-with-nothing-written-closes" in found, failed.value


def test_a_harness_on_the_kit_is_short() -> None:
    """Whoever has a connection writes fewer than a hundred lines beside it."""
    for name in ("idiomatic", "small"):
        assert 100 > len((MODULE / name / "main.go").read_text("utf-8").splitlines())


@pytest.mark.timing
def test_what_a_go_developer_would_write_fails_by_what_it_lacks(tmp_path: Path) -> None:
    """Its deadline holds for the frame; nobody closes, and crypto/tls hides where a stream ends."""
    asked = "SD-6,SD-9,SD-16"
    command = [str(program(tmp_path, "./idiomatic"))]
    report = judged(command, tmp_path, "--clock", "real", "--only", asked)
    failed = {"SD-6": "fail", "SD-16": "fail"}
    assert failed.items() <= left(report).items()
    assert set() == left(report).keys() - failed.keys() - noisy(report), left(report)


@pytest.mark.timing
def test_it_passes_on_the_real_clock(guarded: list[str], tmp_path: Path) -> None:
    """On real sockets too, and over TLS with records of its own making."""
    report = judged(guarded, tmp_path, "--clock", "real", "--only", REAL)
    assert set() == left(report).keys() - noisy(report), left(report)
