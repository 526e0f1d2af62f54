"""A script made whole: the expectations that the law has of it, the features and profile it takes.

Who writes a script says what happens, never what ought to come of it, so that nobody copies an
answer by hand. What can be told from the script is told here; what was stated besides stays.

Spec: `spec/vectors/README.md`, "Adding one".
"""

from collections.abc import Iterator

import msgspec

from stallproof.judge.model.expected import expected_of
from stallproof.requirements.vectors.format import Vector, features_of
from stallproof.requirements.vectors.heads import profile_for

TAKEN_FOR = {"SD-14": "sequence"}
"""The feature without which nobody can be judged by a requirement."""


def filled(script: Vector) -> Vector:
    """Return `script` with what the law expects at each step, and with what follows from that.

    `script` has to keep the rules of virtual time (`problems_of`). Its own expectations count for
    nothing. A profile of hardened that was stated stays, and so does each of its `needs`.
    """
    steps = [
        msgspec.structs.replace(step, expect=expected.decisions, answer=expected.answer)
        for step, expected in zip(script.steps, expected_of(script), strict=True)
    ]
    whole = msgspec.structs.replace(script, steps=steps)
    hardened = script.profile == "hardened" or is_hardened(whole)
    return msgspec.structs.replace(
        whole,
        profile="hardened" if hardened else "seed",
        needs=sorted({*script.needs, *taken_by(whole)}),
    )


def is_hardened(vector: Vector) -> bool:
    """Tell whether seed would demand something else of `vector`, or nothing, at some step."""
    suppresses = any(
        one.get("outcome") == "suppressed" for step in vector.steps for one in step.expect
    )
    return suppresses or profile_for(vector.requirements) == "hardened"


def taken_by(vector: Vector) -> set[str]:
    """Return the features that `vector`, whose expectations are in place, cannot do without."""
    return features_of(vector.steps) | set(_taken(vector))


def _taken(vector: Vector) -> Iterator[str]:
    yield from features_of(vector.steps)
    for step in vector.steps:
        if any(decision["event"] == "heartbeat_queued" for decision in step.expect):
            yield "heartbeats"
    if "heartbeat_interval" in vector.knobs:
        yield "heartbeats"
    for requirement in vector.requirements:
        if requirement in TAKEN_FOR:
            yield TAKEN_FOR[requirement]
