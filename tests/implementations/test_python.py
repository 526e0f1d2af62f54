"""The example in Python: its owner writes little, and it passes everything that it claims."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from stallproof.requirements.registry import load_registry
from stallproof.runner.conform import conform

HERE = Path(__file__).resolve().parent
HARNESS = HERE / "python" / "harness.py"
COMMAND = (sys.executable, str(HARNESS))
WAIT_S = 60.0
USER_LINES_MAX = 60

HELLO = {"op": "hello", "protocol": 1, "clock": "virtual"}
CONFIG = {"op": "config", "knobs": {"streaming_send_timeout": 0.5}}
OPEN = {"op": "open", "conn": "a", "transport": "virtual", "room_bytes": 10}
SEND = {"op": "send", "conn": "a", "send": 1, "size_bytes": 100}
QUEUED = {"op": "send", "conn": "a", "send": 2, "size_bytes": 5}
JUST_BEFORE = {"op": "advance", "to_us": 499_999}
AT_THE_DEADLINE = {"op": "advance", "to_us": 500_000}


def played(*requests: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what the example answers and says to `requests`; it has to end well."""
    lines = [json.dumps({"id": i, **one}) for i, one in enumerate((HELLO, *requests))]
    run = subprocess.run(
        COMMAND, input="\n".join([*lines, ""]), text=True, capture_output=True, timeout=WAIT_S,
        check=False,
    )  # fmt: skip
    assert (0, "") == (run.returncode, run.stderr)
    return [json.loads(line) for line in run.stdout.splitlines()]


def ends(lines: list[dict[str, Any]]) -> list[tuple[int, int, str]]:
    """Return when and how each send ended."""
    return [
        (line["at_us"], line["send"], line["outcome"])
        for line in lines
        if line.get("event") == "send_ended"
    ]


def test_its_owner_writes_fewer_than_sixty_lines() -> None:
    """The adapter takes little of anybody's time."""
    assert len(HARNESS.read_text("utf-8").splitlines()) < USER_LINES_MAX


def test_a_send_is_still_under_way_just_before_its_deadline() -> None:
    """A microsecond too early nothing has ended."""
    assert [] == ends(played(CONFIG, OPEN, SEND, QUEUED, JUST_BEFORE))


def test_a_send_and_its_queue_end_at_the_deadline() -> None:
    """The one with bytes left times out, and the one behind it is suppressed."""
    told = ends(played(CONFIG, OPEN, SEND, QUEUED, AT_THE_DEADLINE))
    assert [(500_000, 1, "timeout"), (500_000, 2, "suppressed")] == told


@pytest.mark.parametrize(("more", "outcome"), [(90, "ok"), (89, "timeout")])
def test_a_write_that_is_late_is_counted_before_the_clock_is_looked_at(
    more: int, outcome: str
) -> None:
    """The last byte makes it OK, also at the deadline; one byte less makes it a TIMEOUT."""
    late = {"op": "accept", "conn": "a", "wrote_bytes": more, "late_us": 1}
    assert [(500_000, 1, outcome)] == ends(played(CONFIG, OPEN, SEND, JUST_BEFORE, late))


def test_a_case_ends_with_the_next_one() -> None:
    """A send that waits in one case is not heard of in the next."""
    told = played(CONFIG, OPEN, SEND, CONFIG, OPEN, AT_THE_DEADLINE)
    assert [] == ends(told)


@pytest.mark.parametrize("cause", ["EAGAIN", "EWOULDBLOCK", "EINTR"])
def test_what_is_no_failure_is_none(cause: str) -> None:
    """Would-block and an interruption for no reason cost nothing."""
    nuisance = {"op": "fail", "conn": "a", "cause": cause}
    assert [(0, 2, "ok")] == ends(played(CONFIG, OPEN, nuisance, QUEUED))


def test_who_waits_for_the_past_is_late_and_not_hung(tmp_path: Path) -> None:
    """A deadline looked at with > instead of >= ends a microsecond late, and fails by SD-2."""
    folder = tmp_path / "python"
    shutil.copytree(HARNESS.parent, folder)
    guarded = folder / "guarded.py"
    right = guarded.read_text("utf-8")
    wrong = right.replace("now_us() >= deadline_us", "now_us() > deadline_us")
    assert wrong != right
    guarded.write_text(wrong, "utf-8")
    report = conform(
        (sys.executable, str(folder / "harness.py")), profile="hardened", clock="virtual",
        selected=frozenset({"SD-2", "SD-4"}), grace_us=None, jobs=1, trace_path=None,
        progress=lambda told: None,
    )  # fmt: skip
    assert [] == report.harness
    assert ["SD-2"] == [j.id for j in report.requirements if j.verdict == "fail"]


def test_it_passes_everything_it_claims_in_virtual_time() -> None:
    """Every vector that needs no more than it has goes by the law, and none goes unplayed."""
    report = conform(
        COMMAND, profile="hardened", clock="virtual",
        selected=frozenset(r.id for r in load_registry().requirements if r.group in ("SD", "CX")),
        grace_us=None, jobs=1, trace_path=None, progress=lambda told: None,
    )  # fmt: skip
    verdicts = {j.id: j.verdict for j in report.requirements if j.selected}
    assert [] == report.harness
    assert {"pass", "unsupported"} >= set(verdicts.values()), verdicts
    assert {"SD-1", "SD-2", "SD-4", "SD-9", "SD-13", "CX-1", "CX-4"} <= {
        i for i, verdict in verdicts.items() if verdict == "pass"
    }


def test_what_it_has_not_is_unsupported_and_no_trouble_of_the_harness() -> None:
    """It has no streams, no monitor, no TLS and no files, and was never asked for them."""
    lacking = {"AP-1", "AP-8", "AP-12", "SC-2", "SC-7", "SC-10", "SD-16", "CF-1"}
    report = conform(
        COMMAND, profile="hardened", clock="real", selected=frozenset(lacking), grace_us=None,
        jobs=4, trace_path=None, progress=lambda told: None,
    )  # fmt: skip
    verdicts = {j.id: j.verdict for j in report.requirements if j.selected}
    assert dict.fromkeys(lacking, "unsupported") == verdicts
    assert ([], "incomplete") == (report.harness, report.verdict)


@pytest.mark.timing
def test_it_passes_everything_it_claims_on_real_sockets() -> None:
    """What it has is in order."""
    report = conform(
        COMMAND, profile="hardened", clock="real",
        selected=frozenset({"SD-1", "SD-4", "SD-7", "SD-8", "SD-11", "SD-13", "CX-4"}),
        grace_us=None, jobs=4, trace_path=None, progress=lambda told: None,
    )  # fmt: skip
    verdicts = {j.id: j.verdict for j in report.requirements if j.selected}
    assert {"pass"} == set(verdicts.values()), verdicts
