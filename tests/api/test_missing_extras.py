"""What happens where an optional package is not there: nothing passes by omission."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import stallproof

ROOT = Path(__file__).parents[2]
REFUSING = """
import sys
for one in ("hypothesis", "trustme", "cryptography", "distributed", "dask"):
    sys.modules[one] = None
"""
"""What each Python of a test does first, the worker processes of the oracle included."""


def bare(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run `stallproof` with `arguments` where no optional package can be imported."""
    (folder / "sitecustomize.py").write_text(REFUSING)
    places = [str(folder), str(ROOT / "reference"), os.environ.get("PYTHONPATH", "")]
    return subprocess.run(
        [sys.executable, "-m", "stallproof", *arguments], cwd=folder, capture_output=True,
        text=True, timeout=120, env={**os.environ, "PYTHONPATH": os.pathsep.join(places)},
    )  # fmt: skip


@pytest.mark.timing
def test_tls_that_cannot_be_judged_leaves_the_report_incomplete(tmp_path: Path) -> None:
    """The report says whose lack it is; with `--without tls` there is none."""
    done = bare(tmp_path, "conform", "--only", "SD-16", "--clock", "real", "--json", "report.json")
    report = stallproof.read_report(tmp_path / "report.json")
    assert (3, "incomplete", ["unsupported"]) == (done.returncode, report.verdict, report.why)
    assert [note for note in report.notes if "trustme" in note and "stallproof[tls]" in note]


def test_without_tls_nothing_is_said_of_the_package(tmp_path: Path) -> None:
    """What nobody wants is missed by nobody."""
    arguments = ("--only", "SD-2", "--clock", "virtual", "--without", "tls", "--json", "-")
    done = bare(tmp_path, "conform", *arguments)
    assert (0, False) == (done.returncode, "trustme" in done.stdout)


def test_generating_needs_no_package(tmp_path: Path) -> None:
    """Scripts are drawn by the standard library alone."""
    done = bare(
        tmp_path, "conform", "--clock", "virtual", "--only", "SD-2", "--generate", "90", "-q"
    )
    assert (0, True) == (done.returncode, done.stdout.startswith("PASS"))


def test_a_cluster_takes_a_package_that_is_named(tmp_path: Path) -> None:
    """Nothing is played in place of it."""
    arguments = ("--clock", "virtual", "--generate", "9", "--dask", "tcp://127.0.0.1:1")
    done = bare(tmp_path, "conform", *arguments)
    assert (2, True) == (done.returncode, "pip install 'stallproof[dask]'" in done.stderr)
    assert "" == done.stdout


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--dask", "tcp://127.0.0.1:1"), "--dask belongs to --generate"),
        (("--dask", "tcp://127.0.0.1:1", "--generate", "9", "--clock", "real"), "--clock virtual"),
    ],
)
def test_a_cluster_is_for_what_is_generated_in_virtual_time(
    tmp_path: Path, arguments: tuple[str, ...], why: str
) -> None:
    """What cannot be parted is refused before anything is played."""
    done = bare(tmp_path, "conform", *arguments)
    assert (2, True) == (done.returncode, why in done.stderr)
