"""A seed in parts: the report, the trace and what failed are those of one process."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from stallproof.generate import parts
from stallproof.judge.report import Report
from tests.generate.generated_bench import (
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
