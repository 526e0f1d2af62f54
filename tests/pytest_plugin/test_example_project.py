"""The example project, whose tests use all of the plugin: green as it is, and red with a bug."""

import shutil
from pathlib import Path

import pytest

from tests.pytest_plugin.running import ROOT, run_pytest

BUG = ("self._line.now_us() >= deadline_us", "self._line.now_us() > deadline_us")
"""The deadline is inclusive (SD-2), and with this edit it is not."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the example project."""
    ignore = shutil.ignore_patterns("__pycache__")
    return Path(
        shutil.copytree(ROOT / "tests/example_project", tmp_path / "project", ignore=ignore)
    )


def plant(project: Path) -> None:
    """Make the library wrong."""
    path = project / "outbound.py"
    text = path.read_text()
    assert text.count(BUG[0]) == 1
    path.write_text(text.replace(*BUG))


def test_the_right_library_is_green_in_two_processes(project: Path) -> None:
    """Its own tests and the law's pass under pytest-xdist, and what is known to fail is no news."""
    code, said = run_pytest(project, "-p", "xdist", "-n", "2", "-q", "-rx")
    assert code == 0, said
    assert "11 passed, 1 xfailed" in said
    assert "XFAIL stallproof::SD-6[virtual] - a reset in the middle of a frame" in said


def test_the_wrong_library_is_red_and_says_why(project: Path) -> None:
    """The failing test shows what the law says, and the events that contradict it."""
    plant(project)
    code, said = run_pytest(project, "-m", "stallproof", "-k", "SD-2 or run")
    assert code == 1, said
    assert "1 failed, 1 passed" in said
    assert "SD-2[virtual]: Expiry is inclusive" in said
    assert "the deadline itself is inclusive" in said
    assert "impl    send_ended: conn a, send 1, outcome timeout, raised" in said
    assert "Traceback" not in said


def test_a_generated_failure_is_shrunk_and_can_be_played_again(project: Path) -> None:
    """The failing test tells the few steps that matter, and where their vector lies."""
    plant(project)
    generate = ("--stallproof-generate", "100", "--stallproof-seed", "7")
    code, said = run_pytest(project, *generate, "stallproof::SD-2[generated]")
    assert code == 1, said
    assert "collected 1 item" in said
    (vector,) = (project / "failures").glob("sd-2-*.json")
    assert f"SD-2: failures/{vector.name}, " in said
    assert "generated, seed 7" in said
