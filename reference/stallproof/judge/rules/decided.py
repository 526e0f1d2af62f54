"""Decisions of pure machines on the real clock: the same law as in virtual time, since none waits.

A decision rests on its input alone, so that `decided` is judged by itself, wherever it stands: in a
scenario, or in the log of a system that nobody asked.

Spec: `spec/protocol.md`, `decide`.
"""

import json
from collections.abc import Iterator

from stallproof.judge.evidence.observation import Observation, broken, held, unsure
from stallproof.judge.evidence.run import Run
from stallproof.judge.rules import rule
from stallproof.judge.rules.machines import REQUIREMENTS, law_of
from stallproof.judge.rules.machines.shown import shown
from stallproof.wire.events import Decided


@rule(*REQUIREMENTS)
def decided(run: Run) -> Iterator[Observation]:
    """Yield for each decision what it shows, or which requirement it breaks."""
    said = run.of(Decided)
    for one in said:
        verdict = law_of(one.machine, one.input)
        if verdict is None:
            continue
        wrong = verdict.broken_by(one.decision)
        if wrong is not None:
            why = verdict.why(one.machine, one.input, one.decision)
            yield broken(wrong, verdict.tested.get(wrong), why, [one])
            continue
        for requirement, situation in verdict.tested.items():
            yield held(requirement, situation, [one])
    told = {_question(one.machine, one.input) for one in said}
    for asked in run.asked("decide"):
        answer = run.answer_to(asked)
        if answer is None or answer.error is not None:
            continue
        if _question(asked.machine, asked.input) not in told:
            given = shown(asked.input)
            what = f"{asked.machine} was asked to decide on {given}, and no decision was said."
            for requirement in sorted({*REQUIREMENTS} & {*run.begun.requirements}):
                yield unsure(requirement, None, what, [asked])


def _question(machine: object, given: object) -> str:
    """Return what was to be decided as one text."""
    return json.dumps([machine, given], sort_keys=True, default=str)
