"""The start of the command line: what a command does not need is not imported for it."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from stallproof import cli
from stallproof.cli.titles import title_of

HEAVY = {
    "concurrent.futures",
    "ctypes",
    "hypothesis",
    "icontract",
    "multiprocessing",
    "rich.console",
    "stallproof.drivers.sender",
    "stallproof.judge.model",
    "stallproof.judge.rules",
    "stallproof.judge.offline",
    "stallproof.requirements.prose",
    "stallproof.runner.play",
    "stallproof.wire.codec",
    "stallproof.wire.events",
}
"""What takes long to import, and what only some commands need."""
READS_THE_LAW = {"stallproof.requirements.prose"}
SHOWN = """
import contextlib, io, sys
from stallproof import cli
with contextlib.redirect_stdout(io.StringIO()):
    assert 0 == cli.run(sys.argv[1:])
print(sorted(sys.modules))
"""


def imported(*tokens: str) -> set[str]:
    """Return the modules that the command line `tokens` imports, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", SHOWN, *tokens], stdout=subprocess.PIPE, text=True, check=True
    )
    return set(ast.literal_eval(done.stdout))


@pytest.mark.parametrize(
    ("words", "needed"),
    [
        ("law", READS_THE_LAW),
        ("law --one-page", READS_THE_LAW),
        ("spec", READS_THE_LAW),
        ("--version", {"rich.console"}),
        ("--help", {"rich.console"}),
        ("config", {"icontract", "rich.console"}),
        (
            "law SD-3",
            {
                *READS_THE_LAW,
                "stallproof.wire.codec",
                "stallproof.wire.events",
            },
        ),
    ],
)
def test_a_command_imports_only_what_it_needs(words: str, needed: set[str]) -> None:
    """None of the modules that take long are imported, except for those that it is for."""
    assert imported(*words.split()) & HEAVY <= needed


def test_the_version_is_told_without_what_reads_arguments(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The program says what the command line says, and imports no parser for it."""
    cli.run(["--version"])
    told = capsys.readouterr().out
    command = [sys.executable, "-X", "importtime", "-m", "stallproof", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert told == done.stdout
    assert "cyclopts" not in done.stderr


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_the_help_of_all_shows_the_line_that_each_command_shows_itself(name: str) -> None:
    """What is read from the source is what the imported command says of itself."""
    said = cli.app[name].help
    assert title_of(cli.COMMANDS[name]) == said.partition("\n")[0]


def test_the_help_is_the_same_as_with_all_commands_imported(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Reading the lines instead of importing the commands changes nothing that is shown."""
    cli.run(["--help"])
    read = capsys.readouterr().out
    cli.app.resolved_commands()
    cli.app(["--help"])
    assert read == capsys.readouterr().out


@pytest.mark.parametrize(
    "source",
    [None, 'def show() -> int:\n    """Not this."""\n', "@app.default\ndef f(): ...\n", "("],
    ids=["missing", "no default", "no words", "no python"],
)
def test_a_source_that_does_not_say_it_is_not_guessed_at(
    source: str | None, tmp_path: Path
) -> None:
    """Then the command is imported to know its line."""
    if source is not None:
        (tmp_path / "one.py").write_text(source)
    assert title_of("one", tmp_path) is None
