"""`stallproof.conform` and its kin as a program uses them."""

import signal
import subprocess
import sys
import textwrap
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import stallproof
from stallproof.reports.spans import seconds_of
from stallproof.runner.smoke import smoked
from stallproof.wire.codec import read_trace

quick = partial(stallproof.conform, clock="virtual", only="SD-13")
PYTHON = Path(__file__).parents[1] / "implementations" / "python"


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> tuple[stallproof.Report, Path, list[str]]:
    """Return a report of the reference, its trace, and the scenarios that it told of."""
    trace = tmp_path_factory.mktemp("api") / "run.jsonl"
    told: list[str] = []
    report = quick(trace=trace, on_progress=lambda progress: told.append(progress.scenario))
    return report, trace, told


def test_a_run_returns_its_report_and_tells_how_far_it_is(
    judged: tuple[stallproof.Report, Path, list[str]],
) -> None:
    """The verdict is there, and each scenario was told of."""
    report, _, told = judged
    assert ("pass", ["SD-13"], 0) == (
        report.verdict,
        report.selected,
        stallproof.exit_code(report),
    )
    assert told


def test_a_trace_is_judged_to_the_same_verdicts(
    judged: tuple[stallproof.Report, Path, list[str]],
) -> None:
    """From its file, and from its events."""
    report, trace, _ = judged
    again = stallproof.check(trace)
    events = stallproof.judge_events(read_trace(trace))
    assert report.requirements == again.requirements == events.requirements


def test_a_run_on_another_thread_touches_no_signal_and_prints_nothing(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """A program keeps its threads, its signals and its standard output."""
    before = [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)]
    verdicts: list[str] = []

    def run() -> None:
        verdicts.append(quick(timeout=60).verdict)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    after = [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)]
    assert (["pass"], before, ("", "")) == (verdicts, after, tuple(capfd.readouterr()))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"only": "SD-99"}, "only: unknown requirement"),
        ({"only": "SD-3", "skip": "SD"}, "leave nothing"),
        ({"without": "tsl"}, "without: 'tsl' is none of"),
        ({"allow": ["fail"]}, "allow: 'fail' is none of"),
        ({"clock": "wall"}, "clock 'wall': one of auto, real, virtual"),
        ({"profile": "soft"}, "profile 'soft'"),
        ({"clock": "virtual", "only": "SD-11"}, "virtual time cannot decide SD-11"),
        ({"role": "both"}, "role 'both': one of connect, accept"),
        ({"role": "accept", "clock": "virtual"}, "role 'accept': only scenarios on the real clock"),
        ({"role": "accept", "generate": 1}, "role 'accept': only scenarios on the real clock"),
        ({"jobs": 0}, "jobs 0: a whole number from 1 to 64"),
        ({"generate": 1.5}, "generate 1.5"),
        ({"timeout": 0}, "timeout 0"),
        ({"cwd": "no-such-folder"}, "no folder"),
        ({"impl": ""}, "impl is empty"),
        ({"impl": "'unclosed"}, "No closing quotation"),
        ({"impl": int}, "no harness"),
        ({"only": [3]}, "give names"),
    ],
)
def test_what_cannot_be_asked_for_is_a_value_error(arguments: dict[str, Any], words: str) -> None:
    """The message says which argument it is; nothing is run."""
    with pytest.raises(stallproof.UnusableError, match=words):
        stallproof.conform(**arguments)
    assert issubclass(stallproof.UnusableError, ValueError)


@pytest.mark.timing
def test_the_side_that_accepts_is_judged_where_it_is_asked_for() -> None:
    """The clock is then the real one, and the report notes the role."""
    impl = (sys.executable, str(PYTHON / "harness.py"))
    report = stallproof.conform(impl, only="SD-13", role="accept", timeout=120)
    assert "pass" == report.verdict
    assert any("accept" in note for note in report.notes), report.notes


def test_a_trace_that_is_none_is_a_value_error(tmp_path: Path) -> None:
    """The message names the file; no file at all is refused as well."""
    (tmp_path / "bad.jsonl").write_text("{}\n")
    with pytest.raises(stallproof.TraceError, match=r"bad\.jsonl"):
        stallproof.check(tmp_path / "bad.jsonl")
    with pytest.raises(stallproof.UnusableError, match="at least one"):
        stallproof.check()


def test_a_class_is_judged_in_a_process_of_its_own(tmp_path: Path) -> None:
    """It is found in the program that asks, which is run again and starts nothing by itself."""
    program = tmp_path / "mine.py"
    program.write_text(
        textwrap.dedent(
            f"""
            import sys
            sys.path.append({str(PYTHON)!r})
            import stallproof
            from asyncio_guarded import AsyncioGuarded

            class Mine(AsyncioGuarded):
                name = "mine"

            if __name__ == "__main__":
                report = stallproof.conform(Mine, clock="virtual", only="SD-2")
                print(report.implementation["name"], report.verdict)
            """
        )
    )
    done = subprocess.run([sys.executable, program], capture_output=True, text=True, timeout=60)
    assert ("mine pass\n", "") == (done.stdout, done.stderr)


def test_a_harness_that_breaks_is_in_the_report_and_no_exception() -> None:
    """No verdict is made up."""
    report = quick("false")
    assert ("incomplete", ["harness"]) == (
        report.verdict,
        [w for w in report.why if w == "harness"],
    )


def test_what_the_listener_raises_ends_the_run_and_comes_through() -> None:
    """Nothing of the run is left behind."""

    def stop(_: stallproof.Progress) -> None:
        raise KeyboardInterrupt

    begun = set(_children())
    with pytest.raises(KeyboardInterrupt):
        quick(on_progress=stop)
    _until(lambda: set(_children()) <= begun)


def test_a_time_limit_ends_the_run_with_a_report() -> None:
    """What was judged is judged, and the report says why there is no more."""
    silent = [sys.executable, "-c", "import time; time.sleep(60)"]
    report = quick(silent, timeout=0.5)
    assert "incomplete" == report.verdict
    assert report.interrupted is not None


def test_a_run_never_outlives_who_asked(tmp_path: Path) -> None:
    """Its program is killed, and the harness is gone soon after."""
    pid_file = tmp_path / "pid"
    says = f"open({str(pid_file)!r}, 'w').write(str(os.getpid()))"
    harness = f"import os, time; {says}; time.sleep(99)"
    code = f"import sys, stallproof; stallproof.conform([sys.executable, '-c', {harness!r}])"
    program = subprocess.Popen([sys.executable, "-c", code])
    _until(lambda: pid_file.exists() and pid_file.read_text())
    program.kill()
    program.wait()
    _until(lambda: not Path(f"/proc/{pid_file.read_text()}").exists())


def _children() -> list[int]:
    found = Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text()
    return [int(one) for one in found.split()]


def _until(holds: Any) -> None:
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.timing
def test_what_the_smoke_test_names_leaves_nothing_unsupported() -> None:
    """The option is copied as it stands; a group of which nothing is left is not played at all."""
    command = (sys.executable, str(PYTHON / "asyncio_drain.py"))
    seen = next(one.seen for one in smoked(command) if one.name == "without")
    names = seen.rpartition("--without ")[2]
    report = stallproof.conform(command, only="AP", without=names, clock="real", timeout=60)
    assert (["nothing-judged"], []) == (report.why, report.harness)
    assert [] == report.transports


def test_a_script_that_calls_without_a_guard_is_told_so(tmp_path: Path) -> None:
    """Its class is imported in another process, where the call stands as well."""
    script = tmp_path / "judged.py"
    script.write_text(
        textwrap.dedent(
            f"""
            import sys
            sys.path.append({str(PYTHON)!r})
            import stallproof
            from asyncio_guarded import AsyncioGuarded

            class Mine(AsyncioGuarded):
                pass

            print(stallproof.conform(Mine, clock="virtual", only="SD-13").harness[0].detail)
            """
        )
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=60)
    assert "put that call behind `if __name__ == '__main__':`" in done.stdout, done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"impl": None}, "impl None: give"),
        ({"impl": 3}, "impl 3: give"),
        ({"impl": ["x", 3]}, "give .reference., a command or a harness class"),
        ({"only": 3}, "3: give names"),
        ({"seed": 3}, "seed belongs to generate"),
        ({"failures": "x"}, "failures belongs to generate"),
        ({"timeout": "10x"}, "timeout '10x': give seconds"),
        ({"timeout": True}, "timeout True: give seconds"),
        ({"timeout": 0}, "timeout 0: give seconds"),
        ({"timeout": 86_401}, "timeout 86401: give seconds"),
    ],
)
def test_an_argument_that_cannot_be_is_refused_with_its_name(
    arguments: dict[str, Any], words: str
) -> None:
    """Before anything is started."""
    with pytest.raises(stallproof.UnusableError, match=words):
        stallproof.conform(**arguments)


def test_a_limit_is_also_a_text_as_on_the_command_line() -> None:
    """The same words mean the same in both."""
    assert (600.0, 1.5) == (seconds_of("10m", "timeout"), seconds_of(1.5, "timeout"))
    assert "pass" == quick(timeout="10m").verdict


def test_what_is_no_report_trace_or_mapping_is_refused() -> None:
    """One sentence says what to give."""
    wrong: Any = 3
    with pytest.raises(stallproof.UnusableError, match="3: give the path of a trace file"):
        stallproof.check(wrong)
    with pytest.raises(TypeError, match="exit_code takes a Report, not 'pass'"):
        stallproof.exit_code("pass")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="are a mapping, by their names, not None"):
        stallproof.configure(None)  # type: ignore[arg-type]
    with stallproof.StallingPeer() as peer, pytest.raises(TypeError, match="sends bytes, not 'x'"):
        peer.send("x")  # type: ignore[arg-type]


def test_a_file_is_named_by_a_text_or_a_path(tmp_path: Path) -> None:
    """What comes from a command line is a text."""
    file = tmp_path / "report.json"
    report = quick()
    file.write_bytes(stallproof.encode_report(report))
    assert report == stallproof.read_report(str(file)) == stallproof.read_report(file)
    with pytest.raises(stallproof.ReportError, match=r"none\.json"):
        stallproof.read_report(str(tmp_path / "none.json"))
    with pytest.raises(stallproof.VectorError, match=r"none\.json"):
        stallproof.read_vector(str(tmp_path / "none.json"))
