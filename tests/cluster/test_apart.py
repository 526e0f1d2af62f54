"""What is played and judged apart comes to what one process comes to, without any cluster."""

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from stallproof.cluster import generating
from stallproof.cluster.playing import UnlikeHarness
from stallproof.generate.failures import Settings
from stallproof.generate.run import RealClock
from stallproof.judge import chunks
from stallproof.judge.chunks import Chunk, ChunkJudged
from stallproof.judge.offline import check_traces
from stallproof.reports.json_report import encode_report
from stallproof.runner.sut.virtual import VirtualHarness
from stallproof.runner.virtual_runs import trace_header
from stallproof.wire.trace_error import TraceError
from tests.cluster.cluster_bench import (
    DIES_OF_ONE_BYTE,
    judged_apart,
    outcome,
    played_apart,
)
from tests.generate.generated_bench import (
    FORGETS_ONE_TORN_BYTE,
    LEAVES_THE_TORN_ONE_OPEN,
    REFERENCE,
    mutated,
)

MUTANTS = {
    "sound": None,
    "torn": FORGETS_ONE_TORN_BYTE,
    "open": LEAVES_THE_TORN_ONE_OPEN,
    "dies": DIES_OF_ONE_BYTE,
}


@pytest.mark.parametrize("name", MUTANTS)
def test_parts_come_to_the_report_and_the_trace_of_one_process(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Verdicts, findings, counts, notes, trace and files of failures are the same."""
    mutant = MUTANTS[name]
    command = REFERENCE if mutant is None else mutated(mutant, tmp_path)
    monkeypatch.setattr(generating, "PARTS_MIN", 3)
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()) + ":" + str(Path.cwd() / "reference"))
    found = []
    for elsewhere in (None, played_apart):
        folder = tmp_path / ("apart" if elsewhere else "here")
        folder.mkdir()
        monkeypatch.chdir(folder)
        found.append(outcome(command, folder, elsewhere=elsewhere))
    assert found[0] == found[1]
    # A failure is written as a file, what is sound has none.
    assert (mutant is None) == (found[0][2] == {})


@pytest.mark.parametrize(
    ("count", "sizes"),
    [(1, [1]), (15, [1] * 15), (16, [1] * 16), (17, [2] * 8 + [1]), (8001, [500] * 16 + [1])],
)
def test_parts_hold_every_case_once(count: int, sizes: list[int]) -> None:
    """Few scripts come in parts for many workers, and many in parts that are not too large."""
    made = generating.sizes_of(count)
    assert (sizes, list(range(count))) == (
        [size for _first, size in made],
        [first + k for first, size in made for k in range(size)],
    )


def test_a_real_clock_is_not_parted(tmp_path: Path) -> None:
    """It is that of one machine, whether asked for or for want of virtual time."""
    with pytest.raises(RealClock):
        outcome(REFERENCE, tmp_path, clock="real", elsewhere=played_apart)


def test_a_worker_with_another_harness_plays_nothing() -> None:
    """What says hello in another way is another implementation, of which nobody asked."""
    with VirtualHarness(REFERENCE) as harness:
        mine = harness.hello
        header = trace_header(mine, profile="hardened", selected=frozenset({"SD-1"}), seed=1)
        for hello in (mine, msgspec.structs.replace(mine, version="another")):
            asked = Settings(
                REFERENCE, 2, 1, "hardened", frozenset({"SD-1"}), Path(), lambda _step: None
            )
            task = generating.tasks_of(asked, header, hello)[0]
            if hello == mine:
                assert 1 == task.played_by(harness).seen.runs
            else:
                with pytest.raises(UnlikeHarness, match="says hello as"):
                    task.played_by(harness)


# --- traces ---------------------------------------------------------------------------------------


def checked(*paths: Path, apart: bool) -> bytes:
    """Return the report on traces, or what is wrong with them."""
    elsewhere = judged_apart if apart else None
    try:
        report = check_traces(paths, profile=None, selected=None, elsewhere=elsewhere)
    except TraceError as error:
        return str(error).encode()
    return encode_report(msgspec.structs.replace(report, volatile={}))


@pytest.fixture(scope="module")
def trace(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A trace in which several requirements fail."""
    folder = tmp_path_factory.mktemp("trace")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path.cwd()) + ":" + str(Path.cwd() / "reference"))
        command = mutated(LEAVES_THE_TORN_ONE_OPEN, folder)
        patch.chdir(folder)
        return outcome(command, folder, count=60)[1]


WAYS: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "whole": lambda lines: lines,
    "cut in a run": lambda lines: lines[: len(lines) // 2 - 3],
    "without its last line": lambda lines: lines[:-1],
    "no event": lambda lines: [*lines[: len(lines) // 2], b"{}\n", *lines[len(lines) // 2 :]],
    "an event outside": lambda lines: [*lines[:-1], lines[2], *lines[-1:]],
    "two headers": lambda lines: [*lines[:-1], lines[0]],
    "blank lines": lambda lines: [b"\n", *lines[:9], b"\n \n", *lines[9:]],
    "interrupted twice": lambda lines: [
        *lines[:-1],
        b'{"event":"interrupted","at_us":0,"seen_by":"oracle","why":"one"}\n',
        b'{"event":"interrupted","at_us":0,"seen_by":"oracle","why":"two"}\n',
    ],
    "the header alone": lambda lines: lines[:1],
}
"""What is made of the lines of a trace."""


@pytest.mark.parametrize("size", [3_000, 2**30])
@pytest.mark.parametrize("way", WAYS)
def test_chunks_come_to_the_report_of_the_whole(
    way: str, size: int, trace: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However a trace is cut, the report is the same; so is what is said of one that is none."""
    monkeypatch.setattr(chunks, "CHUNK_BYTES", size)
    path = tmp_path / "run.jsonl"
    path.write_bytes(b"".join(WAYS[way](trace.splitlines(keepends=True))))
    assert checked(path, apart=False) == checked(path, apart=True)
    assert checked(path, path, apart=False) == checked(path, path, apart=True)


def test_a_trace_is_cut_in_front_of_its_scenarios(
    trace: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several chunks hold all of it, and each but the first begins with a scenario."""
    monkeypatch.setattr(chunks, "CHUNK_BYTES", 4_000)
    path = tmp_path / "run.jsonl"
    path.write_bytes(trace)
    found: list[bytes] = []

    def kept(several: Iterator[Chunk]) -> Iterator[ChunkJudged]:
        for one in several:
            found.append(one.lines)
            yield one.judged()

    check_traces([path], profile=None, selected=None, elsewhere=kept)
    assert (trace, True) == (b"".join(found), len(found) > 3)
    assert {b'{"event":"scenario"'} == {one[:19] for one in found[1:]}
