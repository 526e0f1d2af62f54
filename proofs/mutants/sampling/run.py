"""Ask the tests about each edit that was drawn: the nearest first, and wider ones if need be.

What the nearest tests pass is put to the type checker, which reads the edited text in the place of
the module: nobody could commit what it refuses.

The question is whether anything notices, so that a crash while the tests are collected is a catch
here, as is an endless loop. A test that fails without the edit as well has caught nothing: those
that caught something are run once on the code as it is.
"""

import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from proofs.mutants.evidence import PYTEST
from proofs.mutants.plant import mutated_in
from proofs.mutants.processes import Ended, Job, run
from proofs.mutants.sampling.edits import Edit, applied, mutant_of, text_of
from proofs.mutants.sampling.equivalents import why_equivalent
from proofs.mutants.sampling.nearest import nearest, wider

Verdict = Literal["caught", "hung", "survived", "equivalent", "broken"]
"""`hung`: a catch too, for the tests never ended. `broken`: no answer at all."""
WIDTH = 2
NEAR_S, TYPES_S, WIDE_S = 90.0, 90.0, 400.0
"""How long the tests may take; the nearest take twenty seconds on a machine that is not busy."""
AGAIN_S = 300.0
"""How long they may take alone, where they had no end: a busy machine is no endless loop."""
_PYTEST = (*PYTEST, "-m", "not timing")
_TAIL_CHARACTERS = 400


@dataclass(frozen=True)
class Result:
    """What came of an edit; `by`: the test that caught it, or the reason."""

    edit: Edit
    verdict: Verdict
    by: str
    seconds: float

    @property
    def is_caught(self) -> bool:
        """Tell whether the tests noticed."""
        return self.verdict in ("caught", "hung")


def try_all(edits: Sequence[Edit], *, is_wide: bool = True) -> Iterator[Result]:
    """Yield what came of each edit; where the nearest tests pass, `is_wide` asks others as well."""
    waiting: list[Edit] = []
    for edit in edits:
        if (why := why_equivalent(edit)) is None:
            waiting.append(edit)
        else:
            yield Result(edit, "equivalent", why, 0.0)
    spent_s: dict[Edit, float] = {}
    with tempfile.TemporaryDirectory(prefix="stallproof-sample-") as scratch:
        near = [_job(edit, nearest(edit.file), Path(scratch), NEAR_S) for edit in waiting]
        survivors: list[Edit] = []
        for result in _patiently(near):
            if result.verdict == "survived":
                typed = _typed(result.edit, Path(scratch))
                result = replace(typed, seconds=round(result.seconds + typed.seconds, 2))
            if result.verdict == "survived" and is_wide and wider(result.edit.file):
                survivors.append(result.edit)
                spent_s[result.edit] = result.seconds
            else:
                yield result
        wide = [_job(edit, wider(edit.file), Path(scratch), WIDE_S) for edit in survivors]
        for result in map(_read, run(wide, width=WIDTH)):
            yield replace(result, seconds=round(result.seconds + spent_s[result.edit], 2))


def _patiently(jobs: Sequence[Job[Edit]]) -> Iterator[Result]:
    """Yield what the tests say; who has no end by then may go on alone and for longer."""
    hung: list[Job[Edit]] = []
    for ended in run(jobs, width=WIDTH):
        if ended.status is None:
            hung.append(replace(ended.job, limit_s=AGAIN_S))
        else:
            yield _read(ended)
    yield from map(_read, run(hung, width=1))


def without_false_catches(results: Sequence[Result]) -> list[Result]:
    """Return the results; what was caught by tests that fail without the edit is `broken`."""
    tests = sorted({one.by for one in results if one.verdict == "caught" and "::" in one.by})
    failing: set[str] = set()
    if tests:
        every = tuple(one for one in _PYTEST if one != "-x")
        job = Job("unmutated", (sys.executable, "-m", *every, *tests), WIDE_S)
        (ended,) = run([job], width=1)
        if ended.status != 0:
            failing = {each for each in tests if each in set(_failed(ended.out))}
            if not failing:
                raise RuntimeError(f"the tests that caught something: {ended.out[-2000:]}")
    return [
        replace(one, verdict="broken", by=f"{one.by} fails without the edit as well")
        if one.by in failing else one
        for one in results
    ]  # fmt: skip


def _job(edit: Edit, tests: Sequence[str], folder: Path, limit_s: float) -> Job[Edit]:
    name = f"edit-{edit.start}-{edit.end}-{abs(hash(edit))}"
    file = mutated_in(mutant_of(edit, name), folder)
    command = (sys.executable, "-m", "proofs.mutants.under", str(file), *_PYTEST, *tests)
    return Job(edit, command, limit_s)


def _typed(edit: Edit, folder: Path) -> Result:
    """Ask the type checker about the edited module, in the place of the one that is there."""
    shadow = folder / "edited.py"
    shadow.write_text(applied(edit, text_of(edit.file)), "utf-8")
    options = ("--cache-dir", str(folder / "types"), "--shadow-file", edit.file, str(shadow))
    job = Job(edit, (sys.executable, "-m", "mypy", *options, edit.file), TYPES_S)
    (ended,) = run([job], width=1)
    errors = [line for line in ended.out.splitlines() if ": error: " in line]
    if ended.status == 1 and errors:
        return Result(edit, "caught", f"mypy: {errors[0].partition(': error: ')[2]}", ended.seconds)
    if ended.status == 0:
        return Result(edit, "survived", "", ended.seconds)
    return Result(edit, "broken", (ended.out + ended.err)[-_TAIL_CHARACTERS:], ended.seconds)


def _read(ended: Ended[Edit]) -> Result:
    """Read what the tests say: 0 is "nothing noticed", and 3 is no word of theirs."""
    verdict: Verdict = "caught"
    tail = (ended.out + ended.err)[-_TAIL_CHARACTERS:]
    failed = _failed(ended.out)
    if ended.status is None:
        verdict, by = "hung", f"no end within {ended.job.limit_s:g} s"
    elif ended.status == 0:
        verdict, by = "survived", ""
    elif failed:
        by = failed[0]
    elif ended.status in (3, 5):
        verdict, by = "broken", tail
    else:
        by = f"exit status {ended.status}: {tail.strip().splitlines()[-1]}"
    return Result(ended.job.of, verdict, by, ended.seconds)


def _failed(out: str) -> list[str]:
    """Return the test functions that failed, without their parameters."""
    return [each.partition("[")[0] for each in re.findall(r"^FAILED (\S+)", out, re.MULTILINE)]
