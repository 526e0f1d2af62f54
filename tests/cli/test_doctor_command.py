"""The command `doctor`: lines for people, JSON for programs, and the exit code."""

import json
import sys
from pathlib import Path

import pytest

from stallproof import cli

pytestmark = pytest.mark.usefixtures("plain")
FAST = ("doctor", "--seconds", "0.05")


def test_each_line_says_how_it_is(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """People and programs are told the same, and the code is that of the worst of it."""
    file = tmp_path / "machine.json"
    code = cli.run([*FAST, "--json", str(file)])
    shown = capsys.readouterr().out
    found = json.loads(file.read_text())
    assert "stallproof.doctor/1" == found["schema"]
    assert found["able"] == all(look["state"] != "fail" for look in found["looks"])
    assert code == (0 if found["able"] else 3)
    assert f"(exit code {code})" in shown
    rows = [line.split()[:2] for line in shown.splitlines() if line.split()[0] in ("ok", "warn")]
    for look in found["looks"]:
        if look["state"] != "fail":
            assert [look["state"], look["name"]] in rows
    assert {"noise", "clock", "requirements", "jobs", "tls"} <= {
        look["name"] for look in found["looks"]
    }


def test_json_alone_goes_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    """What is for people then goes to standard error."""
    cli.run([*FAST, "--json", "-"])
    out, err = capsys.readouterr()
    assert "stallproof.doctor/1" == json.loads(out)["schema"]
    assert "noise" in err


def test_a_harness_is_looked_at_as_well(capsys: pytest.CaptureFixture[str]) -> None:
    """What it declares, and that it is sound."""
    root = Path(__file__).parents[2]
    example = root / "tests" / "implementations" / "python" / "harness.py"
    cli.run([*FAST, "--impl", f"{sys.executable} {example}"])
    shown = " ".join(capsys.readouterr().out.split())
    assert " declares " in shown
    assert "descriptor, " in shown
    assert "checks of the smoke test are sound" in shown


def test_a_harness_that_is_none_cannot_be_judged(capsys: pytest.CaptureFixture[str]) -> None:
    """The code says so, whatever the machine is like."""
    assert 3 == cli.run([*FAST, "--impl", "false"])
    shown = capsys.readouterr().out
    assert "fail declared" in shown
    assert "NOT ABLE" in shown


@pytest.mark.parametrize(
    ("tokens", "why"),
    [
        (["--seconds", "0"], "--seconds"),
        (["--seconds", "nan"], "--seconds"),
        (["--seconds", "3601"], "--seconds"),
        (["--json", "/nowhere/at/all.json"], "--json"),
        (["--impl", "'"], "--impl"),
        (["--impl", "reference", "--cwd", "/nowhere"], "--cwd"),
    ],
)
def test_what_cannot_be_used_is_refused(
    tokens: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anything is measured."""
    assert 2 == cli.run(["doctor", *tokens])
    out, err = capsys.readouterr()
    assert "" == out
    assert why in err
