"""The page in a real browser: filters, light and dark, phones, paper, readers of a screen."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from stallproof.judge.report import Report, Verdict
from stallproof.reports.evidence import Evidence
from stallproof.reports.html.page import encode_html
from stallproof.requirements.registry import load_registry
from tests.browser import Opened
from tests.reports.html.conftest import Told
from tests.reports.samples import make_finding, make_judgement, make_report

VERDICTS: tuple[Verdict, ...] = ("pass", "fail", "inconclusive", "not-exercised", "unsupported")
CONTRAST_MIN = 4.5
"""What WCAG 2 asks of text at level AA."""
MIXED = 10

CONTRASTS = """() => {
  const channels = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const found = channels(getComputedStyle(at).backgroundColor);
      if (found.length < 4 || found[3] > 0) return found;
    }
    return [255, 255, 255];
  };
  const low = [];
  for (const one of document.querySelectorAll("body *")) {
    const own = [...one.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!own || !one.checkVisibility() || one.closest("script, title, desc, option")) continue;
    const style = getComputedStyle(one);
    const drawn = one instanceof SVGElement;
    const ink = light(channels(drawn ? style.fill : style.color));
    let ground = behind(one);
    if (drawn && one.matches(".inside, .event text")) {
      const box = one.getBBox();
      const rect = [...one.ownerSVGElement.querySelectorAll("rect")].filter((r) => {
        const b = r.getBBox();
        return b.x <= box.x && b.y <= box.y + 4 && b.x + b.width >= box.x + box.width
          && b.y + b.height >= box.y + box.height - 4;
      }).at(-1);
      if (rect) ground = channels(getComputedStyle(rect).fill);
    }
    const paper = light(ground);
    const ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    if (ratio < MIN) low.push(`${ratio.toFixed(2)} ${one.textContent.slice(0, 40)}`);
  }
  return low;
}""".replace("MIN", str(CONTRAST_MIN))


def mixed() -> Report:
    """Return a report with every verdict twice, by the first requirements of the law."""
    judged = [
        make_judgement(
            law.id,
            VERDICTS[place % len(VERDICTS)],
            title=law.title,
            findings=[make_finding()] if place % len(VERDICTS) == 1 else [],
        )
        for place, law in enumerate(load_registry().requirements[:MIXED])
    ]
    return make_report(*judged, verdict="fail", notes=["a note"])


@pytest.fixture(scope="module")
def page_of_all(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a page with every verdict."""
    path = tmp_path_factory.mktemp("page") / "mixed.html"
    path.write_bytes(encode_html(mixed(), Evidence()))
    return path


def shown(page: Page) -> int:
    """Return how many rows of the table are seen."""
    return page.locator("#overview tbody tr:visible").count()


def test_filters_are_used_by_keyboard_alone(page_of_all: Path, opened: Opened) -> None:
    """Tab and space take a verdict away, typing narrows, and the count says how many are left."""
    page = opened(page_of_all)
    passing = page.get_by_role("checkbox", name="pass")
    for _press in range(30):
        page.keyboard.press("Tab")
        if passing.evaluate("one => one === document.activeElement"):
            break
    outline = passing.evaluate("one => getComputedStyle(one).outlineWidth")
    assert "3px" == outline
    page.keyboard.press("Space")
    expect(page.get_by_role("status")).to_have_text("8 of 10 requirements")
    assert 8 == shown(page)
    page.keyboard.press("Shift+Tab")
    page.get_by_label("Text").focus()
    page.keyboard.type("sd-2")
    expect(page.get_by_role("status")).to_have_text("1 of 10 requirements")
    assert ["SD-2"] == page.locator("#overview tbody th:visible").all_text_contents()
    assert 1 == page.locator("details.requirement:visible").count()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("10 of 10 requirements")


def test_filters_go_by_group_and_transport(closed_too_late: Told, opened: Opened) -> None:
    """A group that is chosen leaves its requirements; where nothing was judged nothing is left."""
    page = opened(closed_too_late.page)
    total = shown(page)
    page.get_by_label("Group").select_option("SC")
    expect(page.get_by_role("status")).to_have_text(f"{total} of {total} requirements")
    options = page.get_by_label("Transport").locator("option").all_text_contents()
    assert "all transports" == options[0]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["closed_too_late", "failed_too_early", "mixed"])
def test_all_text_can_be_read_in_light_and_dark(
    kind: str,
    scheme: str,
    page_of_all: Path,
    closed_too_late: Told,
    failed_too_early: Told,
    opened: Opened,
) -> None:
    """The contrast of every text with what is behind it is what the guidelines ask for."""
    pages = {
        "closed_too_late": closed_too_late.page,
        "failed_too_early": failed_too_early.page,
        "mixed": page_of_all,
    }
    page = opened(pages[kind], color_scheme=scheme)
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    assert [] == page.evaluate(CONTRASTS)


def test_the_reader_chooses_light_or_dark(page_of_all: Path, opened: Opened) -> None:
    """The page follows the system, and a button that says its state turns it over."""
    page = opened(page_of_all, color_scheme="dark")
    paper = "() => getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(paper)
    button = page.get_by_role("button", name="Dark")
    assert "true" == button.get_attribute("aria-pressed")
    button.click()
    assert "false" == button.get_attribute("aria-pressed")
    assert "rgb(255, 255, 255)" == page.evaluate(paper) != dark
    page.emulate_media(color_scheme="light")
    button.click()
    assert dark == page.evaluate(paper)


@pytest.mark.parametrize("width", [320, 390])
def test_a_phone_scrolls_no_page_sideways(
    width: int, closed_too_late: Told, opened: Opened
) -> None:
    """What is wider than a phone scrolls by itself, with the marked moment in sight."""
    page = opened(closed_too_late.page, viewport={"width": width, "height": 800})
    assert width == page.evaluate("document.documentElement.scrollWidth")
    box = page.locator(".mark path").first.bounding_box()
    assert box is not None
    assert 0 <= box["x"] <= width


def test_paper_is_light_and_has_everything(page_of_all: Path, opened: Opened) -> None:
    """In print all is open, the filters are gone, and the colours are those of paper."""
    page = opened(page_of_all, color_scheme="dark", java_script_enabled=False)
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.locator("#filters").is_visible()
    closed = page.locator("details:not([open]) .law")
    assert 6 == closed.count()
    assert all(one.is_visible() for one in closed.all())
    assert page.locator(".events table").first.is_visible()
    ink = page.locator("h1").evaluate("one => getComputedStyle(one).color")
    assert "rgb(22, 32, 43)" == ink
    assert page.pdf().startswith(b"%PDF")


def test_readers_of_a_screen_find_landmarks_headings_and_names(
    closed_too_late: Told, opened: Opened
) -> None:
    """Each part has its role and name, and no level of the headings is left out."""
    page = opened(closed_too_late.page)
    told = page.locator("body").aria_snapshot()
    for part in (
        "- banner:", '- navigation "On this page":', "- main:", "- contentinfo:",
        '- heading "Verdict" [level=2]', '- form "Filters":', '- columnheader "Verdict"',
        '- rowheader "SC-9"', '- table "One row for each requirement',
        'img "Timeline of SC-9',
    ):  # fmt: skip
        assert part in told, part
    levels = page.locator("h1, h2, h3, h4").evaluate_all("all => all.map(one => +one.tagName[1])")
    assert 1 == levels[0]
    assert 1 == levels.count(1)
    assert all(after <= before + 1 for before, after in pairwise(levels))
    picture = page.get_by_role("img", name="Timeline of SC-9").first
    expect(picture).to_have_accessible_description(re.compile("Missing: due at 2,000.000 ms"))
    ids = page.locator("[id]").evaluate_all("all => all.map(one => one.id)")
    assert len(ids) == len(set(ids))


def test_without_a_script_everything_is_shown(page_of_all: Path, opened: Opened) -> None:
    """No filter pretends to work, and all rows and the verdict are there."""
    page = opened(page_of_all, java_script_enabled=False)
    assert MIXED == shown(page)
    assert not page.locator("#filters").is_visible()
    assert not page.locator("#theme").is_visible()
    assert page.locator("#SD-2 .law").is_visible()


def test_a_link_of_the_table_opens_its_requirement(page_of_all: Path, opened: Opened) -> None:
    """A requirement that is closed opens when its ID is followed."""
    page = opened(page_of_all)
    law = page.locator("#SD-1 .law")
    assert not law.is_visible()
    page.get_by_role("link", name="SD-1", exact=True).click()
    expect(law).to_be_visible()


def test_the_page_says_the_verdict_in_words_and_what_the_run_was(
    page_of_all: Path, opened: Opened
) -> None:
    """Verdict, counts, implementation, clock, grace and noise are seen at a glance."""
    text = opened(page_of_all).locator("main > section").first.inner_text()
    for part in (
        "FAIL", "At least one requirement is broken (exit code 1)", "2", "not exercised",
        "demo 1.0 go", "real clock", "50.000 ms", "1.234 ms", "41.2 s",
    ):  # fmt: skip
        assert part in text, part
