"""Runs in virtual time, written down by hand: each step with what was said of it.

A word is `(event, at_us, *fields)` with the fields of `DECISIVE` in their order. Nothing here asks
the law what it demands.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from stallproof.judge import model
from stallproof.judge.evidence.run import Run
from stallproof.requirements.vectors.format import Step
from stallproof.wire.events import (
    DECISIVE,
    Answered,
    AnyEvent,
    AnyImplementationEvent,
    Requested,
    ScenarioBegun,
    ScenarioEnded,
)

Word = tuple[Any, ...]
Played = tuple[Step, Sequence[Word]]

POLICY = {
    "send_timeout_us": 100,
    "stall_timeout_us": 30,
    "close_stalled": 0,
    "checks_max": 2,
    "heartbeat_interval_us": 1000,
    "ack_progress_timeout_us": 100,
    "ack_check_interval_us": 40,
    "ack_check_interval_asked_us": 40,
    "ack_wait_us": 250,
    "window_bytes": 20,
    "chunk_bytes": 10,
}
"""Small numbers, so that every moment can be worked out by heart."""


def said(word: Word, **more: Any) -> AnyEvent:
    """Return the event of a word."""
    event, at_us, *fields = word
    told = dict(zip(DECISIVE[event], fields, strict=True))
    unsaid = {"offset": None} if event == "ack_received" else {}
    made: AnyEvent = msgspec.convert(
        {"event": event, "at_us": at_us, **unsaid, **told, **more}, AnyImplementationEvent
    )
    return made


def run_of(
    played: Iterable[Played],
    policy: Mapping[str, int] | None = None,
    *,
    until_us: int | None = None,
    requirements: Sequence[str] = (),
) -> Run:
    """Return the run of a script; `until_us`: time goes on to there after the last step."""
    begun = ScenarioBegun(
        at_us=0, name="by-hand", repetition=1, requirements=list(requirements),
        policy={**POLICY, **(policy or {})}, grace_us=0, clock="virtual",
    )  # fmt: skip
    run = Run(begun, [], 0, "a", 0)
    steps = [*played, *([] if until_us is None else [(Step(at_us=until_us), ())])]
    at_us = 0
    for number, (step, words) in enumerate(steps, start=1):
        do = dict(step.do or {"op": "advance", "to_us": step.at_us})
        op = do.pop("op")
        at_us = max(at_us, step.at_us)
        fields = {name: value for name, value in do.items() if name in Requested.__struct_fields__}
        run.events.append(Requested(at_us=step.at_us, id=number, op=op, **fields))
        run.events += [said(word) for word in words]
        run.events.append(Answered(at_us=at_us, id=number, op=op))
    run.ended = ScenarioEnded(at_us=at_us, noise_us=0)
    return run


def damaged(
    played: Sequence[Played], gone: Iterable[Word] = (), more: Iterable[tuple[int, Word]] = ()
) -> list[Played]:
    """Return a play in which the words `gone` were not said, and others were, at a step each."""
    missing, steps = list(gone), [(step, list(words)) for step, words in played]
    for word in missing:
        place = next(words for _step, words in steps if word in words)
        place.remove(word)
    for number, word in more:
        steps[number][1].append(word)
    return [(step, tuple(words)) for step, words in steps]


def told(run: Run, tells: str) -> set[str]:
    """Return the requirements of which the judge tells `held`, `broken` or `unsure`."""
    return {seen.requirement for seen in model.observe(run) if seen.tells == tells}


def verdict(
    played: Iterable[Played], policy: Mapping[str, int] | None = None, until_us: int | None = None
) -> set[str]:
    """Return the requirements that a play breaks."""
    return told(run_of(played, policy, until_us=until_us), "broken")


def upheld(
    played: Iterable[Played], policy: Mapping[str, int] | None = None, until_us: int | None = None
) -> set[str]:
    """Return the requirements that a play holds; it has to break none and leave none open."""
    run = run_of(played, policy, until_us=until_us)
    wrong = [seen for seen in model.observe(run) if seen.tells != "held"]
    assert wrong == []
    return told(run, "held")
