"""The processes in which scenarios play are copies of one, and begin as if newly started."""

import os
import signal
from multiprocessing import forkserver
from pathlib import Path

import pytest

from stallproof.runner.sut.ending import SIGNALS
from stallproof.runner.workers import Workers


def seen() -> tuple[str | None, str]:
    """Return what a worker has of its environment, and where it is."""
    return os.environ.get("STALLPROOF_TEST"), os.getcwd()


def in_a_worker() -> tuple[str | None, str]:
    """Return what a worker of a new run sees."""
    workers: Workers[tuple[str | None, str]] = Workers(1)
    try:
        future = workers.submit(seen)
        return future.result(60)
    finally:
        workers.close([])


def test_a_worker_has_the_environment_and_the_folder_of_its_own_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not those of the first run of the process, which the copies come from."""
    assert (None, os.getcwd()) == in_a_worker()
    monkeypatch.setenv("STALLPROOF_TEST", "set since")
    monkeypatch.chdir(tmp_path)
    assert ("set since", str(tmp_path)) == in_a_worker()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="there is no /proc")
def test_no_signal_to_the_whole_run_reaches_what_workers_are_copied_from() -> None:
    """Whoever ends the run has the terminal signal all of it, and the run still starts some."""
    assert (None, os.getcwd()) == in_a_worker()
    pid = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]
    status = Path(f"/proc/{pid}/status").read_text()
    blocked = int(next(x.split()[1] for x in status.splitlines() if x.startswith("SigBlk")), 16)
    assert set(SIGNALS) <= {s for s in signal.Signals if blocked >> (s - 1) & 1}
