"""The runner of the mutants, on tiny examples: only a catch is ever called caught."""

import json
import os
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from proofs.mutants.catalogue import MUTANTS
from proofs.mutants.evidence import command, is_timed, read
from proofs.mutants.mutant import ROOT, DoesNotFit, Evidence
from proofs.mutants.plant import harness_of
from proofs.mutants.processes import Ended, Job, run
from proofs.mutants.run import run_mutants, run_unmutated
from tests.proofs.mutant_sample import BOUNDARY, LATE, SEND, trial, under
from tests.proofs.spin_tools import need_spin


def test_each_verdict_is_told_from_the_others() -> None:
    """Caught, missed, does not fit and broken, from real runs of real evidence."""
    trials = {
        "caught": trial(),
        "missed": trial(replace(LATE, old="Start a frame", new="Begin a frame")),
        "does-not-fit": trial(replace(LATE, old="text that nobody wrote")),
        "broken": trial(by=f"test:{BOUNDARY}_of_nothing"),
    }
    results = {one.trial: one.verdict for one in run_mutants(list(trials.values()))}
    assert {one: verdict for verdict, one in trials.items()} == results


def test_evidence_that_crashes_is_no_catch() -> None:
    """A module that cannot be imported is broken evidence, whatever its kind."""
    crashing = replace(LATE, old="from enum import Enum", new="raise SystemError")
    trials = [trial(crashing, by) for by in (f"test:{BOUNDARY}", "search:connection")]
    assert ["broken", "broken"] == [one.verdict for one in run_mutants(trials)]


@pytest.mark.parametrize("by", ["search:connection", "vectors:SD-1,SD-2,SD-3"])
def test_a_mutant_that_a_search_finds_and_vectors_only_in_part(by: str) -> None:
    """The search finds it; the oracle fails by more than is named, and that is no catch."""
    (result,) = run_mutants([trial(by=by)])
    assert ("caught" if by.startswith("search") else "broken") == result.verdict, result.detail
    if result.verdict == "broken":
        assert "not what was asked for" in result.detail


def test_a_variant_of_a_model_is_caught_by_the_claim_that_it_breaks() -> None:
    """SPIN is asked about the model with the variant built in."""
    need_spin()
    (result,) = run_mutants([trial(MUTANTS["lock_gives_the_lock_away"])])
    assert "caught" == result.verdict, result.detail


@pytest.mark.parametrize(
    ("name", "says"), [("c_late_is_lost", "compile"), ("go_clock_of_the_stream", "go build")]
)
def test_a_program_that_cannot_be_built_is_broken(name: str, says: str, tmp_path: Path) -> None:
    """A mutant in C or Go that does not compile says nothing of the oracle."""
    mutant = MUTANTS[name]
    with pytest.raises(DoesNotFit, match=says):
        harness_of(replace(mutant, new="if ("), tmp_path)
    (result,) = run_mutants([trial(replace(mutant, new="if ("))])
    assert "broken" == result.verdict


def test_a_mutant_that_a_proof_must_refute() -> None:
    """The prover refutes it, confirms what it does not touch, and confirms the code as it is."""
    mutant = MUTANTS["stalled_at_the_limit"]
    refuted, blind = trial(mutant), trial(mutant, "proof:sd1_the_lock_fixes_the_deadline")
    results = {one.trial: one.verdict for one in run_mutants([refuted, blind])}
    assert {refuted: "caught", blind: "missed"} == results
    assert [True] == [one.passes for one in run_unmutated([refuted])]


def test_evidence_that_fails_by_itself_is_found(tmp_path: Path) -> None:
    """A test that fails on the code as it is does not pass the unmutated run."""
    test = tmp_path / "test_wrong.py"
    test.write_text("def test_wrong() -> None:\n    assert False\n")
    (unmutated,) = run_unmutated([trial(by=f"test:{test}::test_wrong")])
    assert not unmutated.passes


def test_a_command_that_takes_too_long_is_stopped() -> None:
    """Its whole group ends, and there is no status to take for a verdict."""
    sleeper = "import subprocess; print(1, flush=True); subprocess.run(['sleep', '60'])"
    job = Job("sleeper", (sys.executable, "-c", sleeper), 1.0)
    (ended,) = run([job], width=1)
    assert ended.status is None
    reading = read(Evidence("test", BOUNDARY), ended)
    assert reading.wrong is None
    assert "no answer within 1 s" in reading.detail


def test_an_interrupt_leaves_nothing_behind(tmp_path: Path) -> None:
    """Ctrl-C ends the run and what it had started, if only at that moment: the started sends it."""
    pid = tmp_path / "pid"
    started = f"echo $$ > {shlex.quote(str(pid))}; kill -INT $PPID; exec sleep 60"
    runner = (
        "import signal; from proofs.mutants.processes import Job, run;"
        # Whoever runs the tests in the background may have had Ctrl-C ignored for all of them.
        "signal.signal(signal.SIGINT, signal.default_int_handler);"
        f"list(run([Job('a', ('/bin/sh', '-c', {started!r}), 60.0)], width=1))"
    )
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}"}
    done = subprocess.run(
        [sys.executable, "-c", runner], env=environment, stderr=subprocess.DEVNULL, check=False
    )
    assert done.returncode != 0
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_only_a_failed_test_counts() -> None:
    """Status 1 without a failed test is an error at its beginning or end, and no catch."""
    job = Job("any", (), 1.0)
    evidence = Evidence("test", BOUNDARY)
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
    for evidence in (Evidence("oracle", "SD-3 beside SD-4"), Evidence("vectors", "SD-3")):
        reading = read(evidence, Ended(Job("any", (), 1.0), status, report, "", 0.1))
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


def test_only_the_harness_has_the_mutant(tmp_path: Path) -> None:
    """The oracle's own process imports the code as it is; the harness's imports the wrong one."""
    crashing = replace(LATE, old="from enum import Enum", new="raise SystemError('planted')")
    asked = command(trial(crashing, "oracle:SD-3"), tmp_path)
    harness = shlex.split(asked[-1])
    assert "proofs.mutants.under" in harness
    assert "proofs.mutants.under" not in asked
    oracle = ("-c", f"import {SEND}, os; print(os.environ.get('STALLPROOF_MUTANT'))")
    jobs = [Job("o", (sys.executable, *oracle), 20.0), Job("h", tuple(harness), 20.0)]
    ended = {one.job.of: one for one in run(jobs, width=2)}
    assert (0, "None\n") == (ended["o"].status, ended["o"].out)
    assert ended["h"].status != 0
    assert "planted" in ended["h"].err


def test_a_real_clock_has_the_machine_to_itself() -> None:
    """The oracle is timed, and so is a test with the mark, or in a file that has it."""
    assert is_timed(Evidence("oracle", "SD-3"))
    assert is_timed(Evidence("test", "tests/cli/test_cli.py::" + _marked("tests/cli/test_cli.py")))
    assert is_timed(Evidence("test", "tests/drivers/test_stream_timing.py::test_any[1]"))
    assert not is_timed(Evidence("test", BOUNDARY))
    assert not is_timed(Evidence("proof", "sc2_stalled_is_strict"))


def _marked(path: str) -> str:
    return (ROOT / path).read_text("utf-8").split("mark.timing\ndef ")[1].split("(")[0]


def test_an_exception_is_no_verdict(tmp_path: Path) -> None:
    """A program that is run with a mutant and breaks leaves status 3, not Python's 1."""
    job = Job("any", (*under((SEND, "a", "b"), tmp_path), "proofs.no_such_program"), 20.0)
    (ended,) = run([job], width=1)
    assert 3 == ended.status
