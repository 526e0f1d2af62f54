"""What a harness has started is found and ended, wherever it went."""

import secrets
import sys
from pathlib import Path

import pytest

from stallproof.runner.sut.client import HarnessClient
from stallproof.runner.sut.command import HarnessCommand
from tests.runner.ending_bench import HARNESSES, VARIABLE, marked, wait_for

COMMAND = (sys.executable, str(HARNESSES / "leaves_behind.py"))
DAEMONS = 2

if not Path("/proc/self/environ").exists():
    pytest.skip("there is no /proc", allow_module_level=True)


def test_a_daemon_ends_with_its_harness(monkeypatch: pytest.MonkeyPatch) -> None:
    """One in a session of its own, and one that has lost its parent as well."""
    mark = secrets.token_hex(8)
    monkeypatch.setenv(VARIABLE, mark)
    client = HarnessClient(COMMAND, lambda event: None)
    try:
        client.start()
        assert wait_for(lambda: len(marked(mark)) > DAEMONS or None)
    finally:
        client.close()
    assert wait_for(lambda: not marked(mark) or None, 2), marked(mark)
    assert client.failed_end is None


def test_what_another_harness_has_started_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has a mark of its own: the second one loses nothing with the first."""
    mark, other = secrets.token_hex(8), secrets.token_hex(8)
    monkeypatch.setenv(VARIABLE, other)
    with HarnessClient(COMMAND, lambda event: None) as second:
        monkeypatch.setenv(VARIABLE, mark)
        with HarnessClient(COMMAND, lambda event: None):
            pass
        assert wait_for(lambda: not marked(mark) or None, 2)
        assert len(marked(other)) > DAEMONS
        assert second.request("config", knobs={}, environment={})["ok"]


def test_a_harness_runs_where_it_is_told_to_and_lacks_what_nobody_wants(tmp_path: Path) -> None:
    """`cwd` is its folder, and a feature in `without` counts as not declared."""
    (tmp_path / "here.py").write_text(
        "from stallproof.harness.reference import Reference\n"
        "from stallproof.harness.server import main\nmain(Reference)\n"
    )
    command = HarnessCommand((sys.executable, "here.py"), without=["tls"], cwd=str(tmp_path))
    with HarnessClient(command, lambda event: None) as client:
        assert "tls" not in client.hello.features
        assert "tcp" in client.hello.features
