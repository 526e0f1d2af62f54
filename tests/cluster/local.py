"""A cluster of processes on this machine, for the tests: a scheduler, and workers to be killed."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
READY_S = 60.0
SCHEDULER = ("distributed.cli.dask_scheduler", "--port", "0", "--no-dashboard", "--no-show")
WORKER = ("distributed.cli.dask_worker", "--nthreads", "1", "--no-dashboard", "--no-nanny")


class LocalCluster:
    """A scheduler with workers, each a process; what they say goes to files in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        self.workers: list[subprocess.Popen[bytes]] = []
        self.address = ""

    def begin(self) -> None:
        """Start the scheduler, and learn where it is."""
        log = self._start("scheduler", SCHEDULER, {})
        self.address = self._said(log, rb"Scheduler at:\s+(tcp://\S+)").decode()

    def add(self, environment: Mapping[str, str] | None = None) -> None:
        """Start one more worker, and wait until it is known."""
        words = (*WORKER, self.address, "--local-directory", str(self._folder))
        log = self._start(f"worker-{len(self.workers)}", words, environment or {})
        self.workers.append(self._processes[-1])
        self._said(log, rb"(Registered to)")

    def end(self) -> None:
        """Kill all of it."""
        for process in reversed(self._processes):
            process.kill()
            process.wait()

    def _start(self, name: str, words: tuple[str, ...], more: Mapping[str, str]) -> Path:
        log = self._folder / f"{name}.log"
        paths = os.pathsep.join(map(str, (ROOT / "reference", ROOT)))
        with log.open("wb") as file:
            process = subprocess.Popen(
                (sys.executable, "-m", *words), cwd=self._folder, stdout=file, stderr=file,
                env={**os.environ, "PYTHONPATH": paths, **more},
            )  # fmt: skip
        self._processes.append(process)
        return log

    @staticmethod
    def _said(log: Path, pattern: bytes) -> bytes:
        deadline = time.monotonic() + READY_S
        while time.monotonic() < deadline:
            if found := re.search(pattern, log.read_bytes()):
                return bytes(found[1])
            time.sleep(0.05)
        raise TimeoutError(log.read_text())


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[LocalCluster]:
    """Yield a cluster with so many `workers`."""
    made = LocalCluster(folder)
    try:
        made.begin()
        for _ in range(workers):
            made.add()
        yield made
    finally:
        made.end()
