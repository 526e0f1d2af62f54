"""The vectors that come with the package: `spec/vectors/`, each one listed in a manifest by hash.

The manifest makes the set as a whole checkable: a file that was lost, added or changed is noticed
before anything is judged by it. `stallproof vectors fill` writes it, and nobody does by hand.

Spec: `spec/vectors/README.md`, "The manifest".
"""

import hashlib
import os
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from pathlib import Path
from typing import Literal

import msgspec

from stallproof.requirements.registry import find_spec
from stallproof.requirements.vectors.errors import VectorError
from stallproof.requirements.vectors.format import VECTOR_SCHEMA, Vector
from stallproof.requirements.vectors.reading import (
    content_of,
    decoded,
    require_canonical,
    vector_of,
)

MANIFEST_SCHEMA = "stallproof.vectors/1"
MANIFEST = "manifest.json"


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file of the set, relative to the folder, and what it is for."""

    file: str
    sha256: str
    requirements: list[str]


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole set; `vector_schema` is the format of every file in it."""

    schema: Literal["stallproof.vectors/1"]
    vector_schema: Literal["stallproof.vector/1"]
    vectors: list[Entry]


def vectors_folder() -> Path:
    """Return the folder of the installed vectors."""
    return find_spec() / "vectors"


def load_all(folder: Path | None = None) -> list[Vector]:
    """Return the vectors of `folder` (`None`: the installed ones) in the order of the manifest.

    Raises `VectorError` for a file that is missing, additional, changed, not canonical or no
    vector, and for a name that occurs twice.
    """
    return _loaded(vectors_folder() if folder is None else folder, None)


def load_for(requirements: Set[str]) -> list[Vector]:
    """Return the installed vectors that name one of `requirements`, and read no other file.

    Raises `VectorError` as `load_all` does.
    """
    return _loaded(vectors_folder(), requirements)


def _loaded(place: Path, only: Set[str] | None) -> list[Vector]:
    manifest = read_manifest(place)
    for problem in _set_problems(place, manifest):
        raise VectorError(problem)
    return [
        _listed(place, entry)
        for entry in manifest.vectors
        if only is None or not only.isdisjoint(entry.requirements)
    ]


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of `folder`; raises `VectorError`."""
    path = folder / MANIFEST
    try:
        manifest = msgspec.convert(decoded(content_of(path), path), Manifest)
    except msgspec.ValidationError as error:
        raise VectorError(f"{path}: {error}") from error
    if content_of(path) != encode_manifest(manifest.vectors):
        raise VectorError(f"{path}: not in the canonical form")
    return manifest


def entry_of(file: str, content: bytes, requirements: Sequence[str]) -> Entry:
    """Return the entry of the file `file`, relative to the folder, with the bytes `content`."""
    return Entry(
        file=file,
        sha256=hashlib.sha256(content).hexdigest(),
        requirements=list(requirements),
    )


def encode_manifest(entries: Sequence[Entry]) -> bytes:
    """Return the manifest of `entries` as the bytes of its file: one entry a line, by file name."""
    ordered = sorted(entries, key=lambda entry: entry.file)
    lines = ",\n".join(
        "    " + msgspec.json.format(msgspec.json.encode(entry), indent=-1).decode()
        for entry in ordered
    )
    head = f'{{\n  "schema": "{MANIFEST_SCHEMA}",\n  "vector_schema": "{VECTOR_SCHEMA}",\n'
    return f'{head}  "vectors": [\n{lines}\n  ]\n}}\n'.encode()


def files_of(folder: Path) -> list[str]:
    """Return the vector files that lie under `folder`, relative to it, in order."""
    root = os.path.join(folder, "")
    found = (
        os.path.join(place, file).removeprefix(root).replace(os.sep, "/")
        for place, _, files in os.walk(root)
        for file in files
        if file.endswith(".json")
    )
    return sorted(name for name in found if name != MANIFEST)


def _set_problems(folder: Path, manifest: Manifest) -> Iterator[str]:
    listed = Counter(entry.file for entry in manifest.vectors)
    there = set(files_of(folder))
    if not listed:
        yield f"{folder / MANIFEST}: it lists no vector"
    for file, times in listed.items():
        if times > 1:
            yield f"{folder / MANIFEST}: {file} stands there more than once"
        if file not in there:
            yield f"{folder / file}: the manifest lists this file, and it is missing"
    for file in sorted(there - listed.keys()):
        yield f"{folder / file}: the manifest does not list this file"
    names = Counter(map(os.path.basename, listed))
    for file in listed:
        if names[os.path.basename(file)] > 1:
            yield f"{folder / file}: another vector has the same name"


def _listed(folder: Path, entry: Entry) -> Vector:
    path = folder / entry.file
    content = content_of(path)
    vector = vector_of(content, path)
    require_canonical(content, vector, path)
    if entry_of(entry.file, content, vector.requirements) != entry:
        if vector.requirements != entry.requirements:
            raise VectorError(f"{path}: its requirements are not those in the manifest")
        raise VectorError(f"{path}: its content is not the one in the manifest (sha256)")
    group = group_of(vector)
    if path.parent.name != group:
        raise VectorError(f"{path}: it is for {vector.requirements[0]}, and lies outside {group}/")
    return vector


def group_of(vector: Vector) -> str:
    """Return the name of the folder that `vector` lies in: the group of its first requirement."""
    return vector.requirements[0].split("-")[0].lower()
