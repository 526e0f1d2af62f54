"""The law of a download's retries (group RT), read off the history from its end.

Spec: `spec/rt.md`.
"""

from collections.abc import Mapping
from typing import Any

from stallproof.judge.rules.machines.verdict import Verdict

FIRST_US, MOST_US = 2_000_000, 60_000_000
FIELDS = {"action": "RT-1", "wait_us": "RT-2"}


def law(given: Mapping[str, Any]) -> Verdict | None:
    """Return the verdict on `max_retries` and the `outcomes` of the requests so far."""
    most, outcomes = given.get("max_retries"), given.get("outcomes")
    if given.keys() != {"max_retries", "outcomes"} or type(most) is not int:
        return None
    if not isinstance(outcomes, list) or not set(outcomes) <= {"ok", "timeout", "error"}:
        return None
    if most < 0:
        return Verdict({"action": "refuse", "wait_us": 0}, {"RT-1": "negative"}, FIELDS)
    row = 0
    for place, outcome in enumerate(outcomes, start=1):
        row = row + 1 if outcome == "timeout" else 0
        if (outcome == "error" or row > most) and place < len(outcomes):
            # Nothing is asked for after a failure.
            return None
    if row > most:
        return Verdict({"action": "fail", "wait_us": 0}, {"RT-1": "used-up"}, FIELDS)
    if row:
        wait_us = min(FIRST_US * 2 ** (row - 1), MOST_US)
        tested = {"RT-2": "first" if row == 1 else "capped" if wait_us == MOST_US else "doubled"}
        if row == 1 and len(outcomes) > 2 and "timeout" in outcomes[:-1]:
            tested["RT-2"] = "begun-anew"
        if row == most or row == 1:
            tested["RT-1"] = "timed-out"
        return Verdict({"action": "retry", "wait_us": wait_us}, tested, FIELDS)
    if outcomes and outcomes[-1] == "error":
        return Verdict({"action": "fail", "wait_us": 0}, {"RT-1": "failed"}, FIELDS)
    return Verdict({"action": "go_on", "wait_us": 0}, {}, FIELDS)
