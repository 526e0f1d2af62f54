"""Filling vectors: a file's script stays, and its expectations become those of the law.

A set of vectors is a folder with a manifest, such as `spec/vectors/`. A file of a set lies in the
folder of its group, and the manifest lists it; a file elsewhere stands for itself. Everything is
worked out before anything is written: one vector that is not in order, and nothing changes.

Spec: `spec/vectors/README.md`, "Adding one".
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from stallproof.cli.vetting import law_problems
from stallproof.judge.model import filled, problems_of
from stallproof.requirements.vectors import Vector, VectorError
from stallproof.requirements.vectors.canonical import encode_vector
from stallproof.requirements.vectors.installed import (
    MANIFEST,
    Entry,
    encode_manifest,
    entry_of,
    files_of,
    group_of,
    read_manifest,
    vectors_folder,
)
from stallproof.requirements.vectors.reading import content_of, script_of, vector_of


@dataclass(frozen=True)
class Filling:
    """What filling comes to: the new content of each file, or why there is none."""

    contents: Mapping[Path, bytes]
    problems: Sequence[str]
    vectors: int

    def changes(self) -> dict[Path, tuple[bytes, bytes]]:
        """Return the content before and after of each file that would change, manifests last."""
        before = {path: path.read_bytes() if path.is_file() else b"" for path in self.contents}
        return {
            path: (before[path], after)
            for path, after in self.contents.items()
            if before[path] != after
        }


@dataclass
class _Set:
    """A folder with a manifest, and what is known of the files in it."""

    folder: Path
    entries: dict[str, Entry] = field(default_factory=dict)

    def put(self, path: Path, vector: Vector, content: bytes) -> Iterator[str]:
        """List the file `path`; yield why it cannot belong to the set."""
        file = path.relative_to(self.folder).as_posix()
        place = f"{group_of(vector)}/{vector.name}.json"
        if file != place:
            yield f"{path}: it is for {vector.requirements[0]} and has to be {self.folder / place}"
        for other in files_of(self.folder):
            if other != file and Path(other).stem == vector.name:
                yield f"{path}: another vector has the same name: {other}"
        self.entries[file] = entry_of(file, content, vector.requirements)

    def manifest(self) -> bytes:
        """Return the manifest of what still lies in the folder."""
        there = set(files_of(self.folder))
        return encode_manifest([one for file, one in self.entries.items() if file in there])


def fill_installed(folder: Path | None = None) -> Filling:
    """Fill every vector of the installed set, and make its manifest anew.

    `folder`: another set, whose manifest may be missing or broken.
    """
    place = (vectors_folder() if folder is None else folder).resolve()
    return _filling([place / file for file in files_of(place)], {place: _Set(place)})


def fill_files(files: Sequence[Path]) -> Filling:
    """Fill `files`, and list those that belong to a set in its manifest."""
    return _filling(list(dict.fromkeys(path.resolve() for path in files)), {})


def _filling(files: Sequence[Path], sets: dict[Path, _Set]) -> Filling:
    contents: dict[Path, bytes] = {}
    problems: list[str] = []
    for path in files:
        try:
            vector, contents[path] = _filled(path)
            own = _set_of(path, sets)
        except VectorError as error:
            problems += str(error).splitlines()
            continue
        if own is not None:
            problems += own.put(path, vector, contents[path])
    manifests = {one.folder / MANIFEST: one.manifest() for one in sets.values()}
    return Filling({**contents, **manifests}, problems, len(files))


def _filled(path: Path) -> tuple[Vector, bytes]:
    """Return the vector that `path` becomes, and its bytes; raises `VectorError`."""
    script = script_of(content_of(path), path)
    whole = script if problems_of(script) else filled(script)
    problems = [f"{path}: {problem}" for problem in law_problems(whole)]
    if problems:
        raise VectorError("\n".join(problems))
    content = encode_vector(whole)
    # What the reader refuses must never be written.
    return vector_of(content, path), content


def _set_of(path: Path, sets: dict[Path, _Set]) -> _Set | None:
    """Return the set that `path` lies in, `None` for none; raises `VectorError`."""
    for folder in (path.parent, path.parent.parent):
        if folder not in sets and (folder / MANIFEST).is_file():
            listed = read_manifest(folder).vectors
            sets[folder] = _Set(folder, {entry.file: entry for entry in listed})
        if folder in sets:
            return sets[folder]
    return None


def write_whole(contents: Mapping[Path, bytes]) -> None:
    """Write every file of `contents`: each is at all times the old one or the new one.

    Raises `OSError`; whatever cannot be written beside the old files leaves them all as they were.
    """
    beside = {path: path.with_name(f".{path.name}.new") for path in contents}
    try:
        for path, content in contents.items():
            beside[path].write_bytes(content)
        for path, new in beside.items():
            new.replace(path)
    finally:
        for new in beside.values():
            new.unlink(missing_ok=True)
