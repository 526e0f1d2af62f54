"""Several who ask the same workers: what plays for one is not ended by another."""

import os
import sys
import threading
from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import pytest

from stallproof.cluster import work
from stallproof.cluster.connection import Cluster, connected
from stallproof.cluster.errors import ClusterError
from stallproof.cluster.generating import PARTS_MIN, tasks_of
from stallproof.cluster.playing import Task
from stallproof.cluster.work import identity, play
from stallproof.generate.failures import Settings
from stallproof.generate.series import Part
from stallproof.runner.sut.virtual import VirtualHarness
from stallproof.runner.virtual_runs import trace_header
from tests.cluster.local import cluster
from tests.drivers.peers import eventually
from tests.generate.generated_bench import EVERY, REFERENCE

COUNT = 160
EACH = COUNT // PARTS_MIN


@pytest.fixture(scope="module")
def tasks() -> list[Task]:
    """Parts of generated scripts, few in each."""
    with VirtualHarness(REFERENCE) as harness:
        hello = harness.hello
    header = trace_header(hello, profile="hardened", selected=EVERY, seed=3)
    asked = Settings(REFERENCE, COUNT, 3, "hardened", EVERY, Path(), lambda _step: None)
    return tasks_of(asked, header, hello)


def played_for(caller: str, task: Task) -> Part:
    """Play a part on this machine, as a worker does."""
    return play(task, identity(), is_reference=True, caller=caller)


def all_forgotten() -> bool:
    """Tell whether no process plays here for anybody, nor waits to."""
    work.forget_dead()
    return not work._guards


@pytest.fixture
def _left_alone() -> Iterator[None]:
    yield
    for caller in ("one", "other"):
        work.end_all(caller)
    assert eventually(all_forgotten)


@pytest.mark.usefixtures("_left_alone")
def test_who_leaves_ends_what_played_for_it_alone(tasks: list[Task]) -> None:
    """The process that plays for the other one goes on, and plays the next part too."""
    for caller in ("one", "other"):
        assert EACH == played_for(caller, tasks[0]).seen.runs
    (mine,), (theirs,) = work._guards["one"], work._guards["other"]
    work.end_all("other")
    assert eventually(lambda: not theirs.is_alive)
    assert EACH == played_for("one", tasks[1]).seen.runs
    assert {"one": [mine]} == work._guards
    work.end_all("one")
    assert eventually(all_forgotten)
    assert not mine.is_alive


@pytest.mark.usefixtures("_left_alone")
def test_who_comes_again_after_its_end_is_played_for(tasks: list[Task]) -> None:
    """A part that comes late, while the last process still ends, is played by another one."""
    assert EACH == played_for("one", tasks[0]).seen.runs
    work.end_all("one")
    assert EACH == played_for("one", tasks[1]).seen.runs


@pytest.mark.usefixtures("_left_alone")
def test_a_process_that_cannot_play_is_told_with_its_last_words(
    tasks: list[Task], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who asks sees no worker's log; the next part is played by another process."""
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho no such language >&2\n")
    broken.chmod(0o755)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", str(broken))
        with pytest.raises(ClusterError, match=r"has ended; it said last:\nno such language\Z"):
            played_for("one", tasks[0])
    assert EACH == played_for("one", tasks[0]).seen.runs
    assert 1 == len(work._guards["one"])


def guards(worker: int) -> set[int]:
    """Return the processes that play for any caller beside the process `worker`."""
    found = set()
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes() if entry.name.isdigit() else b""
            parent = (entry / "stat").read_text().rpartition(")")[2].split()[1] if words else ""
        except OSError:
            continue
        if b"stallproof.cluster.guard" in words and str(worker) == parent:
            found.add(int(entry.name))
    return found


@pytest.mark.timing
@pytest.mark.skipif(
    find_spec("distributed") is None and not os.environ.get("CI"),
    reason="distributed is not installed: pip install 'stallproof[dask]'",
)
def test_two_who_share_a_worker_leave_each_other_in_peace(
    tasks: list[Task], tmp_path: Path
) -> None:
    """One leaves while parts of the other are played: these come to what they come to alone."""
    function = partial(play, theirs=identity(), is_reference=True)
    expected = [played_for("one", task).seen.runs for task in tasks]
    work.end_all("one")
    assert eventually(all_forgotten)

    def all_of(one: Cluster) -> list[Part]:
        return list(one.in_order(partial(function, caller=one.caller), tasks))

    with cluster(tmp_path, 1) as local, connected(local.address) as stays:
        worker = local.workers[0].pid
        came: list[list[Part]] = []
        with connected(local.address) as leaves:
            assert stays.caller != leaves.caller
            first = leaves.in_order(partial(function, caller=leaves.caller), tasks[:1])
            assert expected[:1] == [part.seen.runs for part in first]
            plays = threading.Thread(target=lambda: came.append(all_of(stays)))
            plays.start()
            # Its own process is there: parts are played from now on.
            assert eventually(lambda: len(guards(worker)) == 2)
            both = guards(worker)
        assert eventually(lambda: len(guards(worker)) == 1)
        plays.join()
        assert [expected] == [[part.seen.runs for part in parts] for parts in came]
        # Not one that was begun in the place of one that was ended.
        assert guards(worker) < both
