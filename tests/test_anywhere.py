"""The program that runs tests where a machine treats them badly."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.anywhere import ENVIRONMENTS, LOOPS, Outcome, Run, parse, read_report, status, table
from tests.drivers.peers import PATIENCE_S, eventually
from tests.quota import Group, Missing, Parent, find_parents, quota_of_one_processor

PROGRAM = Path(__file__).with_name("anywhere.py")
GOOD = Run(2.4, passed=3, skipped=1)
BAD = Run(1.2, passed=2, failed=("a::test_b",))


def ran(*arguments: object) -> tuple[int, str]:
    """Run the program; return its exit status and what it printed."""
    done = subprocess.run(
        [sys.executable, str(PROGRAM), "-p", "no:cacheprovider", *map(str, arguments)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout


def is_gone(pid: int) -> bool:
    """Tell whether the process is gone, or dead and only waits to be reaped by init."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


# --- small parts ----------------------------------------------------------------------------------


def test_what_the_program_does_not_know_goes_to_pytest() -> None:
    """Its own options may stand anywhere; the rest keeps its order."""
    options, selection = parse(["-n", "2", "--in", "busy", "tests/oracle", "--times=1", "-k", "a"])
    assert (["busy"], 1, False) == (options.environments, options.times, options.allow_missing)
    assert ["-n", "2", "tests/oracle", "-k", "a"] == selection


@pytest.mark.parametrize("arguments", [["--times", "0"], ["--in", "paradise"], ["--times", "x"]])
def test_arguments_that_make_no_sense_are_refused(arguments: Sequence[str]) -> None:
    """The exit status is that of unusable arguments."""
    with pytest.raises(SystemExit) as refused:
        parse(arguments)
    assert 2 == refused.value.code


def test_a_report_is_counted() -> None:
    """A failure and an error name their test, and are no status of pytest that went wrong."""
    report = """<testsuites><testsuite>
        <testcase classname="tests.a" name="test_good"/>
        <testcase classname="tests.a" name="test_left_out"><skipped/></testcase>
        <testcase classname="tests.a" name="test_bad"><failure/></testcase>
        <testcase classname="tests.b" name="test_broken"><error/></testcase>
    </testsuite></testsuites>"""
    failed = ("tests.a::test_bad", "tests.b::test_broken")
    assert Run(1.0, 1, 1, failed) == read_report(report, 1, 1.0)


def test_a_run_without_tests_is_no_success() -> None:
    """Nothing was selected, or pytest ended otherwise: both are told."""
    empty = read_report("<testsuites/>", 5, 1.0)
    assert "pytest ended with status 5" == empty.why
    assert not empty.is_good
    assert not Run(1.0, passed=0, skipped=9).is_good


@pytest.mark.parametrize(
    ("outcomes", "allow_missing", "expected"),
    [
        ([Outcome("alone", (GOOD, GOOD))], False, 0),
        ([Outcome("alone", (GOOD, BAD))], False, 1),
        ([Outcome("alone", (GOOD,)), Outcome("quota", missing="no root")], False, 3),
        ([Outcome("alone", (GOOD,)), Outcome("quota", missing="no root")], True, 0),
        ([Outcome("alone", (BAD,)), Outcome("quota", missing="no root")], True, 1),
    ],
)
def test_the_status_is_that_of_the_worst(
    outcomes: Sequence[Outcome], allow_missing: bool, expected: int
) -> None:
    """A failure counts before an environment that is missing."""
    assert expected == status(outcomes, allow_missing=allow_missing)


def test_the_table_names_what_failed_and_what_was_not_tried() -> None:
    """One line for each environment, and one for each test that failed in a run."""
    lines = table([Outcome("alone", (GOOD, BAD)), Outcome("quota", missing="no root")]).splitlines()
    assert ["alone", "1", "of", "2", "3", "1", "2", "s"] == lines[1].split()
    assert "  run 2: a::test_b" == lines[2]
    assert ["quota", "NOT", "TRIED:", "no", "root"] == lines[3].split()


V1 = "29 27 0:25 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct"
V2 = "30 27 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw"
INSIDE = "31 27 0:26 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup ro"


@pytest.mark.parametrize(
    ("mounts", "membership", "expected"),
    [
        (V1, "4:cpu,cpuacct:/user/me\n0::/", [(1, "/user/me"), (1, "/user"), (1, "")]),
        (V1.replace("rw,cpu,cpuacct", "rw,memory"), "4:memory:/", []),
        (V2, "0::/me.slice", [(2, "/me.slice"), (2, "")]),
        (INSIDE, "0::/docker/abc/me", [(2, "/me"), (2, "")]),
        (INSIDE, "0::/elsewhere", [(2, "")]),
        ("24 1 0:22 / /proc rw - proc proc rw", "", []),
    ],
)
def test_our_own_group_is_tried_first_and_then_those_above(
    mounts: str, membership: str, expected: list[tuple[int, str]]
) -> None:
    """Of either version, with several controllers, and in a container that shows a part."""
    top = V1.split()[4] if expected and expected[0][0] == 1 else "/sys/fs/cgroup"
    expected_parents = [Parent(version, Path(top + path)) for version, path in expected]
    assert expected_parents == find_parents(mounts, membership)


# --- environments ---------------------------------------------------------------------------------


def test_busy_loops_end_with_what_they_are_for(capfd: pytest.CaptureFixture[str]) -> None:
    """They run meanwhile, and are gone afterwards, an exception or not."""
    with contextlib.suppress(LookupError), ENVIRONMENTS["busy"]():
        pids = [int(word) for word in capfd.readouterr().out.split(":")[1].split()]
        assert [False] * LOOPS == [is_gone(pid) for pid in pids]
        raise LookupError
    assert [True] * LOOPS == [is_gone(pid) for pid in pids]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_busy_loops_end_with_the_program_however_that_ends(number: int) -> None:
    """Also when nothing can be cleaned up any more."""
    program = (
        "import time; from tests.anywhere import busy, exit_on_signals; exit_on_signals()\n"
        "with busy(): time.sleep(600)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=PROGRAM.parents[1]
    ) as process:
        assert process.stdout is not None
        pids = [int(word) for word in process.stdout.readline().split(":")[1].split()]
        assert [False] * LOOPS == [is_gone(pid) for pid in pids]
        process.send_signal(number)
        expected = -number if number == signal.SIGKILL else 128 + number
        assert expected == process.wait(PATIENCE_S)
        assert eventually(lambda: all(is_gone(pid) for pid in pids))


ALONE = """
import os
from pathlib import Path
def test_one_processor():
    assert 1 == len(os.sched_getaffinity(0))
def test_several_processors():
    assert 1 < len(os.sched_getaffinity(0))
def test_in_a_group_of_its_own():
    assert "stallproof-" in Path("/proc/self/cgroup").read_text()
"""


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no process can be pinned here")
def test_the_tests_run_in_the_environment_and_failures_are_told(tmp_path: Path) -> None:
    """Pinned to one processor one of two tests passes, and the other is named at the end."""
    test = tmp_path / "test_alone.py"
    test.write_text(ALONE)
    code, told = ran("--in", "pinned", "--times", 2, "-k", "processor", test)
    assert 1 == code
    assert ["pinned", "0", "of", "2"] == told.splitlines()[-3].split()[:4]
    assert told.splitlines()[-2].startswith("  run 1: ")
    assert told.splitlines()[-2].endswith("::test_several_processors")


def test_under_the_quota_the_tests_are_in_a_group_that_is_gone_afterwards(tmp_path: Path) -> None:
    """Where no group can be made, that is said, and is a failure unless it is allowed."""
    test = tmp_path / "test_alone.py"
    test.write_text(ALONE)
    arguments = ("--in", "quota", "--times", 1, "-k", "group", test)
    try:
        with quota_of_one_processor() as group:
            assert isinstance(group, Group)
            assert 0 == group.held_up()
        assert not group.folder.exists()
    except Missing:
        assert [3, 0] == [ran(*arguments)[0], ran("--allow-missing", *arguments)[0]]
        assert "NOT TRIED" in ran(*arguments)[1]
        return
    code, told = ran(*arguments)
    assert 0 == code, told
    assert ["quota", "1", "of", "1", "1", "0"] == told.splitlines()[-1].split()[:6]
    folder = next(line for line in told.splitlines() if line.startswith("--- quota: /")).split()[2]
    assert not Path(folder).exists()


def test_a_run_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    """It counts as failed, and the table says why."""
    test = tmp_path / "test_sleepy.py"
    test.write_text("import time\ndef test_sleeps():\n    time.sleep(600)\n")
    code, told = ran("--in", "alone", "--times", 1, "--limit-s", 1, test)
    assert 1 == code
    assert "  run 1: not over after 1 s" == told.splitlines()[-1]
