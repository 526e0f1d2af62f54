"""The site for the tests of the documentation, and a browser to look at it."""

import fcntl
from pathlib import Path

import pytest

from docs.build import build
from tests.browser import browser as browser


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Build the site once, for all processes that share these tests."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "site"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        built = folder.with_suffix(".built")
        if not built.exists():
            build(folder)
            built.touch()
    return folder
