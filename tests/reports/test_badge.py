"""The badge, as JSON for a service and as a picture."""

import json
from xml.etree import ElementTree as ET

import msgspec
import pytest

from stallproof.judge.report import Report, Whole
from stallproof.reports.badge import BADGES, badge_of
from tests.reports.built import hostile
from tests.reports.samples import make_judgement, make_report

SVG = "{http://www.w3.org/2000/svg}"


def judged(verdict: Whole) -> Report:
    """Return a report of three requirements of which one was left out."""
    out = msgspec.structs.replace(
        make_judgement("SD-5", "unsupported"), standings={"x": "left-out"}
    )
    one = make_judgement("SD-4", "fail" if verdict == "fail" else "pass")
    return make_report(make_judgement(), one, out, verdict=verdict)


@pytest.mark.parametrize(
    ("verdict", "message", "color"),
    [
        ("pass", "pass, 2 of 2", "brightgreen"),
        ("fail", "fail, 1 of 2 broken", "red"),
        ("incomplete", "incomplete, 2 of 2", "yellow"),
    ],
)
def test_the_badge_says_the_verdict_and_how_many(verdict: Whole, message: str, color: str) -> None:
    """What was left out counts for nothing; a service takes exactly these four fields."""
    told = json.loads(badge_of("x.json")(judged(verdict)))
    assert {
        "schemaVersion": 1, "label": "stallproof", "message": message, "color": color,
    } == told  # fmt: skip
    picture = ET.fromstring(badge_of("a/b.svg")(judged(verdict)))
    assert f"stallproof: {message}" == picture.findtext(f"{SVG}title")
    assert [f"stallproof: {message}", "img"] == [picture.get("aria-label"), picture.get("role")]


def test_the_picture_loads_nothing_and_holds_no_foreign_text() -> None:
    """A badge stands on other people's pages: no address, no script, no name from outside."""
    text = badge_of("x.svg")(hostile()).decode()
    assert 1 == text.count("http")
    for mark in ("href", "script", "style", "onerror", "url("):
        assert mark not in text


@pytest.mark.parametrize("name", ["x", "x.png", "-", "json", "x.svg.gz", ".svg"])
def test_any_other_ending_is_refused_with_those_that_are_known(name: str) -> None:
    """The message names both endings."""
    with pytest.raises(ValueError, match=f"{' or '.join(BADGES)}"):
        badge_of(name)
