"""The files of the vectors, made from the catalogue and from the oracle's statement of the law.

A case says what happens; `expected_of` says what the law demands of it, step by step. What comes
out is checked here before it may become a file: the script keeps the rules of virtual time, and
each requirement that the case names is really put to the test by it.

Spec: `spec/vectors/README.md`.
"""

import importlib
import pkgutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from proofs.vectors import catalogue
from proofs.vectors.script import Case, Profile
from stallproof.judge.model import expected_of, held_by, problems_of
from stallproof.requirements.registry import load_registry
from stallproof.requirements.vectors.canonical import encode_vector
from stallproof.requirements.vectors.format import Step, Vector, features_of
from stallproof.requirements.vectors.installed import MANIFEST, Entry, encode_manifest, entry_of
from stallproof.requirements.vectors.reading import vector_of


class UnusableCaseError(ValueError):
    """A case of the catalogue that no vector can be made of; the message names it."""


def cases() -> list[Case]:
    """Return the cases of every module of the catalogue, in the order of the modules' names."""
    found: list[Case] = []
    for module in sorted(one.name for one in pkgutil.iter_modules(catalogue.__path__)):
        found += importlib.import_module(f"{catalogue.__name__}.{module}").CASES
    return found


def made(chosen: Sequence[Case]) -> dict[str, bytes]:
    """Return the content of each file by its name within the folder, the manifest included.

    Raises `UnusableCaseError` naming every case that is not in order.
    """
    wrong: list[str] = []
    names = [one.name for one in chosen]
    wrong += [
        f"{name}: this name occurs twice" for name in sorted(set(names)) if names.count(name) > 1
    ]
    files: dict[str, bytes] = {}
    entries: list[Entry] = []
    for one in chosen:
        try:
            vector = vector_of_case(one)
        except UnusableCaseError as error:
            wrong.append(str(error))
            continue
        file = f"{vector.requirements[0].split('-')[0].lower()}/{vector.name}.json"
        files[file] = encode_vector(vector)
        entries.append(entry_of(file, files[file], vector.requirements))
    if wrong:
        raise UnusableCaseError("\n".join(wrong))
    files[MANIFEST] = encode_manifest(entries)
    return files


def vector_of_case(one: Case) -> Vector:
    """Return the vector of a case; raises `UnusableCaseError`."""
    script = Vector(
        schema="stallproof.vector/1",
        name=one.name,
        requirements=list(one.requirements),
        profile=one.profile,
        needs=[],
        reason=one.reason,
        knobs=dict(one.knobs),
        steps=list(one.steps),
    )
    for problem in problems_of(script):
        raise UnusableCaseError(f"{one.name}: {problem}")
    steps = [
        msgspec.structs.replace(step, expect=expected.decisions, answer=expected.answer)
        for step, expected in zip(script.steps, expected_of(script), strict=True)
    ]
    whole = msgspec.structs.replace(
        script,
        steps=steps,
        profile=_profile_of(one, steps),
        needs=sorted({*one.needs, *_needs_of(one, steps)}),
    )
    idle = [name for name in one.requirements if name not in held_by(whole)]
    if idle:
        raise UnusableCaseError(f"{one.name}: does not put {', '.join(idle)} to the test")
    # What the reader refuses must never be written.
    return vector_of(encode_vector(whole), Path(f"{whole.name}.json"))


def _profile_of(one: Case, steps: Sequence[Step]) -> Profile:
    """Hardened wherever seed would demand something else, or nothing, at some step."""
    registry = load_registry()
    hardened = any(registry.by_id(name).profile == "hardened" for name in one.requirements)
    suppressed = any(
        decision.get("outcome") == "suppressed" for step in steps for decision in step.expect
    )
    return "hardened" if hardened or suppressed else one.profile


def _needs_of(one: Case, steps: Sequence[Step]) -> Iterator[str]:
    yield from features_of(steps)
    for step in steps:
        if any(decision["event"] == "heartbeat_queued" for decision in step.expect):
            yield "heartbeats"
    if "heartbeat_interval" in one.knobs:
        yield "heartbeats"


def differences(folder: Path, files: dict[str, bytes]) -> list[str]:
    """Say how the files under `folder` differ from `files`; an empty list if they do not."""
    there = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*.json"))}
    found = [f"{name}: missing" for name in sorted(set(files) - set(there))]
    found += [
        f"{name}: nothing in the catalogue makes it" for name in sorted(set(there) - set(files))
    ]
    return found + [
        f"{name}: not what the catalogue makes"
        for name, content in sorted(files.items())
        if name in there and there[name].read_bytes() != content
    ]


def write(folder: Path, files: dict[str, bytes]) -> None:
    """Make `folder` hold exactly `files` (and what is no JSON); stale vectors are deleted."""
    for path in folder.rglob("*.json"):
        if path.relative_to(folder).as_posix() not in files:
            path.unlink()
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_bytes() != content:
            path.write_bytes(content)
