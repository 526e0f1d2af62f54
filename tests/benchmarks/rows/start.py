"""How long the command line takes to start and to show something, in processor time.

Beside it stands what no program with this parser can do without: the interpreter and the import of
cyclopts, in turn with it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.benchmarks.row import Figure, Goal, Pace, Row

ROOT = Path(__file__).resolve().parents[3]
COMMANDS = ("--version", "--help", "law", "law SD-3", "spec", "config")
PARSER = ("-c", "import cyclopts")
COMPILED = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""Whoever installs it has it compiled: where that is forbidden, each start would compile anew."""
NOTES = {
    "--help": "to import rich besides takes 1.3 times as long as the parser alone",
    "config": "to import rich, msgspec and icontract besides takes 1.6 times as long as the parser",
}
"""What a command cannot do without, measured beside the import of the parser."""


def cpu_s(*arguments: str) -> float:
    """Return the processor time of an interpreter with `arguments`, which has to succeed."""
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT, env=COMPILED, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(arguments)} ended with {process.returncode}")
    return used.ru_utime + used.ru_stime


def started(words: str, pairs: int) -> Figure:
    """Return the figure of one command line."""
    command = ("-m", "stallproof", *words.split())
    # The first start writes what was compiled.
    cpu_s(*command)
    ours: list[float] = []
    beside: list[float] = []
    for number in range(pairs):
        for is_ours in (True, False) if number % 2 else (False, True):
            (ours if is_ours else beside).append(cpu_s(*(command if is_ours else PARSER)))
    return Figure(words, ours, beside, is_ratio_of_pairs=False, note=NOTES.get(words, ""))


def measure(pace: Pace) -> list[Figure]:
    """Start each command line so often as there are pairs."""
    return [started(words, pace.pairs) for words in COMMANDS]


ROW = Row(
    number=14,
    name="start of the command line, processor time",
    unit="s",
    goal=Goal(at_most=0.15),
    is_quick=True,
    measure=measure,
)
