"""The page of the calculator in a browser: by hand, by keys, without scripts; and its examples."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from docs.site.sources import ROOT
from stallproof import cli
from stallproof.configuration.knobs import KNOBS
from stallproof.configuration.relations import seconds_text

PAGE = Path("docs") / "calculator.html"
WIDE: ViewportSize = {"width": 1280, "height": 900}
LIMIT, CLOSES = "sfm_send_stall_timeout", "sfm_close_stalled_connection"


@pytest.fixture
def page(site: Path, browser: Browser) -> Iterator[Page]:
    """Return the page of the calculator, which must not complain."""
    page = browser.new_page(viewport=WIDE)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto((site / PAGE).as_uri())
    yield page
    page.close()
    assert [] == complaints


def number(page: Page, name: str) -> Locator:
    """Return the field of a knob or a term."""
    return page.locator(f"#calculator-{name}")


def slider(page: Page, name: str) -> Locator:
    """Return the slider of a knob."""
    return page.get_by_label(f"{name}, slider")


def advised(page: Page) -> None:
    """Set what the origin advises."""
    number(page, CLOSES).check()
    number(page, LIMIT).fill("75")


def config(folder: Path, *tokens: str) -> dict[str, Any]:
    """Return what `stallproof config` says."""
    to = folder / "found.json"
    assert cli.run(["config", *tokens, "--json", str(to)]) in (0, 1)
    found: dict[str, Any] = json.loads(to.read_text("utf-8"))
    return found


# --- what follows from the fields -----------------------------------------------------------------


def test_an_operator_reads_the_right_outer_timeout(page: Page) -> None:
    """Two knobs and a margin; the sentence changes with each of them."""
    summary = page.locator(".summary")
    expect(summary).to_contain_text("The monitor only warns.")
    advised(page)
    expect(summary).to_contain_text("closed later than 84.95 s and by 90.05 s")
    expect(summary).to_contain_text(
        "more than 90.05 s: 91 s in whole seconds. Every relation holds."
    )
    number(page, "margin").fill("15")
    expect(summary).to_contain_text("more than 105.05 s: 106 s in whole seconds")


def test_what_does_not_hold_comes_first_with_its_reason_and_a_way_out(page: Page) -> None:
    """An outer timeout at the bound is too short, and a microsecond more is not."""
    advised(page)
    number(page, "task").fill("90.05")
    first = page.locator(".relations li").first
    expect(first).to_contain_text("breaks outer_timeouts")
    expect(first).to_contain_text("upper end and margin (90.05 s) is not less than")
    expect(first).to_contain_text("retries into the same stall")
    expect(first).to_contain_text("set each outer timeout to more than 90.05 s")
    expect(page.locator(".picture svg .short")).to_have_count(1)
    number(page, "task").fill("90.050001")
    expect(first).to_contain_text("holds")
    expect(page.locator(".picture svg .short")).to_have_count(0)
    expect(page.locator(".relations li")).to_have_count(7)


def test_a_value_that_is_not_allowed_shows_nothing_that_could_be_stale(page: Page) -> None:
    """It says which and what is allowed, to those who see it and to those who do not."""
    advised(page)
    number(page, LIMIT).fill("-1")
    expect(page.locator(".summary")).to_contain_text(f"Refused: {LIMIT}.")
    expect(number(page, LIMIT)).to_have_attribute("aria-invalid", "true")
    expect(number(page, LIMIT)).to_have_accessible_description(
        re.compile("from 0.000001 to 1000000")
    )
    expect(page.locator(".picture svg, .relations")).to_have_count(0)
    number(page, LIMIT).fill("")
    expect(page.locator(".summary")).to_contain_text("60.05 s")


def test_the_file_and_the_command_say_what_was_set(page: Page, tmp_path: Path) -> None:
    """Taken over by hand they give what the page shows."""
    advised(page)
    number(page, "task").fill("100")
    number(page, "margin").fill("7.5")
    file = tmp_path / "comm_config.json"
    file.write_text(page.locator(".file").inner_text())
    assert {LIMIT: 75, CLOSES: True} == json.loads(file.read_text())
    command = page.locator(".command").inner_text()
    assert "stallproof config comm_config.json --outer task=100 --margin 7.5" == command
    found = config(tmp_path, str(file), *shlex.split(command)[3:])
    above = seconds_text(found["close_windows"][1]["outer_above_us"])
    expect(page.locator(".summary")).to_contain_text(f"more than {above}:")


def test_the_release_brings_its_defaults(page: Page) -> None:
    """Its window is greater, and the command says which it is; it says a grace as well."""
    page.locator(".calculator summary").click()
    number(page, "grace").fill("20")
    page.get_by_label("defaults of NVFlare").select_option("2.9.0")
    expect(number(page, "streaming_window_size")).to_have_value(str(64 * 2**20))
    expect(page.locator(".file")).to_have_text("{}")
    expect(page.locator(".command")).to_contain_text("--grace-ms 20 --release 2.9.0")


# --- how it is reached ----------------------------------------------------------------------------


def test_sliders_move_by_keys_and_say_their_value(page: Page) -> None:
    """The number follows, and the slider follows the number."""
    move = slider(page, LIMIT)
    move.focus()
    page.keyboard.press("End")
    expect(number(page, LIMIT)).to_have_value("4500")
    expect(move).to_have_attribute("aria-valuetext", "4500 s")
    expect(page.locator(".summary")).to_contain_text("4515.05 s")
    number(page, LIMIT).fill("45")
    expect(move).to_have_value("100")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    slider(page, "sfm_send_stall_consecutive_checks").press("ArrowRight")
    expect(page.locator(".summary")).to_contain_text("by 65.05 s")


def test_everything_has_a_name_and_is_reached_by_keys(page: Page) -> None:
    """Each field has a label, the picture says what it shows, and Tab gets to every field."""
    page.locator(".calculator summary").click()
    nameless = """() => [...document.querySelectorAll(".calculator :is(input, select)")]
        .filter((one) => !one.labels.length && !one.ariaLabel).map((one) => one.id)"""
    assert [] == page.evaluate(nameless)
    for knob in KNOBS:
        expect(page.get_by_label(re.compile(f"^{knob}( \\(|$)"))).to_have_count(1)
    expect(page.get_by_role("img", name=re.compile("only warns"))).to_be_visible()
    fields = page.locator(".calculator :is(input, select)").count()
    number(page, "streaming_send_timeout").focus()
    reached = set()
    for _ in range(fields + 5):
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.ariaLabel"))
        page.keyboard.press("Tab")
    assert fields == len(reached & set(page.evaluate(
        """[...document.querySelectorAll(".calculator :is(input, select)")]
           .map((one) => one.id || one.ariaLabel)"""
    )))  # fmt: skip


def test_on_a_phone_the_answer_stays_in_sight(page: Page) -> None:
    """While a field above it is changed; no text of the picture is cut."""
    page.set_viewport_size({"width": 360, "height": 740})
    number(page, LIMIT).scroll_into_view_if_needed()
    advised(page)
    number(page, "task").fill("80")
    expect(page.locator(".summary")).to_be_in_viewport()
    cut = """() => {
      const edge = document.querySelector(".picture").getBoundingClientRect().right;
      return [...document.querySelectorAll(".picture svg text")]
        .filter((one) => one.getBoundingClientRect().right > edge + 1)
        .map((one) => one.textContent);
    }"""
    assert [] == page.evaluate(cut)


def test_without_scripts_the_page_leads_to_examples(site: Path, browser: Browser) -> None:
    """It says what is missing, and has the table."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / PAGE).as_uri())
    expect(page.locator("#calculator")).to_contain_text("it needs JavaScript")
    page.locator("#calculator a").click()
    expect(page.get_by_role("table")).to_be_in_viewport()
    context.close()


# --- tables ---------------------------------------------------------------------------------------


def rows(name: str, begin: str) -> list[list[str]]:
    """Return the cells of the table of a page whose head begins so."""
    text = (ROOT / "docs" / name).read_text("utf-8")
    lines = text[text.index(begin) :].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in lines]


@pytest.mark.parametrize(
    "row", rows("calculator.md", "| what | options"), ids=lambda row: row[0][:40]
)
def test_each_worked_example_is_what_the_command_says(row: list[str], tmp_path: Path) -> None:
    """Both ends of the window, the bound for callers, and what does not hold."""
    _, options, after, by, above, broken = row
    found = config(tmp_path, *shlex.split(options))
    window = found["close_windows"][1]
    told = [seconds_text(window[key]) for key in ("after_us", "by_us", "outer_above_us")]
    assert [after, by, above] == told
    named = [one["relation"] for one in found["relations"] if not one["holds"]]
    assert re.findall(r"\w+", broken) == named


@pytest.mark.parametrize("row", rows("operators.md", "| limit | checks"), ids="-".join)
def test_each_outer_timeout_of_the_short_table_is_right(row: list[str], tmp_path: Path) -> None:
    """What stands there in whole seconds is enough, and one second less is not."""
    limit, checks, margin, above, enough = row
    asked = (
        *("--set", f"{LIMIT}={limit}", "--set", f"sfm_send_stall_consecutive_checks={checks}"),
        *("--set", f"{CLOSES}=true", "--margin", margin),
    )
    found = config(tmp_path, *asked)
    assert above == seconds_text(found["close_windows"][1]["outer_above_us"])
    for outer, verdict in ((int(enough), "holds"), (int(enough) - 1, "broken")):
        assert verdict == config(tmp_path, *asked, "--outer", f"task={outer}")["verdict"]
