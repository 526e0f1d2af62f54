"""Completion, in the shells that are there."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from stallproof import cli
from stallproof.cli.completion import PLACES, Shell

_ASK = """
source {script}
COMP_WORDS=({words})
COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
_stallproof
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


def _script(capsys: pytest.CaptureFixture[str], shell: Shell) -> str:
    assert 0 == cli.run(["completion", shell])
    return capsys.readouterr().out


@pytest.fixture
def bash(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Make a folder with the program and its completion for bash."""
    program = tmp_path / "stallproof"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m stallproof "$@"\n')
    program.chmod(0o755)
    (tmp_path / "completion.bash").write_text(_script(capsys, "bash"))
    return tmp_path


def _completed(folder: Path, *words: str) -> list[str]:
    """Return what bash offers for the last of `words`."""
    asked = _ASK.format(script=folder / "completion.bash", words=shlex.join(words))
    done = subprocess.run(
        ["bash", "--norc", "-c", asked], capture_output=True, text=True, timeout=60, check=True,
        env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"},
    )  # fmt: skip
    assert "" == done.stderr
    return done.stdout.split()


def test_bash_completes_commands_options_and_names(bash: Path) -> None:
    """Commands and options stand in the script; names come from the law that is installed."""
    assert ["conform", "config"] == _completed(bash, "stallproof", "conf")
    assert ["--quiet"] == _completed(bash, "stallproof", "conform", "--qui")
    assert ["SG", "SG-1", "SG-2", "SG-3"] == _completed(
        bash, "stallproof", "conform", "--only", "SG"
    )
    assert ["tls"] == _completed(bash, "stallproof", "conform", "--without", "tl")
    assert ["MD", "MD-1"] == _completed(bash, "stallproof", "law", "MD")


def test_bash_completes_after_a_comma_what_is_not_there_yet(bash: Path) -> None:
    """The word before the comma stays, and nothing in it is quoted."""
    offered = _completed(bash, "stallproof", "conform", "--skip", "SM,MD,M")
    assert ["SM,MD,MM", "SM,MD,MD-1", "SM,MD,MM-1"] == offered


@pytest.mark.parametrize("shell", PLACES)
def test_the_script_is_one_that_the_shell_can_read(
    shell: Shell, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Where the shell is installed it reads the script without a complaint."""
    script = tmp_path / "script"
    script.write_text(_script(capsys, shell))
    assert "__complete" in script.read_text()
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    done = subprocess.run([shell, "-n", str(script)], capture_output=True, text=True, timeout=60)
    assert ("", 0) == (done.stderr, done.returncode)


def test_another_shell_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """The message names those that there are."""
    assert 2 == cli.run(["completion", "csh"])
    assert "fish" in capsys.readouterr().err


def test_a_shell_that_wants_no_more_candidates_hears_no_complaint() -> None:
    """Its end of the pipe is closed before the first one is written."""
    read, write = os.pipe()
    os.close(read)
    words = [sys.executable, "-m", "stallproof", cli.COMPLETE, "conform", "--vectors", ""]
    try:
        done = subprocess.run(words, stdout=write, stderr=subprocess.PIPE, timeout=60, check=False)
    finally:
        os.close(write)
    assert (b"", 0) == (done.stderr, done.returncode)
