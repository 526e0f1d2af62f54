"""A seed in parts: the report, the trace and what failed are those of one process."""

from concurrent.futures import Future
from pathlib import Path
from typing import Any

import msgspec
import pytest

from stallproof.generate import parts
from stallproof.generate.failures import Failure, Settings
from stallproof.generate.parts import Parts, play_part
from stallproof.generate.sampling import drawn
from stallproof.generate.scripts import FAMILIES, scripts
from stallproof.generate.series import Part
from stallproof.judge.report import Finding, Report
from stallproof.runner.sut.virtual import VirtualHarness
from stallproof.runner.virtual_runs import trace_header
from stallproof.wire.events import ScenarioBegun, TraceBegun
from tests.generate.generated_bench import (
    EVERY,
    FEATURES,
    FORGETS_ONE_TORN_BYTE,
    HEARTBEAT_AT_THE_INTERVAL,
    REFERENCE,
    generated,
    mutated,
)

DIES_LATE = (
    "stallproof.machines.stall_count",
    "    return received_us is None or now_us - received_us > policy.heartbeat_interval_us",
    "    if (policy.checks_max, policy.stall_timeout_us, policy.close_stalled) == "
    "(3, 200_000, True):\n"
    "        __import__('os')._exit(7)\n"
    "    return received_us is None or now_us - received_us > policy.heartbeat_interval_us",
)
COUNT = 90
PART = 30


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a part be worth a process from thirty scripts on, on three processors."""
    monkeypatch.setattr(parts, "PART_MIN", PART)
    monkeypatch.setattr(parts, "processors", lambda: 3)


def both(command: tuple[str, ...], folder: Path, **more: Any) -> list[tuple[Report, bytes]]:
    """Return the report and the trace of one process, and those of three."""
    found = []
    for jobs in (1, 3):
        trace = folder / f"trace-{jobs}"
        report = generated(command, COUNT, folder / "failures", jobs=jobs, trace_path=trace, **more)
        found.append((msgspec.structs.replace(report, volatile={}), trace.read_bytes()))
    return found


def test_three_processes_come_to_what_one_does(tmp_path: Path) -> None:
    """The same report, and the same trace byte by byte."""
    one, three = both(REFERENCE, tmp_path)
    assert one == three


@pytest.mark.parametrize("mistake", [HEARTBEAT_AT_THE_INTERVAL, FORGETS_ONE_TORN_BYTE])
def test_what_fails_in_any_part_is_shrunk_once(
    tmp_path: Path, mistake: tuple[str, str, str]
) -> None:
    """The smallest script of all parts, the first of equals, and the findings in their order."""
    one, three = both(mutated(mistake, tmp_path), tmp_path)
    assert "fail" in {seen.verdict for seen in one[0].requirements}
    assert one == three


def test_all_parts_end_where_the_harness_broke(tmp_path: Path) -> None:
    """It breaks in the second part: that counts up to there, and the third part does not."""
    one, three = both(mutated(DIES_LATE, tmp_path), tmp_path)
    assert ["died"] == [trouble.what for trouble in one[0].harness]
    (note,) = [note for note in one[0].notes if "scripts were not played" in note]
    assert PART < COUNT - int(note.split()[3]) <= 2 * PART
    assert one == three


def test_a_part_that_is_lost_is_played_by_whoever_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In its place among the others: neither the report nor the trace shows it."""
    taken: list[Part | None] = []

    def loses_the_first(future: "Future[Part | None]") -> Part | None:
        taken.append(future.result())
        return None if len(taken) == 1 else taken[-1]

    monkeypatch.setattr(parts, "_of", loses_the_first)
    one, three = both(REFERENCE, tmp_path)
    assert 2 == len(taken)
    assert one == three


def done(part: Part | None = None, error: Exception | None = None) -> "Future[Part | None]":
    """Return what is over, with a part or an error."""
    future: Future[Part | None] = Future()
    if error is None:
        future.set_result(part)
    else:
        future.set_exception(error)
    return future


def test_a_process_that_is_gone_has_lost_its_part() -> None:
    """Whatever became of it: it died, or nobody had it begin."""
    cancelled: Future[Part | None] = Future()
    cancelled.cancel()
    assert [None, None] == [parts._of(done(error=OSError())), parts._of(cancelled)]


@pytest.fixture(scope="module")
def header() -> TraceBegun:
    """The header of a trace about the reference."""
    with VirtualHarness(REFERENCE) as harness:
        return trace_header(harness.hello, profile="hardened", selected=EVERY, seed=1)


def test_what_is_left_of_an_ended_run_was_neither_taken_nor_lost(header: TraceBegun) -> None:
    """Each part counts once, and one that is still played or was lost counts for nothing."""
    taken, over = (play_part(REFERENCE, header, 0, 1, False) for _ in range(2))
    asked = Settings(REFERENCE, COUNT, 1, "hardened", EVERY, Path(), lambda _step: None, jobs=3)
    several = Parts(asked, header, COUNT)
    several._ranges = [(k, 1) for k in range(4)]
    several._futures = [done(taken), done(error=OSError()), Future(), done(over)]
    assert (0, 1, taken) == next(several.rest())
    assert [over] == list(several.left())


@pytest.mark.parametrize("is_traced", [False, True])
def test_a_part_has_the_events_of_a_trace_that_is_wanted(
    is_traced: bool, header: TraceBegun
) -> None:
    """Where none is written, nothing is sent for it."""
    part = play_part(REFERENCE, header, 0, 2, is_traced)
    assert part is not None
    assert (2, is_traced) == (part.seen.runs, part.events != [])


def test_a_case_has_the_number_that_it_has_in_the_whole(header: TraceBegun) -> None:
    """So that the same script is found again, whoever played it."""
    part = play_part(REFERENCE, header, 40, 2, True)
    assert part is not None
    names = [one.name for one in part.events if isinstance(one, ScenarioBegun)]
    assert ["generated-41", "generated-42"] == names


@pytest.mark.parametrize(("first", "second", "expected"), [(3, 3, 1), (3, 2, 2), (2, 3, 1)])
def test_the_first_of_the_smallest_scripts_is_told(
    first: int, second: int, expected: int, header: TraceBegun
) -> None:
    """Of two parts, the case whose script has fewer steps; of equals the earlier one."""
    (script,) = drawn(1, 1, scripts(frozenset(FEATURES), tuple(FAMILIES)), first=7)
    with VirtualHarness(REFERENCE) as harness:
        series = parts.series_of(REFERENCE, header, harness, None)
        for case, steps in ((1, first), (2, second)):
            short = msgspec.structs.replace(script, steps=script.steps[:1] * steps)
            failure = Failure(
                "SD-3", case, short, frozenset({"SD-3"}), Finding(scenario="", explanation="")
            )
            series.add_part(Part(series.accumulator.seen(), {"SD-3": failure}, None))
    assert expected == series.failures["SD-3"].case


def test_a_part_without_a_harness_is_played_by_nobody(header: TraceBegun) -> None:
    """Whoever asked has one, and plays it itself."""
    assert play_part(("/no/such/harness",), header, 0, 2, False) is None


@pytest.mark.parametrize(
    ("count", "jobs", "expected"),
    [
        (0, 4, [0, 0]),
        (PART, 4, [0, PART]),
        (2 * PART - 1, 4, [0, 2 * PART - 1]),
        (2 * PART, 4, [0, PART, 2 * PART]),
        (2 * PART + 1, 4, [0, PART, 2 * PART + 1]),
        (9 * PART, 3, [0, 3 * PART, 6 * PART, 9 * PART]),
        (9 * PART, 1, [0, 9 * PART]),
    ],
)
def test_a_part_is_worth_its_process(count: int, jobs: int, expected: list[int]) -> None:
    """Never more parts than jobs, nor than there are scripts for."""
    assert expected == parts.bounds_of(count, jobs)
