"""`stallproof simulate`: what it shows and writes, what it refuses, and its exit codes."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from stallproof import cli

NO_KNOB = '{"streaming_send_timeout": true}'


pytestmark = pytest.mark.usefixtures("plain")


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


def test_the_files_of_a_job_count(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its minimum, and whether a missing reply is a failure; what else they say is noted."""
    files = {
        "comm_config.json": {"streaming_send_timeout": 20, "shoe_size": 4},
        "meta.json": {"min_clients": 121, "deploy_map": {"app": ["server", "a"]}},
        "config_fed_server.json": {"strict_start_job_reply_check": False},
    }
    names = []
    for name, content in files.items():
        (tmp_path / name).write_text(json.dumps(content), "utf-8")
        names += ["--knobs", str(tmp_path / name)]
    assert cli.run(["simulate", *names[:4]]) == 1
    out = " ".join(capsys.readouterr().out.split())
    assert "knobs: streaming_send_timeout 20 (file); others at their defaults" in out
    assert "a missing reply counts as a failure (strict)" in out
    assert 'note: "shoe_size" is not a knob' in out
    assert "note: clients of deploy_map: 1; played: 144 (--clients)" in out
    assert "121 needed" in out
    cli.run(["simulate", *names])
    out = " ".join(capsys.readouterr().out.split())
    assert "a missing reply counts as a success" in out
    assert "who are silent count as there" in out
    assert cli.run(["simulate", *names, "--min-sites", "1"]) == 0
    assert " 1 needed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("stall", "why"),
    [
        ("relay-1@500+5", "begins when the job is over"),
        ("relay-1@0+0.1", "is over when the job begins"),
        ("relay-3@0.2+5", "nobody is behind relay-3"),
    ],
)
def test_a_stall_that_changes_nothing_is_noted(
    stall: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody takes the end of the job for one that survived it."""
    assert cli.run(["simulate", "--clients", "2", "--stall", stall, "--json", "-"]) == 0
    (note,) = json.loads(capsys.readouterr().out)["notes"]
    assert why in note


@pytest.mark.parametrize("option", ["--json", "--picture", "--trace"])
def test_a_full_disk_is_told_with_its_option(
    option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, after what was simulated has been shown."""
    if not Path("/dev/full").exists():
        pytest.skip("this system has no device that is always full")
    assert cli.run(["simulate", "--clients", "2", option, "/dev/full"]) == 2
    assert f"stallproof: {option} /dev/full: No space left" in capsys.readouterr().err


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
        (["--stall", "relay-3@1+0"], "FOR more than 0"),
        (["--stall", "relay-3@1+2", "--stall", "relay-3@5+2"], "once for each name"),
        (["--stall", "none", "--stall", "relay-3@1+2"], "--stall none: give it alone"),
        (["--clients", "0"], "clients"),
        (["--clients", "1.5"], "--clients: '1.5' is no whole number"),
        (["--min-sites", "145"], "145 sites are needed"),
        (["--knobs", "config_fed_srver.json"], "looks like config_fed_server.json misspelt"),
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
