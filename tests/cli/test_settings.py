"""Settings in pyproject.toml: which file, which value wins, and what is refused."""

import re
import tomllib
from pathlib import Path

import pytest

from stallproof import cli
from stallproof.cli import settings

pytestmark = pytest.mark.usefixtures("plain")
PAGE = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text()


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder two below the one returned, with nothing of ours above it."""
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    return tmp_path


def _set(folder: Path, text: str) -> Path:
    file = folder / settings.FILE
    file.write_text(f"[tool.stallproof]\n{text}\n")
    return file


def _listed(capsys: pytest.CaptureFixture[str], *tokens: str) -> list[str]:
    assert 0 == cli.run(["conform", *tokens, "--list", "--quiet"])
    return capsys.readouterr().out.split()


def test_the_nearest_file_with_the_table_counts(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A nearer file without the table is another tool's."""
    _set(here, 'only = ["SG-1", "MD-1"]')
    (here / "a" / settings.FILE).write_text("[tool.other]\nkey = 1\n")
    assert ["SG-1", "MD-1"] == _listed(capsys)
    _set(here / "a", 'only = "SM"')
    assert ["SM-1"] == _listed(capsys)


def test_the_command_line_wins_over_the_file(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is typed counts; a file's --skip does not stand in the way of what --only asks for."""
    _set(here, 'only = "SM"\nskip = "MD"')
    assert ["MD-1"] == _listed(capsys, "--only", "MD")
    assert 2 == cli.run(["conform", "--skip", "SM-1", "--list"])
    assert "nothing is left of SM" in capsys.readouterr().err


def test_another_file_is_taken_or_none(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--config names a file, --no-config takes no file at all."""
    _set(here, 'only = "SM"')
    other = here / "other.toml"
    other.write_text('[tool.stallproof]\nonly = "MD"\n')
    assert ["MD-1"] == _listed(capsys, "--config", str(other))
    assert len(_listed(capsys, "--no-config")) > 1
    assert 2 == cli.run(["conform", "--config", str(other), "--no-config", "--list"])
    assert "one of them at a time" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('impll = "x"', "'impll' is no setting (is impl meant?)"),
        ("grace_ms = 5", "'grace_ms' is no setting (is grace-ms meant?)"),
        ("juggle = 5", "'juggle' is no setting; there are impl"),
        ('jobs = "4"', "jobs: '4' is not a whole number"),
        ("jobs = true", "jobs: True is not a whole number"),
        ("jobs = 0", "jobs"),
        ("jobs = 65", "jobs"),
        ("impl = 5", "impl: 5 is not a text"),
        ('impl = " "', "impl: ' ' is not a text"),
        ("only = []", "only: [] is not a text or a list of texts"),
        ("skip = [1]", "skip: [1] is not a text or a list of texts"),
        ('profile = "soft"', "profile"),
        ('"\\u001b[31m" = 1', "\\x1b[31m"),
        ("[", "pyproject.toml: "),
        ('impl = "a"\nimpl = "b"', "pyproject.toml: "),
    ],
)
def test_a_wrong_setting_is_refused_with_file_and_key(
    text: str, why: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line, without anything that a terminal would obey."""
    file = _set(here, text)
    assert 2 == cli.run(["conform", "--clock", "real", "--list"])
    out, err = capsys.readouterr()
    assert "" == out
    assert str(file) in err
    assert why in err
    assert "\x1b" not in err
    assert 1 == err.count("\n")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("jobs = 0", "jobs: 0 is not within 1 to 64"),
        ("jobs = 65", "jobs: 65 is not within 1 to 64"),
        ("grace-ms = 60001", "grace-ms: 60001 is not within 1 to 60000"),
        ('clock = "sundial"', "clock: 'sundial' is none of auto, real, virtual"),
        ('profile = "soft"', "profile: 'soft' is none of"),
        ('only = ["SD-99"]', "only: "),
        ('skip = "SD-99"', "skip: "),
        ('without = "tsl"', "is tls meant?"),
        ('allow = ["fail"]', "allow: 'fail' is none of"),
        ('timeout = "10x"', "timeout '10x': give seconds"),
    ],
)
@pytest.mark.parametrize(
    "typed",
    [
        ("--only", "SD-3", "--skip", "SD-4", "--clock", "real", "--jobs", "1", "--profile", "seed",
         "--without", "tls", "--timeout", "1m"),
        ("--clock", "virtual", "--only", "MD"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_noticed_although_another_value_was_typed(
    text: str, why: str, typed: tuple[str, ...], here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It would be refused on the day on which nothing is typed."""
    file = _set(here, text)
    assert 2 == cli.run(["conform", *typed, "--list"])
    err = capsys.readouterr().err
    assert f"{file} [tool.stallproof] " in err
    assert why in err
    assert 1 == err.count("\n")


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[tool]\nstallproof = 5\n"])
def test_a_file_that_is_none_is_refused(
    content: bytes, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not the text that it has to be, or a table that is none."""
    (here / settings.FILE).write_bytes(content)
    assert 2 == cli.run(["conform", "--list"])
    assert settings.FILE in capsys.readouterr().err
    assert 0 == cli.run(["conform", "--no-config", "--only", "MD", "--list"])


def test_a_named_file_has_to_be_there_and_have_the_table(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who names a file means it."""
    empty = here / "empty.toml"
    empty.write_text("")
    for file, why in ((here / "none.toml", "No such file"), (empty, "it has no [tool.stallproof]")):
        assert 2 == cli.run(["conform", "--config", str(file), "--list"])
        assert why in capsys.readouterr().err


def _harness(folder: Path) -> None:
    """Write a harness that says in which folder it was started."""
    program = folder / "harness.sh"
    program.write_text("#!/bin/sh\npwd > started-in\n")
    program.chmod(0o755)


def test_the_harness_of_a_file_is_started_in_its_folder(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Wherever in the project stallproof is called, and `cwd` is relative to the file too."""
    _harness(here)
    _set(here, 'impl = "./harness.sh"')
    assert 3 == cli.run(["conform", "--smoke"])
    assert f"{here}\n" == (here / "started-in").read_text()
    _harness(here / "a")
    _set(here, 'impl = "./harness.sh"\ncwd = "a"')
    assert 3 == cli.run(["conform", "--smoke"])
    assert f"{here / 'a'}\n" == (here / "a" / "started-in").read_text()
    assert "broken" in capsys.readouterr().out


def test_the_folder_of_a_file_is_not_for_another_harness(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """--impl is started where stallproof is, whatever the file says of its own harness."""
    _harness(here / "a" / "b")
    _set(here, 'impl = "other"\ncwd = "nowhere"')
    assert 3 == cli.run(["conform", "--impl", "./harness.sh", "--smoke"])
    assert (here / "a" / "b" / "started-in").exists()
    assert "broken" in capsys.readouterr().out


def test_settings_do_not_stand_in_the_way(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What there is none of in virtual time, or in a smoke test, does not count there."""
    _set(here, 'jobs = 2\ngrace-ms = 20\nonly = "MD"\nallow = "inconclusive"\nwithout = "tls"')
    assert 0 == cli.run(["conform", "--clock", "virtual", "--quiet"])
    assert 0 == cli.run(["conform", "--smoke"])
    assert 2 == cli.run(["conform", "--clock", "virtual", "--jobs", "2"])
    assert "--jobs" in capsys.readouterr().err


def test_more_words_say_which_file_was_used(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The file and the names of what it sets, on standard error."""
    file = _set(here, 'only = "MD"\njobs = 2')
    assert 0 == cli.run(["conform", "--clock", "virtual", "--list", "--verbose"])
    assert f"settings of {file}: only, jobs\n" == capsys.readouterr().err


def test_check_takes_what_a_trace_does_not_say(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was judged is the trace's; a file of expected failures is relative to its own file."""
    trace = here / "run.jsonl"
    _set(here, 'only = "MD"\nimpl = "reference"')
    assert 0 == cli.run(["conform", "--clock", "virtual", "-q", "--trace", str(trace)])
    _set(here, 'only = "SM"\nexpected-failures = "known.toml"')
    assert 2 == cli.run(["check", str(trace), "-q"])
    assert str(here / "known.toml") in capsys.readouterr().err
    (here / "known.toml").write_text("without = []\n")
    assert 0 == cli.run(["check", str(trace), "-q"])


def test_the_page_shows_settings_that_are_taken(here: Path) -> None:
    """The example of the page is read, and its table names each setting."""
    (example,) = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    (here / settings.FILE).write_text(example)
    found = settings.nearest(here)
    assert found is not None
    assert tomllib.loads(example)["tool"]["stallproof"].keys() == found.values.keys()
    table = PAGE.split("| key | what it is |")[1].split("\n\n")[0]
    keys = " ".join(row.split("|")[1] for row in table.strip().splitlines())
    assert set(settings.KEYS) == set(re.findall(r"`([\w-]+)`", keys))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('only = ["XX"]', "only: unknown requirement or group 'XX'"),
        ('skip = "SD-999"', "skip: unknown requirement or group 'SD-999'"),
        ('only = "SM"\nskip = "SM"', "only SM and skip SM: nothing is left of SM"),
        ('timeout = "soon"', "timeout 'soon': give seconds"),
        ('cwd = "nowhere"', "nowhere: this is no folder"),
        ('impl = "\'"', 'impl "\'": No closing quotation'),
        ('without = "warp"', "without: 'warp' is none of"),
        ('allow = "all"', "allow: 'all' is none of"),
        ('expected-failures = "none.toml"', "none.toml"),
        ("grace-ms = 50000", "grace-ms: "),
    ],
)
def test_a_setting_that_cannot_be_used_is_blamed_with_file_and_key(
    text: str, why: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody typed the option, and it is not named as if somebody had."""
    file = _set(here, text)
    assert 2 == cli.run(["conform", "--clock", "real"])
    out, err = capsys.readouterr()
    assert ("", 1) == (out, err.count("\n"))
    assert err.startswith(f"stallproof: {file} [tool.stallproof] ")
    assert why in err
    assert "--" not in err


def test_what_was_typed_is_blamed_as_it_was_typed(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command line wins over the file, which is not at fault then."""
    _set(here, 'only = ["SD"]\nwithout = "tls"')
    assert 2 == cli.run(["conform", "--only", "YY", "--without", "tls", "--list"])
    assert "stallproof: --only: unknown requirement or group 'YY'" in capsys.readouterr().err
    assert 2 == cli.run(["conform", "--no-config", "--only", "YY", "--list"])
    assert "stallproof: --only: unknown" in capsys.readouterr().err


def test_check_blames_a_setting_too(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It takes some of them."""
    file = _set(here, 'allow = "all"')
    assert 2 == cli.run(["check", "run.jsonl"])
    assert f"{file} [tool.stallproof] allow: 'all'" in capsys.readouterr().err


def test_generated_scripts_have_jobs_in_virtual_time(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """They are shared out among processes; a grace there is not, whoever asks for it."""
    asked = ["conform", "--clock", "virtual", "--only", "SD-5", "--generate", "40"]
    _set(here, "jobs = 2\ngrace-ms = 20")
    assert 0 == cli.run([*asked, "--quiet"])
    assert 0 == cli.run([*asked, "--jobs", "2", "--quiet"])
    capsys.readouterr()
    assert 2 == cli.run([*asked, "--grace-ms", "20"])
    assert "--grace-ms" in capsys.readouterr().err
