"""Stories about decisions: every situation of RT, kept, and broken in one field."""

from functools import partial
from typing import Any

from stallproof.wire import events as ev
from tests.judge.case import Case
from tests.judge.story import T0_US, Story
from tests.models.download_retry import decision

MACHINE = "download_retry"
WAITS_LONGER = {"wait_us": 1}
GOES_ON = {"action": "go_on", "wait_us": 0}


def _story(most: int, outcomes: list[str], wrong: dict[str, Any]) -> Story:
    given: dict[str, Any] = {"max_retries": most, "outcomes": outcomes}
    asked = {"op": "decide", "machine": MACHINE, "input": given}
    said = {**decision(most, outcomes), **wrong}
    return (
        Story("decides", requirements=("RT-1", "RT-2"))
        .add(ev.requested(asked, at_us=T0_US, number=1))
        .add(ev.Decided(at_us=T0_US, machine=MACHINE, input=given, decision=said))
        .add(ev.Answered(at_us=T0_US, id=1, op="decide"))
    )


CASES = tuple(
    Case(
        requirement,
        situation,
        partial(_story, most, outcomes, {}),
        partial(_story, most, outcomes, wrong),
        (MACHINE, str(outcomes)),
    )
    for requirement, situation, most, outcomes, wrong in (
        ("RT-1", "timed-out", 3, ["timeout"], GOES_ON),
        ("RT-1", "used-up", 1, ["timeout"] * 2, GOES_ON),
        ("RT-1", "failed", 3, ["error"], GOES_ON),
        ("RT-1", "negative", -1, ["ok"], GOES_ON),
        ("RT-2", "first", 3, ["timeout"], WAITS_LONGER),
        ("RT-2", "doubled", 3, ["timeout"] * 2, WAITS_LONGER),
        ("RT-2", "capped", 6, ["timeout"] * 6, WAITS_LONGER),
        ("RT-2", "begun-anew", 3, ["timeout", "ok", "timeout"], WAITS_LONGER),
    )
)
