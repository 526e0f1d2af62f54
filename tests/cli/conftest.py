"""What the tests of commands share."""

import os

import pytest


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what the machine has set out of a test: its knobs, and how wide its terminal is."""
    for name in list(os.environ):
        if name.startswith("NVFLARE_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "120")
