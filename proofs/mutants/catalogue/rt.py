"""Mutants of RT-1 and RT-2: retries."""

from functools import partial

from proofs.mutants.mutant import Mutant

in_download_retry = partial(Mutant, file="reference/stallproof/machines/download_retry.py")
in_machines = partial(Mutant, file="tests/implementations/node/machines.js")
in_go_retry = partial(Mutant, file="tests/implementations/go/retry/retry.go")

MUTANTS = (
    in_download_retry(
        id="the_longest_wait_is_64_seconds",
        says="the waits go on doubling once too often, to 64 s",
        breaks=("RT-2.1",),
        caught_by=("oracle:RT-2",),
        old="MOST_US = 60_000_000\n",
        new="MOST_US = 64_000_000\n",
    ),
    in_download_retry(
        id="the_second_wait_is_the_first",
        says="the second wait is the first",
        breaks=("RT-2.1",),
        caught_by=("proof:rt2_the_wait_doubles_up_to_a_minute",),
        old="_WAITS_US[retry - 1]",
        new="_WAITS_US[max(0, retry - 2)]",
    ),
    in_download_retry(
        id="the_waits_are_never_bounded_by_a_minute",
        says="the waits are never bounded by a minute",
        breaks=("RT-2.1",),
        caught_by=("proof:rt2_the_wait_doubles_up_to_a_minute",),
        old="else MOST_US",
        new="else 2 * MOST_US",
    ),
    in_download_retry(
        id="a_success_keeps_the_count",
        says="a success does not begin the count of retries anew",
        breaks=("RT-2.2",),
        caught_by=("proof:rt2_a_success_begins_the_waits_anew",),
        old="return 0,",
        new="return retries,",
    ),
    in_download_retry(
        id="retries_every_failure",
        says="retries every failure",
        breaks=("RT-1.2",),
        caught_by=("proof:rt1_only_a_time_out_is_retried",),
        old="    if outcome is Outcome.TIMEOUT and retries < max_retries:\n",
        new="    if retries < max_retries:\n",
    ),
    in_download_retry(
        id="retries_once_too_often",
        says="a download is retried once more often than the maximum",
        breaks=("RT-1.1", "RT-1.2"),
        caught_by=("proof:rt1_the_last_retry_is_the_maximum",),
        old="    if outcome is Outcome.TIMEOUT and retries < max_retries:\n",
        new="    if outcome is Outcome.TIMEOUT and retries <= max_retries:\n",
    ),
    in_download_retry(
        id="retries_are_not_counted",
        says="retries are not counted",
        breaks=("RT-1.1",),
        caught_by=(
            "proof:rt1_the_last_retry_is_the_maximum",
            "proof:rt2_a_success_begins_the_waits_anew",
        ),
        old="return retries + 1,",
        new="return retries,",
    ),
    in_download_retry(
        id="a_negative_maximum_is_none",
        says="a negative maximum is none",
        breaks=("RT-1.3",),
        caught_by=("proof:rt1_a_negative_maximum_is_refused",),
        old="RetryDecision(Action.REFUSE, 0)",
        new="RetryDecision(Action.FAIL, 0)",
    ),
    in_download_retry(
        id="retries_go_on_after_a_failure",
        says="a history that goes on after a failure is decided as if it had not failed",
        breaks=("RT-1",),
        caught_by=("test:tests/machines/test_download_retry.py::test_nothing_follows_a_failure",),
        old="        if decision.action is Action.FAIL:\n",
        new="        if decision.action is Action.REFUSE:\n",
    ),
    in_download_retry(
        id="no_retries_are_the_default",
        says="a maximum of zero counts as none given, so that three stand in for it",
        breaks=("RT-1.1",),
        caught_by=("oracle:RT-1",),
        old="on_outcome(retries, outcome, max_retries=max_retries)",
        new="on_outcome(retries, outcome, max_retries=max_retries or 3)",
    ),
    in_go_retry(
        id="go_shifted_once_too_often",
        says="the wait is shifted by the number of the retry, which begins at 1",
        breaks=("RT-2.1",),
        caught_by=("vectors:RT-2",),
        old="firstWaitUS << (row - 1)",
        new="firstWaitUS << row",
    ),
    in_machines(
        id="node_no_retries_are_three",
        says="a maximum of zero counts as none given, and the default of three stands in for it",
        breaks=("RT-1.1",),
        caught_by=("vectors:RT-1",),
        old="row === 0 || row > most",
        new="row === 0 || row > (most || 3)",
    ),
    in_machines(
        id="node_waits_double_for_ever",
        says="the wait before a retry is not bounded: the seventh is two minutes, and so on",
        breaks=("RT-2.1",),
        caught_by=("vectors:RT-2",),
        old="Math.min(FIRST_US * 2 ** (row - 1), MOST_US)",
        new="FIRST_US * 2 ** (row - 1)",
    ),
)
