"""A harness class by its name, as a program."""

import subprocess
import sys
from pathlib import Path

import pytest

from stallproof.harness.named import named
from stallproof.harness.plain import PlainHarness

EXAMPLES = Path(__file__).parents[1] / "implementations" / "python"


@pytest.mark.parametrize(
    ("name", "kind", "says"),
    [
        ("no_colon", ValueError, "module:name"),
        (":Name", ValueError, "module:name"),
        ("module:", ValueError, "module:name"),
        ("no_such_module_anywhere:Name", ImportError, "no_such_module_anywhere"),
        ("stallproof.harness.plain:Nobody", AttributeError, "Nobody"),
        ("stallproof.harness.plain:SEND_TIMEOUT", TypeError, "has no main"),
    ],
)
def test_a_name_that_leads_nowhere_is_refused(name: str, kind: type[Exception], says: str) -> None:
    """Each with what is wrong about it."""
    with pytest.raises(kind, match=says):
        named(name)


def test_a_name_leads_to_its_class() -> None:
    """By its qualified name in its module."""
    assert named("stallproof.harness.plain:PlainHarness") is PlainHarness


@pytest.mark.parametrize("arguments", [[], ["stallproof.nobody:X"], ["nowhere.py:X"]])
def test_the_program_says_in_a_line_what_it_cannot_serve(arguments: list[str]) -> None:
    """No trace of code, on standard error, and no reply on standard output."""
    command = [sys.executable, "-m", "stallproof.harness.named", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    assert 0 != done.returncode
    assert "" == done.stdout
    assert 1 == len(done.stderr.splitlines())


def test_the_program_serves_the_class() -> None:
    """It says hello as the class does, and ends when it is told to."""
    command = [sys.executable, "-m", "stallproof.harness.named", "harness:GuardedHarness"]
    asked = '{"id":1,"op":"hello","protocol":1}\n{"id":2,"op":"stop"}\n'
    done = subprocess.run(
        command, cwd=EXAMPLES, input=asked, capture_output=True, text=True, timeout=60
    )
    assert 0 == done.returncode, done.stderr
    assert '"name":"guarded-connection"' in done.stdout.splitlines()[0]
