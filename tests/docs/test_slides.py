"""The slides: eight of them, on paper too, with the numbers of the law's example."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser

from docs.pages import law, slides
from docs.reviewing.slides import PLACE
from tests.browser import browser as browser

ROOT = Path(__file__).resolve().parents[2]
SVG = "{http://www.w3.org/2000/svg}"
EXAMPLE = re.compile(
    r"\| \(a\) with gaps of 5 s to 5\.2 s \|.* = ([0-9.]+) s \|.* = ([0-9.]+) s \|"
)


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    """Make the slides once."""
    return slides.pages()


def test_the_example_is_that_of_the_law(made: dict[str, str]) -> None:
    """Both ends of the close window stand in the picture, at their place on the line."""
    found = EXAMPLE.search((ROOT / "spec" / "sc.md").read_text("utf-8"))
    assert found is not None
    root = ElementTree.fromstring(made["docs/slides/timeline.svg"])
    words = [each.text or "" for each in root.iter(f"{SVG}text")]
    for end in found.groups():
        assert any(each.startswith(f"{end} s — ") for each in words), end
    places = {
        int(each.attrib["data-event"]): float(each.attrib["cx"])
        for each in root.iter(f"{SVG}circle")
    }
    last_us = 120_600_000
    expected = {at_us: 40 + 690 * at_us / last_us for at_us in places}
    assert max(places) == last_us
    assert pytest.approx(expected, abs=0.001) == places


def test_nothing_is_left_to_fill_in(made: dict[str, str]) -> None:
    """Eight slides, and no place of the template is still there."""
    assert 8 == made[PLACE].count("<section>")
    assert "$" not in made[PLACE]


def test_the_slides_print_to_eight_pages_of_16_to_9(
    made: dict[str, str], browser: Browser, tmp_path: Path
) -> None:
    """Pictures are there, a phone shows no wider page, and nothing is written to the console."""
    head = "docs/images/head-of-line.svg"
    files = {**made, **law.pages(), head: (ROOT / head).read_text("utf-8")}
    for path, text in files.items():
        if not path.endswith(".md"):
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text, "utf-8")
    page = browser.new_page(viewport={"width": 390, "height": 800})
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto((tmp_path / PLACE).as_uri())
    assert 390 == page.evaluate("document.documentElement.scrollWidth")
    assert [] == page.evaluate("[...document.images].filter(e => !e.naturalWidth).map(e => e.src)")
    pdf = page.pdf(prefer_css_page_size=True)
    page.close()
    assert 8 == len(re.findall(rb"/Type\s*/Page\b", pdf))
    assert {b"960 540"} == set(re.findall(rb"/MediaBox\s*\[0 0 (\d+ \d+)\]", pdf))
    assert [] == complaints
