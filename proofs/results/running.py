"""One run: the oracle drives a harness on the real clock, and a record is what stays."""

import datetime
import os
import platform
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import stallproof
from proofs.results.implementations import PROFILE, Implementation
from proofs.results.record import SCHEMA, Record, gathered, trimmed
from stallproof.judge.evidence.arrange import runs_of
from stallproof.judge.report import Report
from stallproof.requirements.registry import load_registry
from stallproof.runner.conform import conform
from stallproof.runner.progress import Progress
from stallproof.wire.codec import read_trace

JOBS = 4


class RunError(RuntimeError):
    """Say why there is no verdict to record."""


def run(
    judged: Implementation,
    progress: Callable[[Progress], None],
    *,
    only: frozenset[str] | None = None,
) -> Record:
    """Judge one implementation and return its record; `only` is for short trials.

    Raises `RunError` when its environment is missing or its harness broke: a page must not rest on
    half a run.
    """
    if not judged.interpreter.exists():
        raise RunError(f"there is no {judged.python}: `make results` makes it")
    selected = judged.selected(load_registry())
    if only is not None:
        selected &= only
    with tempfile.TemporaryDirectory() as folder:
        trace = Path(folder) / "trace.jsonl"
        report = conform(
            judged.command,
            profile=PROFILE,
            selected=selected,
            grace_us=None,
            jobs=JOBS,
            trace_path=trace,
            progress=progress,
        )
        if report.harness:
            trouble = report.harness[0]
            raise RunError(f"its harness broke: {trouble.what}: {trouble.detail}")
        _, runs = runs_of(read_trace(trace))
        seen = gathered(runs, selected)
    return Record(
        schema=SCHEMA,
        name=judged.name,
        date=datetime.datetime.now(datetime.UTC).date().isoformat(),
        duration_s=float(report.volatile["duration_s"]),
        system=f"{platform.system()}, {_processors()}",
        python=_version_of_python(judged),
        stallproof=stallproof.__version__,
        implementation=report.implementation,
        profile=report.profile,
        verdict=report.verdict,
        scenarios=report.scenarios,
        grace_us=report.grace_us,
        noise_us=report.noise_us,
        notes=_notes(report),
        requirements=trimmed(report, seen),
    )


def _notes(report: Report) -> list[str]:
    """Return what the harness and the oracle noted, without what names a place of this machine."""
    return [note for note in report.notes if str(Path.home()) not in note]


def _processors() -> str:
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{count} processor{'' if count == 1 else 's'}"


def _version_of_python(judged: Implementation) -> str:
    """Return the version of the interpreter, which environments share with the one they came of.

    What is built from source has none, and says its own version.
    """
    if judged.kind == "go":
        return "-"
    configuration = judged.interpreter.parent.parent / "pyvenv.cfg"
    if judged.interpreter == Path(sys.executable) or not configuration.exists():
        return platform.python_version()
    lines = (line.partition("=") for line in configuration.read_text("utf-8").splitlines())
    stated = {name.strip(): value.strip() for name, _, value in lines}
    return stated.get("version", "unknown")
