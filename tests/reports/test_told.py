"""One word for how a requirement came out: in the table, the page, the counts and the last line."""

import msgspec

from stallproof.judge.expected_failures import Known, evaluated
from stallproof.judge.report import Expectation, Report
from stallproof.reports.evidence import Evidence
from stallproof.reports.html.page import encode_html
from stallproof.reports.markdown import encode_markdown
from stallproof.reports.terminal import render
from tests.reports.samples import make_finding, make_judgement, make_report


def _known() -> Report:
    """Return a pass with one requirement that fails as expected, and one that was left out."""
    left = make_judgement("SD-14", "unsupported", title="Another title")
    judged = [
        make_judgement("SD-1"),
        make_judgement("SD-2", "fail", findings=[make_finding()]),
        msgspec.structs.replace(left, standings={"wraps": "left-out"}),
    ]
    entry = Expectation(requirement="SD-2", reason="We know.", link="l")
    report = msgspec.structs.replace(make_report(*judged), without=["sequence"])
    return evaluated(report, Known(file="known.toml", expected=(entry,), flaky=()))


def _page(report: Report) -> str:
    return encode_html(report, Evidence(())).decode()


def test_an_expected_failure_is_told_as_one_everywhere() -> None:
    """In the row, in the heading of its evidence, and in the counts."""
    text = render(_known(), width=100)
    assert 1 == text.count("SD-2 fail (expected)  The lock is free")
    assert "1 pass, 1 fail (expected), 1 left out; 30 scenarios" in text
    page = _page(_known())
    assert '<span class="verdict fail">' not in page
    # The count, the row and the section.
    assert 3 == page.count('<span class="verdict expected">')
    assert "It was expected to fail: We know." in page


def test_an_expected_failure_is_not_what_the_page_opens_with() -> None:
    """A page that passes shows nothing first that alarms."""
    page = _page(_known())
    assert " open" not in page.partition('<details id="SD-2"')[2].partition(">")[0]


def test_what_was_left_out_by_name_is_called_so_everywhere() -> None:
    """It lacks nothing that anybody wanted."""
    body = _page(_known()).rpartition("</style>")[2].partition("<script>")[0]
    for text in (render(_known(), width=100), body, encode_markdown(_known()).decode()):
        assert "unsupported" not in text
        assert "left out" in text


def test_what_is_never_judged_is_not_told_as_left_out() -> None:
    """`anew` spares time alone, so that naming it leaves nothing out."""
    report = msgspec.structs.replace(_known(), without=["anew", "sequence"])
    text = render(report, width=100)
    assert (1, 1) == (text.count("left out, without sequence:"), text.count("without sequence:\n"))
    assert "anew" not in text


def test_nothing_left_out_is_not_told() -> None:
    """Where the features are named that no requirement of the run takes, there is no line."""
    report = msgspec.structs.replace(make_report(make_judgement()), without=["decide"])
    assert "left out" not in render(report, width=100).lower()
