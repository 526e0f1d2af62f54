"""The manifest of the vectors: a set that is not whole, or not the one listed, is never used."""

import json
import shutil
from pathlib import Path

import pytest

from stallproof.requirements.vectors import VectorError, load_all
from stallproof.requirements.vectors.installed import (
    MANIFEST,
    encode_manifest,
    entry_of,
    files_of,
    load_for,
    read_manifest,
    vectors_folder,
)

FOLDER = vectors_folder()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a small folder of vectors of its own, in order."""
    for file in files_of(FOLDER):
        if file.startswith("sd/"):
            (tmp_path / file).parent.mkdir(exist_ok=True)
            shutil.copy(FOLDER / file, tmp_path / file)
    _list(tmp_path)
    assert load_all(tmp_path)
    return tmp_path


def _list(folder: Path) -> None:
    """Write a manifest of what lies in `folder`."""
    entries = []
    for file in files_of(folder):
        content = (folder / file).read_bytes()
        entries.append(entry_of(file, content, json.loads(content)["requirements"]))
    (folder / MANIFEST).write_bytes(encode_manifest(entries))


def test_a_file_that_is_missing_is_noticed(copy: Path) -> None:
    """Nothing is judged by half a set."""
    (copy / "sd" / "smallest-frame.json").unlink()
    with pytest.raises(VectorError, match=r"smallest-frame\.json: the manifest lists this file"):
        load_all(copy)


def test_a_file_that_is_not_listed_is_noticed(copy: Path) -> None:
    """Nobody slips a vector in."""
    (copy / "sd" / "another.json").write_text("{}")
    with pytest.raises(VectorError, match=r"another\.json: the manifest does not list this file"):
        load_all(copy)


def test_a_file_that_was_changed_is_noticed(copy: Path) -> None:
    """One byte is enough, and the rest of the file may be in order."""
    path = copy / "sd" / "smallest-frame.json"
    path.write_bytes(path.read_bytes().replace(b"like any other", b"like any one"))
    with pytest.raises(VectorError, match=r"smallest-frame\.json: its content is not the one"):
        load_all(copy)


def test_requirements_other_than_in_the_manifest_are_noticed(copy: Path) -> None:
    """The manifest is believed in nothing that the file does not say."""
    path = copy / MANIFEST
    path.write_bytes(path.read_bytes().replace(b'["SD-4"]', b'["SD-3"]'))
    with pytest.raises(VectorError, match="its requirements are not those in the manifest"):
        load_all(copy)


def test_a_name_that_occurs_twice_is_noticed(copy: Path) -> None:
    """Two folders do not make one name two."""
    (copy / "cx").mkdir()
    shutil.copy(copy / "sd" / "smallest-frame.json", copy / "cx" / "smallest-frame.json")
    _list(copy)
    with pytest.raises(VectorError, match=r"smallest-frame\.json: another vector has the same"):
        load_all(copy)


def test_a_file_in_the_folder_of_another_group_is_noticed(copy: Path) -> None:
    """Who looks for SD-9 looks in `sd/`."""
    (copy / "cx").mkdir()
    (copy / "sd" / "smallest-frame.json").rename(copy / "cx" / "smallest-frame.json")
    _list(copy)
    with pytest.raises(VectorError, match=r"it is for SD-9, and lies outside sd/"):
        load_all(copy)


def test_a_file_in_another_form_is_noticed_with_the_line(copy: Path) -> None:
    """Equal vectors are equal bytes, or a hash would say nothing."""
    path = copy / "sd" / "smallest-frame.json"
    path.write_bytes(path.read_bytes().replace(b'"profile": "seed"', b'"profile":"seed"'))
    _list(copy)
    with pytest.raises(VectorError, match=r"not in the canonical form: line 5 ought to be"):
        load_all(copy)


def test_a_manifest_of_another_version_is_refused(copy: Path) -> None:
    """What it would mean nobody knows."""
    path = copy / MANIFEST
    path.write_bytes(path.read_bytes().replace(b"stallproof.vectors/1", b"stallproof.vectors/2"))
    with pytest.raises(VectorError, match=r"manifest\.json: Invalid enum value"):
        read_manifest(copy)


def test_an_empty_manifest_is_refused(tmp_path: Path) -> None:
    """No vectors are no vectors in order."""
    (tmp_path / MANIFEST).write_bytes(encode_manifest([]))
    with pytest.raises(VectorError, match=r"manifest\.json"):
        load_all(tmp_path)


def test_the_vectors_for_some_requirements_are_those_of_all_that_name_one() -> None:
    """Reading only some files tells the same of them, in the same order."""
    asked = {"SD-3", "CX-4"}
    expected = [one for one in load_all() if asked & {*one.requirements}]
    assert expected == load_for(asked)
    assert [] == load_for(set())
