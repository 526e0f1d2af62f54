"""Annotations: what a runner of GitHub Actions makes of the lines, and what it must not obey."""

import re

import msgspec

from stallproof.judge.report import Expectation, Expectations, Finding, HarnessTrouble, Report
from stallproof.reports.annotations import ANNOTATIONS_MAX, annotations, unobeyed
from tests.reports.built import hostile, huge
from tests.reports.samples import make_finding, make_judgement, make_report


def obeyed(text: str) -> list[tuple[str, str, str]]:
    """Return the commands that a runner finds in `text`: kind, title and message, unescaped.

    It looks at each line without the blanks at its head, and at none between `stop-commands` and
    the line with the same token.
    """
    found, until = [], None
    for line in re.split(r"\r\n|\r|\n", text):
        match = re.fullmatch(r"\s*::([^ :]+)(?: title=([^:]*))?::(.*)", line)
        if match is None or (until is not None and match[1] != until):
            continue
        if until is not None:
            until = None
        elif match[1] == "stop-commands":
            until = match[3]
        else:
            words = [word or "" for word in match.groups()]
            for escaped, mark in (("%3A", ":"), ("%2C", ","), ("%0A", "\n"), ("%25", "%")):
                words = [word.replace(escaped, mark) for word in words]
            found.append((words[0], words[1], words[2]))
    return found


def of_kind(kind: str, report: Report) -> list[tuple[str, str]]:
    return [(title, said) for one, title, said in obeyed(annotations(report)) if one == kind]


def test_a_violation_is_an_error_and_what_is_open_a_warning() -> None:
    """The requirement is the title; what was allowed is no warning."""
    noisy = Finding(scenario="s", explanation="Noise: 100%, too much.", tells="inconclusive")
    report = make_report(
        make_judgement("SD-3", "fail", findings=[make_finding()] * 2),
        make_judgement("SD-4", "inconclusive", findings=[noisy]),
        verdict="fail",
    )
    says = "The send ended 654.3 ms too late. It was seen in never-reads-unix/1 (2 times)."
    assert [("stallproof: SD-3", says)] == of_kind("error", report)
    assert [("stallproof: SD-4 inconclusive", noisy.explanation)] == of_kind("warning", report)
    assert [] == of_kind("warning", msgspec.structs.replace(report, allowed=["inconclusive"]))


def test_what_was_expected_to_fail_is_no_error_and_what_is_stale_is_one() -> None:
    """As in the verdict on the whole."""
    entries = [Expectation(requirement=name, reason="r", link="l") for name in ("SD-3", "SD-4")]
    met = Expectations(
        file="k", expected=entries[:1], stale=entries[1:], flaky_failed=[], flaky_passed=[],
        unresolved=[], left_out=[],
    )  # fmt: skip
    judged = [make_judgement("SD-3", "fail", findings=[make_finding()]), make_judgement("SD-4")]
    report = msgspec.structs.replace(make_report(*judged, verdict="fail"), expectations=met)
    assert ["stallproof: SD-4"] == [title for title, _ in of_kind("error", report)]


def test_of_each_kind_there_are_ten_at_most_and_the_rest_is_counted() -> None:
    """A page of a run shows no more than that."""
    found = of_kind("error", huge())
    assert (10, 10) == (ANNOTATIONS_MAX, len(found))
    assert ANNOTATIONS_MAX == len(of_kind("warning", huge()))
    told = [said for _, said in of_kind("notice", huge())]
    assert "4990 more of kind error; the report has them all" in told


def test_no_text_from_outside_is_obeyed() -> None:
    """Neither in the annotations nor in the text of a report."""
    trouble = HarnessTrouble(scenario="s", what="\n::error::x", detail="%0A::error::y\r::error::z")
    report = make_report(make_judgement(), verdict="incomplete", harness=[trouble])
    (warning,) = of_kind("warning", report)
    assert "%0A::error::y\\r::error::z" == warning[1]
    assert [] == of_kind("error", report)
    assert {"error", "warning", "notice"} >= {kind for kind, *_ in obeyed(annotations(hostile()))}
    assert [] == obeyed(unobeyed("a\n  ::error::x\n::stop-commands::y\n::set-env::z\n"))


def test_a_report_that_passes_has_none() -> None:
    """Nothing stands beside a change that is all right, and what is ended is obeyed again."""
    assert "" == annotations(make_report(make_judgement()))
    text = unobeyed("x\n") + annotations(make_report(verdict="incomplete"))
    assert ["notice"] == [kind for kind, *_ in obeyed(text)]
