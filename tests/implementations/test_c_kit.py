"""The kit for C: its examples compile, and its player of vectors says what the oracle would say."""

import json
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from proofs.mutants.catalogue import MUTANTS
from proofs.mutants.plant import harness_of
from stallproof.runner.smoke import is_sound, smoked
from stallproof.runner.sut.command import HarnessCommand
from tests.implementations.c.building import (
    KIT,
    QUICK,
    SOURCE,
    USUAL,
    WARNED,
    built,
    found,
    watched,
)
from tests.once import once

VECTORS = Path(__file__).parents[2] / "spec" / "vectors"
EXAMPLES = ("blocking", "smallest")
HAS = {
    "smallest": {"unix", "tcp", "descriptor"},
    "guarded": {
        *("unix", "tcp", "descriptor", "checks", "monitor", "heartbeats", "wall_jump", "sequence"),
        *("streams", "decide", "download_retry"),
    },
}
"""What the two programs with virtual time claim beside it."""


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The two programs with virtual time, by name."""
    sources = (KIT / "smallest.c", SOURCE)

    def make(to: Path) -> None:
        for source in sources:
            built(source, to, options=USUAL)

    folder = once(tmp_path_factory, "c-kit", make)
    return {source.stem: folder / source.stem for source in sources}


@pytest.fixture(scope="module")
def watched_smallest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The smallest example with every read, write and sum watched."""
    source = KIT / "smallest.c"
    folder = once(tmp_path_factory, "c-kit-watched", lambda to: watched(source, to))
    return folder / source.stem


def tap(program: Path, *arguments: str) -> tuple[int, list[str]]:
    """Return the exit code of a test, and its lines; it has to be silent besides."""
    run = subprocess.run(
        [str(program), "--tap", *arguments], capture_output=True, text=True, check=False, timeout=60
    )
    assert "" == run.stderr
    return run.returncode, run.stdout.splitlines()


def vectors() -> Iterator[dict[str, Any]]:
    """Yield each vector of the specification."""
    for path in VECTORS.glob("*/*.json"):
        yield json.loads(path.read_text("utf-8"))


def needs(vector: dict[str, Any]) -> set[str]:
    """Return what a vector takes: also what follows from others, and no vector names."""
    asked = {step.get("do", {}).get("op") for step in vector["steps"]}
    return {*vector["needs"], *({"receiving"} if "received" in asked else ())}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_compiles_without_a_warning(name: str, tmp_path: Path) -> None:
    """A compiler that is asked to warn of much has nothing to say about it."""
    source = KIT / f"{name}.c"
    assert built(source, tmp_path, compiler=found("gcc", "cc"), options=WARNED).exists()


@pytest.mark.timing
@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_accepts_as_well_as_it_connects(name: str, tmp_path: Path) -> None:
    """Its harness is sound on the side that accepts, over Unix sockets and TCP."""
    program = str(built(KIT / f"{name}.c", tmp_path))
    checks = list(smoked(HarnessCommand((program,), role="accept")))
    assert is_sound(checks), checks
    assert {"sends-unix", "sends-tcp"} <= {one.name for one in checks if one.state == "sound"}


CLOSING = """
#define STALLPROOF_IMPLEMENTATION
#include "stallproof.h"
static int deliver(struct sp_conn *conn, const uint8_t *payload, size_t bytes)
{
    (void)conn, (void)payload;
    printf("printed\\n");
    fflush(stdout);
    return bytes == 8 ? SP_SUPPRESSED : bytes == 16 ? SP_TIMEOUT : EPIPE;
}
static void end(struct sp_conn *conn) { (void)conn; }
static const struct sp_implementation it = {
    .name = "it", .version = "1", .features = "unix", .frames = SP_PREFIXED,
    .deliver = deliver, .close = end,
};
int main(int count, char **arguments) { return sp_main(count, arguments, &it); }
"""
"""A transport that is closing, ran out of time, or lost its peer, as the size says."""


@pytest.mark.parametrize(
    ("size_bytes", "expected"),
    [(8, ("suppressed", False)), (16, ("timeout", True)), (24, ("closed", True))],
)
def test_what_blocks_returns_an_outcome_or_an_error_number(
    size_bytes: int, expected: tuple[str, bool], tmp_path: Path
) -> None:
    """Neither is taken for the other, and what is printed meanwhile breaks no line."""
    source, path = tmp_path / "it.c", str(tmp_path / "s")
    source.write_text(CLOSING, "utf-8")
    program = built(source, tmp_path, options=(*USUAL, f"-I{KIT}"))
    requests = [
        {"id": 1, "op": "hello", "protocol": 1},
        {"id": 2, "op": "open", "conn": "a", "transport": "unix", "path": path},
        {"id": 3, "op": "send", "conn": "a", "send": 1, "size_bytes": size_bytes},
    ]
    with socket.socket(socket.AF_UNIX) as listener, subprocess.Popen(
        [program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:  # fmt: skip
        listener.bind(path)
        listener.listen()
        assert running.stdin is not None
        assert running.stdout is not None
        for request in requests:
            running.stdin.write(json.dumps(request).encode() + b"\n")
            running.stdin.flush()
        said = map(json.loads, running.stdout)
        ended = next(line for line in said if line.get("event") == "send_ended")
        assert b"printed\n" == running.communicate()[1]
    assert expected == (ended["outcome"], ended["raised"])


def test_a_header_before_the_kit_is_told_of(tmp_path: Path) -> None:
    """What has to come first says so, instead of names that the system then does not have."""
    source = tmp_path / "late.c"
    source.write_text(f"#include <stdio.h>\n{CLOSING}", "utf-8")
    run = subprocess.run(
        [found(), *QUICK, f"-I{KIT}", "-c", "-o", str(tmp_path / "late"), str(source)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert 0 != run.returncode
    assert "include stallproof.h before any other header" in run.stderr


@pytest.mark.parametrize("name", HAS)
def test_a_program_is_tested_by_all_vectors_that_are_for_it(
    name: str, programs: dict[str, Path]
) -> None:
    """Each requirement has its line; those without a vector that can be played are left out."""
    code, lines = tap(programs[name], str(VECTORS))
    has = HAS[name] | ({"receiving"} if "checks" in HAS[name] else set())
    played: dict[str, int] = {}
    for vector in vectors():
        for requirement in vector["requirements"]:
            played[requirement] = played.get(requirement, 0) + (needs(vector) <= has)
    points = [line.split(" - ")[1] for line in lines if line.startswith("ok ")]
    counted = {point.split(" (")[0]: point for point in points if "# SKIP" not in point}
    assert (0, f"1..{len(played)}") == (code, lines[1])
    assert len(played) == len(points)
    assert {
        requirement: f"{requirement} ({count} vectors)"
        for requirement, count in played.items()
        if count > 0
    } == counted


SCRIPT: dict[str, Any] = {
    "schema": "stallproof.vector/1",
    "name": "script",
    "requirements": ["SD-2", "SD-5"],
    "profile": "seed",
    "needs": [],
    "knobs": {"streaming_send_timeout": 1},
    "steps": [
        {"at_us": 0, "do": {"op": "open", "conn": "a", "transport": "virtual", "room_bytes": 3}},
        {"at_us": 7, "do": {"op": "send", "conn": "a", "send": 1, "size_bytes": 10}, "expect": [
            {"event": "lock_taken", "at_us": 7, "conn": "a", "send": 1},
            {"event": "written", "at_us": 7, "conn": "a", "send": 1, "began_us": 7,
             "wrote_bytes": 3},
        ]},
        {"at_us": 1000007, "expect": [
            {"event": "send_ended", "at_us": 1000007, "conn": "a", "send": 1,
             "outcome": "timeout", "raised": True},
            {"event": "closing", "at_us": 1000007, "conn": "a"},
        ]},
    ],
}  # fmt: skip
"""A send into room for a part of it, which times out."""
Edit = Callable[[list[dict[str, Any]]], object]


def written(folder: Path, edit: Edit) -> str:
    """Write the script with its steps edited, and return its path."""
    script = json.loads(json.dumps(SCRIPT))
    edit(script["steps"])
    path = folder / "script.json"
    path.write_text(json.dumps(script), "utf-8")
    return str(path)


def _splits_its_write(steps: list[dict[str, Any]]) -> None:
    first = steps[1]["expect"][1]
    steps[1]["expect"].append({**first, "wrote_bytes": 1})
    first["wrote_bytes"] = 2


AS_GOOD: dict[str, Edit] = {
    "as it is": lambda steps: None,
    "in another order": lambda steps: steps[2]["expect"].reverse(),
    "with another event": lambda steps: steps[2]["expect"].append(
        {"event": "opened", "at_us": 1000007, "conn": "b"}
    ),
    "in two writes": _splits_its_write,
    "with what comes in after closing": lambda steps: steps[2]["expect"].append(
        {"event": "received", "at_us": 1000007, "conn": "a"}
    ),
}
WRONG: dict[str, tuple[Edit, str]] = {
    "a decision is missing": (lambda steps: steps[2]["expect"].pop(), "not expected: "),
    "a decision too many": (
        lambda steps: steps[2]["expect"].append(steps[2]["expect"][1]), "missing: ",
    ),
    "a microsecond late": (
        lambda steps: steps[2]["expect"][1].update(at_us=1000008), "missing: ",
    ),
    "another outcome": (lambda steps: steps[2]["expect"][0].update(outcome="ok"), "missing: "),
    "another number": (lambda steps: steps[1]["expect"][0].update(send=2), "missing: "),
    "other bytes": (lambda steps: steps[1]["expect"][1].update(wrote_bytes=4), "missing: "),
    "in another step": (lambda steps: steps[0].update(expect=steps[1].pop("expect")), "missing: "),
    "a request that fails": (lambda steps: steps[1]["do"].update(conn="b"), "is answered with "),
}  # fmt: skip


@pytest.mark.parametrize("how", AS_GOOD)
def test_what_is_left_open_is_no_failure(
    how: str, programs: dict[str, Path], tmp_path: Path
) -> None:
    """Order within an instant, events that decide nothing, and the rest of "Comparing"."""
    code, lines = tap(programs["smallest"], written(tmp_path, AS_GOOD[how]))
    assert (0, ["ok 1 - SD-2 (1 vectors)", "ok 2 - SD-5 (1 vectors)"]) == (code, lines[2:])


@pytest.mark.parametrize("how", WRONG)
def test_what_was_not_demanded_is_told(how: str, programs: dict[str, Path], tmp_path: Path) -> None:
    """One decision more, one less, or one that differs fails each requirement of the vector."""
    edit, word = WRONG[how]
    code, lines = tap(programs["smallest"], written(tmp_path, edit))
    assert (1, "not ok 1 - SD-2 (1 of 1 vectors)") == (code, lines[2])
    assert lines[3].startswith("# script: step ")
    assert word in lines[3]


@pytest.mark.parametrize(
    "mutant", ["c_wake_up_lost", "c_late_is_lost", "c_unwritten_uses_a_number"]
)
def test_a_mutant_is_caught_without_an_oracle(mutant: str, tmp_path: Path) -> None:
    """The player alone finds what the vectors find, the numbers of frames included."""
    (caught,) = (each for each in MUTANTS[mutant].caught_by if each.startswith("vectors:"))
    requirements = caught.removeprefix("vectors:")
    (program,) = harness_of(MUTANTS[mutant], tmp_path)
    code, lines = tap(Path(program), "--only", requirements, str(VECTORS))
    broken = {line.split()[4] for line in lines if line.startswith("not ok")}
    assert (1, set(requirements.split(","))) == (code, broken)


def test_only_and_profile_select(programs: dict[str, Path], tmp_path: Path) -> None:
    """A group, a requirement, and a vector that asks for more than seed."""
    code, lines = tap(programs["smallest"], "--only", "sd-13,RT", str(VECTORS))
    assert (0, ["RT-1", "RT-2", "RT-3", "RT-4", "RT-5", "SD-13"]) == (
        code, [line.split()[3] for line in lines if line.startswith("ok")],
    )  # fmt: skip
    hardened = tmp_path / "hardened.json"
    hardened.write_text(json.dumps({**SCRIPT, "profile": "hardened"}), "utf-8")
    code, lines = tap(programs["smallest"], "--profile", "seed", str(hardened))
    assert (0, "ok 1 - SD-2 # SKIP profile hardened") == (code, lines[2])


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"nonsense", "is no JSON object"),
        (b"[" * 100_000, "is no JSON object"),
        (b'{"schema": "\xff"}', "is no JSON object"),
        (b'{"schema": "stallproof.vector/1"}\0', "is no JSON object"),
        (b"{" + b" " * 1024 * 1024 + b"}", "is no JSON object"),
        (b'{"schema": "stallproof.vector/2"}', "is no stallproof.vector/1"),
        (b'{"schema": "stallproof.vector/1"}', "has no name"),
        (b'{"schema": "stallproof.vector/1", "name": "x", "needs": [1]}', "is a list of texts"),
        (b'{"schema": "stallproof.vector/1", "name": "x"}', "there is no vector"),
    ],
)
def test_a_file_that_is_no_vector_ends_the_test(
    content: bytes, says: str, programs: dict[str, Path], tmp_path: Path
) -> None:
    """It is named, and nothing is passed over in silence."""
    path = tmp_path / "file.json"
    path.write_bytes(content)
    code, (line,) = tap(programs["smallest"], str(path))
    assert 2 == code
    assert line.startswith("Bail out! ")
    assert says in line


def test_a_vector_that_was_cut_off_anywhere_is_survived(
    watched_smallest: Path, tmp_path: Path
) -> None:
    """With every read watched: each beginning of a file is told to be no vector."""
    whole = json.dumps(SCRIPT).encode()
    path = tmp_path / "cut.json"
    for length in range(0, len(whole), 61):
        path.write_bytes(whole[:length])
        assert 2 == tap(watched_smallest, str(path))[0]


@pytest.mark.parametrize(
    "arguments", [["--tap"], ["--tap", "--only"], ["--tap", "--profile", "x", "y"], ["--x"], ["x"]]
)
def test_arguments_that_mean_nothing_are_told(
    arguments: list[str], programs: dict[str, Path]
) -> None:
    """The exit code is 2, and the usage goes to standard error."""
    run = subprocess.run(
        [str(programs["smallest"]), *arguments], capture_output=True, text=True, check=False
    )
    assert (2, "") == (run.returncode, run.stdout)
    assert run.stderr.startswith("usage: ")


def test_help_shows_examples(programs: dict[str, Path]) -> None:
    """Whoever asks for help gets it, on standard output."""
    run = subprocess.run(
        [str(programs["smallest"]), "--help"], capture_output=True, text=True, check=True
    )
    assert f"{programs['smallest']} --tap spec/vectors" in run.stdout
