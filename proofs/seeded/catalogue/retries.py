"""Mistakes in the retry of a download: one for each kind of evidence."""

from proofs.seeded.ledgered import proved
from proofs.seeded.tested import judged, tested

MACHINE = "machines.download_retry"

SEEDED = (
    proved(
        "retries_once_too_often",
        "RT-1",
        by="rt1_the_last_retry_is_the_maximum",
        says="a download is retried once more often than the maximum",
    ),
    proved(
        "a_success_keeps_the_count",
        "RT-2",
        by="rt2_a_success_begins_the_waits_anew",
        says="a success does not begin the count of retries anew",
    ),
    tested(
        "retries_go_on_after_a_failure",
        "RT-1",
        by="machines/test_download_retry.py::test_nothing_follows_a_failure",
        says="a history that goes on after a failure is decided as if it had not failed",
        module=MACHINE,
        old="        if decision.action is Action.FAIL:\n",
        new="        if decision.action is Action.REFUSE:\n",
    ),
    judged(
        "retries_every_failure",
        "RT-1",
        says="a failure that is no time-out is retried",
        module=MACHINE,
        old="    if outcome is Outcome.TIMEOUT and retries < max_retries:\n",
        new="    if retries < max_retries:\n",
    ),
    judged(
        "waits_a_second_longer",
        "RT-2",
        says="each wait is a second longer than it has to be",
        module=MACHINE,
        old="RetryDecision(Action.RETRY, wait_before(retries + 1))",
        new="RetryDecision(Action.RETRY, wait_before(retries + 1) + 1_000_000)",
    ),
)
