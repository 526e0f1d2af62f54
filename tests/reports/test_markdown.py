"""The summary for a pull request: its length, its order, and that no name breaks it."""

import msgspec
import pytest
from markdown_it import MarkdownIt

from stallproof.judge.expected_failures import Known, evaluated
from stallproof.judge.report import Expectation, Finding, Report
from stallproof.judge.standing import LACKS
from stallproof.reports.markdown import LINES_MAX, encode_markdown
from stallproof.reports.markup import markdown_text
from tests.reports.built import HOSTILE, hostile, huge
from tests.reports.samples import make_finding, make_judgement, make_report

OWN_HTML = {
    "<details><summary>The events of the first</summary>",
    "<details><summary>Not judged</summary>",
    "</details>",
}


def summary(report: Report) -> str:
    return encode_markdown(report).decode()


def test_ten_thousand_findings_take_no_more_lines_than_are_allowed() -> None:
    """Each part has its most, and says how many there are besides."""
    text = summary(huge())
    assert 60 == LINES_MAX >= len(text.splitlines())
    # What a comment on a pull request can hold.
    assert len(text) < 65_536
    assert "more; the JSON report has them all" in text


def test_what_was_expected_takes_no_more_lines_either() -> None:
    """Every part is full: new failures, known ones, what was left out, trouble, and open ends."""
    report = huge()
    judged = [
        msgspec.structs.replace(one, standings={"x": "left-out"}) if number == 19 else one
        for number, one in enumerate(report.requirements)
    ]
    known = tuple(Expectation(requirement=one.id, reason="r", link="l") for one in judged[:6])
    text = summary(
        evaluated(
            msgspec.structs.replace(report, requirements=judged),
            Known(file="known.toml", expected=known, flaky=()),
        )
    )
    assert "**Broken, as was expected**" in text
    assert LINES_MAX >= len(text.splitlines())


def test_an_expected_failure_is_not_called_broken() -> None:
    """A pass has no alarming heading, and the known failure is told with its word."""
    judged = [make_judgement("SD-1"), make_judgement("SD-2", "fail", findings=[make_finding()])]
    entry = Expectation(requirement="SD-2", reason="r", link="l")
    known = Known(file="known.toml", expected=(entry,), flaky=())
    lines = summary(evaluated(make_report(*judged), known)).splitlines()
    assert "### stallproof: PASS for demo 1.0" == lines[0]
    assert "| fail (expected) | 1 | SD-2 |" in lines
    assert "**Broken**" not in lines
    assert "**Broken, as was expected**" in lines


def test_what_is_broken_comes_first_and_what_follows_after_it() -> None:
    """Roots stand before consequences, and both before what was not judged."""
    judged = [
        make_judgement("SD-1", "unsupported", findings=[Finding(
            scenario="", explanation=f"'x'. {LACKS} tls.", tells="unsupported")]),
        make_judgement("SD-2", "fail", findings=[
            Finding(scenario="s", explanation="It follows.", tells="consequence", of="SD-3")]),
        make_judgement("SD-3", "fail", findings=[make_finding("It is the root.")]),
    ]  # fmt: skip
    text = summary(make_report(*judged, verdict="fail"))
    said = ["FAIL", "It is the root.", "It follows.", "it lacks tls"]
    assert said == sorted(said, key=text.index)


def test_equal_findings_are_one_line() -> None:
    """Three that differ in their numbers are told once."""
    findings = [make_finding(f"The send ended {n}.5 ms too late.") for n in (1, 22, 333)]
    judged = make_judgement(verdict="fail", findings=findings)
    text = summary(make_report(judged, verdict="fail"))
    assert 1 == text.count("ms too late")
    assert "(3 times)" in text


def test_no_name_makes_markup_links_or_mentions() -> None:
    """A parser finds no element but our own, no link, no picture and no emphasis but ours."""
    text = summary(hostile())
    parsed = MarkdownIt("commonmark").enable("table").parse(text)
    tokens = [one for token in parsed for one in (token, *(token.children or ()))]
    html = {line for t in tokens if t.type.startswith("html_") for line in t.content.splitlines()}
    assert html <= OWN_HTML
    kinds = {token.type for token in tokens}
    assert set() == kinds & {"link_open", "image", "em_open", "code_inline"}
    assert "@everyone" not in text
    assert "://" not in text.replace("://\u200b", "")
    assert "#1" not in text


def test_a_table_keeps_its_columns_whatever_a_name_says() -> None:
    """Each row has three cells."""
    parsed = MarkdownIt("commonmark").enable("table").parse(summary(hostile()))
    cells = [token.type for token in parsed if token.type in ("tr_open", "td_open", "th_open")]
    rows = "".join({"tr_open": "|", "td_open": "d", "th_open": "h"}[one] for one in cells)
    assert set(rows.split("|")) == {"", "hhh", "ddd"}


@pytest.mark.parametrize("text", [HOSTILE, "`" * 9, "a\\|b", "<!--", "&lt;", "```\nx", "a" * 999])
def test_text_from_outside_is_shown_as_it_is(text: str) -> None:
    """What a parser shows of it is its printable form, but for what keeps names apart."""
    (paragraph,) = [
        one for one in MarkdownIt("commonmark").parse(f"- {markdown_text(text)}") if one.children
    ]
    shown = "".join(child.content for child in paragraph.children or ()).replace("\u200b", "")
    plain = "".join(m if m.isprintable() else m.encode("unicode_escape").decode() for m in text)
    assert shown.removesuffix("...") == plain[:300]
    assert {"text", "text_special"} >= {child.type for child in paragraph.children or ()}


def test_the_last_line_says_what_it_rests_on() -> None:
    """Versions, clock, grace, seed and date."""
    report = make_report(make_judgement())
    report = msgspec.structs.replace(
        report, stallproof="9.9", law="1+ab", seed=3, volatile={"date": "2030-01-02T03:04:05Z"}
    )
    last = summary(report).splitlines()[-1]
    for said in ("stallproof 9.9, law 1+ab", "real clock", "seed 3", "2030-01-02T03:04:05Z"):
        assert said in last
