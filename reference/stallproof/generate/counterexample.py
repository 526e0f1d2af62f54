"""A failure as a vector file: the script, what the law expects of it, where it was found.

What is written here can be played again with `--replay`, which first makes sure that the
expectations are still the law's: nobody is judged by a file that says something else.

Spec: `spec/vectors/README.md`.
"""

import hashlib
from pathlib import Path

import msgspec

from stallproof.judge.model import expected_of, filled, problems_of
from stallproof.requirements.vectors import Vector, VectorError, read_vector, write_vector
from stallproof.requirements.vectors.canonical import decision_in_order, encode_vector

_RELATED = {"CF-5": ("relations",)}
_DIGITS = 10


def found_vector(script: Vector, requirement: str, reason: str, found: str) -> Vector:
    """Return `script` as the vector of a failure by `requirement`, named by what it holds."""
    whole = filled(
        msgspec.structs.replace(
            script,
            requirements=[requirement],
            profile="seed",
            needs=[*_outer(script), *_RELATED.get(requirement, ())],
            reason=reason,
            found=None,
        )
    )
    digest = hashlib.sha256(encode_vector(script)).hexdigest()[:_DIGITS]
    name = f"{requirement.lower()}-{digest}"
    return msgspec.structs.replace(whole, name=name, found=found)


def _outer(script: Vector) -> list[str]:
    """Return what outer timeouts take: they are held against the schedule of a monitor."""
    asked = any(step.do is not None and step.do.get("outer_timeouts_us") for step in script.steps)
    return ["monitor"] if asked else []


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
