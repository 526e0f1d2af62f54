"""The verdict on the whole: why it is not complete, and what a user accepts of that."""

from collections.abc import Sequence

import msgspec
import pytest

from stallproof import __version__
from stallproof.judge.accumulator import Accumulator
from stallproof.judge.report import Allowable, HarnessTrouble, Report, Verdict, exit_code
from stallproof.judge.whole import weighed
from stallproof.reports.whole import last_line
from stallproof.requirements.version import law_version
from stallproof.wire.events import HarnessFailed
from tests.judge.sending import stalled
from tests.judge.story import MS, T0_US, Story
from tests.judge.verdicts import header, report_of
from tests.reports.samples import make_judgement, make_report


def weighed_with(verdicts: Sequence[Verdict], *allowed: Allowable, **changes: object) -> Report:
    """Return the report on requirements with these verdicts, weighed with what is allowed."""
    judgements = [make_judgement(f"SD-{n}", one) for n, one in enumerate(verdicts, start=1)]
    report = msgspec.structs.replace(make_report(*judgements), allowed=list(allowed), **changes)
    return weighed(report)


@pytest.mark.parametrize(
    ("verdicts", "allowed", "whole"),
    [
        (("pass", "inconclusive"), (), "incomplete"),
        (("pass", "inconclusive"), ("inconclusive",), "pass"),
        (("pass", "inconclusive", "unsupported"), ("inconclusive",), "incomplete"),
        (("pass", "inconclusive", "unsupported"), ("inconclusive", "unsupported"), "pass"),
        (("pass", "not-exercised"), ("inconclusive", "unsupported"), "incomplete"),
        (("pass", "fail"), ("inconclusive", "not-exercised", "unsupported"), "fail"),
        # Nothing passed: there is nothing that could be accepted.
        (("not-exercised",), ("not-exercised",), "incomplete"),
    ],
)
def test_only_what_is_allowed_may_stay_open(
    verdicts: Sequence[Verdict], allowed: Sequence[Allowable], whole: str
) -> None:
    """Each reason is allowed for itself, a failure never, and something has to have passed."""
    assert whole == weighed_with(verdicts, *allowed).verdict


def test_the_reasons_are_named_whether_or_not_they_are_allowed() -> None:
    """A program reads from `why` what is open, and from `allowed` what was accepted of it."""
    report = weighed_with(("pass", "inconclusive", "unsupported"), "inconclusive")
    assert ["inconclusive", "unsupported"] == report.why
    assert 3 == exit_code(report)
    broken = HarnessTrouble(scenario="s", what="died", detail="d")
    report = weighed_with(("pass",), harness=[broken], interrupted="by SIGTERM")
    assert ["harness", "interrupted"] == report.why


@pytest.mark.parametrize(
    ("verdicts", "allowed", "why"),
    [
        ((), (), ["nothing-judged"]),
        (("unsupported",), ("unsupported",), ["unsupported", "nothing-judged"]),
        (("unsupported",), (), ["unsupported"]),
        (("pass", "unsupported"), ("unsupported",), ["unsupported"]),
        (("fail",), (), []),
    ],
)
def test_a_report_that_judged_nothing_says_so(
    verdicts: Sequence[Verdict], allowed: Sequence[Allowable], why: Sequence[str]
) -> None:
    """All was left out or allowed: that is no pass, and no other reason is there to be read."""
    report = weighed_with(verdicts, *allowed)
    assert why == report.why
    assert ("nothing-judged" in why) == ("nothing was left to judge" in last_line(report).plain)


@pytest.mark.parametrize("name", ["harness", "interrupted"])
def test_a_broken_harness_and_a_run_cut_short_are_never_a_pass(name: str) -> None:
    """All that was judged passed, and all that may stay open may: that is not enough."""
    broken = HarnessTrouble(scenario="s", what="died", detail="d")
    changes: dict[str, dict[str, object]] = {
        "harness": {"harness": [broken]}, "interrupted": {"interrupted": "by SIGINT"}
    }  # fmt: skip
    every: tuple[Allowable, ...] = ("inconclusive", "not-exercised", "unsupported")
    assert "incomplete" == weighed_with(("pass",), *every, **changes[name]).verdict


def test_equal_troubles_are_told_once_with_their_number() -> None:
    """The first scenario is named; how many others, and how often in all, is counted."""
    died = [HarnessFailed(at_us=T0_US, what="died", detail=why) for why in "de"]
    stories = [Story("a").add(died[0]), Story("b").add(died[0]).add(died[0]).add(died[1])]
    told = [(t.scenario, t.detail, t.times, t.scenarios) for t in report_of(*stories).harness]
    assert [("a", "d", 3, 2), ("b", "e", 1, 1)] == told


def test_a_report_names_by_what_it_judged_and_on_what_it_was_played() -> None:
    """Transports are in the order of the law, and each once; a finding names its own."""
    late, on_time = stalled("trickles-tcp", late_us=300 * MS), stalled("trickles-unix")
    report = report_of(late, on_time, on_time)
    assert (__version__, law_version()) == (report.stallproof, report.law)
    assert ["unix", "tcp"] == report.transports
    broken = next(one for one in report.requirements if one.id == "SD-1")
    assert [["tcp"]] == [one.transports for one in broken.findings]


def test_runs_that_are_not_kept_leave_their_transports() -> None:
    """What is added up as it comes knows where it was played, like what is judged at once."""
    accumulator = Accumulator(header())
    for number, how in enumerate(("never-reads-unix", "never-reads-tls", "trickles-unix"), 1):
        accumulator.add(list(stalled(how).events(repetition=number)))
    assert ["unix", "tls"] == accumulator.report().transports
