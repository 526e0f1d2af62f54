"""What counts as a regression between two reports, and what does not."""

from typing import get_args

import msgspec
import pytest

from stallproof.judge.comparison import NOT_JUDGED, compared
from stallproof.judge.report import Judgement, Report, Standing, Verdict
from stallproof.judge.whole import weighed
from tests.reports.samples import make_judgement, make_report

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


def judged(standing: Standing | None, id: str = "SD-3", *, transport: str = "") -> list[Judgement]:
    """Return one requirement, `None` for none; with `transport`, which passes on unix besides."""
    if standing is None:
        return []
    verdict: Verdict = "unsupported" if standing == "left-out" else standing
    made = make_judgement(id, verdict)
    places: dict[str, Standing] = {transport: standing, "unix": "pass"} if transport else {}
    return [msgspec.structs.replace(made, standings={"never-reads": standing}, transports=places)]


def report(*judgements: Judgement, **more: object) -> Report:
    """Return a report of these and of one that passes, with the verdict that follows."""
    made = make_report(*judgements, *judged("pass", "SD-9"))
    return weighed(msgspec.structs.replace(made, **more))


def is_worse(before: Standing | None, after: Standing | None, **more: object) -> bool:
    """Tell whether a requirement that came out so, and then so, got worse."""
    found = compared(report(*judged(before)), report(*judged(after), **more))
    return any(change.is_worse for change in found.changes)


@pytest.mark.parametrize("after", [*(one for one in get_args(Standing) if one != "pass"), None])
def test_what_passed_and_does_not_pass_any_more_is_a_regression(after: Standing | None) -> None:
    """Also where it was left out, or is not judged at all: less must not look better."""
    assert is_worse("pass", after)


@pytest.mark.parametrize("before", ["inconclusive", "not-exercised", "unsupported", "left-out"])
def test_what_fails_and_did_not_is_a_regression(before: Standing) -> None:
    """Whatever it was before."""
    assert is_worse(before, "fail")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        *((one, one) for one in VERDICTS),
        *((one, "pass") for one in VERDICTS),
        ("fail", "inconclusive"),
        ("fail", None),
        ("inconclusive", "unsupported"),
        (None, "fail"),
        (None, "pass"),
    ],
)
def test_anything_else_is_none(before: Standing | None, after: Standing | None) -> None:
    """What never passed cannot stop to, and what is new regresses from nothing."""
    assert not is_worse(before, after)


@pytest.mark.parametrize("after", ["inconclusive", "not-exercised", "unsupported"])
def test_what_the_new_run_allows_is_none(after: Standing) -> None:
    """Who accepts noise in a verdict accepts it here; a failure nobody can allow."""
    assert not is_worse("pass", after, allowed=[after])
    assert is_worse("pass", "fail", allowed=[after])


def test_one_transport_that_got_worse_is_a_regression_of_the_whole() -> None:
    """Although the requirement failed before, and fails still."""
    old = report(*judged("fail", transport="tcp"))
    new = report(*judged("fail", transport="tcp"))
    broken: dict[str, Standing] = {"tcp": "fail", "unix": "fail"}
    changed = msgspec.structs.replace(new.requirements[0], transports=broken)
    new = msgspec.structs.replace(new, requirements=[changed, *new.requirements[1:]])
    (change,) = compared(old, new).changes
    assert ("fail", "fail", True) == (change.before, change.after, change.is_worse)
    assert ["unix"] == [part.name for part in change.parts if part.is_worse]
    assert not compared(new, old).is_worse


def test_a_report_without_parts_is_compared_by_its_verdicts() -> None:
    """Older reports tell no standings; that is no change."""
    old, new = make_judgement(), judged("pass", transport="tcp")
    assert [] == compared(make_report(old), make_report(*new)).changes


def test_reports_of_different_clocks_are_compared_by_their_verdicts() -> None:
    """Virtual time has one situation for all of them, and no transports."""
    old = report(*judged("pass", transport="tcp"))
    virtual = msgspec.structs.replace(
        make_judgement(), standings={"virtual-time": "pass"}, transports={}
    )
    new = report(virtual)
    assert compared(old, new).is_worse
    assert [] == compared(old, msgspec.structs.replace(new, clock="virtual")).changes


def test_what_is_new_or_gone_is_named() -> None:
    """With the standing that it has or had."""
    old, new = report(*judged("pass", "SD-1")), report(*judged("fail", "SD-2"))
    found = compared(old, new)
    assert [("SD-2", NOT_JUDGED, "fail"), ("SD-1", "pass", NOT_JUDGED)] == [
        (one.id, one.before, one.after) for one in found.changes
    ]
    assert 1 == found.unchanged


def test_the_whole_counts_unless_only_a_part_is_asked_for() -> None:
    """A harness that broke changes no requirement, and is a regression all the same."""
    old, new = report(), report(interrupted="by SIGINT")
    assert "pass" == old.verdict
    assert compared(old, new).is_worse
    assert not compared(old, new, only=frozenset({"SD-9"})).is_worse
    assert not compared(new, old).is_worse


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"law": "1+cd"}, "another version of the law: 1+ab, then 1+cd"),
        ({"law": ""}, "another version of the law: 1+ab, then none is named"),
        ({"clock": "virtual"}, "another clock: real, then virtual"),
        ({"profile": "seed"}, "another profile: hardened, then seed"),
        ({"implementation": {"name": "x", "version": "1.0"}}, "another implementation: demo"),
        ({"implementation": {"name": "demo", "version": "2"}}, "another version of it: 1.0, then"),
        ({"interrupted": "by SIGINT"}, "the new run was interrupted: by SIGINT"),
    ],
)
def test_what_the_two_do_not_have_in_common_is_warned_of(
    more: dict[str, object], says: str
) -> None:
    """A change may come from there, and from no change in the code."""
    (warning,) = compared(report(law="1+ab"), report(**{"law": "1+ab", **more})).warnings
    assert warning.startswith(says)
