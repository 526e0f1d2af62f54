"""The cost of a requirement: what counts, and how."""

import pytest

from proofs.__main__ import COMMANDS
from proofs.__main__ import main as proofs_main
from proofs.traceability import cost
from stallproof.requirements.registry import load_registry


def test_a_line_counts_once_and_a_stranger_not_at_all() -> None:
    """Files and lines are told by requirement; SD-1 is not found in SD-10."""
    files = [("a.py", "# SD-1 SD-1\n# SD-10\n"), ("b.md", "SD-1\nXX-1\nSD-12\n")]
    assert {"SD-1": {"a.py": 1, "b.md": 1}, "SD-2": {}} == cost.named_in(files, ["SD-1", "SD-2"])
    assert cost.median({"SD-1": {"a": 1, "b": 1}, "SD-2": {}, "SD-3": {"a": 9}}) == 1


def test_the_folders_are_told_by_their_weight() -> None:
    """Deep folders count as the third of their path, and a file at the root as itself."""
    found = {"SD-1": {"a/b/c/d/e.py": 1, "a/b/c/f.py": 9, "R.md": 1}, "SD-2": {"a/b/c/f.py": 1}}
    assert {"a/b/c": 1.5, "R.md": 0.5} == cost.by_folder(found)


def test_vectors_data_and_the_changelog_are_left_out() -> None:
    """What a program writes or fills costs nobody anything."""
    files = cost.handwritten()
    assert {"spec/sd.md", "reference/stallproof/machines/connection.py"} <= set(files)
    assert [] == [one for one in files if one.endswith(".json") or one == "CHANGELOG.md"]
    assert [] == [one for one in files if one.startswith("proofs/evidence/")]


def test_every_requirement_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    """Each has its line, and each is at least in the law."""
    assert cost.main([]) == 0
    said = capsys.readouterr().out.splitlines()
    ids = [one.id for one in load_registry().applicable("hardened")]
    assert ids == [line.split()[0] for line in said[: len(ids)]]
    assert said[-1].startswith("median: ")
    found = cost.measured()
    for one in load_registry().requirements:
        assert f"spec/{one.group.lower()}.md" in found[one.id]


def test_the_files_of_one_requirement_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """By name, each with its lines; an unknown ID is refused."""
    assert cost.main(["SD-11"]) == 0
    assert "spec/sd.md" in capsys.readouterr().out
    with pytest.raises(SystemExit) as ended:
        cost.main(["SD-99"])
    assert 2 == ended.value.code


def test_one_door_names_its_commands(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a command, and with one that is none, they are listed as an error."""
    assert [2, 2, 0] == [proofs_main(given) for given in ([], ["juggle"], ["--help"])]
    said = capsys.readouterr()
    assert all(name in said.err and name in said.out for name in COMMANDS)
    assert 0 == proofs_main(["cost", "CF-5"])
