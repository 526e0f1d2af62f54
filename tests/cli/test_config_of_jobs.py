"""`stallproof config` with the files of a job, what is accepted, and releases."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from stallproof import cli
from stallproof.configuration.severity import SEVERITIES

LOCK_STEP = ("--set", "streaming_chunk_size=33554432")
SAG = {"path": "nvflare.app_common.workflows.scatter_and_gather.ScatterAndGather"}


pytestmark = pytest.mark.usefixtures("plain")


def told(capsys: pytest.CaptureFixture[str], *tokens: str) -> dict[str, Any]:
    """Return the JSON that the command writes for `tokens`, which it has to accept."""
    assert cli.run(["config", *tokens, "--json", "-"]) in (0, 1)
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def job(folder: Path) -> list[str]:
    """Write a server's file, a client's and a meta.json; return their paths."""
    files = {
        "meta.json": {"min_clients": 3, "deploy_map": {"a": ["server", "x", "y"]}},
        "config_fed_server.json": {"workflows": [{**SAG, "args": {"min_clients": 2}}]},
        "config_fed_client.json": {"get_task_timeout": 80},
    }
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content), "utf-8")
    return [str(folder / name) for name in files]


def words(capsys: pytest.CaptureFixture[str]) -> str:
    """Return what was shown, with one blank wherever there are several or a line ends."""
    return " ".join(capsys.readouterr().out.split())


def test_the_files_of_a_job_are_judged_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Their knobs are shown with their places, and what does not hold with how bad it is."""
    assert 1 == cli.run(["config", *job(tmp_path)])
    out = words(capsys)
    assert "min_clients 2 file config_fed_server.json, workflows[0].args" in out
    assert "mandatory_clients none default meta.json" in out
    assert "BROKEN min_sites_in_clients: min_clients in meta.json (3) is more than" in out
    assert "BROKEN: min_sites_in_clients; the configuration takes effect (exit code 1)" in out


def test_the_json_is_extended_and_matches_its_schema(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was there stays; knobs of the job, severities and acceptances are added."""
    found = told(capsys, *job(tmp_path), "--clients", "9", "--deployment", "1.5")
    assert ("stallproof.configuration/1", "broken") == (found["schema"], found["verdict"])
    assert ("2.7.2", 9, 1_500_000) == (found["release"], found["clients"], found["deployment_us"])
    assert {"get_task_timeout": 80_000_000} == found["outer_timeouts_us"]
    assert {
        "knob": "min_clients", "value": 3, "unit": "clients", "source": "file",
        "file": "meta.json", "where": "",
    } in found["job_knobs"]  # fmt: skip
    severities = {one["relation"]: one["severity"] for one in found["relations"]}
    assert severities == {name: SEVERITIES[name] for name in SEVERITIES if name in severities}
    assert 0 == cli.run(["schema", "configuration"])
    schema = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, schema)
    older = {
        name: value for name, value in found.items()
        if name not in ("release", "clients", "deployment_us", "job_knobs")
    }  # fmt: skip
    jsonschema.validate(older, schema)


def test_without_a_job_nothing_is_said_of_one(capsys: pytest.CaptureFixture[str]) -> None:
    """The seven relations, as ever."""
    found = told(capsys)
    assert ([], None, None) == (found["job_knobs"], found["clients"], found["deployment_us"])
    assert list(SEVERITIES)[:7] == [one["relation"] for one in found["relations"]]


def test_what_is_meant_is_accepted_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    """A lock-step window slows; accepted it is no reason for exit code 1, and is shown."""
    assert 1 == cli.run(["config", *LOCK_STEP])
    out = words(capsys)
    assert "SLOWS window_holds_chunk: streaming_chunk_size (33554432 bytes" in out
    assert "SLOWS: window_holds_chunk; the configuration takes effect (exit code 1)" in out
    assert 0 == cli.run(["config", *LOCK_STEP, "--accept", "window_holds_chunk"])
    out = words(capsys)
    assert "accepted (slows) window_holds_chunk: streaming_chunk_size" in out
    assert "HOLDS: every other relation holds; accepted: window_holds_chunk (exit code 0)" in out
    found = told(capsys, *LOCK_STEP, "--accept", "window_holds_chunk")
    (one,) = [one for one in found["relations"] if one["accepted"]]
    assert ("holds", "window_holds_chunk", False) == (
        found["verdict"], one["relation"], one["holds"],
    )  # fmt: skip


def test_one_that_is_accepted_excuses_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    """Each by its own name; several can be given."""
    both = (*LOCK_STEP, "--set", "streaming_send_timeout=60")
    assert 1 == cli.run(["config", *both, "--accept", "window_holds_chunk"])
    assert "NOISE: no_warning; accepted: window_holds_chunk;" in words(capsys)
    names = ("--accept", "window_holds_chunk", "--accept", "no_warning")
    assert 0 == cli.run(["config", *both, *names])


def test_an_acceptance_that_was_not_needed_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Whether it holds, or was not judged at all; that is no failure."""
    assert 0 == cli.run(["config", "--accept", "no_close", "--accept", "strict_replies"])
    out = words(capsys)
    assert "no_close was accepted, and holds" in out
    assert "strict_replies was accepted, and was not judged" in out


def test_a_release_has_its_defaults(capsys: pytest.CaptureFixture[str]) -> None:
    """Window and ACK interval differ; what is set counts in each."""

    def sizes(*tokens: str) -> tuple[int, int]:
        values = {one["knob"]: one["value"] for one in told(capsys, *tokens)["knobs"]}
        return values["streaming_window_size"] >> 20, values["streaming_ack_interval"] >> 20

    assert (16, 4) == sizes() == sizes("--release", "2.7.2")
    assert (64, 16) == sizes("--release", "2.9.0")
    assert (64, 1) == sizes("--release", "2.9.0", "--set", "streaming_ack_interval=1048576")
    interval = ("--set", "streaming_ack_interval=33554432")
    assert 1 == cli.run(["config", *interval])
    assert 0 == cli.run(["config", *interval, "--release", "2.9.0"])


@pytest.mark.parametrize(
    ("tokens", "why"),
    [
        (["--accept", "no_clos"], "is no relation (is no_close meant?); allowed: no_warning,"),
        (["--accept", "breaks"], "is no relation"),
        (["--release", "2.8"], "2.8"),
        (["--clients", "0"], "--clients"),
        (["--deployment", "soon"], "--deployment"),
        (["--deployment", "-1"], "--deployment"),
        (["--set", "runner_sync_timeot=1"], "did you mean runner_sync_timeout?"),
        (["--set", "min_sites=0"], "min_clients = \"0\" in --set is refused; allowed: a whole"),
        (["--set", "min_sites=1", "--set", "min_sites=2"], "stands in --set 2 times"),
        (["--set", "required_sites=a,a"], "a list of different names of sites"),
        (["--clients", "1.7"], "--clients: '1.7' is no whole number"),
        (["--relays", "0"], "--relays"),
        (["META.JSON"], "META.JSON: looks like meta.json misspelt"),
        (["config_fed_server.conf"], "only JSON is read"),
        (["/nowhere/meta.json"], "No such file"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_with_code_2(
    tokens: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each refusal is on standard error and says what is wrong; nothing else is shown."""
    assert 2 == cli.run(["config", *tokens])
    out, err = capsys.readouterr()
    assert ("", True) == (out, why in err), err


def test_of_two_files_of_one_kind_the_second_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With both names; one that is not there is called that."""
    for name in ("a.json", "b.json", "x_meta.json", "meta.json"):
        (tmp_path / name).write_text("{}", "utf-8")
    a, b, c, d = (str(tmp_path / name) for name in ("a.json", "b.json", "x_meta.json", "meta.json"))
    assert 2 == cli.run(["config", a, b])
    assert f"{b}: a second comm_config.json, after {a}" in capsys.readouterr().err
    assert 2 == cli.run(["config", c, d])
    assert f"{d}: a second meta.json, after {c}" in capsys.readouterr().err
    assert 2 == cli.run(["config", a, str(tmp_path / "c.json")])
    assert "c.json: cannot be read" in capsys.readouterr().err


def test_every_refusal_of_every_file_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line each, of the connection's file and the job's."""
    files = {"comm_config.json": {"heartbeat_interval": 0}, "meta.json": {"min_clients": "2"}}
    for name, content in files.items():
        (tmp_path / name).write_text(json.dumps(content), "utf-8")
    assert 2 == cli.run(["config", *(str(tmp_path / name) for name in files)])
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("stallproof: heartbeat_interval = 0 in the file is refused")
    assert second.startswith('stallproof: min_clients = "2" in meta.json is refused')


@pytest.mark.parametrize("columns", [40, 60, 120])
def test_no_line_is_wider_than_asked(
    columns: int, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """It also reads well in a narrow terminal."""
    monkeypatch.setenv("COLUMNS", str(columns))
    assert 1 == cli.run(["config", *job(tmp_path)])
    assert columns >= max(map(len, capsys.readouterr().out.splitlines()))


def test_help_shows_the_options_of_jobs(capsys: pytest.CaptureFixture[str]) -> None:
    """With an example of each."""
    assert 0 == cli.run(["config", "--help"])
    out = words(capsys)
    for option in ("--accept", "--release", "--clients", "--deployment", "config_fed_client.json"):
        assert option in out
    assert "--accept window_holds_chunk" in out
    assert "or is accepted" in out


def test_nothing_of_a_file_reaches_the_terminal_raw(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Names of sites and classes are somebody else's text."""
    (tmp_path / "meta.json").write_text('{"mandatory_clients": ["\\u001b[31m"]}', "utf-8")
    path = '{"workflows": [{"path": "\\u001b[31m", "args": {"min_clients": 4}}]}'
    (tmp_path / "config_fed_server.json").write_text(path, "utf-8")
    files = [str(tmp_path / name) for name in ("meta.json", "config_fed_server.json")]
    assert 1 == cli.run(["config", *files])
    assert "\x1b" not in capsys.readouterr().out
