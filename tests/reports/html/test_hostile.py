"""Names from outside stay text, and no number of findings makes the page too large."""

import re
from pathlib import Path

import pytest

from stallproof.judge.report import Finding, HarnessTrouble, Report
from stallproof.reports.evidence import Evidence
from stallproof.reports.html.page import encode_html
from stallproof.requirements.registry import load_registry
from stallproof.wire.events import Noted, Opened, SendEnded
from tests.browser import Opened as OpenPage
from tests.reports.samples import make_judgement, make_report

HOSTILE = (
    "</script><script>throw 1</script>",
    '"><img src=x onerror="throw 2">',
    "'><svg onload=throw(3)>",
    "]]>--><style>body{display:none}</style>",
    "\x00\x1b[31mred\x07\n\r\t\x7f\x85",
    "\u202eright to left\u2066\u200b",
    "\ud800 half a pair",
    "&lt;b&gt; &amp; &#60;",
    "javascript:alert(1)",
    "n" * 100_000,
)
PAGE_MAX_BYTES = 10_000_000


def named(name: str) -> Report:
    """Return a report that has `name` wherever one comes from outside."""
    events = [
        Opened(at_us=1, conn=name),
        SendEnded(at_us=5, conn=name, send=1, outcome="error", detail=name),
        Noted(at_us=9, text=name),
    ]
    finding = Finding(scenario=name, explanation=f"of {name}", events=list(events))
    judged = make_judgement("SD-3", "fail", title=name, findings=[finding], situations={name: 1})
    trouble = HarnessTrouble(scenario=name, what="died", detail=name)
    report = make_report(judged, verdict="fail", harness=[trouble], notes=[name])
    report.implementation.update({"name": name, "version": name, name[:99]: name})
    report.without.append(name)
    report.volatile[name] = name
    return report


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_name_stays_text(name: str, tmp_path: Path, opened: OpenPage) -> None:
    """Nothing of it is run, styles the page, becomes an element, or turns the text around."""
    path = tmp_path / "hostile.html"
    path.write_bytes(encode_html(named(name), Evidence()))
    text = path.read_text("utf-8")
    assert len(text) < 200_000
    style_and_script = re.sub(r"<(style|script)>.*?</\1>", "", text, flags=re.DOTALL)
    assert [] == [mark for mark in style_and_script if not (mark.isprintable() or mark == "\n")]
    page = opened(path)
    assert page.locator("h1").is_visible()
    assert 1 == page.locator("script").count()
    assert 1 == page.locator("style").count()
    assert 0 == page.locator("img, [onload], [onerror]").count()
    assert page.locator(".finding").is_visible()


def test_ten_thousand_findings_make_a_page_that_opens(tmp_path: Path, opened: OpenPage) -> None:
    """The page stays below ten megabytes, and says how many findings it leaves out."""
    law = load_registry().requirements[:40]
    each = 250
    judged = [
        make_judgement(
            one.id,
            "fail",
            findings=[
                Finding(
                    scenario=f"scenario-{number} #1",
                    explanation=f"{number} " + "words " * 300,
                    events=[
                        SendEnded(at_us=at, conn="a", send=at, outcome="error", detail="d" * 500)
                        for at in range(60)
                    ],
                )
                for number in range(each)
            ],
        )
        for one in law
    ]
    path = tmp_path / "many.html"
    path.write_bytes(encode_html(make_report(*judged, verdict="fail"), Evidence()))
    assert path.stat().st_size < PAGE_MAX_BYTES
    page = opened(path)
    told = page.locator(".finding").count()
    left = page.locator(".left-out").all_text_contents()
    counted = sum(int(words.split()[0].replace(",", "")) for words in left)
    assert each * len(law) == told + counted
    assert len(law) == len(left)


def test_what_is_too_large_for_the_page_is_counted(
    tmp_path: Path, opened: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A requirement whose findings do not fit any more says how many there are."""
    monkeypatch.setattr("stallproof.reports.html.sections.PAGE_MAX_BYTES", 3_000)
    finding = Finding(scenario="s #1", explanation="e" * 1_900)
    judged = [make_judgement(name, "fail", findings=[finding]) for name in ("SD-1", "SD-2")]
    path = tmp_path / "full.html"
    path.write_bytes(encode_html(make_report(*judged, verdict="fail"), Evidence()))
    left = opened(path).locator("#SD-2 .left-out")
    assert ["1 more finding is left out here; the JSON report has it."] == left.all_text_contents()


def test_equal_findings_are_told_once(tmp_path: Path, opened: OpenPage) -> None:
    """Findings that differ in nothing that is told are one, with their number."""
    same = [Finding(scenario="s #1", explanation="late") for _ in range(1_000)]
    path = tmp_path / "same.html"
    judged = make_judgement("SD-3", "fail", findings=same)
    path.write_bytes(encode_html(make_report(judged, verdict="fail"), Evidence()))
    page = opened(path)
    assert ["Violation in s #1 (1,000 times)"] == page.locator(".finding h4").all_text_contents()
    assert 0 == page.locator(".left-out").count()
