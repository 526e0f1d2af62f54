"""What several processes need is made by the first of them, and what failed is made anew."""

import multiprocessing
from pathlib import Path
from typing import Any

import pytest

from tests.once import once


class Factory:
    """The part of pytest's factory of folders that is asked for, with a folder of the test."""

    def __init__(self, base: Path) -> None:
        self._base = base

    def getbasetemp(self) -> Path:
        return self._base


def note(folder: Path) -> None:
    """Write down that it was made, once more."""
    with (folder.parent / "times").open("a") as times:
        times.write(f"{folder.name}\n")


def ask(base: str) -> None:
    """Ask for the folder in a process of its own."""
    factory: Any = Factory(Path(base))
    once(factory, "thing", note)


def test_of_many_processes_one_makes_it(tmp_path: Path) -> None:
    """All of them get the folder, and it is made once."""
    (tmp_path / "own").mkdir()
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=ask, args=(str(tmp_path / "own"),)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [0] * 3 == [process.exitcode for process in processes]
    (times,) = tmp_path.rglob("times")
    assert "thing\n" == times.read_text("utf-8")


def test_what_failed_is_made_anew_from_nothing(tmp_path: Path) -> None:
    """A half made folder is not taken for a whole one, and nothing of it stays."""
    factory: Any = Factory(tmp_path)

    def broken(folder: Path) -> None:
        (folder / "half").touch()
        raise RuntimeError("as planned")

    with pytest.raises(RuntimeError):
        once(factory, "thing", broken)
    folder = once(factory, "thing", lambda to: (to / "whole").touch())
    assert ["whole"] == [path.name for path in folder.iterdir()]
    assert folder == once(factory, "thing", broken)


@pytest.mark.parametrize(("worker", "shared"), [("gw1", True), (None, False)])
def test_processes_share_the_folder_above_their_own(
    worker: str | None, shared: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under pytest-xdist each process has a folder of its own in that of the run."""
    if worker is None:
        monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    else:
        monkeypatch.setenv("PYTEST_XDIST_WORKER", worker)
    (tmp_path / "own").mkdir()
    factory: Any = Factory(tmp_path / "own")
    folder = once(factory, "thing", note)
    assert (tmp_path if shared else tmp_path / "own") == folder.parent
