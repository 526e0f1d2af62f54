"""What a timeline marks lies where the events say, measured by the ticks of its own axis."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Locator

from tests.browser import Opened
from tests.reports.html.conftest import Told

VECTORS = Path(__file__).parents[3] / "spec" / "vectors"
NEAR = 0.2
"""How far a place may be off, in the units of the picture: ticks are rounded to hundredths."""


def numbers(found: Locator, attribute: str) -> list[float]:
    """Return what an attribute says of each element that was found."""
    values = found.evaluate_all(f"all => all.map(one => +one.getAttribute('{attribute}'))")
    return [float(value) for value in values]


def place_of(figure: Locator, at_ms: float) -> float:
    """Return where `at_ms` lies, reckoned from the first and the last tick and their words."""
    ticks = figure.locator(".axis text[text-anchor=middle]:not(.faint)")
    words = [text.removesuffix(" ms").replace(",", "") for text in ticks.all_text_contents()]
    (first, *_, last), (begin, *_, end) = map(float, words), numbers(ticks, "x")
    return begin + (end - begin) * (at_ms - first) / (last - first)


def assert_lies_at(figure: Locator, lines: str, *expected_ms: float) -> None:
    """Assert that the vertical `lines` lie at these moments of the run, and nowhere else."""
    expected = [place_of(figure, at_ms) for at_ms in expected_ms]
    assert pytest.approx(expected, abs=NEAR) == numbers(figure.locator(lines), "x1")


@pytest.mark.timing
def test_a_send_that_held_the_lock_too_long_is_marked_where_it_returned(
    held_too_long: Told, opened: Opened
) -> None:
    """The mark lies where the send ended, and the excess begins at its lock and the timeout."""
    events = held_too_long.events("SD-3")
    origin_us = events[0]["at_us"]
    send = next(e["send"] for e in events if e["event"] == "asked" and e["op"] == "send")
    ended = next(e for e in events if e["event"] == "send_ended" and e["send"] == send)
    # It says nothing of its lock: the first byte at the peer is the first that shows it.
    seen = next(e for e in events if e["event"] == "lab_unread")
    due_us = seen["at_us"] + events[0]["policy"]["send_timeout_us"]
    figure = opened(held_too_long.page).locator("#SD-3 svg.timeline").first
    assert_lies_at(figure, ".mark line", (ended["at_us"] - origin_us) / 1000)
    over = figure.locator(".bar.over")
    assert [ended["at_us"]] == numbers(over, "data-until-us")
    assert [due_us] == numbers(over, "data-from-us")
    ends = [place_of(figure, (at_us - origin_us) / 1000) for at_us in (due_us, ended["at_us"])]
    begin, wide = numbers(over.locator("rect"), "x"), numbers(over.locator("rect"), "width")
    assert pytest.approx(ends, abs=NEAR) == [begin[0], begin[0] + wide[0]]


def test_a_stream_that_failed_too_early_is_marked_before_it_was_due(
    failed_too_early: Told, opened: Opened
) -> None:
    """The wait begins at 2.5 s by the vector, so that it is due at 3.5 s, and it failed at once."""
    events = failed_too_early.events("AP-4")
    ended = next(e for e in events if e["event"] == "stream_ended")
    figure = opened(failed_too_early.page).locator("#AP-4 svg.timeline").first
    assert 2_500_000 == ended["at_us"]
    assert_lies_at(figure, ".mark line", 2_500)
    assert 3_500_000 in numbers(figure.locator(".bound"), "data-at-us")
    assert figure.locator(".mark.missing").count() == 0
    assert figure.locator(".event.wrong").count() == 1


def test_a_close_that_did_not_come_is_marked_where_it_was_due(
    closed_too_late: Told, opened: Opened
) -> None:
    """The close window is shaded by the vector's knobs, and the mark is hollow at its end."""
    vector = json.loads(next(VECTORS.rglob("close-at-the-upper-end.json")).read_text())
    knobs = vector["knobs"]
    limit_ms = 1000 * knobs["sfm_send_stall_timeout"]
    checks = knobs.get("sfm_send_stall_consecutive_checks", 3)
    asked = [step["do"] | {"at_us": step["at_us"]} for step in vector["steps"] if "do" in step]
    began_ms = next(one["at_us"] for one in asked if one["op"] == "send") / 1000
    period_ms = next(one["period_us"] for one in asked if one["op"] == "monitor") / 1000
    lower_ms = began_ms + limit_ms + (checks - 1) * period_ms
    figure = opened(closed_too_late.page).locator("#SC-9 svg.timeline").first
    window = figure.locator(".bar.closewindow")
    assert [1000 * lower_ms] == numbers(window, "data-from-us")
    assert [1000 * (lower_ms + period_ms)] == numbers(window, "data-until-us")
    assert_lies_at(figure, ".mark.missing line", lower_ms + period_ms)
    begin = numbers(window.locator("rect"), "x")
    assert pytest.approx([place_of(figure, lower_ms)], abs=NEAR) == begin


def test_checks_climb_to_the_threshold(closed_too_late: Told, opened: Opened) -> None:
    """Each check of the run lies where it came, and stands as high as its count."""
    events = closed_too_late.events("SC-9")
    checks = [one for one in events if one["event"] == "checked"]
    figure = opened(closed_too_late.page).locator("#SC-9 svg.timeline").first
    assert_lies_at(figure, ".point line", *(one["at_us"] / 1000 for one in checks))
    counts = figure.locator(".point text").all_text_contents()
    assert [str(one["count"]) for one in checks] == counts
    heights = numbers(figure.locator(".point circle"), "cy")
    by_count = sorted(zip((one["count"] for one in checks), heights, strict=True))
    assert by_count == sorted(by_count, key=lambda pair: (pair[0], -pair[1]))
    (level,) = numbers(figure.locator(".level line"), "y1")
    assert [level] == [y for count, y in by_count if count == 3]


def test_the_report_says_where_the_law_and_what_happened_part(
    closed_too_late: Told, failed_too_early: Told
) -> None:
    """A contradiction has its moment and its event, or no event where something did not come."""
    assert {"at_us": 2_000_000, "event": None} == closed_too_late.finding("SC-9")["contradiction"]
    finding = failed_too_early.finding("AP-4")
    told = finding["contradiction"]
    assert 2_500_000 == told["at_us"]
    assert "stream_ended" == finding["events"][told["event"]]["event"]
