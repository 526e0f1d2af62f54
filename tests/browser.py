"""A real browser without a window, for the tests of pages: Debian's chromium, driven by playwright.

A `conftest.py` takes the fixtures over by importing them. The browser is kept for one module of
tests: while playwright runs it keeps an event loop, which the tests of other modules may need.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the browser; without one the tests are left out, but never where all is checked."""
    if CHROMIUM is None:
        assert os.environ.get("CI") != "1", "the pages are checked with chromium: install it"
        pytest.skip("there is no chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


Opened = Callable[..., Page]
"""Opens the file of a page; further arguments are those of a context of the browser."""


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opened]:
    """Return what opens a page; none may complain, or ask the network for anything."""
    complaints: list[str] = []
    contexts = []

    def open_page(path: Path, **options: Any) -> Page:
        context = browser.new_context(**options)
        contexts.append(context)
        page, place = context.new_page(), path.as_uri()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda request: (
                None
                if request.url.partition("#")[0] == place or request.url.startswith("data:")
                else complaints.append(request.url)
            ),
        )
        page.goto(place)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [] == complaints
