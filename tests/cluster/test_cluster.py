"""A cluster of processes: the report of one process, whatever becomes of the workers."""

import json
import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from stallproof.cluster.connection import connected
from stallproof.cluster.errors import UnfitCluster
from tests.cluster.local import ROOT, cluster
from tests.generate.generated_bench import LEAVES_THE_TORN_ONE_OPEN, mutated

pytestmark = [
    pytest.mark.timing,
    pytest.mark.skipif(
        find_spec("distributed") is None and not os.environ.get("CI"),
        reason="distributed is not installed: pip install 'stallproof[dask]'",
    ),
]
GENERATE = ("conform", "--clock", "virtual", "--generate", "400", "--seed", "5", "--quiet")


def started(folder: Path, *words: str) -> "subprocess.Popen[str]":
    """Start `stallproof` with `words` in `folder`, which is made."""
    folder.mkdir(exist_ok=True)
    paths = os.pathsep.join(map(str, (ROOT / "reference", ROOT)))
    return subprocess.Popen(
        (sys.executable, "-m", "stallproof", *words), cwd=folder, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": paths},
    )  # fmt: skip


def ran(folder: Path, *words: str) -> tuple[int | None, str]:
    """Return the exit code of `stallproof` and what it says on standard error."""
    process = started(folder, *words)
    _out, said = process.communicate(timeout=150)
    return process.returncode, said


def report(folder: Path) -> dict[str, Any]:
    """Return the report in `folder` without what differs between equal runs."""
    read: dict[str, Any] = json.loads((folder / "report.json").read_bytes())
    del read["volatile"]
    return read


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The reference with a mistake, as a command line."""
    words = mutated(LEAVES_THE_TORN_ONE_OPEN, tmp_path_factory.mktemp("mutant"))
    return " ".join(words)


def test_one_and_two_workers_come_to_the_report_of_one_process(
    tmp_path: Path, command: str
) -> None:
    """Reports, traces and files of failures are equal, of what is generated and of its trace."""
    outputs = ("--impl", command, "--json", "report.json", "--trace", "run.jsonl")
    here, there, checked = (tmp_path / name for name in ("here", "there", "checked"))
    code, _said = ran(here, *GENERATE, *outputs)
    assert 1 == code
    with cluster(tmp_path, 0) as local:
        for workers in (1, 2):
            local.add()
            assert workers == len(local.workers)
            assert (1, "") == ran(there, *GENERATE, *outputs, "--dask", local.address)
            assert report(here) == report(there)
            assert (here / "run.jsonl").read_bytes() == (there / "run.jsonl").read_bytes()
            files = [sorted((one / "failures").iterdir()) for one in (here, there)]
            assert [p.read_bytes() for p in files[0]] == [p.read_bytes() for p in files[1]]
            trace = str(here / "run.jsonl")
            options = ("--quiet", "--json", "report.json", "--dask", local.address)
            assert (1, "") == ran(checked, "check", trace, *options)
            ran(here / "checked", "check", trace, "--quiet", "--json", "report.json")
            assert report(here / "checked") == report(checked)


def harnesses() -> set[int]:
    """Return the processes that are a harness of the mutant."""
    found = set()
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes() if entry.name.isdigit() else b""
        except OSError:
            continue
        if b"proofs.mutants.under" in words:
            found.add(int(entry.name))
    return found


def test_a_worker_that_is_killed_costs_time_alone(tmp_path: Path, command: str) -> None:
    """Its part is played by another one, and its harness does not outlive it."""
    outputs = ("--impl", command, "--json", "report.json")
    assert 1 == ran(tmp_path / "here", *GENERATE, *outputs)[0]
    with cluster(tmp_path, 2) as local:
        process = started(tmp_path / "there", *GENERATE, *outputs, "--dask", local.address)
        deadline = time.monotonic() + 60
        # One harness is the client's own: with three of them both workers play.
        while len(harnesses()) < 3 and process.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        local.workers[0].kill()
        _out, said = process.communicate(timeout=150)
        assert (1, "") == (process.returncode, said)
        assert report(tmp_path / "here") == report(tmp_path / "there")
    assert gone(harnesses)


def gone(what: Any) -> bool:
    """Tell whether there is nothing of `what` any more, in a moment."""
    deadline = time.monotonic() + 10
    while what() and time.monotonic() < deadline:
        time.sleep(0.05)
    return not what()


def test_a_worker_without_the_harness_is_named(tmp_path: Path) -> None:
    """The program is looked for where it is to run, before anything is played."""
    bin_here = tmp_path / "bin"
    bin_here.mkdir()
    harness = bin_here / "only-here"
    harness.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m stallproof.harness\n')
    harness.chmod(0o755)
    path = os.environ["PATH"]
    with cluster(tmp_path, 1) as local, pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{bin_here}{os.pathsep}{path}")
        options = ("--impl", "only-here", "--dask", local.address)
        code, said = ran(tmp_path / "there", *GENERATE, *options)
    assert (3, True, True) == (code, "the worker tcp://" in said, "'only-here'" in said)


def test_where_there_is_no_cluster_it_is_said_soon(tmp_path: Path) -> None:
    """A port on which nobody listens, within a bounded time."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        code, said = ran(tmp_path / "there", *GENERATE, "--dask", address)
    assert (2, True) == (code, f"there is no cluster at {address}" in said)


@pytest.mark.parametrize(
    "said_there", [b"220 mail ESMTP ready, and what can I do for you\r\n", b""]
)
def test_where_something_else_answers_it_is_said_in_one_line(
    tmp_path: Path, said_there: bytes
) -> None:
    """Whatever speaks first there, and who closes at once; no half-made client is left."""

    def serve(listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                conn, _address = listener.accept()
                with conn:
                    conn.sendall(said_there)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        Thread(target=serve, args=(listener,), daemon=True).start()
        address = f"tcp://127.0.0.1:{listener.getsockname()[1]}"
        code, said = ran(tmp_path, *GENERATE, "--dask", address)
        listener.shutdown(socket.SHUT_RDWR)
    assert (2, 1) == (code, said.count("\n"))
    assert said.startswith(f"stallproof: --dask: there is no cluster at {address}: ")


@pytest.mark.parametrize("address", ["", "nonsense", "tcp://host", "tcp://host:port", "mail://h:1"])
def test_what_is_no_address_is_refused_in_one_line(tmp_path: Path, address: str) -> None:
    """Nobody is asked, and nothing is said of a client that was never made."""
    code, said = ran(tmp_path, *GENERATE, "--dask", address)
    assert (2, 1) == (code, said.count("\n"))
    assert said.startswith(f"stallproof: --dask: {address!r} is no address of a cluster, such as ")


@pytest.mark.parametrize("address", ["host:1", "tcp://host:1", "tls://host:1", "ws://[::1]:1"])
def test_addresses_that_dask_knows_are_taken(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each comes to the client as it is."""
    asked: list[str] = []

    def refuse(_client: object, given: str, **_options: object) -> None:
        asked.append(given)
        raise OSError("nobody")

    monkeypatch.setattr("distributed.Client.__init__", refuse)
    with pytest.raises(UnfitCluster, match="nobody"), connected(address):
        pass
    assert [address] == asked


def test_a_worker_of_another_version_is_refused_by_name(tmp_path: Path) -> None:
    """Both versions are told, and nothing is judged."""
    older = tmp_path / "older"
    older.mkdir()
    (older / "sitecustomize.py").write_text("import stallproof\nstallproof.__version__ = '0.0.7'\n")
    paths = os.pathsep.join(map(str, (older, ROOT / "reference", ROOT)))
    with cluster(tmp_path, 1) as local:
        local.add({"PYTHONPATH": paths})
        code, said = ran(tmp_path / "there", *GENERATE, "--dask", local.address)
    assert (2, True) == (code, "has stallproof 0.0.7 with the law" in said)


def test_a_time_limit_ends_what_plays_on_the_workers(tmp_path: Path, command: str) -> None:
    """The report says what was judged until then, and no harness is left."""
    with cluster(tmp_path, 1) as local:
        options = ("--impl", command, "--json", "report.json", "--dask", local.address)
        words = ("conform", "--clock", "virtual", "--generate", "100000", "--timeout", "8")
        ran(tmp_path / "there", *words, *options)
        assert gone(harnesses)
    assert "after --timeout 8 s" == report(tmp_path / "there")["interrupted"]
