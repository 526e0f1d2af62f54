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
        "no_retries_are_the_default",
        "RT-1",
        says="a maximum of zero counts as none given, so that three stand in for it",
        module=MACHINE,
        old="on_outcome(retries, outcome, max_retries=max_retries)",
        new="on_outcome(retries, outcome, max_retries=max_retries or 3)",
    ),
    judged(
        "the_longest_wait_is_64_seconds",
        "RT-2",
        says="the waits go on doubling once too often, to 64 s",
        module=MACHINE,
        old="MOST_US = 60_000_000\n",
        new="MOST_US = 64_000_000\n",
    ),
)
