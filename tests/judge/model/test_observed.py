"""What is a verdict on a run in virtual time, what is none, and how reports weigh it."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from stallproof.judge import model
from stallproof.judge.offline import report_on
from stallproof.judge.report import Judgement, Report
from stallproof.wire import events as ev
from stallproof.wire.codec import TRACE_SCHEMA
from stallproof.wire.events import AnyEvent
from tests.judge.model.exact_runs import Played, Word, run_of, said, told
from tests.judge.model.steps import ack, open_, send, stream, until

LOCK = ("lock_taken", 0, "a", 1)
WROTE = ("written", 0, "a", 1, 0, 5)
OK = ("send_ended", 0, "a", 1, "ok", False)
SENT: list[Played] = [
    (open_("a"), ()),
    (send("a", 1, 5, at=0), (LOCK, WROTE, OK)),
    (send("a", 2, 5, at=10), (("lock_taken", 10, "a", 2), ("written", 10, "a", 2, 10, 5),
                              ("send_ended", 10, "a", 2, "ok", False))),
]  # fmt: skip


def answered(
    played: Sequence[Played], number: int, error: str, **more: Any
) -> set[tuple[str, str]]:
    """Return what is told of a run in which one request was answered with an error."""
    run = run_of(played, requirements=["SD-9"], **more)
    events = [
        msgspec.structs.replace(e, error=error)
        if isinstance(e, ev.Answered) and e.id == number
        else e
        for e in run.events
    ]
    run.events[:] = events
    return {(one.requirement, one.tells) for one in model.observe(run)}


def test_a_request_that_failed_leaves_its_case_open() -> None:
    """`failed` is neither right nor wrong: the requirements of the case are inconclusive."""
    assert answered(SENT, 3, "failed") == {("SD-9", "held"), ("CX-4", "held"), ("SD-9", "unsure")}


def test_a_request_that_is_unsupported_ends_its_case_in_silence() -> None:
    """What was held before it stays held, and nothing else is said."""
    assert answered(SENT, 3, "unsupported") == {("SD-9", "held"), ("CX-4", "held")}


def test_a_refused_offset_is_reported_by_the_refusal() -> None:
    """An interface that takes no such offset holds AP-10, and refusing a true one breaks it."""
    begun = tuple(("chunk_begun", 0, "a", 1, offset) for offset in (10, 20, 30))
    start: list[Played] = [(open_("a"), ()), (stream("a", 1, 60, at=0), begun)]
    untrue = answered([*start, (ack("a", 1, "x", at=5), ())], 3, "refused")
    assert ("AP-10", "held") in untrue
    true = answered([*start, (ack("a", 1, 10, at=5), ())], 3, "refused")
    assert ("AP-10", "broken") in true


@pytest.mark.parametrize(
    "word",
    [
        ("send_ended", 10, "a", 7, "ok", False),
        ("closing", 10, "zzz"),
        ("chunk_begun", 10, "a", 3, 5),
        ("written", 0, "a", 1, 0, 5),
    ],
)
def test_words_that_nobody_can_place_leave_the_case_open(word: Word) -> None:
    """A send, a connection or a stream nobody asked for, or a moment that had passed."""
    played = [*SENT[:2], (SENT[2][0], (*SENT[2][1], word))]
    run = run_of(played, requirements=["SD-9"])
    if word[0] == "written":
        run = run_of([*SENT, (until(20), (word,))], requirements=["SD-9"])
    assert (told(run, "broken"), told(run, "unsure")) == (set(), {"SD-9"})


def test_a_case_that_broke_off_is_judged_up_to_its_last_reply() -> None:
    """What a harness said before it died may be half of what it had to say."""
    run = run_of([*SENT[:2], (SENT[2][0], ())])
    run.events.insert(-1, ev.HarnessFailed(at_us=10, what="died", detail="It died."))
    assert (told(run, "broken"), told(run, "held")) == (set(), {"SD-9", "CX-4"})


@pytest.mark.parametrize(
    ("numbers", "broken", "held"),
    [
        ((7, 8), set(), {"SD-14"}),
        ((65535, 0), set(), {"SD-14"}),
        ((7, 7), {"SD-14"}, set()),
        ((7, 9), {"SD-14"}, set()),
        ((None, None), set(), set()),
    ],
)
def test_sequence_numbers_rise_by_one(
    numbers: tuple[int | None, int | None], broken: set[str], held: set[str]
) -> None:
    """The first is free, the next is one more modulo 65536, and unsaid ones show nothing."""
    run = run_of(SENT)
    ends = [e for e in run.events if isinstance(e, ev.SendEnded)]
    for end, number in zip(ends, numbers, strict=True):
        run.events[run.events.index(end)] = msgspec.structs.replace(end, sequence=number)
    assert (told(run, "broken"), told(run, "held") & {"SD-14"}) == (broken, held)


# --- reports --------------------------------------------------------------------------------------


def report(played: Sequence[Played], clocks: Sequence[str] = ("virtual",)) -> Report:
    """Return the report on the same run, once for each clock."""
    events: list[AnyEvent] = [
        ev.TraceBegun(
            at_us=0, schema=TRACE_SCHEMA, profile="hardened",
            selected=["SD-9", "SD-10", "SD-11"], implementation={"name": "x"}, features=[],
        )
    ]  # fmt: skip
    for clock in clocks:
        run = run_of(played, requirements=["SD-9"])
        assert run.ended is not None
        begun = msgspec.structs.replace(run.begun, clock=clock)
        events += [begun, *run.events, run.ended]
    return report_on(events)


def judgement(found: Report, requirement: str) -> Judgement:
    return next(one for one in found.requirements if one.id == requirement)


def test_a_virtual_report_has_one_situation() -> None:
    """A requirement that was put to the test passes by it, and one that was not says so."""
    found = report(SENT)
    ok, untested = judgement(found, "SD-9"), judgement(found, "SD-10")
    assert (ok.verdict, ok.situations) == ("pass", {"virtual-time": 1})
    assert (untested.verdict, untested.situations) == ("not-exercised", {"virtual-time": 0})
    assert "cut off by a closing" in untested.findings[0].explanation


def test_what_virtual_time_cannot_decide_says_so() -> None:
    """SD-11 is not exercised, and the report says that no script ever will."""
    found = judgement(report(SENT), "SD-11")
    assert (found.verdict, "cannot decide" in found.findings[0].explanation) == (
        "not-exercised",
        True,
    )


def test_beside_real_runs_virtual_ones_only_break() -> None:
    """A virtual hold does not stand in for what a peer has to see; a virtual violation fails."""
    mixed = judgement(report(SENT, ("real", "virtual")), "SD-9")
    assert (mixed.verdict, "virtual-time" in mixed.situations) == ("not-exercised", False)
    lost = [SENT[0], (SENT[1][0], (LOCK, WROTE, ("send_ended", 0, "a", 1, "closed", True)))]
    assert judgement(report(lost, ("real", "virtual")), "SD-9").verdict == "fail"
    assert judgement(report(lost), "SD-9").verdict == "fail"


def test_a_finding_says_when_and_shows_the_evidence() -> None:
    """The explanation has the time, and the events contradict the law by themselves."""
    lost = [SENT[0], (SENT[1][0], (LOCK, WROTE, ("send_ended", 0, "a", 1, "closed", True)))]
    (finding,) = judgement(report(lost), "SD-9").findings
    assert "at 0.0 ms" in finding.explanation
    assert said(("send_ended", 0, "a", 1, "closed", True)) in finding.events
