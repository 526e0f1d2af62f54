"""The runner of the seeded mistakes, on tiny examples: only a catch is ever called caught."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from proofs.seeded.catalogue import SEEDED
from proofs.seeded.evidence import command, is_timed, read
from proofs.seeded.processes import ROOT, Ended, Job, run
from proofs.seeded.runner import run_mistakes, run_unplanted
from proofs.seeded.seeded import Evidence
from tests.proofs.seeded_sample import BOUNDARY, LATE, SEND


def test_each_verdict_is_told_from_the_others() -> None:
    """Caught, missed, does not fit and broken, from real runs of real evidence."""
    mistakes = {
        "caught": LATE,
        "missed": replace(LATE, name="b", old="Start a frame", new="Begin a frame"),
        "does-not-fit": replace(LATE, name="c", old="text that nobody wrote"),
        "broken": replace(LATE, name="d", evidence=Evidence("property", f"{BOUNDARY}_of_nothing")),
    }
    results = {one.seeded.name: one for one in run_mistakes(list(mistakes.values()))}
    assert {one.name: verdict for verdict, one in mistakes.items()} == {
        name: result.verdict for name, result in results.items()
    }
    assert "0 times" in results["c"].detail


def test_evidence_that_crashes_is_no_catch() -> None:
    """A module that cannot be imported is broken evidence, whatever its kind."""
    crashing = replace(LATE, old="from enum import Enum", new="raise SystemError")
    kinds = (Evidence("property", BOUNDARY), Evidence("search", "connection"))
    mistakes = [replace(crashing, name=kind.kind, evidence=kind) for kind in kinds]
    assert ["broken", "broken"] == [one.verdict for one in run_mistakes(mistakes)]


def test_a_mistake_that_a_proof_must_refute() -> None:
    """The prover refutes a mistake of the ledger; without a mistake it confirms."""
    (mistake,) = [one for one in SEEDED if one.name == "stalled_at_the_limit"]
    assert ["caught"] == [one.verdict for one in run_mistakes([mistake])]
    assert [True] == [one.passes for one in run_unplanted([mistake.evidence])]


def test_evidence_that_fails_by_itself_is_found(tmp_path: Path) -> None:
    """A test that fails on the code as it is does not pass the unplanted run."""
    test = tmp_path / "test_wrong.py"
    test.write_text("def test_wrong() -> None:\n    assert False\n")
    (unplanted,) = run_unplanted([Evidence("property", f"{test}::test_wrong")])
    assert not unplanted.passes


def test_a_command_that_takes_too_long_is_stopped() -> None:
    """Its whole group ends, and there is no status to take for a verdict."""
    sleeper = "import subprocess; print(1, flush=True); subprocess.run(['sleep', '60'])"
    job = Job("sleeper", (sys.executable, "-c", sleeper), 1.0)
    (ended,) = run([job], width=1)
    assert ended.status is None
    reading = read(Evidence("property", BOUNDARY), ended)
    assert reading.wrong is None
    assert "no answer within 1 s" in reading.detail


def test_an_interrupt_leaves_nothing_behind(tmp_path: Path) -> None:
    """Ctrl-C ends the run at once, and with it what it had started."""
    pid = tmp_path / "pid"
    sleeper = f"import os, time; open({str(pid)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    runner = (
        "import sys; from proofs.seeded.processes import Job, run;"
        f"list(run([Job('a', (sys.executable, '-c', {sleeper!r}), 60.0)], width=1))"
    )
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}"}
    with subprocess.Popen(
        [sys.executable, "-c", runner], env=environment, stderr=subprocess.DEVNULL
    ) as process:
        while not pid.exists() or not pid.read_text():
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) != 0
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_only_a_failed_test_counts() -> None:
    """Status 1 without a failed test is an error at its beginning or end, and no catch."""
    job = Job("any", (), 1.0)
    evidence = Evidence("property", BOUNDARY)
    assert read(evidence, Ended(job, 1, "FAILED a::b - why", "", 0.1)).wrong is True
    assert read(evidence, Ended(job, 1, "ERROR a::b - why", "", 0.1)).wrong is None
    assert read(evidence, Ended(job, 4, "FAILED a::b - why", "", 0.1)).wrong is None


@pytest.mark.parametrize(
    ("verdicts", "status", "wrong", "again"),
    [
        ({"SD-3": "fail", "SD-4": "not-exercised"}, 1, True, False),
        ({"SD-3": "pass", "SD-4": "not-exercised"}, 0, False, False),
        ({"SD-3": "inconclusive", "SD-4": "not-exercised"}, 3, None, True),
        ({"SD-3": "fail", "SD-4": "fail"}, 1, None, False),
        ({"SD-3": "pass", "SD-4": "fail"}, 1, None, False),
        ({"SD-3": "not-exercised", "SD-4": "pass"}, 3, None, False),
    ],
)
def test_the_oracle_must_name_exactly_the_requirement(
    verdicts: dict[str, str], status: int, wrong: bool | None, again: bool
) -> None:
    """A fail of something else, and what is inconclusive, are never a catch."""
    requirements = [{"id": name, "verdict": verdict} for name, verdict in verdicts.items()]
    report = json.dumps({"requirements": requirements, "harness": []})
    reading = read(Evidence("oracle", "SD-3"), Ended(Job("any", (), 1.0), status, report, "", 0.1))
    assert (wrong, again) == (reading.wrong, reading.again)


def test_a_harness_that_broke_is_no_catch() -> None:
    """A requirement that failed beside a broken harness says nothing of the mistake."""
    report = {
        "requirements": [{"id": "SD-3", "verdict": "fail"}],
        "harness": [{"scenario": "a", "what": "died", "detail": ""}],
    }
    ended = Ended(Job("any", (), 1.0), 1, json.dumps(report), "", 0.1)
    assert read(Evidence("oracle", "SD-3"), ended).wrong is None
    assert read(Evidence("oracle", "SD-3"), replace(ended, out="")).wrong is None


def test_only_the_harness_has_the_mistake(tmp_path: Path) -> None:
    """The oracle's own process imports the code as it is; the harness's imports the wrong one."""
    planted = tmp_path / "planted.json"
    planted.write_text(json.dumps([SEND, "from enum import Enum", "raise SystemError('planted')"]))
    asked = command(Evidence("oracle", "SD-3"), LATE, planted)
    assert f"{sys.executable} -m proofs.seeded.harness {planted}" in asked
    oracle = ("-c", f"import {SEND}, os; print(os.environ.get('STALLPROOF_PLANTED'))")
    harness = ("-m", "proofs.seeded.harness", str(planted))
    jobs = [Job("o", (sys.executable, *oracle), 20.0), Job("h", (sys.executable, *harness), 20.0)]
    ended = {one.job.of: one for one in run(jobs, width=2)}
    assert (0, "None\n") == (ended["o"].status, ended["o"].out)
    assert ended["h"].status != 0
    assert "planted" in ended["h"].err


def test_a_real_clock_is_given_a_lane_of_its_own() -> None:
    """The oracle is timed, and so is a test with the mark, or in a file that has it."""
    assert is_timed(Evidence("oracle", "SD-3"))
    assert is_timed(
        Evidence("property", "tests/cli/test_cli.py::" + _marked("tests/cli/test_cli.py"))
    )
    assert is_timed(Evidence("property", "tests/drivers/test_stream_timing.py::test_any[1]"))
    assert not is_timed(Evidence("property", BOUNDARY))
    assert not is_timed(Evidence("proof", "sc2_stalled_is_strict"))


def _marked(path: str) -> str:
    return (ROOT / path).read_text("utf-8").split("mark.timing\ndef ")[1].split("(")[0]


def test_an_exception_is_no_verdict() -> None:
    """A program that is run with a mistake and breaks leaves status 3, not Python's 1."""
    job = Job("any", (sys.executable, "-m", "proofs.seeded.under", "proofs.no_such_program"), 20.0)
    (ended,) = run([job], width=1)
    assert 3 == ended.status
