"""Plant mistakes one by one, each in a process of its own, and read what their evidence says.

Two lanes: evidence that no clock judges runs two at a time, what a real clock judges runs after
that and alone. An oracle that finds the machine too busy is asked again, a stated number of times;
what stays undecided is no catch.
"""

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from proofs.seeded.evidence import (
    LIMITS_S,
    Reading,
    Verdict,
    command,
    environment,
    is_timed,
    read,
)
from proofs.seeded.processes import Job, run
from proofs.seeded.seeded import Evidence, Seeded, why_unfit

WIDTH = 2
"""How many processes run side by side where no real clock judges."""
TRIES_MAX = 3
"""How often evidence is asked that says the machine was too busy to judge."""
UNPLANTED_TIMES = 2
"""How many times its limit evidence may take where it passes: it has to look to the end then."""
_Of = TypeVar("_Of")


@dataclass(frozen=True)
class Result:
    """What came of one mistake; `detail` is what the evidence said."""

    seeded: Seeded
    verdict: Verdict
    seconds: float
    detail: str


@dataclass(frozen=True)
class _Answer(Generic[_Of]):
    of: _Of
    reading: Reading
    seconds: float


def _answers(
    jobs: Sequence[Job[_Of]], evidence_of: Callable[[_Of], Evidence], width: int
) -> Iterator[_Answer[_Of]]:
    """Yield what the evidence of each job says, asking again where that may help."""
    spent_s: dict[_Of, float] = {}
    waiting = jobs
    for tries_left in reversed(range(TRIES_MAX)):
        again: list[Job[_Of]] = []
        for ended in run(waiting, width=width):
            of = ended.job.of
            spent_s[of] = spent_s.get(of, 0.0) + ended.seconds
            reading = read(evidence_of(of), ended)
            if reading.again and tries_left:
                again.append(ended.job)
            else:
                yield _Answer(of, reading, round(spent_s[of], 2))
        waiting = again


def _in_lanes(
    jobs: Sequence[Job[_Of]], evidence_of: Callable[[_Of], Evidence]
) -> Iterator[_Answer[_Of]]:
    timed = [job for job in jobs if is_timed(evidence_of(job.of))]
    free = [job for job in jobs if not is_timed(evidence_of(job.of))]
    yield from _answers(free, evidence_of, WIDTH)
    yield from _answers(timed, evidence_of, 1)


def run_mistakes(mistakes: Sequence[Seeded]) -> Iterator[Result]:
    """Yield what came of each of `mistakes`; those that do not fit come first, and never run."""
    fitting: list[Seeded] = []
    for seeded in mistakes:
        why = why_unfit(seeded)
        if why is None:
            fitting.append(seeded)
        else:
            yield Result(seeded, "does-not-fit", 0.0, why)
    with tempfile.TemporaryDirectory(prefix="stallproof-seeded-") as scratch:
        jobs = [_job(one, Path(scratch) / f"{number}.json") for number, one in enumerate(fitting)]
        for answer in _in_lanes(jobs, lambda seeded: seeded.evidence):
            yield Result(
                answer.of, verdict_of(answer.reading), answer.seconds, answer.reading.detail
            )


def _job(seeded: Seeded, planted: Path) -> Job[Seeded]:
    planted.write_text(json.dumps([seeded.module, seeded.old, seeded.new]), "utf-8")
    evidence = seeded.evidence
    return Job(
        seeded,
        command(evidence, seeded, planted),
        LIMITS_S[evidence.kind],
        environment(evidence, seeded),
    )


def verdict_of(reading: Reading) -> Verdict:
    """Return the verdict on a mistake: evidence that says neither is broken, never a catch."""
    if reading.wrong is None:
        return "broken"
    return "caught" if reading.wrong else "missed"


@dataclass(frozen=True)
class Unplanted:
    """What evidence says of the code as it is: it must pass, or its catches mean nothing."""

    evidence: Evidence
    passes: bool
    detail: str


def run_unplanted(evidences: Sequence[Evidence]) -> Iterator[Unplanted]:
    """Ask each of `evidences` once about the code without any mistake.

    The oracle is asked once for all its requirements together.
    """
    distinct = dict.fromkeys(one for one in evidences if one.kind != "oracle")
    judged = dict.fromkeys(one.target for one in evidences if one.kind == "oracle")
    questions = [*distinct, *([Evidence("oracle", ",".join(judged))] if judged else [])]
    jobs = [
        Job(one, command(one, None, None), UNPLANTED_TIMES * LIMITS_S[one.kind])
        for one in questions
    ]
    for answer in _in_lanes(jobs, lambda evidence: evidence):
        passes = answer.reading.wrong is False
        for target in answer.of.target.split(",") if answer.of.kind == "oracle" else [None]:
            evidence = answer.of if target is None else Evidence("oracle", target)
            yield Unplanted(evidence, passes, "" if passes else answer.reading.detail)
