"""A run that is ended: a report of what was judged, and nothing that was started is left."""

import os
import pty
import signal
import subprocess
import time
from pathlib import Path

import pytest

from stallproof.judge.report import Report
from stallproof.reports.json_report import read_report
from tests.runner.ending_bench import WITHIN_S, Run, impl, running, wait_for

LINUX = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="there is no /proc")
pytestmark = [pytest.mark.timing, LINUX]
SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
DAEMONS = 3
WHOLE_LAW = ("conform", "--clock", "real", *impl("leaves_behind", "clears"))


def plays(run: Run) -> bool:
    """Wait until scenarios are under way, with harnesses and what those have left behind."""
    return bool(wait_for(lambda: len(run.alive()) > 2 * DAEMONS or None))


def judged(path: Path) -> Report:
    """Return the report, which has to be there and to say that the run did not come to its end."""
    report = read_report(path)
    assert "incomplete" == report.verdict
    assert "interrupted" in report.why
    return report


@pytest.mark.parametrize("name", SIGNALS)
def test_a_signal_ends_every_process_and_leaves_report_and_trace(name: str, tmp_path: Path) -> None:
    """Workers, peers, noise monitors, harnesses, daemons: all are gone within 2 s."""
    report, trace = tmp_path / "report.json", tmp_path / "run.jsonl"
    with running(*WHOLE_LAW, "--json", str(report), "--trace", str(trace)) as run:
        assert plays(run)
        # A scenario that is over is judged all the same.
        assert run.process.stderr is not None
        assert run.process.stderr.readline().startswith("[")
        begun = time.monotonic()
        run.signal(getattr(signal, name))
        assert run.gone_after_s(begun) < WITHIN_S
        out, err = run.process.communicate(timeout=30)
        assert run.is_all_gone()
    assert 3 == run.process.returncode
    assert "Traceback" not in out + err
    found = judged(report)
    assert f"by {name}" == found.interrupted
    assert f"interrupted: by {name}" in out.splitlines()[-1] + out.splitlines()[-2]
    assert any(one.exercised for one in found.requirements)
    with running("check", str(trace), "--json", str(tmp_path / "again.json")) as again:
        again.process.communicate(timeout=60)
    once_more = judged(tmp_path / "again.json")
    assert (found.requirements, found.why) == (once_more.requirements, once_more.why)


def test_a_second_signal_changes_nothing(tmp_path: Path) -> None:
    """Who presses Ctrl-C twice gets the report, and no traceback."""
    report = tmp_path / "report.json"
    with running(*WHOLE_LAW, "--json", str(report)) as run:
        assert plays(run)
        begun = time.monotonic()
        for _ in range(3):
            run.signal(signal.SIGINT)
            time.sleep(0.05)
        assert run.gone_after_s(begun) < WITHIN_S
        out, err = run.process.communicate(timeout=30)
        assert run.is_all_gone()
    assert 3 == run.process.returncode
    assert "Traceback" not in out + err
    assert "by SIGINT" == judged(report).interrupted


def test_a_closed_terminal_ends_the_run(tmp_path: Path) -> None:
    """The terminal is gone with all that could be written to it; the report is there."""
    report = tmp_path / "report.json"
    ours, theirs = pty.openpty()
    with running(
        *WHOLE_LAW, "--json", str(report), stdin=theirs, stdout=theirs, stderr=theirs
    ) as run:
        os.close(theirs)
        assert plays(run)
        begun = time.monotonic()
        os.close(ours)
        run.signal(signal.SIGHUP)
        assert run.gone_after_s(begun) < WITHIN_S
        assert 3 == run.process.wait(30)
        assert run.is_all_gone()
    assert "by SIGHUP" == judged(report).interrupted


@pytest.mark.parametrize("after_s", [0, 2])
def test_a_killed_run_leaves_nothing_behind(after_s: float) -> None:
    """SIGKILL cannot be heeded: the workers see that nobody is left, and end what they play."""
    with running("conform", "--clock", "real", *impl("leaves_behind")) as run:
        assert plays(run)
        time.sleep(after_s)
        begun = time.monotonic()
        run.process.kill()
        run.process.wait()
        assert run.gone_after_s(begun) < 4 * WITHIN_S


def test_a_whole_run_leaves_no_daemon_behind() -> None:
    """Nothing was ended before its time, and what the harness has started is gone all the same."""
    with running("conform", "--only", "SD-13", *WHOLE_LAW[1:]) as run:
        out, err = run.process.communicate(timeout=120)
        assert 0 == run.process.returncode, out + err
        assert run.is_all_gone()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--clock", "virtual", "--generate", "100000"),
        ("--clock", "virtual", *("--only", "SD")),
        ("--clock", "real", "--generate", "40", "--only", "SD"),
        ("--smoke",),
    ],
    ids=lambda arguments: arguments[-1] if len(arguments) == 1 else " ".join(arguments[1:3]),
)
def test_every_way_of_judging_can_be_ended(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """The harness blocks in whatever it is asked; the run ends all the same, and says so."""
    report = tmp_path / "report.json"
    slow = impl("slow_to_answer")
    with running("conform", *arguments, *slow, "--json", str(report)) as run:
        assert wait_for(lambda: (tmp_path / "never").exists() or len(run.alive()) > 0 or None)
        time.sleep(1.5)
        begun = time.monotonic()
        run.signal(signal.SIGTERM)
        assert run.gone_after_s(begun, 20) < WITHIN_S
        out, err = run.process.communicate(timeout=60)
        assert run.is_all_gone()
    assert 3 == run.process.returncode, out + err
    assert "Traceback" not in out + err
    assert "interrupted" in report.read_text()


def test_a_time_limit_ends_the_run(tmp_path: Path) -> None:
    """Of a run that takes a minute 3 s are played; the last line says why there is no more."""
    report = tmp_path / "report.json"
    with running(*WHOLE_LAW, "--timeout", "3s", "--json", str(report)) as run:
        out, err = run.process.communicate(timeout=60)
        assert run.is_all_gone()
    assert 3 == run.process.returncode, err
    found = judged(report)
    assert "after --timeout 3 s" == found.interrupted
    assert float(found.volatile["duration_s"]) <= 3 + WITHIN_S
    assert "after --timeout 3 s" in " ".join(out.split())


def test_nobody_has_to_look_away_for_a_signal_that_is_ignored() -> None:
    """Under nohup a closed terminal ends nothing."""
    with running(
        "conform",
        "--only",
        "SD-13",
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    ) as run:
        assert wait_for(lambda: len(run.alive()) > 2 or None)
        run.signal(signal.SIGHUP)
        out, err = run.process.communicate(timeout=120)
    assert 0 == run.process.returncode, out + err


@pytest.mark.parametrize("after_s", [0, 0.1, 0.5])
def test_a_signal_before_anything_was_judged_says_so(after_s: float) -> None:
    """What is needed is still imported, or the vectors are read: one line, and code 3."""
    with running("vectors", "verify", stdout=subprocess.DEVNULL) as run:
        assert wait_for(lambda: run.heeds(signal.SIGINT) or None)
        time.sleep(after_s)
        run.signal(signal.SIGINT)
        _out, err = run.process.communicate(timeout=30)
    assert 3 == run.process.returncode
    assert "stallproof: interrupted by SIGINT; nothing was judged\n" == err
