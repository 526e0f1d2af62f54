"""Reading a vector file: every mistake is named by file, step and field.

A vector judges others, so a vector with a mistake in it must never be played: a decision that is
misspelt would be missed by everyone, and a time that goes back would be judged against nobody's
clock. Whether the expectations are the law is not asked here; `stallproof vectors verify` does.

Spec: `spec/vectors/README.md`. Schema: `spec/schemas/vector.schema.json`.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from stallproof.requirements.vectors.canonical import encode_vector
from stallproof.requirements.vectors.errors import VectorError
from stallproof.requirements.vectors.format import VECTOR_SCHEMA, Vector
from stallproof.requirements.vectors.heads import head_problems, profile_for
from stallproof.requirements.vectors.steps import step_problems

FILE_MAX_BYTES = 1024 * 1024
"""No script that a person would read is longer."""


def read_vector(path: str | Path) -> Vector:
    """Read the vector file `path`; its name is the file's.

    Raises `VectorError` naming the file, the step and the field for the first thing wrong with it.
    """
    path = Path(path)
    return vector_of(content_of(path), path)


def content_of(path: Path) -> bytes:
    """Return the bytes of a file of this package; raises `VectorError`."""
    try:
        with path.open("rb") as file:
            content = file.read(FILE_MAX_BYTES + 1)
    except OSError as error:
        raise VectorError(f"{path}: {error.strerror or error}") from error
    if len(content) > FILE_MAX_BYTES:
        raise VectorError(f"{path}: longer than {FILE_MAX_BYTES} bytes")
    return content


def vector_of(content: bytes, path: Path) -> Vector:
    """Return the vector that the bytes `content` of the file `path` hold; raises `VectorError`."""
    return _vector_of(decoded(content, path), path)


def script_of(content: bytes, path: Path) -> Vector:
    """Return the vector in `content` without its expectations; raises `VectorError`.

    `needs` and `profile` may be left out. A profile that is left out is read as hardened wherever
    a requirement asks for it, and as seed otherwise.
    """
    raw = decoded(content, path)
    if not isinstance(raw, dict):
        return _vector_of(raw, path)
    steps = raw.get("steps")
    script = {"needs": [], "profile": profile_for(raw.get("requirements")), **raw}
    if isinstance(steps, list):
        script["steps"] = [_asked_alone(step) for step in steps]
    return _vector_of(script, path)


def _asked_alone(step: Any) -> Any:
    """Return `step` without what it expects; a `config` step keeps an answer of nothing."""
    if not isinstance(step, dict):
        return step
    asked = {name: value for name, value in step.items() if name not in ("expect", "answer")}
    do = step.get("do")
    is_config = isinstance(do, dict) and do.get("op") == "config"
    return {**asked, "answer": {}} if is_config else asked


def _vector_of(raw: Any, path: Path) -> Vector:
    for problem in _problems(raw, path.name.removesuffix(".json")):
        raise VectorError(f"{path}: {problem}")
    return msgspec.convert(raw, Vector)


def write_vector(path: Path, vector: Vector) -> None:
    """Write `vector` to `path` in the canonical form."""
    path.write_bytes(encode_vector(vector))


def require_canonical(content: bytes, vector: Vector, path: Path) -> None:
    """Raise `VectorError`, naming the line, unless `content` is the canonical form of `vector`."""
    canonical = encode_vector(vector)
    if content == canonical:
        return
    theirs, ours = content.split(b"\n"), canonical.split(b"\n")
    same = 0
    while same < min(len(theirs), len(ours)) and theirs[same] == ours[same]:
        same += 1
    shown = ours[same].decode().strip() if same < len(ours) else "the end of the file"
    raise VectorError(f"{path}: not in the canonical form: line {same + 1} ought to be {shown!r}")


def decoded(content: bytes, path: Path) -> Any:
    """Return the JSON value that `content` is; raises `VectorError` for what is none."""
    try:
        return json.loads(
            content.decode(), object_pairs_hook=_once_each, parse_constant=_no_constant
        )
    except UnicodeDecodeError as error:
        raise VectorError(f"{path}: not UTF-8 text, at byte {error.start}") from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise VectorError(f"{path}: not JSON, {place}: {error.msg}") from error
    except (ValueError, RecursionError) as error:
        why = "nested too deeply" if isinstance(error, RecursionError) else error
        raise VectorError(f"{path}: {why}") from error


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} stands twice in one object")
    return made


def _no_constant(text: str) -> Any:
    raise ValueError(f"{text} is no number of JSON")


def _problems(raw: Any, stem: str) -> Iterator[str]:
    """Say what is wrong, the most general first: what follows may rest on what came before."""
    if not isinstance(raw, dict):
        yield "a vector is one JSON object"
        return
    if raw.get("schema") != VECTOR_SCHEMA:
        yield f"schema: {raw.get('schema')!r} is not {VECTOR_SCHEMA!r}"
        return
    yield from head_problems(raw, stem)
    steps = raw["steps"]
    if not isinstance(steps, list) or not steps:
        yield "steps: a list of at least one step is needed"
        return
    earliest_us = 0
    for number, step in enumerate(steps):
        for problem in step_problems(step, earliest_us):
            yield f"step {number}: {problem}"
        earliest_us = step["at_us"] + _late_us(step)
    if any(_op(step) == "config" for step in steps) and not all(
        _op(step) == "config" for step in steps
    ):
        yield "steps: `config` begins a new case: it stands with other `config` steps only"


def _op(step: dict[str, Any]) -> str | None:
    do = step.get("do")
    return None if do is None else do["op"]


def _late_us(step: dict[str, Any]) -> int:
    """Return how far the clock has moved when the step is over."""
    do = step.get("do") or {}
    return int(do.get("late_us", 0)) if do.get("op") == "accept" else 0
