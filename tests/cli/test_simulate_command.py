"""`stallproof simulate`: what it shows and writes, what it refuses, and its exit codes."""

import json
import os
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from stallproof import cli

NO_KNOB = '{"streaming_send_timeout": true}'


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what the machine has set out of the tests."""
    for name in list(os.environ):
        if name.startswith("NVFLARE_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "120")


def test_a_job_that_completes_is_told_and_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 0; its trace passes where what it did not bring about may stay open."""
    trace, picture = tmp_path / "job.jsonl", tmp_path / "job.svg"
    assert cli.run(["simulate", "--trace", str(trace), "--picture", str(picture)]) == 0
    out, _ = capsys.readouterr()
    assert "server: closes the connection to relay-3 (send_timeout)" in out
    assert "COMPLETED at 89.129 s: round 0: 120 of 144 results, 116 needed (exit code 0)" in out
    assert cli.run(["check", str(trace), "--allow", "not-exercised"]) == 0
    drawn = picture.read_text("utf-8")
    assert ET.fromstring(drawn).tag == "{http://www.w3.org/2000/svg}svg"
    assert "prefers-color-scheme: dark" in drawn
    assert "24 of 24 sites out" in drawn
    assert "href" not in drawn


def test_a_job_that_is_aborted_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1; its trace fails, since the knobs that were asked for are not kept."""
    trace = tmp_path / "job.jsonl"
    assert cli.run(["simulate", "--guardrails", "off", "--trace", str(trace)]) == 1
    out, _ = capsys.readouterr()
    assert "Out, declared dead: 144 of 144" in out
    assert "ABORTED at 90.100 s: round 0: 0 of 144 results, 116 needed (exit code 1)" in out
    assert cli.run(["check", str(trace), "--only", "SD-1,SG-1"]) == 1


def test_the_knobs_of_a_file_count(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A longer send timeout than the server waits for replies lets the gate abort."""
    file = tmp_path / "comm_config.json"
    file.write_text('{"streaming_send_timeout": 70}', "utf-8")
    assert cli.run(["simulate", "--knobs", str(file), "--json", "-"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["schema"] == "stallproof.simulation/1"
    assert told["why"].startswith("deploy: 107 of 144 active, 116 needed")
    assert [one["kind"] for one in told["spans"]["relay-3"]] == ["stalled", "blocked"]


def test_many_relays_are_drawn_as_far_as_something_happened(tmp_path: Path) -> None:
    """A picture has a dozen rows, and says how many there are besides."""
    picture = tmp_path / "job.svg"
    asked = ["--clients", "40", "--relays", "20", "--stall", "relay-17@0.15+60"]
    assert cli.run(["simulate", *asked, "--picture", str(picture)]) == 0
    drawn = picture.read_text("utf-8")
    assert "relay-17" in drawn
    assert "and 8 relays on which nothing was blocked or closed" in drawn


def test_a_site_that_stalls_has_a_row_of_its_own(tmp_path: Path) -> None:
    """It shows when its connection was closed, and that it is out."""
    picture = tmp_path / "job.svg"
    assert cli.run(["simulate", "--stall", "site-17@0.2+300", "--picture", str(picture)]) == 0
    drawn = picture.read_text("utf-8")
    assert "1 of 1 sites out" in drawn
    assert "closed, 30.201 s" in drawn


@pytest.mark.parametrize(
    ("tokens", "why"),
    [
        (["--stall", "relay-7@1+2"], "there is no relay-7"),
        (["--stall", "site-145@1+2"], "there is no site-145"),
        (["--stall", "relay-3"], "write NAME@FROM+FOR"),
        (["--stall", "relay-3@1+0"], "once for each name"),
        (["--stall", "relay-3@1+2", "--stall", "relay-3@5+2"], "once for each name"),
        (["--clients", "0"], "clients"),
        (["--knobs", "missing.json"], "cannot be read"),
        (["--guardrails", "half"], "half"),
        (["--picture", "/"], "folder"),
    ],
)
def test_what_cannot_be_simulated_is_refused(
    tokens: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, with the reason, before anything is simulated."""
    assert cli.run(["simulate", *tokens]) == 2
    out, err = capsys.readouterr()
    assert why in err
    assert out == ""


def test_a_knob_is_refused_as_by_config(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The file is read by the same rules, with the same words."""
    file = tmp_path / "comm_config.json"
    file.write_text(NO_KNOB, "utf-8")
    assert cli.run(["simulate", "--knobs", str(file)]) == 2
    refused = capsys.readouterr().err
    assert cli.run(["config", str(file)]) == 2
    assert capsys.readouterr().err == refused
