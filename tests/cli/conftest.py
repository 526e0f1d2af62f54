"""What the tests of commands share."""

import os

import pytest


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what the machine has set out of a test: knobs, whose CI it is, and the width."""
    for name in list(os.environ):
        if name.startswith("NVFLARE_"):
            monkeypatch.delenv(name)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.setenv("COLUMNS", "120")
