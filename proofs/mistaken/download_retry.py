"""Mistakes in the retry of a download."""

from proofs.mistaken import Edit

OF = "stallproof.machines.download_retry"

EDITS: list[Edit] = [
    (
        "retries_every_failure",
        "on_outcome",
        "outcome is Outcome.TIMEOUT and retries",
        "retries",
        "rt1_only_a_time_out_is_retried",
    ),
    (
        "retries_once_too_often",
        "on_outcome",
        "retries < max_retries",
        "retries <= max_retries",
        "rt1_the_last_retry_is_the_maximum",
    ),
    (
        "retries_are_not_counted",
        "on_outcome",
        "return retries + 1,",
        "return retries,",
        "rt1_the_last_retry_is_the_maximum rt2_a_success_begins_the_waits_anew",
    ),
    (
        "a_negative_maximum_is_none",
        "decide",
        "RetryDecision(Action.REFUSE, 0)",
        "RetryDecision(Action.FAIL, 0)",
        "rt1_a_negative_maximum_is_refused",
    ),
    (
        "the_second_wait_is_the_first",
        "wait_before",
        "_WAITS_US[retry - 1]",
        "_WAITS_US[max(0, retry - 2)]",
        "rt2_the_wait_doubles_up_to_a_minute",
    ),
    (
        "the_waits_are_never_bounded_by_a_minute",
        "wait_before",
        "else MOST_US",
        "else 2 * MOST_US",
        "rt2_the_wait_doubles_up_to_a_minute",
    ),
    (
        "a_success_keeps_the_count",
        "on_outcome",
        "return 0,",
        "return retries,",
        "rt2_a_success_begins_the_waits_anew",
    ),
]
