"""What a jump of the wall clock is blamed for, and what it is not: SD-17 and AP-15."""

import pytest
from msgspec.structs import replace

from stallproof.judge.rules.clocks import FROM_ITS_CALL
from stallproof.wire.events import SendEnded
from tests.judge.case import Case
from tests.judge.clocks import CASES, EARLY_US, JUMP_US, LATE_US, QUEUES_US, sends, waits
from tests.judge.sending import stalled
from tests.judge.story import GRACE_US, HOUR_US, MS, NOISE_US, Story
from tests.judge.verdicts import verdicts_of

UNSURE = "without a jump is not certain"
TOO_LATE_US = GRACE_US + NOISE_US + 1


@pytest.mark.parametrize(
    ("late_us", "verdict"), [(-1, "fail"), (0, "pass"), (GRACE_US, "pass"), (TOO_LATE_US, "fail")]
)
@pytest.mark.parametrize("way", ["ahead", "back"])
def test_a_deadline_is_as_exact_with_a_jump_as_without(
    way: str, late_us: int, verdict: str
) -> None:
    """Neither way excuses being early by 1 us, or late by more than grace and noise.

    A jump ahead makes nobody late who was in flight: something else did.
    """
    rest = [one.kept() for one in CASES if one.requirement == "SD-17"]
    queued = verdicts_of(sends(way, queued_us=late_us), *rest)["SD-17"]
    assert verdict == queued.verdict
    in_flight = verdicts_of(sends(way, in_flight_us=late_us), *rest)["SD-17"]
    is_no_reason = way == "ahead" and late_us == TOO_LATE_US
    assert in_flight.verdict == ("inconclusive" if is_no_reason else verdict)


@pytest.mark.parametrize(
    ("late_us", "verdict"), [(-1, "fail"), (0, "pass"), (GRACE_US, "pass"), (TOO_LATE_US, "fail")]
)
@pytest.mark.parametrize("way", ["ahead", "back"])
def test_a_watchdog_is_as_exact_with_a_jump_as_without(
    way: str, late_us: int, verdict: str
) -> None:
    """Neither way excuses being early by 1 us, or late by more than grace and noise.

    A jump ahead makes no wait last longer: something else did.
    """
    rest = [one.kept() for one in CASES if one.requirement == "AP-15"]
    is_no_reason = way == "ahead" and late_us == TOO_LATE_US
    for told in (waits(way, silent_us=late_us), waits(way, bounded_us=late_us)):
        judged = verdicts_of(told, *rest)["AP-15"].verdict
        assert judged == ("inconclusive" if is_no_reason else verdict)


@pytest.mark.parametrize("moved_us", [-EARLY_US, LATE_US])
def test_what_is_wrong_without_a_jump_as_well_is_no_matter_of_clocks(moved_us: int) -> None:
    """The other requirements judge it; this one says that it cannot tell."""
    told = sends("back", in_flight_us=moved_us, queued_us=moved_us, beside_us=moved_us)
    judged = verdicts_of(told)["SD-17"]
    assert "fail" != judged.verdict
    assert any(
        "without a jump is not certain" in finding.explanation for finding in judged.findings
    )
    streams = waits("back", silent_us=moved_us, bounded_us=moved_us, beside_us=moved_us)
    judged = verdicts_of(streams)["AP-15"]
    assert "fail" != judged.verdict
    assert any(
        "without a jump is not certain" in finding.explanation for finding in judged.findings
    )


@pytest.mark.parametrize("way", ["ahead", "back"])
def test_a_timeout_that_counts_from_the_call_is_no_matter_of_clocks(way: str) -> None:
    """It breaks SD-4, also without a jump; what ends sooner or much later has another reason."""
    # The queued send is asked for a moment after the one ahead of it.
    from_its_call_us = -(QUEUES_US - MS)
    latest_us = from_its_call_us + GRACE_US + NOISE_US
    for moved_us, verdict in (
        (from_its_call_us - 1, "fail"),
        (from_its_call_us, "inconclusive"),
        (latest_us, "inconclusive"),
        (latest_us + 1, "fail"),
    ):
        rest = [one.kept() for one in CASES if one.requirement == "SD-17"]
        judged = verdicts_of(sends(way, queued_us=moved_us), *rest)
        assert verdict == judged["SD-17"].verdict
        assert "fail" == judged["SD-4"].verdict
    judged = verdicts_of(sends(way, queued_us=from_its_call_us))
    assert any(FROM_ITS_CALL in one.explanation for one in judged["SD-17"].findings)


@pytest.mark.parametrize("moved_us", [-EARLY_US, LATE_US])
def test_with_nothing_beside_it_nothing_is_blamed_on_the_clock(moved_us: int) -> None:
    """Nobody knows then what would have become of it without the jump."""
    told = sends("back", in_flight_us=moved_us, queued_us=moved_us, beside_us=None)
    assert "not-exercised" == verdicts_of(told)["SD-17"].verdict
    streams = waits("back", silent_us=moved_us, bounded_us=moved_us, beside_us=None)
    assert "not-exercised" == verdicts_of(streams)["AP-15"].verdict


def test_with_nothing_beside_it_a_bound_that_is_kept_is_kept() -> None:
    """What is right is right without any comparison."""
    assert 1 == verdicts_of(sends(beside_us=None))["SD-17"].situations["jump-ahead-in-flight"]
    assert 1 == verdicts_of(waits(beside_us=None))["AP-15"].situations["jump-ahead-no-progress"]


def test_a_send_that_ended_before_the_jump_was_not_moved_by_it() -> None:
    """It was too early before anybody touched the clock."""
    told = sends("ahead", in_flight_us=JUMP_US - 100 * MS - 500 * MS - 1)
    assert {"SD-4"} == {one for one, j in verdicts_of(told).items() if j.verdict == "fail"}


def test_what_was_dated_before_the_jump_and_heard_after_it_accuses_nobody() -> None:
    """The time-out came too early, and perhaps before the jump: SD-4 has it."""
    told = sends("ahead", in_flight_us=JUMP_US - 100 * MS - 500 * MS - 1)
    told.told = [
        replace(e, heard_us=e.at_us + 2) if isinstance(e, SendEnded) and e.send == 1 else e
        for e in told.told
    ]
    judged = verdicts_of(told)
    assert {"SD-4"} == {one for one, j in judged.items() if j.verdict == "fail"}
    assert any("before the jump" in finding.explanation for finding in judged["SD-17"].findings)


def stalled_after_a_jump(late_us: int) -> Story:
    """A send that is late in another play, and that a jump has met too."""
    return stalled(late_us=late_us).jump(JUMP_US, -HOUR_US)


def test_what_fails_with_a_jump_alone_follows_from_the_clock() -> None:
    """In whichever run the clock was found out; and the finding tells of the jump."""
    found = sends("back", in_flight_us=LATE_US)
    judged = verdicts_of(found, stalled_after_a_jump(LATE_US), stalled())["SD-3"]
    assert ("fail", ["SD-17"]) == (judged.verdict, judged.follows)
    assert "In this run the wall clock jumped back by 3600 s." in judged.findings[0].explanation


def test_what_fails_without_a_jump_too_is_a_mistake_of_its_own() -> None:
    """So is what fails with a jump where no clock was found out."""
    found = sends("back", in_flight_us=LATE_US)
    judged = verdicts_of(found, stalled_after_a_jump(LATE_US), stalled(late_us=LATE_US))["SD-3"]
    assert ("fail", []) == (judged.verdict, judged.follows)
    judged = verdicts_of(stalled_after_a_jump(LATE_US))["SD-3"]
    assert ("fail", []) == (judged.verdict, judged.follows)


@pytest.mark.parametrize("case", [one for one in CASES if one.also], ids=str)
def test_what_else_fails_by_the_jump_follows_from_it(case: Case) -> None:
    """Who reads the report looks for one mistake."""
    judged = verdicts_of(case.broken())
    assert [] == judged[case.requirement].follows
    assert [[case.requirement]] * len(case.also) == [judged[one].follows for one in case.also]
