"""Mutants of the machine that counts stalled checks."""

from functools import partial

from proofs.mutants.mutant import Mutant

in_stall_count = partial(Mutant, file="reference/stallproof/machines/stall_count.py")

MUTANTS = (
    in_stall_count(
        id="idle_has_a_stall_time",
        says="idle has a stall time",
        breaks=("SC-1", "SC-3", "SC-4"),
        caught_by=("proof:sc1_an_idle_connection_never_stalls",),
        old="return 0",
        new="return now_us",
    ),
    in_stall_count(
        id="a_clock_read_early_is_a_long_stall",
        says="a clock that was read before the lock was taken makes an endless stall",
        breaks=("SC-1",),
        caught_by=("search:monitor",),
        old="return max(0, now_us - taken_us)",
        new="return now_us - taken_us if now_us >= taken_us else now_us + taken_us",
    ),
    in_stall_count(
        id="stall_time_mirrored",
        says="stall time mirrored",
        breaks=("SC-1",),
        caught_by=("proof:sc1_a_clock_read_early_is_no_stall",),
        old="max(0, now_us - taken_us)",
        new="abs(now_us - taken_us)",
    ),
    in_stall_count(
        id="stall_time_one_too_long",
        says="stall time one too long",
        breaks=("SC-1",),
        caught_by=("proof:sc1_stall_time_runs_from_the_lock", "proof:sc2_stalled_is_strict"),
        old="max(0, now_us - taken_us)",
        new="max(0, now_us - taken_us + 1)",
    ),
    in_stall_count(
        id="never_received_is_not_idle",
        says="a connection that never received anything gets no heartbeat",
        caught_by=("proof:sc10_a_connection_that_never_received_is_idle", "vectors:SC-10"),
        old="received_us is None or",
        new="received_us is not None and",
    ),
    in_stall_count(
        id="a_heartbeat_comes_late",
        says="a heartbeat is due a microsecond later than it has to be",
        breaks=("SC-10",),
        caught_by=("model:monitor",),
        old="""\
now_us - received_us > policy.heartbeat_interval_us

""",
        new="""\
now_us - received_us > policy.heartbeat_interval_us + 1

""",
    ),
    in_stall_count(
        id="heartbeat_at_the_interval",
        says="a heartbeat goes out at the exact interval instead of after it",
        caught_by=(
            "proof:sc10_a_heartbeat_is_due_after_the_interval",
            "test:tests/machines/test_stall_count.py::"
            "test_a_heartbeat_is_due_strictly_after_the_interval",
            "vectors:SC-10",
        ),
        old="now_us - received_us > policy",
        new="now_us - received_us >= policy",
    ),
    in_stall_count(
        id="stalled_at_the_limit",
        says="a stall of exactly the limit counts",
        caught_by=(
            "proof:sc2_stalled_is_strict",
            "proof:sc3_any_other_check_resets",
            "proof:sc4_exactly_the_stalled_checks_warn",
            "proof:sc9a_the_first_stalled_check",
            "proof:sc9b_the_first_stalled_check",
            "proof:sc9a_the_upper_end_is_tight_first",
            "proof:sc9b_the_upper_end_is_tight_first",
            "proof:cx5_a_send_timeout_within_the_limit_never_warns",
            "test:tests/machines/test_stall_count.py::"
            "test_stalled_is_strictly_longer_than_the_limit",
            "vectors:SC-2",
        ),
        old="held_us > policy.stall_timeout_us",
        new="held_us >= policy.stall_timeout_us",
    ),
    in_stall_count(
        id="stalled_one_after_the_limit",
        says="a stall counts two microseconds after the limit",
        breaks=("SC-2",),
        caught_by=(
            "proof:sc2_stalled_is_strict",
            "proof:sc4_exactly_the_stalled_checks_warn",
            "proof:sc9a_the_lower_end_is_tight_first",
            "proof:sc9b_the_lower_end_is_tight_first",
            "proof:sc13_a_new_connection_counts_from_nothing",
            "model:monitor",
        ),
        old="held_us > policy.stall_timeout_us",
        new="held_us > policy.stall_timeout_us + 1",
    ),
    in_stall_count(
        id="the_limit_itself_is_stalled",
        says="a stall of exactly the limit counts, so that a send within it is warned of",
        breaks=("SC-2", "CX-5"),
        caught_by=("search:agreement",),
        old="held_us > policy.stall_timeout_us:",
        new="held_us + 1 > policy.stall_timeout_us:",
    ),
    in_stall_count(
        id="counts_across_sends_in_stall_count",
        says="two stalled sends in a row are counted as one stall",
        caught_by=("vectors:SC-15",),
        old="        same = snapshot.send_id == count.send_id\n",
        new="        same = True\n",
    ),
    in_stall_count(
        id="two_sends_count_as_one",
        says="stalled checks of different sends are counted together",
        breaks=("SC-15", "SC-3"),
        caught_by=("search:monitor",),
        old="same = snapshot.send_id == count.send_id",
        new="same = count.send_id is not None",
    ),
    in_stall_count(
        id="the_first_check_of_a_send_counts_nothing",
        says="the first stalled check of another send counts from nothing",
        breaks=("SC-15", "SC-3"),
        caught_by=("model:monitor",),
        old="checks = count.stalled_checks + 1 if same else 1",
        new="checks = count.stalled_checks + 1 if same else 0",
    ),
    in_stall_count(
        id="counts_across_sends",
        says="stalls of two sends are counted together",
        breaks=("SC-15",),
        caught_by=("proof:sc15_another_send_counts_from_one",),
        old="count.stalled_checks + 1 if same else 1",
        new="count.stalled_checks + 1",
    ),
    in_stall_count(
        id="counts_two",
        says="counts two",
        breaks=("SC-3",),
        caught_by=(
            "proof:sc3_a_stalled_check_counts_one_up",
            "proof:sc6_no_close_before_the_threshold",
            "proof:sc9a_each_further_check",
            "proof:sc9b_each_further_check",
        ),
        old="count.stalled_checks + 1 if same",
        new="count.stalled_checks + 2 if same",
    ),
    in_stall_count(
        id="never_counts_beyond_one",
        says="never counts beyond one",
        breaks=("SC-3",),
        caught_by=(
            "proof:sc3_a_stalled_check_counts_one_up",
            "proof:sc7_the_threshold_closes",
            "proof:sc9a_closed_by_the_upper_end",
            "proof:sc9b_closed_by_the_upper_end",
        ),
        old="count.stalled_checks + 1 if same else 1",
        new="1",
    ),
    in_stall_count(
        id="the_first_check_counts_down",
        says="the first check counts down",
        breaks=("SC-13",),
        caught_by=(
            "proof:cx1_a_check_holds_together",
            "proof:sc13_a_new_connection_counts_from_nothing",
        ),
        old="count.stalled_checks + 1 if same else 1",
        new="count.stalled_checks + 1 if same else -1 if count.send_id is None else 1",
    ),
    in_stall_count(
        id="warn_only_does_not_count",
        says="warn only does not count",
        breaks=("SC-5",),
        caught_by=("proof:sc5_warn_only_counts_and_never_closes",),
        old="count.stalled_checks + 1 if same",
        new="count.stalled_checks + 1 if policy.close_stalled",
    ),
    in_stall_count(
        id="closes_at_any_stalled_check",
        says="the first stalled check closes",
        breaks=("SC-6",),
        caught_by=(
            "proof:sc6_no_close_before_the_threshold",
            "proof:sc15_another_send_counts_from_one",
            "proof:sc9a_no_close_at_or_before_the_lower_end",
            "proof:sc9b_no_close_at_or_before_the_lower_end",
            "test:tests/drivers/test_monitor.py::"
            "test_a_stall_is_counted_strictly_and_closes_at_the_threshold_once",
        ),
        old="closes = policy.close_stalled and checks >= policy.checks_max",
        new="closes = policy.close_stalled and checks >= 1",
    ),
    in_stall_count(
        id="closes_one_check_early",
        says="the monitor closes one check before the threshold",
        caught_by=(
            "proof:sc6_no_close_before_the_threshold",
            "proof:sc6_the_monitor_keeps_it_open_before_the_threshold",
            "proof:sc9a_no_close_at_or_before_the_lower_end",
            "proof:sc9b_no_close_at_or_before_the_lower_end",
            "proof:cx5a_a_send_timeout_within_the_lower_end_never_closes",
            "proof:cx5b_a_send_timeout_within_the_lower_end_never_closes",
            "vectors:CX-5,SC-6,SC-9",
        ),
        old="closes = policy.close_stalled and checks >= policy.checks_max",
        new="closes = policy.close_stalled and checks + 1 >= policy.checks_max",
    ),
    in_stall_count(
        id="closes_one_check_late",
        says="the monitor closes one check after the threshold",
        caught_by=(
            "proof:sc7_the_threshold_closes",
            "proof:sc7_the_monitor_closes_at_the_threshold",
            "proof:sc9a_closed_by_the_upper_end",
            "proof:sc9b_closed_by_the_upper_end",
            "proof:cx5a_a_send_timeout_beyond_the_lower_end_may_close",
            "proof:cx5b_a_send_timeout_beyond_the_lower_end_may_close",
            "test:tests/machines/test_stall_count.py::"
            "test_the_check_that_reaches_the_threshold_closes",
            "vectors:SC-7,SC-9",
        ),
        old="closes = policy.close_stalled and checks >= policy.checks_max",
        new="closes = policy.close_stalled and checks > policy.checks_max",
    ),
    in_stall_count(
        id="never_closes",
        says="the monitor warns for ever, also where it is to close",
        caught_by=("vectors:SC-7,SC-9",),
        old="""\
closes = policy.close_stalled and checks >= policy.checks_max and not snapshot.closing""",
        new="closes = False",
    ),
    in_stall_count(
        id="closes_in_warn_only",
        says="the monitor closes in warn-only mode too",
        caught_by=(
            "proof:sc5_warn_only_counts_and_never_closes",
            "proof:sc5_warn_only_never_closes_the_connection",
            "proof:cx1_a_check_holds_together",
            "test:tests/machines/test_stall_count.py::"
            "test_warn_only_counts_and_warns_and_never_closes",
            "vectors:SC-5",
        ),
        old="policy.close_stalled and checks",
        new="checks",
    ),
    in_stall_count(
        id="a_long_stall_closes_at_once",
        says="a stall of twice the limit closes without further checks",
        breaks=("SC-6",),
        caught_by=("search:monitor",),
        old="checks >= policy.checks_max and",
        new="(checks >= policy.checks_max or held_us > 2 * policy.stall_timeout_us) and",
    ),
    in_stall_count(
        id="one_check_is_taken_for_two",
        says="a threshold of one check is taken for one of two",
        breaks=("SC-7",),
        caught_by=("search:monitor",),
        old="checks >= policy.checks_max and",
        new="checks > max(1, policy.checks_max - 1) and",
    ),
    in_stall_count(
        id="closes_again",
        says="the monitor closes a connection that is closing",
        breaks=("SC-8",),
        caught_by=(
            "proof:sc8_a_stall_that_outlasts_the_closing_is_not_closed_again",
            "proof:sc8_a_check_closes_at_most_once",
            "proof:sc8_a_check_asks_exactly_for_the_closing_it_begins",
            "proof:sd5_two_closers_in_a_row_close_once",
        ),
        old="checks_max and not snapshot.closing",
        new="checks_max",
    ),
    in_stall_count(
        id="warn_only_counts_to_one",
        says="in warn-only mode nothing is counted beyond the first stalled check",
        breaks=("SC-5", "SC-3"),
        caught_by=("search:monitor",),
        old="            StallCount(checks, snapshot.send_id),",
        new="            StallCount(checks if policy.close_stalled else 1, snapshot.send_id),",
    ),
    in_stall_count(
        id="forgets_which_send_it_saw",
        says="forgets which send it saw",
        breaks=("SC-3",),
        caught_by=("proof:sc3_a_stalled_check_counts_one_up", "proof:cx1_a_check_holds_together"),
        old="StallCount(checks, snapshot.send_id)",
        new="StallCount(checks, None)",
    ),
    in_stall_count(
        id="warns_only_at_the_threshold",
        says="nothing is said of a stall until the threshold is reached",
        caught_by=("vectors:SC-4",),
        old="            CheckDecision(held_us, True, True, closes, False),\n",
        new="""\
            CheckDecision(held_us, True, checks >= policy.checks_max, closes, False),
""",
    ),
    in_stall_count(
        id="heartbeat_to_a_stalled_connection",
        says="heartbeat to a stalled connection",
        breaks=("SC-10", "SC-11"),
        caught_by=("proof:sc10_no_heartbeat_while_a_send_is_in_flight",),
        old="CheckDecision(held_us, True, True, closes, False)",
        new="CheckDecision(held_us, True, True, closes, snapshot.heartbeats)",
    ),
    in_stall_count(
        id="no_warning_while_closing",
        says="stalled checks no longer warn once closing has begun",
        breaks=("SC-4",),
        caught_by=("search:monitor",),
        old="CheckDecision(held_us, True, True, closes, False)",
        new="CheckDecision(held_us, True, not snapshot.closing, closes, False)",
    ),
    in_stall_count(
        id="warns_only_when_it_closes",
        says="only the last of the stalled checks warns",
        breaks=("SC-4",),
        caught_by=(
            "proof:sc4_exactly_the_stalled_checks_warn",
            "test:tests/drivers/test_monitor.py::test_warn_only_never_closes",
        ),
        old="CheckDecision(held_us, True, True, closes, False)",
        new="CheckDecision(held_us, True, closes, closes, False)",
    ),
    in_stall_count(
        id="heartbeat_where_forbidden",
        says="the transport's word is not asked",
        breaks=("SC-10",),
        caught_by=(
            "proof:sc10_a_transport_that_forbids_heartbeats_gets_none",
            "test:tests/machines/test_stall_count.py::test_who_gets_a_heartbeat",
        ),
        old="""\
    heartbeat = (
        snapshot.heartbeats
        and""",
        new="""\
    heartbeat = (
        True
        and""",
    ),
    in_stall_count(
        id="heartbeats_against_the_rules",
        says="a heartbeat goes to a connection whose transport forbids them",
        caught_by=("vectors:SC-10",),
        old="""\
        snapshot.heartbeats
        and not snapshot.closing
        and snapshot.send_id is None
        and is_idle""",
        new="""\
        not snapshot.closing
        and snapshot.send_id is None
        and is_idle""",
    ),
    in_stall_count(
        id="heartbeat_while_closing",
        says="heartbeat while closing",
        breaks=("SC-10",),
        caught_by=("proof:sc10_a_heartbeat_is_due_after_the_interval",),
        old="""\
        snapshot.heartbeats
        and not snapshot.closing
""",
        new="        snapshot.heartbeats\n",
    ),
    in_stall_count(
        id="heartbeat_behind_a_send",
        says="a heartbeat is due although a send is in flight, and would wait for its lock",
        caught_by=("vectors:SC-11",),
        old="""\
        and snapshot.send_id is None
        and is_idle""",
        new="        and is_idle",
    ),
    in_stall_count(
        id="heartbeat_while_sending",
        says="the monitor heartbeats behind a send that is in flight, and waits for its lock",
        breaks=("SC-11",),
        caught_by=("proof:sc10_no_heartbeat_while_a_send_is_in_flight",),
        old="""\
        and snapshot.send_id is None
        and is_idle(policy, snapshot.received_us, now_us=now_us)
""",
        new="""\
        and True
        and is_idle(policy, snapshot.received_us, now_us=now_us)
""",
    ),
    in_stall_count(
        id="heartbeats_look_at_the_last_check",
        says=(
            "a heartbeat waits for the send that the check before saw, and not for the one in "
            "flight"
        ),
        breaks=("SC-11", "SC-10"),
        caught_by=("search:monitor",),
        old="""\
        and snapshot.send_id is None
        and is_idle""",
        new="""\
        and count.send_id is None
        and is_idle""",
    ),
    in_stall_count(
        id="a_healthy_check_keeps_the_count",
        says="a healthy check does not put the count back",
        caught_by=(
            "proof:sc3_any_other_check_resets",
            "proof:sc1_an_idle_connection_never_stalls",
            "proof:sc9a_the_first_stalled_check",
            "proof:cx1_a_check_while_idle_holds_together",
            "vectors:SC-3",
        ),
        old="return StallCount(0, snapshot.send_id)",
        new="return StallCount(count.stalled_checks, snapshot.send_id)",
    ),
    in_stall_count(
        id="a_healthy_check_keeps_the_count_in_stall_count",
        says="a healthy check keeps the count",
        breaks=("SC-3",),
        caught_by=(
            "test:tests/machines/test_stall_count.py::test_an_intermittent_stall_resets_the_count",
        ),
        old="return StallCount(0, snapshot.send_id), CheckDecision(held_us, False",
        new="return StallCount(count.stalled_checks, 1), CheckDecision(held_us, False",
    ),
    in_stall_count(
        id="a_healthy_check_leaves_one_standing",
        says="a healthy check puts the count back to one instead of nothing",
        breaks=("SC-3", "SC-6"),
        caught_by=("model:monitor",),
        old="return StallCount(0, snapshot.send_id), CheckDecision",
        new="return StallCount(min(1, count.stalled_checks), snapshot.send_id), CheckDecision",
    ),
    in_stall_count(
        id="warn_only_never_resets",
        says="warn only never resets",
        breaks=("SC-3",),
        caught_by=("proof:sc3_any_other_check_resets", "proof:sc1_an_idle_connection_never_stalls"),
        old="return StallCount(0, snapshot.send_id)",
        new="""\
return StallCount(0 if policy.close_stalled else count.stalled_checks, snapshot.send_id)""",
    ),
    in_stall_count(
        id="warns_all_the_time",
        says="a check that finds no stall warns as well",
        caught_by=("vectors:SC-4",),
        old="CheckDecision(held_us, False, False, False, heartbeat)",
        new="CheckDecision(held_us, False, True, False, heartbeat)",
    ),
)
