"""The site in a real browser, from its files: quiet, reachable, by keys, dark, small, on paper."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

ALIKE = 20
"""Of the pages of requirements, if they are more than this, every tenth is opened."""
WIDE: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 360, "height": 740}
LINKS = """() => [...document.querySelectorAll("a[href]")]
    .filter((link) => link.checkVisibility()).map((link) => link.href.split("#")[0])"""
TOO_WIDE = """() => document.documentElement.scrollWidth - document.documentElement.clientWidth"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Return a page that must not complain, and not ask the network for anything."""
    page = browser.new_page(viewport=WIDE)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(f"{page.url}: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
    page.on("request", lambda one: complaints.append(one.url) if _is_remote(one.url) else None)
    yield page
    page.close()
    assert [] == complaints


def _is_remote(url: str) -> bool:
    return not url.startswith(("file:", "data:", "blob:", "about:"))


def _looked_at(site: Path) -> list[Path]:
    """Return the pages that are opened: all, but of a large folder of the law every tenth."""
    folders: dict[Path, list[Path]] = {}
    for path in sorted(site.rglob("*.html")):
        folders.setdefault(path.parent, []).append(path)
    return [
        path
        for folder, paths in folders.items()
        for path in (paths[::10] if len(paths) > ALIKE and folder.name == "law" else paths)
    ]


def test_every_page_is_quiet_fits_a_phone_and_is_three_clicks_away(site: Path, page: Page) -> None:
    """By links that are seen on a wide screen, from the first page."""
    links: dict[Path, set[Path]] = {}
    too_wide = []
    for path in _looked_at(site):
        page.set_viewport_size(WIDE)
        page.goto(path.as_uri())
        links[path] = {Path(one.removeprefix("file://")) for one in page.evaluate(LINKS)}
        page.set_viewport_size(PHONE)
        if page.evaluate(TOO_WIDE) > 0:
            too_wide.append(path.relative_to(site))
    assert [] == too_wide
    reached = {site / "index.html"}
    for _ in range(3):
        reached |= {one for path in reached for one in links.get(path, ())}
    assert set() == set(site.rglob("*.html")) - reached


def test_the_search_answers_to_keys_alone_and_without_a_server(site: Path, page: Page) -> None:
    """`/` opens it; the arrow and Enter lead to the page."""
    page.goto((site / "index.html").as_uri())
    page.keyboard.press("/")
    page.keyboard.type("watchdog runs")
    expect(page.locator(".md-search-result__link").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/docs/law/AP-2.html*")


def test_the_first_key_skips_to_the_content(site: Path, page: Page) -> None:
    """Tab shows the link, Enter follows it; the next Tab is past the navigation."""
    page.goto((site / "docs" / "jobs.html").as_uri())
    page.keyboard.press("Tab")
    expect(page.locator("a.md-skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('article') !== null")


def test_the_navigation_is_walked_by_keys(site: Path, page: Page) -> None:
    """Each tab of the navigation can be focused, shows that it is, and is followed with Enter."""
    page.goto((site / "index.html").as_uri())
    tab = page.get_by_role("navigation", name="Tabs").get_by_role("link", name="Operators")
    for _ in range(20):
        page.keyboard.press("Tab")
        if tab.evaluate("(link) => link === document.activeElement"):
            break
    assert "auto" in tab.evaluate("(link) => getComputedStyle(link).outlineStyle")
    page.keyboard.press("Enter")
    page.wait_for_url("**/docs/operators.html")


def test_dark_follows_the_system_and_the_choice_is_kept(site: Path, browser: Browser) -> None:
    """What the reader chose holds on the next page."""
    page = browser.new_page(color_scheme="dark")
    page.goto((site / "index.html").as_uri())
    body = page.locator("body")
    expect(body).to_have_attribute("data-md-color-scheme", "slate")
    page.get_by_title("Light").click()
    expect(body).to_have_attribute("data-md-color-scheme", "default")
    page.goto((site / "docs" / "jobs.html").as_uri())
    expect(body).to_have_attribute("data-md-color-scheme", "default")
    page.close()


def test_a_phone_opens_the_navigation_as_a_drawer(site: Path, page: Page) -> None:
    """It is closed at first, and shows the sections when it is asked for."""
    page.set_viewport_size(PHONE)
    page.goto((site / "index.html").as_uri())
    section = page.locator(".md-nav--primary").get_by_text("Operators").first
    expect(section).not_to_be_in_viewport()
    page.locator("label.md-header__button[for=__drawer]").click()
    expect(section).to_be_in_viewport()


def test_paper_shows_the_text_alone_and_all_of_it(site: Path, page: Page) -> None:
    """No navigation, and no code or table that ends where a screen would scroll."""
    page.emulate_media(media="print")
    page.goto((site / "docs" / "command-line.html").as_uri())
    for part in (".md-header", ".md-tabs", ".md-sidebar--primary", ".md-clipboard"):
        expect(page.locator(part).first).to_be_hidden()
    cut = """() => [...document.querySelectorAll("article pre > code, article table")]
        .filter((part) => part.scrollWidth > part.clientWidth + 1).map((part) => part.innerText)"""
    page.set_viewport_size({"width": 720, "height": 1000})
    assert [] == page.evaluate(cut)
    pdf = page.pdf(format="A4")
    assert pdf.startswith(b"%PDF")
