"""What `import stallproof` promises: names, signatures, docstrings, and how little it imports."""

import inspect
import subprocess
import sys
import types

import pytest

import stallproof
from stallproof import harness
from tests.api.surface import FILE, lines

ALIASES = ("Impl", "Words")
"""Names of types, which have no docstring of their own; `docs/api.md` says what they mean."""


def test_the_surface_is_what_was_promised() -> None:
    """A name or a parameter that changes breaks the programs of others."""
    assert FILE.read_text().splitlines() == list(lines()), (
        "the promised surface changed; if that is meant, say so in the changelog and run "
        "`python -m tests.api.surface`"
    )


@pytest.mark.parametrize("name", [one for one in stallproof.__all__ if one not in ALIASES])
def test_each_promised_name_says_what_it_is(name: str) -> None:
    """Whoever asks for help gets some."""
    thing = getattr(stallproof, name)
    assert isinstance(thing, str) or inspect.getdoc(thing)


def test_what_is_promised_is_listed_and_nothing_else_is_there() -> None:
    """`dir` shows every name, and another one is an ordinary error."""
    assert sorted(stallproof.__all__) == dir(stallproof)
    assert sorted(harness.__all__) == dir(harness)
    with pytest.raises(AttributeError, match="has no attribute 'Manager'"):
        stallproof.Manager  # noqa: B018


@pytest.mark.parametrize("package", [stallproof, harness])
def test_type_checkers_see_the_names_that_are_there(package: types.ModuleType) -> None:
    """The imports for type checkers and the table of places say the same."""
    source = inspect.getsource(package)
    checked = {
        line.split(" as ")[1].split()[0] for line in source.splitlines() if " as " in line
        and line.strip().startswith("from stallproof")
    }  # fmt: skip
    assert checked == {*package.__all__} - {"__version__"}


HEAVY = ("hypothesis", "trustme", "cryptography", "rich", "cyclopts", "greenlet")
"""What takes long to import, and what most programs have no use for."""


@pytest.mark.parametrize(
    ("names", "refused"),
    [
        ("Policy GuardedConnection StreamSender StreamReceiver Monitor aio configure", HEAVY),
        ("PlainHarness AsyncHarness", HEAVY),
        ("StallingPeer VirtualClock Running", [one for one in HEAVY if one != "greenlet"]),
        ("conform check judge_events load_registry load_vectors Report read_report", HEAVY),
    ],
)
def test_what_is_not_needed_is_not_imported(names: str, refused: tuple[str, ...]) -> None:
    """Each name is there although what it does not need cannot be imported."""
    code = f"""
import sys
for one in {refused!r}:
    sys.modules[one] = None
import stallproof
for one in {names.split()!r}:
    getattr(stallproof, one)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (0, "") == (done.returncode, done.stderr)


def test_the_package_itself_imports_next_to_nothing() -> None:
    """A name is imported when it is asked for, and not before."""
    code = "import sys, stallproof; print([m for m in sys.modules if m.startswith('stallproof.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert "[]\n" == done.stdout


def test_no_promised_function_is_a_module() -> None:
    """A folder of the same name would take the place of a function once it is imported."""
    modules = [
        n for n in stallproof.__all__ if isinstance(getattr(stallproof, n), types.ModuleType)
    ]
    assert ["aio", "strategies"] == sorted(modules)
