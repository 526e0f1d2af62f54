"""Owner, intermediary and consumer of lazy references as three processes of their own."""

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.drivers.lazy_programs import Said, pieces

MIB = 1 << 20
PATIENCE_S = 60.0
PROGRAM = """
from proofs.mutants.plant import plant_inherited
plant_inherited()
from tests.drivers.lazy_programs import main
main()
"""
"""A program has the mutant of its test, if that has one."""

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="peak memory is read off /proc"
)


class Program:
    """One of the three, and what it says."""

    def __init__(self, role: str, folder: Path, *options: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, role, str(folder), *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )  # fmt: skip

    def said(self) -> Said:
        """Return the next line; a program that says nothing is killed, and says nothing."""
        assert self.process.stdout is not None
        late = threading.Timer(PATIENCE_S, self.process.kill)
        late.start()
        try:
            said: Said = json.loads(self.process.stdout.readline())
        finally:
            late.cancel()
        return said

    def ask(self, word: str, *given: object) -> Said:
        """Ask for one thing and return what was said."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps([word, *given]) + "\n")
        self.process.stdin.flush()
        return self.said()

    def kill(self) -> None:
        """End it as the kernel does."""
        self.process.kill()
        self.process.wait()


class Three:
    """Owner, intermediary and consumer."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.all: list[Program] = []
        self.hop = self._started("hop", folder, *options)
        self.hop.said()
        self.owner, self.consumer = (self._started(role, folder) for role in ("owner", "consumer"))
        self.owner.said()
        self.consumer.said()

    def _started(self, role: str, folder: Path, *options: str) -> Program:
        self.all.append(Program(role, folder, *options))
        return self.all[-1]

    def passed(self, size_bytes: int, consumer: str = "c", lies_bytes: int = 0) -> Said:
        """Have a reference issued and passed on, and return it as it came."""
        issued = self.owner.ask("issue", size_bytes, consumer, lies_bytes)
        came = self.consumer.ask("wait")
        assert ("received", issued["reference"]) == (
            came["outcome"],
            came["reference"]["reference"],
        )
        found: Said = came["reference"]
        return found

    def got(self, reference: Said, *options: object) -> str:
        """Download and return the outcome; what is no delivery brings no byte."""
        got = self.consumer.ask("get", reference, *options)
        assert got["outcome"] in ("delivered", "not-exact") or got["size_bytes"] == 0
        return str(got["outcome"])


@contextmanager
def three(folder: Path, *options: str) -> Iterator[Three]:
    """Yield three programs that are connected, and end them."""
    programs = Three(folder, *options)
    try:
        yield programs
    finally:
        for one in programs.all:
            one.kill()
            for pipe in (one.process.stdin, one.process.stdout):
                assert pipe is not None
                pipe.close()


def digest_of(size_bytes: int) -> str:
    """Return what a payload's digest is, made here anew."""
    digest = hashlib.sha256()
    for piece in pieces(size_bytes):
        digest.update(piece)
    return digest.hexdigest()


@pytest.mark.requirement("LR-1", kind="socket")
def test_a_gibibyte_passes_and_the_intermediary_grows_by_nothing(tmp_path: Path) -> None:
    """Its peak grows by less than 64 MiB, and no more for 1 GiB than for 64 MiB."""
    with three(tmp_path) as programs:
        programs.hop.ask("go")
        peaks = [programs.hop.ask("peak")["peak"]]
        for size_bytes in (64 * MIB, 1024 * MIB):
            got = programs.consumer.ask("get", programs.passed(size_bytes))
            peaks.append(programs.hop.ask("peak")["peak"])
            # Delivered: the digests of both ends are one. The small one is made here once more.
            assert ("delivered", size_bytes) == (got["outcome"], got["size_bytes"])
            assert size_bytes > 64 * MIB or digest_of(size_bytes) == got["sha256"]
        small, large = peaks[1] - peaks[0], peaks[2] - peaks[0]
        assert large < 64 * MIB
        assert large - small < 4 * MIB
        ends = [one.ask("peak")["peak"] for one in (programs.owner, programs.consumer)]
        assert max(ends) < 256 * MIB


@pytest.mark.requirement("LR-1", kind="socket")
def test_a_payload_that_goes_through_is_noticed_and_refused(tmp_path: Path) -> None:
    """An intermediary that takes anything in grows by it; ours ends the connection instead."""
    grown = {}
    for bounded in ("no", "yes"):
        folder = tmp_path / bounded
        folder.mkdir()
        with three(folder, bounded) as programs:
            programs.hop.ask("go")
            before = programs.hop.ask("peak")["peak"]
            programs.owner.ask("carry", 64 * MIB)
            assert programs.hop.ask("source_has_ended")["finished"]
            grown[bounded] = programs.hop.ask("peak")["peak"] - before
            assert "intermediary-died" == programs.consumer.ask("wait")["outcome"]
    assert grown["yes"] < 4 * MIB
    assert grown["no"] >= 64 * MIB


@pytest.mark.requirement("LR-1", kind="socket")
def test_each_failure_has_its_outcome_and_none_brings_a_wrong_byte(tmp_path: Path) -> None:
    """Forged in three ways, used, expired, short, long, broken off, and an owner that is gone."""
    with three(tmp_path) as programs:
        programs.hop.ask("go")
        reference, other = programs.passed(3 * MIB), programs.passed(2 * MIB, "d")
        unknown = "unknown-reference"
        assert unknown == programs.got({**reference, "reference": "0" * 64})
        assert unknown == programs.got({**reference, "item": "other"})
        assert unknown == programs.got(other)
        assert unknown == programs.got(reference, "d")
        assert "delivered" == programs.got(other, "d")
        assert "not-exact" == programs.got(reference, "c", MIB)
        assert "delivered" == programs.got(reference)
        assert "used" == programs.got(reference)
        for lies_bytes in (-MIB, MIB):
            assert "not-exact" == programs.got(programs.passed(3 * MIB, "c", lies_bytes))
        dropped, left = programs.passed(MIB), programs.passed(MIB)
        programs.owner.ask("expire", dropped["reference"])
        assert "expired" == programs.got(dropped)
        programs.hop.kill()
        assert "delivered" == programs.got(left)
        programs.owner.kill()
        assert "owner-gone" == programs.got(left)
        assert "owner-gone" == programs.got(left, "e")


@pytest.mark.requirement("LR-1", kind="socket")
def test_a_consumer_is_told_when_its_reference_died_with_the_intermediary(tmp_path: Path) -> None:
    """It was taken, and not passed on; the consumer does not wait for ever."""
    with three(tmp_path) as programs:
        assert programs.owner.ask("issue", MIB)["told"]
        programs.hop.kill()
        came = programs.consumer.ask("wait")
        assert ("intermediary-died", None) == (came["outcome"], came["reference"])
