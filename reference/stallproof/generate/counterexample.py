"""A failure as a vector file: the script, what the law expects of it, where it was found.

What is written here can be played again with `--replay`, which first makes sure that the
expectations are still the law's: nobody is judged by a file that says something else.

Spec: `spec/vectors/README.md`.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from stallproof.judge.model import expected_of, problems_of
from stallproof.requirements.registry import load_registry
from stallproof.requirements.vectors import Step, Vector, VectorError, read_vector, write_vector
from stallproof.requirements.vectors.canonical import decision_in_order, encode_vector

TAKEN_BY = {
    "check": "checks",
    "monitor": "monitor",
    "stream": "streams",
    "ack": "streams",
    "cancel": "streams",
    "wall_jump": "wall_jump",
    "config": "config",
}
"""The feature that an operation takes."""
_RELATED = {"CF-5": ("relations",)}
_DIGITS = 10


def found_vector(script: Vector, requirement: str, reason: str, found: str) -> Vector:
    """Return `script` as the vector of a failure by `requirement`, named by what it holds."""
    steps = [
        msgspec.structs.replace(step, expect=expected.decisions, answer=expected.answer)
        for step, expected in zip(script.steps, expected_of(script), strict=True)
    ]
    whole = msgspec.structs.replace(
        script,
        requirements=[requirement],
        profile="hardened" if _is_hardened(requirement, steps) else "seed",
        needs=sorted({*_needs(script, steps), *_RELATED.get(requirement, ())}),
        reason=reason,
        steps=steps,
        found=None,
    )
    digest = hashlib.sha256(encode_vector(script)).hexdigest()[:_DIGITS]
    name = f"{requirement.lower()}-{digest}"
    return msgspec.structs.replace(whole, name=name, found=found)


def _is_hardened(requirement: str, steps: list[Step]) -> bool:
    """Tell whether seed would demand something else, or nothing."""
    quiet = any(one.get("outcome") == "suppressed" for step in steps for one in step.expect)
    return quiet or load_registry().by_id(requirement).profile == "hardened"


def _needs(script: Vector, steps: list[Step]) -> Iterator[str]:
    for step in steps:
        if step.do is not None and step.do["op"] in TAKEN_BY:
            yield TAKEN_BY[step.do["op"]]
        if step.do is not None and step.do.get("outer_timeouts_us"):
            yield "monitor"
        if any(decision["event"] == "heartbeat_queued" for decision in step.expect):
            yield "heartbeats"
    if "heartbeat_interval" in script.knobs:
        yield "heartbeats"


def write_found(folder: Path, vector: Vector) -> Path:
    """Write `vector` to a file of its own name in `folder`, and return where."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{vector.name}.json"
    write_vector(path, vector)
    return path


def read_lawful(path: Path) -> Vector:
    """Read the vector file `path`; raises `VectorError` where it expects what the law does not."""
    vector = read_vector(path)
    for problem in problems_of(vector):
        raise VectorError(f"{path}: {problem}")
    for number, (step, law) in enumerate(zip(vector.steps, expected_of(vector), strict=True)):
        theirs = [decision_in_order(one) for one in step.expect]
        ours = [decision_in_order(one) for one in law.decisions]
        if theirs != ours or step.answer != law.answer:
            raise VectorError(f"{path}: step {number} expects what the law does not")
    return vector
