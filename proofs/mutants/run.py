"""Plant mutants one by one, each in a process of its own, and read what their evidence says.

Evidence that no clock judges runs two at a time. What a real clock judges runs after that and
alone. An oracle that finds the machine too busy is asked again, a stated number of times; what
stays undecided is no catch. The prover is asked by its own pool, which is ready before the first
question.
"""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from proofs.mutants.evidence import LIMITS_S, Reading, Trial, Verdict, command, is_timed, read
from proofs.mutants.mutant import DoesNotFit, Evidence, why_unfit
from proofs.mutants.plant import program_of
from proofs.mutants.processes import Job, run
from proofs.prover import processes
from proofs.prover.question import Answer, Task

WIDTH = 2
"""How many processes run side by side where no real clock judges."""
TRIES_MAX = 3
"""How often evidence is asked that says the machine was too busy to judge."""
RIGHT_TIMES = 2
"""How many times its limit evidence may take where it passes: it has to look to the end then."""


@dataclass(frozen=True)
class Result:
    """What came of one trial; `detail` is what the evidence said."""

    trial: Trial
    verdict: Verdict
    seconds: float
    detail: str


@dataclass(frozen=True)
class Unmutated:
    """What evidence says of the code as it is: it must pass, or its catches mean nothing."""

    trials: tuple[Trial, ...]
    passes: bool
    detail: str


@dataclass(frozen=True)
class _Answered:
    trial: Trial
    reading: Reading
    seconds: float


def verdict_of(reading: Reading) -> Verdict:
    """Return the verdict on a mutant: evidence that says neither is broken, never a catch."""
    if reading.wrong is None:
        return "broken"
    return "caught" if reading.wrong else "missed"


def run_mutants(trials: Sequence[Trial]) -> Iterator[Result]:
    """Yield what came of each of `trials`; those that do not fit come first, and never run."""
    fitting: list[Trial] = []
    for trial in trials:
        why = why_unfit(trial.mutant)
        if why is None:
            fitting.append(trial)
        else:
            yield Result(trial, "does-not-fit", 0.0, why)
    tasks = {
        Task(one.evidence.target, "mutant", one.mutant.id): one
        for one in fitting
        if one.evidence.kind == "proof"
    }
    with tempfile.TemporaryDirectory(prefix="stallproof-mutants-") as scratch:
        jobs: list[Job[Trial]] = []
        for number, trial in enumerate(fitting):
            if trial.evidence.kind != "proof":
                try:
                    jobs.append(_job(trial, Path(scratch) / str(number)))
                except DoesNotFit as error:
                    yield Result(trial, "broken", 0.0, str(error))
        for one in _answers(tasks, jobs):
            yield Result(one.trial, verdict_of(one.reading), one.seconds, one.reading.detail)


def run_unmutated(trials: Sequence[Trial]) -> Iterator[Unmutated]:
    """Ask the evidence of `trials` about the code as it is, each question once.

    The oracle is asked once about each program, for all requirements together. That the claims of
    the models hold as they are is seen by the check of the models, and not asked here.
    """
    asked: dict[Evidence | tuple[str, str], list[Trial]] = {}
    for trial in trials:
        evidence = trial.evidence
        by_program = (evidence.kind, program_of(trial.mutant))
        asked.setdefault(by_program if evidence.is_judged else evidence, []).append(trial)
    groups = {_as_one(group): tuple(group) for group in asked.values()}
    kinds = {one: one.evidence.kind for one in groups}
    tasks = {Task(one.evidence.target, "proof"): one for one in groups if kinds[one] == "proof"}
    with tempfile.TemporaryDirectory(prefix="stallproof-mutants-") as scratch:
        jobs = [
            _job(one, Path(scratch) / str(number), right=True)
            for number, one in enumerate(groups)
            if kinds[one] not in ("proof", "spin")
        ]
        for answered in _answers(tasks, jobs):
            passes = answered.reading.wrong is False
            detail = "" if passes else answered.reading.detail
            yield Unmutated(groups[answered.trial], passes, detail)


def _as_one(group: Sequence[Trial]) -> Trial:
    """Return one trial that asks for all of a group; only the oracle's differ in what they ask."""
    first = group[0]
    if not first.evidence.is_judged:
        return first
    targets = dict.fromkeys(each for one in group for each in one.evidence.judged)
    return Trial(first.mutant, Evidence(first.evidence.kind, ",".join(targets)))


def _job(trial: Trial, folder: Path, *, right: bool = False) -> Job[Trial]:
    folder.mkdir()
    limit_s = LIMITS_S[trial.evidence.kind] * (RIGHT_TIMES if right else 1)
    return Job(trial, command(trial, folder, right=right), limit_s)


def _answers(tasks: dict[Task, Trial], jobs: Sequence[Job[Trial]]) -> Iterator[_Answered]:
    """Yield what the prover says, then what needs no clock, then what a real clock judges."""
    for done in processes.run(list(tasks)) if tasks else ():
        yield _Answered(tasks[done.task], _read_answer(done.answer), done.seconds)
    timed = [job for job in jobs if is_timed(job.of.evidence)]
    yield from _asked([job for job in jobs if job not in timed], WIDTH)
    yield from _asked(timed, 1)


def _read_answer(answer: Answer) -> Reading:
    """Read the prover's answer: a proof that is refuted says that the code is wrong."""
    said = f"{answer.verdict} {answer.detail}"
    if answer.verdict == "refuted-as-expected" or answer.detail.startswith("POST_FAIL"):
        return Reading(True, said)
    if answer.verdict == "confirmed" or answer.detail.startswith("CONFIRMED"):
        return Reading(False, said)
    return Reading(None, said)


def _asked(jobs: Sequence[Job[Trial]], width: int) -> Iterator[_Answered]:
    """Yield what the evidence of each job says, asking again where that may help."""
    spent_s: dict[Trial, float] = {}
    waiting = jobs
    for tries_left in reversed(range(TRIES_MAX)):
        again: list[Job[Trial]] = []
        for ended in run(waiting, width=width):
            trial = ended.job.of
            spent_s[trial] = spent_s.get(trial, 0.0) + ended.seconds
            reading = read(trial.evidence, ended)
            if reading.again and tries_left:
                again.append(ended.job)
            else:
                yield _Answered(trial, reading, round(spent_s[trial], 2))
        waiting = again
