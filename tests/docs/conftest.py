"""The site for the tests of the documentation, and a browser to look at it."""

from pathlib import Path

import pytest

from docs.build import build
from tests.browser import browser as browser
from tests.once import once


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site once, for all processes that share these tests."""
    return once(tmp_path_factory, "site", build)
