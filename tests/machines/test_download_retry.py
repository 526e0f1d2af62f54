"""The retry of a download at its boundaries and against a download that looks back."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from icontract import ViolationError

from stallproof.judge.rules.machines import law_of
from stallproof.machines import download_retry
from stallproof.machines.download_retry import Action, Outcome, RetryDecision
from tests.models.download_retry import decision
from tests.models.frozen import FROZEN

TIMEOUT, OK, ERROR = Outcome.TIMEOUT, Outcome.OK, Outcome.ERROR
S = 1_000_000

FAILED = st.lists(st.sampled_from(["ok", "timeout", "error"]), max_size=12)


@pytest.mark.requirement("RT-2", kind="boundary")
@pytest.mark.parametrize(
    ("retry", "seconds"), [(1, 2), (2, 4), (3, 8), (4, 16), (5, 32), (6, 60), (7, 60), (70, 60)]
)
def test_the_wait_doubles_up_to_a_minute(retry: int, seconds: int) -> None:
    """The fifth wait is the last that doubles: the sixth would be 64 s and is 60 s."""
    assert seconds * S == download_retry.wait_before(retry)


@pytest.mark.requirement("RT-1", kind="boundary")
@pytest.mark.parametrize(
    ("row", "action"), [(2, Action.RETRY), (3, Action.RETRY), (4, Action.FAIL)]
)
def test_the_third_time_out_of_three_is_the_last_that_is_retried(row: int, action: Action) -> None:
    """Before, at and after the maximum."""
    assert action is download_retry.decide(3, [TIMEOUT] * row).action


def test_a_success_begins_the_count_anew() -> None:
    """Three time-outs, a success and a time-out: the next wait is 2 s, and not a failure."""
    past = [TIMEOUT, TIMEOUT, TIMEOUT, OK, TIMEOUT]
    assert RetryDecision(Action.RETRY, 2 * S) == download_retry.decide(3, past)


def test_nothing_follows_a_failure() -> None:
    """A history that goes on after a failure is none, for the machine and for the law."""
    for past in ([ERROR, OK], [TIMEOUT, TIMEOUT, OK]):
        with pytest.raises(ValueError, match="after a failure"):
            download_retry.decide(1, past)
        given = {"max_retries": 1, "outcomes": [one.value for one in past]}
        assert law_of("download_retry", given) is None


def test_a_count_that_cannot_be_is_refused() -> None:
    """The machine is never asked with fewer than no retries."""
    with pytest.raises(ViolationError):
        download_retry.on_outcome(-1, OK, max_retries=3)


@pytest.mark.requirement("RT-1", "RT-2")
@given(st.integers(-2, 9), FAILED)
def test_machine_law_and_naive_download_agree(max_retries: int, outcomes: list[str]) -> None:
    """Three statements of one law, each written on its own, decide alike on every history."""
    verdict = law_of("download_retry", {"max_retries": max_retries, "outcomes": outcomes})
    machine = FROZEN["download_retry"]
    try:
        past = [machine.Outcome(one) for one in outcomes]
        made = msgspec.to_builtins(machine.decide(max_retries, past))
    except ValueError:
        assert verdict is None
        return
    assert verdict is not None
    assert decision(max_retries, outcomes) == made == verdict.decision
    assert verdict.broken_by(made) is None
    assert verdict.broken_by({**made, "wait_us": made["wait_us"] + 1}) == "RT-2"
    assert verdict.broken_by({**made, "action": "wait"}) == "RT-1"
