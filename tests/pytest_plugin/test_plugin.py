"""The plugin: light until it is asked, and clear where it cannot be used."""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from stallproof.pytest_plugin.collecting import in_scope
from stallproof.pytest_plugin.options import Judged, renamed
from stallproof.reports.output import UnusableError
from tests.pytest_plugin.running import ROOT, run_pytest
from tests.pytest_plugin.test_outcome import judged, report_of

HEAVY = ("hypothesis", "cryptography", "trustme", "cyclopts", "rich", "msgspec", "greenlet")
IMPORTED = (
    "import sys, stallproof.pytest_plugin\n"
    "print(*(name for name in sys.modules if '.' not in name or name.startswith('stallproof')))"
)
PASSES = "def test_it() -> None:\n    pass\n"
VIRTUAL = ("--stallproof-impl", "reference", "--stallproof-clock", "virtual")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project with one test that passes."""
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --strict-markers --strict-config\n")
    (tmp_path / "test_it.py").write_text(PASSES)
    return tmp_path


def test_loading_it_imports_neither_the_oracle_nor_what_that_needs() -> None:
    """pytest starts as quickly as without it."""
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED], capture_output=True, text=True, check=True
    )
    names = set(done.stdout.split())
    assert set() == names & set(HEAVY)
    ours = {name for name in names if name.startswith("stallproof")}
    assert {"stallproof", "stallproof.pytest_plugin"} <= ours
    assert {"stallproof", "stallproof.pytest_plugin"} == {
        ".".join(name.split(".")[:2]) for name in ours
    }


def test_nothing_is_judged_unless_somebody_asks(folder: Path) -> None:
    """The tests are those that were there before."""
    code, said = run_pytest(folder)
    assert (0, True) == (code, "collected 1 item" in said), said
    assert "1 passed" in said


def test_markers_and_options_are_listed(folder: Path) -> None:
    """Whoever looks for them finds them."""
    assert "@pytest.mark.stallproof:" in run_pytest(folder, "--markers")[1]
    said = run_pytest(folder, "--help")[1]
    assert "--stallproof-impl=IMPL" in said
    assert "stallproof_expected_failures" in said


def test_what_is_not_chosen_is_not_judged(folder: Path) -> None:
    """One run of the oracle judges what -k leaves, and -m leaves all of it out."""
    code, said = run_pytest(folder, *VIRTUAL, "-k", "SD-13", "-v")
    assert code == 0, said
    assert "1 passed" in said
    assert "stallproof::SD-13[virtual] PASSED" in said
    code, said = run_pytest(folder, *VIRTUAL, "-m", "not stallproof", "-v")
    assert code == 0, said
    assert "1 passed" in said
    assert "test_it.py::test_it PASSED" in said


def test_each_transport_has_a_test_of_its_own(folder: Path) -> None:
    """On the real clock a requirement is judged on each transport, and as a whole."""
    asked = ("--stallproof-impl", "reference", "--stallproof-only", "SD-3,SD-13,CF")
    code, said = run_pytest(folder, *asked, "--stallproof-skip", "CF-1", "--collect-only", "-q")
    assert code == 0, said
    names = [line.removeprefix("stallproof::") for line in said.splitlines() if "::" in line][1:]
    three = ["SD-3[unix]", "SD-3[tcp]", "SD-3[tls]", "SD-3"]
    assert ["run", *three, "SD-13", *(f"CF-{n}" for n in (2, 3, 4, 5))] == names


SETTIMEOUT = f"{sys.executable} {ROOT / 'tests/implementations/python/settimeout_sendall.py'}"


@pytest.mark.timing
def test_the_whole_is_red_where_no_transport_has_a_test(folder: Path) -> None:
    """Nothing names a transport for SD-13, and what is broken on one of them is broken."""
    asked = ("--stallproof-impl", SETTIMEOUT, "--stallproof-only", "SD-13", "-m", "stallproof")
    code, said = run_pytest(folder, *asked)
    assert 1 == code, said
    assert "1 failed, 1 passed, 1 deselected" in said


MADE_UP = """from pathlib import Path
import msgspec
import pytest
from stallproof.judge.report import Report
from stallproof.pytest_plugin.sharing import Oracle
Oracle.judge = lambda self, wanted: None
Oracle.report = msgspec.json.decode(Path("report.json").read_bytes(), type=Report)
"""
SKIPPING = """def pytest_collection_modifyitems(items):
    for item in items:
        if item.name.endswith("[tcp]"):
            item.add_marker(pytest.mark.skip)
"""


@pytest.mark.parametrize(
    ("conftest", "arguments", "says"),
    [
        (MADE_UP, (), "1 failed, 2 passed, 2 skipped"),
        (MADE_UP, ("--deselect", "stallproof::SD-1[tcp]"), "1 failed, 2 passed, 1 skipped"),
        (MADE_UP + SKIPPING, (), "1 failed, 2 passed, 2 skipped"),
    ],
    ids=["told by its transport", "deselected", "skipped"],
)
def test_one_failure_on_a_transport_is_one_red_test_whichever_tests_run(
    folder: Path, conftest: str, arguments: tuple[str, ...], says: str
) -> None:
    """The whole stands in for the test of that transport, and for no other."""
    (folder / "conftest.py").write_text(conftest)
    report = report_of(judged("SD-1", {"first": {"unix": "pass", "tcp": "fail"}}))
    (folder / "report.json").write_bytes(msgspec.json.encode(report))
    asked = ("--stallproof-impl", "x", "--stallproof-only", "SD-1", "-m", "stallproof")
    code, said = run_pytest(folder, *asked, *arguments)
    assert 1 == code, said
    assert says in said


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["x/stallproof::SD-3"], "stallproof::SD-3: say what is judged, by --stallproof-impl"),
        ([*VIRTUAL, "stallproof::SD-99"], "stallproof::SD-99: there is no such test"),
        ([*VIRTUAL, "--stallproof-without=wings"], "--stallproof-without: 'wings' is none of"),
    ],
)
def test_what_cannot_be_used_is_told_before_anything_runs(
    folder: Path, arguments: list[str], says: str
) -> None:
    """The message names the option as it is called here, and there is no trace of code."""
    code, said = run_pytest(folder, *arguments)
    assert code == 4, said
    assert says in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"only": "ZZ-1"}, "--only: "),
        ({"only": "SD-3", "skip": "SD"}, "nothing is left of SD-3"),
        ({"skip": "ZZ"}, "--skip: "),
        ({"only": "SD-16", "clock": "virtual"}, "nothing is left that could be judged"),
        ({"profile": "x"}, "--profile 'x' is none of seed, hardened"),
        ({"clock": "x"}, "--clock 'x' is none of auto, real, virtual"),
        ({"timeout": "soon"}, "--timeout 'soon': give seconds"),
        ({"allow": "fail"}, "--allow: 'fail' is none of"),
        ({"expected-failures": "no.toml"}, "no.toml: No such file"),
    ],
)
def test_an_option_that_cannot_be_used_is_refused(
    tmp_path: Path, asked: dict[str, str], says: str
) -> None:
    """Each is looked at before anything runs, and the message says what is wrong."""
    with pytest.raises(UnusableError) as refused:
        in_scope(Judged("reference", asked), tmp_path)
    assert says in str(refused.value)


@pytest.mark.parametrize("impl", ["", "'"])
def test_a_command_that_is_none_is_refused(tmp_path: Path, impl: str) -> None:
    """Nothing, and a quote that does not end."""
    with pytest.raises(UnusableError, match="--impl"):
        in_scope(Judged(impl, {}), tmp_path)


def test_options_have_the_names_that_they_have_here() -> None:
    """A message of the command line names them as it does; other words stay what they are."""
    assert "x --stallproof-only: y --only-x a--seed" == renamed("x --only: y --only-x a--seed")


def test_a_harness_that_does_not_start_is_told_once(folder: Path) -> None:
    """The test of the run says it, and the requirements were not exercised."""
    asked = ("--stallproof-impl", "false", "--stallproof-only", "SD-2,SD-3")
    code, said = run_pytest(folder, *asked, "--stallproof-clock", "virtual", "-m", "stallproof")
    assert code == 1, said
    assert "3 failed" in said
    assert "INCOMPLETE" in said
    assert said.count("the harness broke") == 1


def test_an_oracle_that_brings_no_report_is_told_with_what_it_said(folder: Path) -> None:
    """Options that only the command line can judge are refused there, and that is shown once."""
    asked = (*VIRTUAL, "--stallproof-jobs", "2", "--stallproof-only", "SD-2,SD-3")
    code, said = run_pytest(folder, *asked, "-m", "stallproof")
    assert code == 1, said
    assert "3 errors" in said
    assert 1 == said.count("--stallproof-jobs: there is none in virtual time, it is exact\n")
    assert [] == [word for word in ("OracleError", "During handling") if word in said]
    assert "the first of these tests says why" in said


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("return 3", "pytest_stallproof_harness returned 3: it has to be a command, or a class"),
        ("class Local: main = print\n    return Local", "returned <class"),
    ],
)
def test_a_harness_that_no_process_can_import_is_refused(
    folder: Path, body: str, says: str
) -> None:
    """What the hook returns has to lead to a class of a module, or be a command."""
    (folder / "conftest.py").write_text(f"def pytest_stallproof_harness():\n    {body}\n")
    code, said = run_pytest(folder)
    assert code == 4, said
    assert says in said


def test_a_policy_that_is_none_is_refused(folder: Path) -> None:
    """A limit that nobody knows, and one outside of its range, fail the test that asks for it."""
    (folder / "test_it.py").write_text(
        "import pytest\n"
        "@pytest.mark.stallproof_policy(patience_us=1)\n"
        "def test_unknown(stallproof_policy): ...\n"
        "@pytest.mark.stallproof_policy(send_timeout_us=0)\n"
        "def test_outside(stallproof_policy): ...\n"
        "@pytest.mark.stallproof_policy(send_timeout_us=7)\n"
        "def test_right(stallproof_policy): assert stallproof_policy.send_timeout_us == 7\n"
    )
    code, said = run_pytest(folder)
    assert code == 1, said
    assert "1 passed, 2 errors" in said
    assert "unexpected keyword argument 'patience_us'" in said
    assert "a limit lies outside its range" in said
