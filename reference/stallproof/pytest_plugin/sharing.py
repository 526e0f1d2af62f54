"""One run of the oracle for all tests of requirements, in all processes of one pytest.

The intuition: the first test that needs a verdict has the oracle run, as the command line would;
everybody else reads the report that it has written.

The complication: pytest-xdist runs tests in several processes. They share a folder and a lock on a
file in it, which the kernel gives back when its holder dies: who comes next then runs the oracle.
"""

import fcntl
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import msgspec
import pytest

from stallproof.judge.report import Report
from stallproof.pytest_plugin.options import Judged, renamed
from stallproof.reports.lines import visible

ENDING_S = 30.0
"""How long an oracle that was told to end may take to leave nothing behind."""
SAID_MAX_LINES = 20


class OracleError(Exception):
    """The oracle brought no report; the message is what it said."""


class Oracle:
    """The one run, made when somebody first needs it."""

    def __init__(self, config: pytest.Config, judged: Judged, selected: frozenset[str]) -> None:
        """Judge what is `judged` by no more than what is `selected`."""
        self.judged = judged
        self.selected = selected
        self._config = config
        self._has_told = False

    def judge(self, wanted: frozenset[str]) -> None:
        """Have `wanted` judged, unless that was done; raises `OracleError` if it cannot be."""
        if self._report_file.exists():
            return
        with self._alone():
            if not self._report_file.exists() and not self._error_file.exists():
                self._run(wanted)
        if self._report_file.exists():
            return
        why = self._error_file.read_text("utf-8", "replace")
        if self._has_told:
            why = "stallproof brought no report; the first of these tests says why"
        self._has_told = True
        raise OracleError(why)

    @cached_property
    def report(self) -> Report:
        """The report of the run that was made."""
        return msgspec.json.decode(self._report_file.read_bytes(), type=Report)

    # --- the folder that all processes share ------------------------------------------------------

    @cached_property
    def _folder(self) -> Path:
        # pytest has no public way to it but for fixtures, which only functions have.
        factory: pytest.TempPathFactory = self._config._tmp_path_factory  # type: ignore[attr-defined]
        base = factory.getbasetemp()
        # A worker of pytest-xdist has a folder of its own in that of the whole.
        folder = (base.parent if hasattr(self._config, "workerinput") else base) / "stallproof"
        folder.mkdir(exist_ok=True)
        return folder

    @property
    def _report_file(self) -> Path:
        return self._folder / "report.json"

    @property
    def _error_file(self) -> Path:
        return self._folder / "error.txt"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self._folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    # --- the run ----------------------------------------------------------------------------------

    def _run(self, wanted: frozenset[str]) -> None:
        """Run the command line; leave a report or an error."""
        fresh = self._folder / "fresh.json"
        said = self._folder / "said.txt"
        with said.open("wb") as output:
            code = _ended(
                self._command(wanted, fresh), self._config.rootpath, self.judged.environment, output
            )
        if fresh.exists():
            # In one step, so that nobody reads half of it.
            fresh.rename(self._report_file)
            return
        lines = said.read_text("utf-8", "replace").splitlines()[-SAID_MAX_LINES:]
        told = renamed("\n".join(map(visible, lines)))
        self._error_file.write_text(f"stallproof brought no report (exit code {code})\n{told}\n")

    def _command(self, wanted: frozenset[str], report: Path) -> list[str]:
        given = {"impl": self.judged.impl, "only": ",".join(sorted(wanted)), "json": str(report)}
        given = {**self.judged.asked, **given}
        given.pop("skip", None)
        options = [f"--{name}={value}" for name, value in given.items()]
        # What was collected is what pytest was told: settings of another table would change it.
        return [sys.executable, "-m", "stallproof", "conform", "--no-config", *options]


def _ended(command: list[str], cwd: Path, environment: Mapping[str, str], output: object) -> int:
    """Run `command` to its end and return its exit code; who is interrupted ends it in order."""
    running = subprocess.Popen(
        command,
        cwd=cwd,
        env={**environment, "COLUMNS": "100"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=output,  # type: ignore[call-overload]
    )
    try:
        return int(running.wait())
    except BaseException:
        running.terminate()
        try:
            running.wait(ENDING_S)
        except subprocess.TimeoutExpired:
            running.kill()
        raise
