"""The dead-client notice: every history of a few heartbeats, and its boundaries."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stallproof.judge.rules.machines import law_of
from stallproof.machines import dead_client
from stallproof.machines.dead_client import Heartbeat
from tests.models.dead_client import decision
from tests.models.frozen import FROZEN

BEATS = {"r": (["j"], ["j"]), "a": (["j"], []), "e": ([], []), "o": ([], ["j"])}
"""A report, an absence, no such job, and a report of one that does not run."""


def agree(least: int, needs_report: bool, beats: list[dict[str, Any]]) -> list[str]:
    """Assert that machine, law and model decide alike, and return the notices."""
    machine = FROZEN["dead_client"]
    verdict = law_of(
        "dead_client",
        {"needed_absences": least, "needs_report": needs_report, "heartbeats": beats},
    )
    past = [machine.Heartbeat(tuple(one["running"]), tuple(one["reported"])) for one in beats]
    made = {"notices": list(machine.decide(least, needs_report, past).notices)}
    assert verdict is not None
    assert decision(least, needs_report, beats) == made == verdict.decision
    assert verdict.broken_by(made) is None
    assert verdict.broken_by({"notices": ["x"]}) in ("DN-1", "DN-2")
    return made["notices"]


def history(words: str) -> list[dict[str, Any]]:
    return [{"running": BEATS[one][0], "reported": BEATS[one][1]} for one in words]


@pytest.mark.requirement("DN-1", "DN-2", kind="boundary")
def test_every_history_of_six_heartbeats_is_decided_alike_by_three_statements() -> None:
    """One job: reports and absences alone up to six, with ends up to five, each switch."""
    for size, least, switch in product(range(7), (1, 2, 3), (False, True)):
        for words in product("ra" if size == 6 else "rae" if size == 5 else "raeo", repeat=size):
            agree(least, switch, history("".join(words)))


JOBS = st.lists(st.sampled_from(["j", "k", "l"]), max_size=4)


@pytest.mark.requirement("DN-1", "DN-2")
@given(
    st.integers(1, 3),
    st.booleans(),
    st.lists(st.fixed_dictionaries({"running": JOBS, "reported": JOBS}), max_size=12),
)
def test_jobs_are_tracked_apart(least: int, switch: bool, beats: list[dict[str, Any]]) -> None:
    """Several jobs at once, named twice or running nowhere."""
    agree(least, switch, beats)


@pytest.mark.requirement("DN-2", kind="boundary")
@pytest.mark.parametrize(
    ("words", "is_sent"),
    [("raa", False), ("raaa", True), ("raaaa", False), ("raaraaa", True), ("raaaraaa", False)],
)
def test_the_third_absence_in_a_row_of_three_sends_the_notice(words: str, is_sent: bool) -> None:
    """Before, at and after it; begun anew by a report, and never a second time."""
    assert (["j"] if is_sent else []) == agree(3, True, history(words))


@pytest.mark.requirement("DN-1", kind="boundary")
@pytest.mark.parametrize(
    ("words", "switch", "is_sent"),
    [("a", True, False), ("ra", True, True), ("rea", True, False), ("a", False, True)],
)
def test_one_report_in_the_same_run_of_a_job_is_enough(
    words: str, switch: bool, is_sent: bool
) -> None:
    """None, one, one before the job ended, and the older behaviour."""
    assert (["j"] if is_sent else []) == agree(1, switch, history(words))


def test_a_notice_needs_at_least_one_absence() -> None:
    """Less is no input, for the machine and for the law."""
    with pytest.raises(ValueError, match="at least one"):
        dead_client.decide(0, True, [Heartbeat(("j",), ())])
    asked = {"needed_absences": 0, "needs_report": True, "heartbeats": []}
    assert law_of("dead_client", asked) is None
