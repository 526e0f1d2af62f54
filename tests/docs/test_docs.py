"""Every command that the documents show is run here, or named here with the reason why not."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "spec").glob("*.md")]
)
INTRODUCTIONS = sorted((ROOT / "proofs").glob("*/introduction.md"))
"""What stands at the head of pages that are made of code and data."""
TYPED = [
    *sorted((ROOT / "docs").glob("tutorial*.md")),
    *(ROOT / "docs" / name for name in ("reading-reports.md", "pytest.md")),
]
"""Pages whose commands are typed one after the other, each by a test of its own."""
STALLPROOF = ".venv/bin/stallproof"
PYTHON = ".venv/bin/python"

BLOCKS = f"{PYTHON} tests/implementations/negative/blocks_in_its_write.py"

RUN: tuple[dict[str, int], ...] = (
    {
        f"{STALLPROOF} conform --only SD-3,CX-1 --json report.json --trace run.jsonl": 0,
        f"{STALLPROOF} check run.jsonl": 0,
        f"{STALLPROOF} check run.jsonl --only SD-3": 0,
    },
    {f"{STALLPROOF} conform --only SD-3,AP-3,CF-4": 0},
    {f'{STALLPROOF} conform --impl "{BLOCKS}" --only SD-3': 1},
    {f"{STALLPROOF} conform --clock virtual --only SD-3": 0},
    {
        f"{STALLPROOF} conform --clock virtual --only SC --html page.html --trace run.jsonl": 0,
        f"{STALLPROOF} check run.jsonl --html again.html": 0,
    },
    {f"{STALLPROOF} conform --clock virtual --only SD --generate 500 --seed 11": 0},
    {
        f"{STALLPROOF} law SD-3": 0,
        f"{STALLPROOF} law AP-3": 0,
        f"{STALLPROOF} law SD-3 --evidence": 0,
        f"{STALLPROOF} law SD --features": 0,
    },
    {
        f"{STALLPROOF} config": 0,
        f"{STALLPROOF} config --set sfm_send_stall_timeout=75 "
        "--set sfm_close_stalled_connection=true": 0,
        f"{STALLPROOF} config comm_config.json --outer task=120 --margin 15": 0,
        f"{STALLPROOF} config comm_config.json meta.json config_fed_server.json "
        "config_fed_client.json --clients 144 --relays 6 --deployment 600 --margin 15": 0,
        f"{STALLPROOF} simulate --knobs comm_config.json --knobs meta.json "
        "--knobs config_fed_server.json": 0,
        f"{STALLPROOF} simulate --knobs comm_config.json --min-sites 121": 1,
        f"{STALLPROOF} config --set streaming_window_size=65536 "
        "--set streaming_chunk_size=131072 --set streaming_ack_interval=65536 "
        "--accept window_holds_chunk": 0,
        f"{STALLPROOF} config --release 2.9.0": 0,
    },
    {
        f"{STALLPROOF} simulate --guardrails off": 1,
        f"{STALLPROOF} simulate --trace job.jsonl --picture job.svg": 0,
        f"{STALLPROOF} check job.jsonl --allow not-exercised": 0,
        f"{STALLPROOF} simulate --knobs comm_config.json --stall relay-2@0.5+45 --min-sites 130": 1,
    },
    {
        f"{STALLPROOF} vectors list --only SD-2": 0,
        f"{STALLPROOF} vectors show expired-exactly-at-the-deadline": 0,
        f"{STALLPROOF} vectors verify": 0,
        f"{STALLPROOF} vectors fill --check": 0,
    },
    {
        f"{STALLPROOF} conform --only SD --skip SD-17 --without tls --list": 0,
        f"{STALLPROOF} conform --clock virtual --only SD-3 --list --quiet": 0,
        f"{STALLPROOF} conform --clock virtual --only SD-3 --quiet": 0,
        f"{STALLPROOF} conform --clock virtual --only MD --verbose": 0,
        f"{STALLPROOF} conform --clock virtual --only SD --fail-fast --timeout 5m": 0,
        f"{STALLPROOF} law SD-4": 0,
        f"{STALLPROOF} law --one-page": 0,
        f"{STALLPROOF} law SD --format md": 0,
        f"{STALLPROOF} law --format csv": 0,
        f"{STALLPROOF} completion bash > stallproof.bash": 0,
    },
    {
        'printf \'%s\\n\' \'{"id":1,"op":"hello","protocol":1}\' \'{"id":2,"op":"juggle"}\' '
        f'\'{{"id":3,"op":"stop"}}\' | {PYTHON} -m stallproof.harness': 0,
    },
)
"""Commands with the exit code that each must have; each table in order, in a folder of its own."""

MINE = f'{STALLPROOF} conform --impl "./my-harness"'

NOT_RUN = {
    'python3 -m pip install "dist/stallproof-0.1.0-py3-none-any.whl[dask]"': (
        "would install over the package that is judged"
    ),
    'stallproof conform --impl "./my-harness" --clock virtual --generate 1000000 --seed 7 '
    "--dask tcp://host:8786": "takes a cluster; `tests/cluster` has one of its own",
    "stallproof check run.jsonl --dask tcp://host:8786": "takes a cluster, likewise",
    "make conform": "makes an environment; CI runs its parts in `make test`",
    "make conform IMPL=nvflare==2.7.2": "installs a package, tried where that is tested",
    "make conform IMPL=nvflare==2.8.3": "installs a package, as the two others do",
    "make results": "takes twelve minutes",
    "make conform IMPL=nvflare==2.9.0": "installs a package, tried where that is tested",
    'make conform ARGS="--only SD --json report.json"': "the same as `make conform`",
    "make check": "runs this test",
    "make test": "runs this test",
    "make unit": "runs this test",
    "make timing": "runs this test",
    "make alone": "a part of `make test`",
    "make vectors": "a part of `make check`; the command that it runs is run",
    "make lint": "a part of `make test`",
    "make types": "a part of `make test`",
    "make prove": "a part of `make test`",
    "make search": "a part of `make test`",
    "make models": "a part of `make test`",
    "make mutants": "takes minutes; `make test` runs a part of it",
    "make mutants-random": "takes a quarter of an hour; for each night",
    "make docs-check": "runs this test",
    "make bench": "takes minutes, of a machine that does nothing else",
    "make bench-quick": "a part of `make test`",
    "make venv": "the environment that runs this test",
    'python3 -m pip install "dist/stallproof-0.1.0-py3-none-any.whl[all]"': "tests do it",
    "stallproof --version": "tests of the package do it with what was installed",
    f"{PYTHON} -m build --no-isolation": "tests of the package build it elsewhere",
    f"{STALLPROOF} conform --only SD-13 --clock virtual": "run with what it says by a test of it",
    f'{STALLPROOF} conform --impl "{PYTHON} tests/implementations/python/settimeout_sendall.py" '
    "--only SD-13": "run with what it says by a test of it",
    f"{MINE} --only SD-3 --json report.json --trace run.jsonl": (
        "the reader's own harness; the same with the reference is run"
    ),
    f"{MINE} --only SD,SC,CX": "the reader's own harness",
    MINE: "the reader's own harness",
    f"{MINE} --smoke": "the reader's own harness; the tutorial runs it with the examples",
    f"{MINE} --only SD-13": "the reader's own harness; the tutorial runs it with the examples",
    f"{MINE} --clock virtual": "the reader's own harness; the same with the reference is run",
    f"{MINE} --clock virtual --generate 2000 --seed 7": (
        "the reader's own harness; the same with the reference is run, with fewer"
    ),
    f"{MINE} --clock real --generate 200 --seed 7 --jobs 2": (
        "the reader's own harness; a dozen worlds are played by a test of them"
    ),
    f"{MINE} --clock virtual --replay failures/*.json": (
        "the reader's own harness and failures; the tutorial makes one and plays it again"
    ),
    f"{MINE} --expected-failures known.toml": (
        "the reader's own harness and file; the tutorial makes one and uses it"
    ),
    f"{MINE} --without tls --allow inconclusive --timeout 10m": "the reader's own harness",
    f"{STALLPROOF} doctor --seconds 1": "its exit code is the machine's; tests run it as well",
    **dict.fromkeys(
        (f"{MINE} --role accept --smoke", f"{MINE} --role accept --only SD-3"),
        "the reader's own harness; tests/implementations/test_accepting.py asks in that role",
    ),
    f"{STALLPROOF} expect report.json --write known.toml": "run in the tutorial",
    f"{STALLPROOF} simulate --clients 10000 --relays 100": "a test simulates 2,000",
    f"{MINE} --profile seed --json -": "the reader's own harness",
    f"{STALLPROOF} conform --only SD-3 --json report.json --trace run.jsonl": (
        "a part of the run with SD-3 and CX-1"
    ),
}


def _shown() -> dict[str, list[str]]:
    """Return every command in an `sh` block, with the documents that show it."""
    shown: dict[str, list[str]] = {}
    for path in (*DOCUMENTS, *INTRODUCTIONS):
        if path in TYPED:
            continue
        for block in re.findall(r"^```sh\n(.*?)^```$", path.read_text(), re.DOTALL | re.MULTILINE):
            for command in block.splitlines():
                shown.setdefault(command.strip(), []).append(path.name)
    return shown


def shown_files() -> dict[str, str]:
    """Return the files that the pages for operators show, by their names."""
    page = (ROOT / "docs" / "operators.md").read_text()
    (closing,) = re.findall(r"^```json\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    page = (ROOT / "docs" / "jobs.md").read_text()
    named = re.findall(r"^`([\w.]+)`:\n\n```json\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    return {"comm_config.json": closing, **dict(named)}


def here(command: str) -> str:
    """Return `command` with the interpreter that runs this test, and paths of the project."""
    python = shlex.quote(sys.executable)
    places = {
        STALLPROOF: f"{python} -m stallproof",
        PYTHON: python,
        "tests/implementations/negative": f"{ROOT}/tests/implementations/negative",
    }
    # In one pass: what was put in may itself contain what is looked for.
    return re.sub("|".join(map(re.escape, places)), lambda found: places[found[0]], command)


def test_every_command_shown_is_run_or_has_a_reason() -> None:
    """No command is in the documents that nobody tries, and none is listed that nobody shows."""
    assert set(_shown()) == set().union(*RUN) | set(NOT_RUN)


def _is_timed(commands: Iterable[str]) -> bool:
    """Tell whether one of `commands` judges a real clock."""
    return any(
        " conform " in one and "--clock virtual" not in one and "--list" not in one
        for one in commands
    )


@pytest.mark.parametrize(
    "commands",
    [
        pytest.param(one, marks=pytest.mark.timing if _is_timed(one) else (), id=next(iter(one)))
        for one in RUN
    ],
)
def test_the_commands_shown_work(commands: dict[str, int], tmp_path: Path) -> None:
    """Each command ends with the exit code that the documents lead the reader to expect."""
    for name, text in shown_files().items():
        (tmp_path / name).write_text(text)
    for command, code in commands.items():
        done = subprocess.run(
            here(command), shell=True, cwd=tmp_path, capture_output=True, text=True, timeout=180
        )
        assert code == done.returncode, f"{command}\n{done.stdout}\n{done.stderr}"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_that_a_document_names_exists(path: Path) -> None:
    """A path in backticks that begins with a folder of the project leads somewhere."""
    for name in re.findall(r"`((?:spec|docs|reference|tests|proofs)/[\w./-]*)`", path.read_text()):
        assert (ROOT / name).exists(), f"{path.name} names {name}"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_inside_the_project_leads_somewhere(path: Path) -> None:
    """A relative link points at a file."""
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text()):
        assert (path.parent / target).exists(), f"{path.name} links to {target}"
