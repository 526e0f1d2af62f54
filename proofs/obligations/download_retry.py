"""Retrying a download. Spec: `spec/rt.md`."""

from proofs.prover.statement import Claim, obligation
from stallproof.machines import download_retry
from stallproof.machines.download_retry import Action, Outcome

SECOND_US = 1_000_000


def counted(retries: int, max_retries: int) -> bool:
    return 0 <= retries <= max_retries


@obligation("RT-1", given=counted)
def rt1_only_a_time_out_is_retried(retries: int, max_retries: int, outcome: Outcome) -> Claim:
    """After anything but a time-out there is no retry: a success goes on, the rest fails."""
    _, next_ = download_retry.on_outcome(retries, outcome, max_retries=max_retries)
    if outcome is Outcome.TIMEOUT:
        return None
    return next_.action is (Action.GO_ON if outcome is Outcome.OK else Action.FAIL)


@obligation("RT-1", given=counted)
def rt1_the_last_retry_is_the_maximum(retries: int, max_retries: int) -> Claim:
    """A time-out is retried and counted while fewer retries were made in a row, and else fails."""
    row, next_ = download_retry.on_outcome(retries, Outcome.TIMEOUT, max_retries=max_retries)
    if retries == max_retries:
        return next_.action is Action.FAIL and next_.wait_us == 0
    return next_.action is Action.RETRY and row == retries + 1


@obligation("RT-1", given=lambda max_retries: max_retries < 0)
def rt1_a_negative_maximum_is_refused(max_retries: int, outcome: Outcome) -> Claim:
    """Whatever happened, a negative maximum is refused and nothing is waited for."""
    told = [download_retry.decide(max_retries, past) for past in ((), (outcome,))]
    return all(one.action is Action.REFUSE and one.wait_us == 0 for one in told)


@obligation("RT-2", given=lambda retry: retry >= 1)
def rt2_the_wait_doubles_up_to_a_minute(retry: int) -> Claim:
    """The first wait is 2 s, and each further one twice the one before, or 60 s if that is less."""
    first, this, next_ = (download_retry.wait_before(n) for n in (1, retry, retry + 1))
    return first == 2 * SECOND_US and next_ == min(2 * this, 60 * SECOND_US)


@obligation("RT-2", given=lambda retries, max_retries: counted(retries, max_retries - 1))
def rt2_a_success_begins_the_waits_anew(retries: int, max_retries: int) -> Claim:
    """After a success, however many retries came before it, the next wait is 2 s."""
    row, _ = download_retry.on_outcome(retries, Outcome.OK, max_retries=max_retries)
    row, next_ = download_retry.on_outcome(row, Outcome.TIMEOUT, max_retries=max_retries)
    return row == 1 and next_.wait_us == 2 * SECOND_US
