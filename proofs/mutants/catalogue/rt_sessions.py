"""Mutants of RT-3 to RT-5: whole downloads."""

from functools import partial

from proofs.mutants.mutant import Mutant

in_session = partial(Mutant, file="reference/stallproof/machines/download_session.py")
in_retry = partial(Mutant, file="reference/stallproof/machines/download_retry.py")
in_download = partial(Mutant, file="reference/stallproof/drivers/download.py")
TESTS = "test:tests/drivers/test_download.py::"

MUTANTS = (
    in_download(
        id="a_download_sleeps_out_its_waits",
        says="nobody who waits before a retry is woken by an abort",
        breaks=("RT-3", "RT-5.2"),
        caught_by=(f"{TESTS}test_an_abort_from_another_thread_ends_a_wait_at_once",),
        old="            self._changed.notify_all()\n\n    def close",
        new="\n    def close",
    ),
    in_download(
        id="a_download_keeps_every_answer",
        says="the payload of each answer is kept, whether its request is in flight or not",
        breaks=("RT-5.3",),
        caught_by=(
            f"{TESTS}test_an_answer_that_comes_with_the_one_to_the_retry_counts_for_nothing",
            f"{TESTS}test_the_driver_keeps_the_schedule_of_the_naive_download",
        ),
        old="            if self._session.receipts > session.receipts:",
        new="            if is_piece:",
    ),
    in_download(
        id="a_download_reports_a_recovery_twice",
        says="what was reported stays queued, and is told again after the next request",
        breaks=("RT-4.1", "RT-4.2"),
        caught_by=(
            f"{TESTS}test_an_answer_that_comes_with_the_one_to_the_retry_counts_for_nothing",
        ),
        old="reports, self._reports = self._reports, []",
        new="reports = [*self._reports]",
    ),
    in_download(
        id="a_download_asks_although_it_was_aborted",
        says="an abort before the first request is heard after it",
        breaks=("RT-3.1",),
        caught_by=(f"{TESTS}test_an_abort_in_a_request_leaves_nothing_to_begin",),
        old="            if self._session.is_abort_asked:\n",
        new="            if False:\n",
    ),
    in_download(
        id="a_download_waits_for_room_for_ever",
        says="a request that the peer does not take has no timeout",
        breaks=("RT-5.1",),
        caught_by=(f"{TESTS}test_a_peer_that_reads_nothing_keeps_nobody_beyond_the_timeout",),
        old="                if left_us <= 0:",
        new="                if False:",
    ),
    in_session(
        id="an_abort_waits_for_the_end_of_its_wait",
        says="an abort during a wait is heard at the end of the wait, as the origin does",
        breaks=("RT-5.2",),
        caught_by=("proof:rt3_an_abort_ends_a_wait",),
        old="_next(session, Action.ABORT, now_us)\n    return",
        new="_next(session, Action.ABORT, session.at_us)\n    return",
    ),
    in_session(
        id="an_abort_during_a_wait_is_forgotten",
        says="an abort is looked for before a wait alone: after the wait one more request is asked",
        breaks=("RT-3.1", "RT-5.2"),
        caught_by=("oracle:RT-3", "vectors:RT-3,RT-5"),
        old="        return on_abort(session, now_us=at_us), None",
        new="        aborted = on_abort(session, now_us=at_us)\n"
        "        return (aborted if is_asking(session) else session), None",
    ),
    in_session(
        id="an_abort_in_a_request_begins_a_wait",
        says="an abort is looked for after a wait alone, which begins all the same",
        breaks=("RT-3.1",),
        caught_by=(
            "proof:rt3_nothing_begins_after_an_abort",
            "proof:rt4_what_fails_is_reported_as_what_it_is",
        ),
        old="    if session.is_abort_asked:\n        return _next(session,",
        new="    if False:\n        return _next(session,",
    ),
    in_session(
        id="a_failure_hides_the_abort",
        says="an abort in a request that fails, or times out for good, is told as a failure",
        breaks=("RT-3.1", "RT-4.4"),
        caught_by=(
            "proof:rt3_nothing_begins_after_an_abort",
            "proof:rt4_what_fails_is_reported_as_what_it_is",
        ),
        old="    if session.is_abort_asked:\n        return _next(session,",
        new="    is_last = outcome is Outcome.ERROR or session.retries == limits.max_retries\n"
        "    if session.is_abort_asked and not is_last:\n        return _next(session,",
    ),
    in_session(
        id="a_failure_is_told_although_it_was_aborted",
        says="the abort is looked for after a time-out, and not after another failure",
        breaks=("RT-3.1",),
        caught_by=("oracle:RT-3", "vectors:RT-3"),
        old="    return on_failure(limits, session, outcome, now_us=at_us)",
        new="    if outcome is Outcome.ERROR:\n"
        "        session = replace(session, is_abort_asked=False)\n"
        "    return on_failure(limits, session, outcome, now_us=at_us)",
    ),
    in_session(
        id="an_answer_comes_after_its_time",
        says="an answer, an abort and the end of a wait may come after their last moment",
        breaks=("RT-5",),
        caught_by=(
            "test:tests/machines/test_download_session.py::"
            "test_what_cannot_have_happened_is_no_history",
        ),
        old="        (late_us > 0, f",
        new="        (False, f",
    ),
    in_session(
        id="an_abort_asks_for_the_next_piece",
        says="an abort that comes in a request that is answered is forgotten",
        breaks=("RT-3.1",),
        caught_by=("proof:rt3_nothing_begins_after_an_abort",),
        old="    if session.is_abort_asked:\n        return _next(after,",
        new="    if False:\n        return _next(after,",
    ),
    in_session(
        id="an_abort_begins_its_request_anew",
        says="an abort in a request begins the timeout of that request anew",
        breaks=("RT-5.1",),
        caught_by=("proof:rt5_an_abort_never_moves_the_end",),
        old="    return replace(session, is_abort_asked=True)",
        new="    return replace(session, is_abort_asked=True, at_us=now_us)",
    ),
    in_session(
        id="a_late_answer_counts",
        says="the late answer to a request that was retried counts, and so does the next one",
        breaks=("RT-5.3",),
        caught_by=("proof:rt5_a_late_answer_changes_nothing",),
        old="    if not is_asking(session) or request != session.request:",
        new="    if not is_asking(session):",
    ),
    in_session(
        id="receipts_are_answers",
        says="every answer that comes in is counted as a receipt",
        breaks=("RT-5.3",),
        caught_by=("oracle:RT-5", "vectors:RT-5"),
        old="    what, receipts = session.action, session.receipts\n",
        new="    what = session.action\n"
        "    receipts = sum(one.event is Happened.ANSWERED for one in events)\n",
    ),
    in_session(
        id="an_answer_keeps_the_retries",
        says="the retries of one piece are counted on for the next, which recovers from nothing",
        breaks=("RT-4.4",),
        caught_by=("proof:rt4_a_recovery_is_reported_once",),
        old="receipts=session.receipts + 1, retries=0)",
        new="receipts=session.receipts + 1)",
    ),
    in_session(
        id="a_failure_is_reported_as_a_retry_too",
        says="the time-out after the last retry is reported as one more retry",
        breaks=("RT-4.4",),
        caught_by=("oracle:RT-4", "vectors:RT-4"),
        old="        reports += [report] if report is not None else []",
        new="        reports += [Report.RETRY] if report is Report.FAILED else []\n"
        "        reports += [report] if report is not None else []",
    ),
    in_session(
        id="the_first_request_is_no_part_of_the_time",
        says="the longest time counts the retries of a piece and not its first request",
        breaks=("RT-5",),
        caught_by=("proof:rt5_the_longest_time_begins_as_stated",),
        old="(limits.max_retries + 1) * limits.timeout_us",
        new="limits.max_retries * limits.timeout_us",
    ),
    in_retry(
        id="every_wait_is_the_longest",
        says="the time that the waits take together counts a minute for the fifth one",
        caught_by=("oracle:RT-5", "vectors:RT-5"),
        old="30_000_000, 62_000_000)",
        new="30_000_000, 90_000_000)",
    ),
    in_session(
        id="a_wait_is_counted_from_its_end",
        says="the wait before a retry begins a request timeout late",
        breaks=("RT-3.3", "RT-5.1"),
        caught_by=("proof:rt5_a_time_out_never_moves_the_end",),
        old="now_us + next_.wait_us)",
        new="now_us + next_.wait_us + limits.timeout_us)",
    ),
    in_session(
        id="a_wait_does_not_count_its_retry",
        says="the retry is counted again when its wait ends, and the next wait is too long",
        breaks=("RT-5",),
        caught_by=("proof:rt5_a_wait_in_time_never_moves_the_end",),
        old="replace(session, request=session.request + 1)",
        new="replace(session, request=session.request + 1, retries=session.retries + 1)",
    ),
    in_session(
        id="an_answer_asks_for_its_piece_again",
        says="an answer is not counted as a receipt, so that its piece is asked for again",
        breaks=("RT-5.1",),
        caught_by=("proof:rt5_an_answer_in_time_never_moves_the_end",),
        old="receipts=session.receipts + 1, retries=0)",
        new="receipts=session.receipts, retries=0)",
    ),
    in_session(
        id="an_abort_leaves_what_was_answered_in_flight",
        says="a request that is answered after the abort stays in flight, and nothing is over",
        breaks=("RT-3.2",),
        caught_by=("vectors:RT-3",),
        old="        return _next(after, Action.ABORT, now_us), report\n",
        new="        return after, report\n",
    ),
    in_session(
        id="a_failure_without_a_retry_is_not_reported",
        says="only a download that has reported something before reports that it failed",
        breaks=("RT-4.3",),
        caught_by=("vectors:RT-4",),
        old="        reports += [report] if report is not None else []",
        new="        is_told = report is not Report.FAILED or reports\n"
        "        reports += [report] if report is not None and is_told else []",
    ),
    in_session(
        id="a_retry_after_a_retry_is_not_reported",
        says="of several retries in a row the first alone is reported",
        breaks=("RT-4.1",),
        caught_by=("vectors:RT-4",),
        old="        reports += [report] if report is not None else []",
        new="        is_told = report is not Report.RETRY or reports[-1:] != [report]\n"
        "        reports += [report] if report is not None and is_told else []",
    ),
    in_session(
        id="a_wait_is_told_a_microsecond_late",
        says="the end of a wait is told a microsecond late",
        breaks=("RT-3.3",),
        caught_by=("vectors:RT-3",),
        old="return SessionDecision(what, session.at_us, tuple(reports)",
        new="at_us = session.at_us + (what is Action.RETRY)\n"
        "    return SessionDecision(what, at_us, tuple(reports)",
    ),
)
