"""What is in the source archive and in the wheel, and what help and messages say is there."""

import ast
import inspect
import re
import subprocess
import tarfile
from collections.abc import Iterator
from email.parser import HeaderParser
from io import StringIO
from pathlib import Path
from types import ModuleType

import pytest
from cyclopts import App
from rich.console import Console

import stallproof
from stallproof.cli import app, run
from stallproof.cli.spec import pages_of
from stallproof.requirements.registry import find_spec
from tests.packaging.conftest import ROOT, Built, files_of, make
from tests.packaging.environments import VERSIONS

PATH = re.compile(r"(?<![\w./-])(?:spec|docs|tests|proofs|reference)/[\w./-]*\w")
PAGE = re.compile(r"stallproof spec ([a-z]+)")
PAGES = pages_of(find_spec())


def test_a_wheel_from_the_source_archive_is_the_same(built: Built, tmp_path: Path) -> None:
    """As one from the checkout: file by file, the list of files included."""
    make(tmp_path, "--wheel")
    (direct,) = tmp_path.glob("*.whl")
    assert files_of(direct) == files_of(built.wheel)


def test_the_source_archive_has_every_file_of_the_repository(built: Built) -> None:
    """So the tests can be run from it."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode != 0:
        pytest.skip("this is no checkout")
    with tarfile.open(built.sdist) as archive:
        there = {name.partition("/")[2] for name in archive.getnames()}
    # What was deleted and is not committed yet cannot be there.
    wanted = {name for name in listed.stdout.splitlines() if (ROOT / name).exists()}
    assert {"README.md", "spec/sd.md"} <= wanted
    assert set() == wanted - there


def test_the_wheel_has_the_law_and_its_types(built: Built) -> None:
    """Each file of `spec/`, the mark of a typed package, the licence, and nothing of the tests."""
    files = files_of(built.wheel)
    for path in (ROOT / "spec").rglob("*"):
        if path.is_file():
            assert f"stallproof/_spec/{path.relative_to(ROOT / 'spec')}" in files
    assert b"" == files["stallproof/py.typed"]
    tops = {name.partition("/")[0] for name in files}
    (about,) = tops - {"stallproof"}
    assert (ROOT / "LICENSE").read_bytes() == files[f"{about}/licenses/LICENSE"]


def test_the_wheel_tells_the_versions_that_are_tried(built: Built) -> None:
    """The classifiers name exactly the versions of Python that the tests install it on."""
    files = files_of(built.wheel)
    (name,) = (one for one in files if one.endswith(".dist-info/METADATA"))
    classifiers = HeaderParser().parsestr(files[name].decode()).get_all("Classifier") or []
    told = [re.fullmatch(r"Programming Language :: Python :: (3\.\d+)", one) for one in classifiers]
    assert list(VERSIONS) == [one[1] for one in told if one]


def helps(command: App, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Yield the help of `command` and of every command below it, with what is typed for it."""
    out = StringIO()
    app.help_print(list(path), console=Console(file=out, width=500))
    yield " ".join(("stallproof", *path, "--help")), out.getvalue()
    for name in command:
        if not name.startswith("-"):
            yield from helps(command[name], (*path, name))


def messages(files: dict[str, bytes]) -> Iterator[tuple[str, str]]:
    """Yield each text in the code of `files` that is no docstring, with its place."""
    for name, text in files.items():
        if not name.endswith(".py"):
            continue
        nodes = list(ast.walk(ast.parse(text)))
        documents = {id(one.value) for one in nodes if isinstance(one, ast.Expr)}
        texts = (one for one in nodes if isinstance(one, ast.Constant) and id(one) not in documents)
        for one in texts:
            if isinstance(one.value, str):
                yield f"{name}:{one.lineno}", one.value


def absent(text: str) -> list[str]:
    """Return what `text` sends its reader to that an installed package does not have."""
    return [*PATH.findall(text), *(one for one in PAGE.findall(text) if one not in PAGES)]


def test_help_and_messages_name_only_what_a_wheel_has(built: Built) -> None:
    """No file of the checkout, and no page that `stallproof spec` does not print."""
    told = [*helps(app), *messages(files_of(built.wheel))]
    assert any(PAGE.search(text) for place, text in told if place == "stallproof conform --help")
    assert any(PAGE.search(text) for place, text in told if ".py:" in place)
    assert [] == [(place, one) for place, text in told for one in absent(text)]


def documents(name: str, thing: object) -> Iterator[tuple[str, str]]:
    """Yield what `help` shows of the promised `thing`, and of what is inside it."""
    yield name, inspect.getdoc(thing) or ""
    inside = vars(thing) if inspect.isclass(thing) else {}
    if isinstance(thing, ModuleType):
        inside = {one: getattr(thing, one) for one in thing.__all__}
    for one, member in inside.items():
        if not one.startswith("_") and (callable(member) or isinstance(member, property)):
            yield f"{name}.{one}", inspect.getdoc(member) or ""


def test_promised_names_and_the_law_name_only_what_a_wheel_has(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What `help` shows of them, and what `stallproof law` prints."""
    told = [
        one for name in stallproof.__all__ for one in documents(name, getattr(stallproof, name))
    ]
    for tokens in (["law"], ["law", "--format", "md"], ["law", "--one-page"]):
        assert 0 == run(tokens)
        told.append((" ".join(tokens), capsys.readouterr().out))
    assert any(PAGE.search(text) for place, text in told if place.startswith("PlainHarness"))
    assert [] == [(place, one) for place, text in told for one in absent(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("See spec/protocol.md.", ["spec/protocol.md"]),
        ("See `stallproof spec protocol`.", []),
        ("See `stallproof spec protocols`.", ["protocols"]),
        ("in docs/simulate.md)", ["docs/simulate.md"]),
        ("build/docs/simulate.md", []),
    ],
)
def test_what_a_wheel_lacks_would_be_noticed(text: str, found: list[str]) -> None:
    """A file of the checkout, and a page that does not exist."""
    assert found == absent(text)
