"""Retrying a download: which failure is worth another request, how often, and after what wait.

The stall it guards against: a peer that is slow for a moment costs a whole download, or a peer that
is gone is asked for ever.

The intuition: only a time-out says that asking again may help. The waits double, so that a peer
that needs time gets it, and are bounded, so that nobody waits for nothing.

The use: `on_outcome` after each request; or `decide` on the whole history, which starts anew and
remembers nothing.

The complication: the maximum counts retries in a row. A success begins the count anew, so that one
long download may be retried more often than that in all.

Spec: `spec/rt.md`.
"""

from collections.abc import Sequence
from enum import Enum

from stallproof.machines.contracts import ensure, require
from stallproof.machines.states import state

MOST_US = 60_000_000
"""No wait is longer."""
_WAITS_US = (2_000_000, 4_000_000, 8_000_000, 16_000_000, 32_000_000)
"""The waits that are shorter than that, each twice the one before."""
_WAITED_US = (0, 2_000_000, 6_000_000, 14_000_000, 30_000_000, 62_000_000)
"""How long the first so many waits in a row take together; each further one is the longest."""


class Outcome(Enum):
    """How one request ended."""

    OK = "ok"
    TIMEOUT = "timeout"
    ERROR = "error"


class Action(Enum):
    """What follows: the next request, the same one after a wait, or the end."""

    GO_ON = "go_on"
    RETRY = "retry"
    FAIL = "fail"
    REFUSE = "refuse"


@state
class RetryDecision:
    """What is to be done; `wait_us` comes before a retry and is 0 otherwise."""

    action: Action
    wait_us: int


@require(lambda retry: retry >= 1)
@ensure(lambda retry, result: (result == MOST_US) == (retry > len(_WAITS_US)), "RT-2")
def wait_before(retry: int) -> int:
    """Return the wait before this retry in a row, counted from 1."""
    return _WAITS_US[retry - 1] if retry <= len(_WAITS_US) else MOST_US


@require(lambda retries: retries >= 0)
@ensure(lambda retries, result: result >= 2_000_000 * retries, "RT-5")
def waits_us(retries: int) -> int:
    """Return how long the first `retries` waits in a row take together."""
    row = min(retries, len(_WAITED_US) - 1)
    return _WAITED_US[row] + (retries - row) * MOST_US


@require(lambda retries: retries >= 0)
@require(lambda max_retries: max_retries >= 0)
@ensure(
    lambda retries, outcome, max_retries, result: (
        (result[1].action is Action.RETRY) == (outcome is Outcome.TIMEOUT and retries < max_retries)
    ),
    "RT-1: a time-out is retried, and nothing else, and not too often",
)
@ensure(
    lambda outcome, result: (result[1].action is Action.GO_ON) == (outcome is Outcome.OK), "RT-1"
)
@ensure(lambda outcome, result: outcome is not Outcome.OK or result[0] == 0, "RT-2: begins anew")
@ensure(
    lambda retries, result: (
        result[1].wait_us == (wait_before(retries + 1) if result[1].action is Action.RETRY else 0)
    ),
    "RT-2",
)
def on_outcome(retries: int, outcome: Outcome, *, max_retries: int) -> tuple[int, RetryDecision]:
    """Return how many retries in a row there are now, of `retries` before, and what to do."""
    if outcome is Outcome.OK:
        return 0, RetryDecision(Action.GO_ON, 0)
    if outcome is Outcome.TIMEOUT and retries < max_retries:
        return retries + 1, RetryDecision(Action.RETRY, wait_before(retries + 1))
    return retries, RetryDecision(Action.FAIL, 0)


def decide(max_retries: int, outcomes: Sequence[Outcome]) -> RetryDecision:
    """Return what follows the requests that ended so; a negative maximum is refused.

    Raises `ValueError` for a history that goes on after a failure.
    """
    if max_retries < 0:
        return RetryDecision(Action.REFUSE, 0)
    retries, decision = 0, RetryDecision(Action.GO_ON, 0)
    for outcome in outcomes:
        if decision.action is Action.FAIL:
            raise ValueError("nothing is asked for after a failure")
        retries, decision = on_outcome(retries, outcome, max_retries=max_retries)
    return decision
