"""What a command does not need is not imported: the program starts at once."""

import subprocess
import sys

import pytest

ALL = "stallproof"
PLAYS = ("runner.scenarios", "runner.conform", "runner.peer", "harness", "drivers", "generate")
JUDGES = ("judge", "simulate", "api", "reports.html", "requirements.vectors")
FOREIGN = ("hypothesis", "trustme", "greenlet", "cryptography", "pytest")
CODE = """
import sys
from stallproof import cli
code = cli.run(sys.argv[1:])
print("\\n".join(sys.modules), file=sys.stderr)
sys.exit(code)
"""


def imported(*tokens: str) -> set[str]:
    """Return what is imported once the command of `tokens` is over."""
    done = subprocess.run(
        [sys.executable, "-c", CODE, *tokens], capture_output=True, text=True, timeout=60
    )
    assert 0 == done.returncode, done.stderr
    return set(done.stderr.splitlines())


@pytest.mark.parametrize(
    ("tokens", "refused"),
    [
        (["law"], (*PLAYS, *JUDGES, "machines", "configuration")),
        (["law", "--one-page"], (*PLAYS, *JUDGES, "machines", "configuration")),
        (["spec", "sd"], (*PLAYS, *JUDGES, "machines", "configuration")),
        (["config"], (*PLAYS, *JUDGES)),
        (["--version"], (*PLAYS, *JUDGES, "machines", "configuration", "cli.conform")),
    ],
)
def test_a_command_imports_no_part_that_it_does_not_need(
    tokens: list[str], refused: tuple[str, ...]
) -> None:
    """Neither what plays and judges, nor a package that only those need."""
    modules = imported(*tokens)
    assert "stallproof.cli" in modules
    names = (*FOREIGN, *(f"{ALL}.{one}" for one in refused))
    assert [] == [one for one in names if one in modules]
