"""Edits drawn by chance: which there are, which are drawn, who is asked, and what counts."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from proofs.mutants.__main__ import main
from proofs.mutants.mutant import ROOT
from proofs.mutants.sampling import edits, equivalents
from proofs.mutants.sampling.command import status_of
from proofs.mutants.sampling.draw import FOLDERS, draw
from proofs.mutants.sampling.edits import Edit, applied, diff_of, edits_of, files_in
from proofs.mutants.sampling.equivalents import Equivalent, Family, unfit, why_equivalent
from proofs.mutants.sampling.nearest import WIDER, nearest, wider
from proofs.mutants.sampling.operators import KINDS
from proofs.mutants.sampling.run import Result, try_all, without_false_catches

SEND = "reference/stallproof/machines/send_deadline.py"
ROUTES = "reference/stallproof/drivers/stream_routes.py"


def made_of(text: str, folder: Path) -> dict[str, set[str]]:
    """Return what the edits of each kind make of `text`, which lies in `folder`."""
    file = folder / "module.py"
    file.write_text(text, "utf-8")
    edits_of.cache_clear()
    edits.text_of.cache_clear()
    found: dict[str, set[str]] = {}
    for edit in edits_of(str(file)):
        found.setdefault(edit.kind, set()).add(applied(edit, text))
    return found


# --- the edits -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "text", "made"),
    [
        ("comparison", "x = a < b", {"x = a <= b"}),
        ("comparison", "x = (a) is not (  # is not\n b)", {"x = (a) is (  # is not\n b)"}),
        ("comparison", "x = 'ä', a >= b > c", {"x = 'ä', a > b > c", "x = 'ä', a >= b >= c"}),
        ("comparison", "x = min(a)", {"x = max(a)"}),
        ("arithmetic", "a += 2", {"a -= 2"}),
        ("arithmetic", "x = -y", {"x = y"}),
        ("boolean", "x = a and b and c", {"x = a or b and c", "x = a and b or c"}),
        ("negated", "if not a:\n    b()", {"if a:\n    b()"}),
        ("negated", "x = [a for a in b if a or c]", {"x = [a for a in b if not (a or c)]"}),
        ("dropped", "self.x = 1", {"pass"}),
        ("dropped", "f(\n 1\n)", {"pass"}),
        ("unguarded", "with lock:\n    x = 1", {"if True:\n    x = 1"}),
        ("unguarded", "with a, b:\n    x = 1", {"with b:\n    x = 1", "with a:\n    x = 1"}),
        ("swapped", "x = f(a, b=c, d=e)", {"x = f(a, b=e, d=c)"}),
        ("swapped", "x = a if b else c", {"x = c if b else a"}),
        ("swapped", "def f():\n    return a, b", {"def f():\n    return b, a"}),
        ("constant", "x = True", {"x = False"}),
        ("constant", "x = 7", {"x = (7 + 1)", "x = (7 - 1)"}),
        ("constant", "x = 0", {"x = (0 + 1)"}),
        ("word", "x = 'timeout'", {"x = 'timeout!'"}),
    ],
)  # fmt: skip
def test_each_kind_finds_what_it_can_do(
    kind: str, text: str, made: set[str], tmp_path: Path
) -> None:
    """Nothing but the edit changes, and each part of a chain is edited by itself."""
    assert made == made_of(text, tmp_path)[kind]


def test_every_kind_has_an_example() -> None:
    """The table above forgets none, and none is empty in the package."""
    found = {
        edit.kind for folder in FOLDERS for file in files_in(folder) for edit in edits_of(file)
    }
    assert set(KINDS) == found


@pytest.mark.parametrize(
    "text",
    [
        '"""About a < b."""', "import a", "x: Literal['a']", "assert a < b", "x = f'{a < b}'",
        "__all__ = ['a']", "if TYPE_CHECKING:\n    f()", "class A(Protocol):\n    x = 1 < 2",
        "def __repr__(self):\n    return f(1)", "@ensure(lambda a: a < 1)\ndef f(): ...",
        "x = 'a text for people'", "x = cast('Word', y)", "x = max(a, b), isinstance(a, b)",
        "def f():\n    return a", "with open(a) as b:\n    x = y", "T = TypeVar('T')",
    ],
)  # fmt: skip
def test_what_decides_nothing_is_not_edited(text: str, tmp_path: Path) -> None:
    """Types, texts for people, postconditions, and returns that every test misses."""
    found = made_of(text, tmp_path)
    found.pop("comparison", None) if "max" in text else None
    assert {} == found


def test_preconditions_are_edited(tmp_path: Path) -> None:
    """They refuse input, so they decide."""
    made = made_of("@require(lambda a: a < 1)\ndef f(): ...", tmp_path)
    assert {"@require(lambda a: a <= 1)\ndef f(): ..."} == made["comparison"]


# --- what is drawn -------------------------------------------------------------------------------


def test_a_seed_draws_the_same_again_and_another_one_something_else() -> None:
    """Each folder has its share, and nothing is drawn twice."""
    drawn = draw(12, 7)
    assert drawn == draw(12, 7) != draw(12, 8)
    assert 12 == len(set(drawn))
    for folder in FOLDERS:
        assert 3 == sum(f"stallproof/{folder}/" in edit.file for edit in drawn), folder


def test_more_than_there_is_cannot_be_drawn() -> None:
    """A small module ends, and its draw with it; every one of its edits is a program."""
    file = "drivers/clock.py"
    drawn = draw(10_000, 1, [file])
    assert 0 < len(drawn) <= len(edits_of(f"reference/stallproof/{file}"))
    with pytest.raises(FileNotFoundError, match="nowhere"):
        draw(1, 1, ["nowhere"])


def test_the_nearest_tests_come_first() -> None:
    """The namesake, then who imports the module; the folder above where there is no mirror."""
    assert "tests/machines/test_send_deadline.py" == nearest(SEND)[0]
    assert "tests/drivers/test_stream_frames.py" == nearest(ROUTES)[0]
    assert nearest("reference/stallproof/judge/rules/wire.py")[0].startswith("tests/judge/test_")
    model = nearest("reference/stallproof/judge/model/case.py")
    assert "tests/requirements/vectors/test_naive.py" in model[len(model) // 2 :]
    assert all(Path(ROOT, each).exists() for asked in WIDER.values() for each in asked)
    assert wider(SEND) == list(WIDER["machines"])


# --- the equivalents -----------------------------------------------------------------------------


def test_every_equivalent_fits_and_says_why() -> None:
    """Each quotes its file as it is, makes what an edit makes, and gives a reason."""
    known = equivalents.load()
    assert [] == list(unfit(known))
    assert all(len(one.why.split()) > 4 for one in known)
    assert len(known) == len(set(known))


def test_an_equivalent_that_fits_nothing_is_told() -> None:
    """A text that is gone, one that stands twice, and one that no edit makes."""
    wrong: list[Equivalent | Family] = [
        Equivalent(SEND, "", "nobody wrote this", ""),
        Equivalent(SEND, "", "now_us", "then_us"),
        Equivalent(SEND, "", "def is_send(", "def is_sent("),
        Equivalent("reference/stallproof/machines/gone.py", "", "x", "y"),
        Family(SEND, "", "swapped", "nobody wrote this"),
    ]
    said = ("0 times", "times", "no edit makes", "no edit is")
    assert ["0 times", "times", "no edit makes", "0 times", "no edit is"] == [
        next(word for word in said if word in told) for told in unfit(wrong)
    ]
    assert 1 == status_of([], ["one that fits nothing"])


# --- what is said of them ------------------------------------------------------------------------


def _edit(old: str, new: str, file: str = SEND) -> Edit:
    """Return the edit that makes `new` of `old`, which stands in the file once."""
    text = edits.text_of(file)
    assert 1 == text.count(old)
    return Edit(file, "made up", "", 1, text.index(old), text.index(old) + len(old), new)


# A minute of whole test runs, about what is drawn each night.
@pytest.mark.nightly
def test_a_catch_a_crash_a_survivor_and_an_equivalent_are_told_apart() -> None:
    """By real runs of real tests; who survives the nearest tests is put to the wider ones."""
    bound = _edit("0 <= send.written_bytes < send.size_bytes", "0 < send.written_bytes")
    crash = _edit("from enum import Enum", "raise SystemError")
    text = _edit("Start a frame of", "Begin a frame of")
    wrong_type = _edit('ERROR = "error"\n    SUPPRESSED', 'ERROR: int = "error"\n    SUPPRESSED')
    edits = [bound, crash, text, wrong_type]
    results = {one.edit: one for one in try_all(edits, is_wide=False)}
    assert ["caught", "caught", "survived", "caught"] == [results[one].verdict for one in edits]
    assert results[bound].by.startswith("tests/machines/test_send_deadline.py::")
    assert "exit status" in results[crash].by
    assert "mypy: " in results[wrong_type].by
    assert 1 == status_of([*results.values()], [])
    entry = next(one for one in equivalents.load() if isinstance(one, Equivalent))
    made = _edit(entry.old, entry.new, file=entry.file)
    assert entry.why == why_equivalent(made)
    assert ["equivalent"] == [one.verdict for one in try_all([made])]


def test_a_family_has_the_edits_of_its_kind_in_lines_of_its_form() -> None:
    """Another kind in the same line, and the same kind in another line, are outside."""
    family = Family(SEND, "a reason of five words", "constant", "TIMEOUT = ")
    line = edits.text_of(SEND).splitlines().index('    TIMEOUT = "timeout"') + 1
    inside = Edit(SEND, "constant", "", line, 0, 0, "")
    assert family.has(inside)
    assert not family.has(replace(inside, kind="word"))
    assert not family.has(replace(inside, line=line + 1))
    assert not family.has(replace(inside, file=ROUTES))


def test_a_test_that_fails_by_itself_has_caught_nothing(tmp_path: Path) -> None:
    """It is run on the code as it is, and what it caught is not counted."""
    test = tmp_path / "test_wrong.py"
    test.write_text("def test_wrong():\n    assert False\n\n\ndef test_right():\n    pass\n")
    wrong, right = (
        Result(
            _edit("Start a frame of", new),
            "caught",
            f"{os.path.relpath(test, ROOT)}::test_{new}",
            1.0,
        )
        for new in ("wrong", "right")
    )
    told = without_false_catches([wrong, right])
    assert ["broken", "caught"] == [one.verdict for one in told]
    assert 3 == status_of(told, [])


def test_the_command_tells_the_seed_and_the_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another run can draw the same; JSON has all of it."""
    file = tmp_path / "drawn.json"
    status = main(["--random", "2", "--seed", "3", "--in", "machines/policy.py", "--near",
                   "--json", str(file)])  # fmt: skip
    out, err = capsys.readouterr()
    told = json.loads(file.read_text("utf-8"))
    assert 3 == told["seed"]
    assert 2 == len(told["edits"])
    survived = [one for one in told["edits"] if one["verdict"] == "survived"]
    assert (1 if survived else 0) == status
    assert "again: python -m proofs mutants --random 2 --seed 3 --in machines/policy.py" in out
    assert "machines/policy.py" in out
    assert "2 of 2" in err


@pytest.mark.parametrize(
    "given", [["--random", "0"], ["--random", "1", "--in", "nowhere"],
              ["--random", "1", "--only", "SD-1"], ["--random", "1", "--json", "/nowhere/x"]]
)  # fmt: skip
def test_unusable_arguments_are_refused(given: list[str]) -> None:
    """Before anything is drawn."""
    with pytest.raises(SystemExit) as refused:
        main(given)
    assert 2 == refused.value.code


def test_a_diff_shows_what_changes() -> None:
    """The line before and after, and no others that are the same but the next."""
    diff = diff_of(_edit("size_bytes >= 1", "size_bytes >= 2"))
    assert "-@require(lambda size_bytes: size_bytes >= 1)" in diff
    assert "+@require(lambda size_bytes: size_bytes >= 2)" in diff
    assert 5 == len(diff.splitlines())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_what_was_started_and_tells_what_is_known(
    number: signal.Signals, tmp_path: Path
) -> None:
    """Nothing is left running, and the seed is told, so that it can be repeated."""
    command = (sys.executable, "-m", "proofs", "mutants", "--random", "30", "--seed", "5",
               "--in", "machines", "--near")  # fmt: skip
    with (tmp_path / "out").open("w+") as out, (tmp_path / "err").open("w+") as err:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=out, stderr=err, start_new_session=True,
            env={**os.environ, "PYTHONPATH": f"{ROOT / 'reference'}{os.pathsep}{ROOT}"},
        )  # fmt: skip
        deadline_s = time.monotonic() + 200
        while "1 of 30" not in Path(err.name).read_text() and time.monotonic() < deadline_s:
            time.sleep(0.05)
        os.kill(process.pid, number)
        assert 3 == process.wait(30)
    assert "--random 30 --seed 5" in Path(out.name).read_text()
    assert "interrupted" in Path(err.name).read_text()
