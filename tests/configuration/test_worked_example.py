"""The configuration of a large job that the page shows: it holds, and each part of it is needed."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from stallproof import cli
from tests.docs.test_docs import shown_files

ROOT = Path(__file__).parents[2]
COMMAND = re.compile(r"^\.venv/bin/stallproof (config comm_config\.json meta.*)$", re.MULTILINE)


def shown() -> dict[str, Any]:
    """Return the files that the pages show, by their names."""
    return {name: json.loads(text) for name, text in shown_files().items()}


def run(files: dict[str, Any], folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Write `files` and return the exit code of the command that the page shows."""
    for name in [name for name in os.environ if name.startswith("NVFLARE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(folder)
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content), "utf-8")
    (command,) = COMMAND.findall((ROOT / "docs" / "jobs.md").read_text("utf-8"))
    return cli.run(command.split())


def test_the_example_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every relation that these files show holds: the seven of a connection, and nine."""
    files = shown()
    assert 4 == len(files)
    assert 0 == run(files, tmp_path, monkeypatch)
    out = " ".join(capsys.readouterr().out.split())
    assert "HOLDS: every relation holds (exit code 0)" in out
    assert "more than 1214 s" in out
    assert 16 == len(re.findall(r" holds [a-z_]+: ", out))


SERVER, CLIENT, META = "config_fed_server.json", "config_fed_client.json", "meta.json"


@pytest.mark.parametrize(
    ("file", "change", "words"),
    [
        (META, {"min_clients": 121}, "BROKEN: relay_can_stall;"),
        (META, {"min_clients": 144}, "BROKEN: stragglers_allowed, relay_can_stall;"),
        (
            META,
            {"min_clients": 145},
            "BROKEN: min_sites_in_clients, stragglers_allowed, relay_can_stall;",
        ),
        (SERVER, {"strict_start_job_reply_check": False}, "BROKEN: strict_replies;"),
        (SERVER, {"sync_client_jobs_require_previous_report": 0}, "BROKEN: previous_report;"),
        (SERVER, {"tensor_streaming_per_request_timeout": 600}, "SLOWS: retries_in_outer;"),
        (SERVER, {"tensor_min_download_timeout": 299}, "SLOWS: source_outlasts_request;"),
        (CLIENT, {"max_runner_sync_timeout": 120}, "sync_tries_again, sync_outlasts_start;"),
        (CLIENT, {"max_runner_sync_timeout": 600}, "BROKEN: sync_outlasts_start;"),
        (CLIENT, {"submit_task_result_timeout": 1214}, "SLOWS: retries_in_outer;"),
        (CLIENT, {"get_task_timeout": 105}, "BROKEN: outer_timeouts;"),
    ],
)
def test_each_part_of_the_example_is_needed(
    file: str, change: dict[str, Any], words: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """One change breaks it, and is named with how bad it is."""
    files = shown()
    files[file] |= change
    assert 1 == run(files, tmp_path, monkeypatch)
    assert words in " ".join(capsys.readouterr().out.split())


def test_the_example_survives_each_relay_that_stalls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What `config` says holds, played: up to 120 clients are left, and one more is too many."""
    files = shown()
    assert 0 == run(files, tmp_path, monkeypatch)
    names = [token for name in ("comm_config.json", META, SERVER) for token in ("--knobs", name)]
    for relay in range(1, 7):
        assert 0 == cli.run(["simulate", *names, "--stall", f"relay-{relay}@0.3+600"])
        assert "120 of 144 results, 115 needed" in capsys.readouterr().out
    for least, code in ((120, 0), (121, 1)):
        files[META]["min_clients"] = least
        assert code == run(files, tmp_path, monkeypatch)
        assert code == cli.run(["simulate", *names])
        assert code == cli.run(["simulate", *names[:2], "--min-sites", str(least)])
