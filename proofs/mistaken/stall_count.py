"""Mistakes in guardrail C."""

from proofs.mistaken import Edit

OF = "stallproof.machines.stall_count"

EDITS: list[Edit] = [
    (
        "stall_time_one_too_long",
        "stall_us",
        "max(0, now_us - taken_us)",
        "max(0, now_us - taken_us + 1)",
        "sc1_stall_time_runs_from_the_lock sc2_stalled_is_strict",
    ),
    (
        "stall_time_mirrored",
        "stall_us",
        "max(0, now_us - taken_us)",
        "abs(now_us - taken_us)",
        "sc1_a_clock_read_early_is_no_stall",
    ),
    (
        "idle_has_a_stall_time",
        "stall_us",
        "return 0",
        "return now_us",
        "sc1_an_idle_connection_never_stalls",
    ),
    (
        "stalled_at_the_limit",
        "on_check",
        "held_us > policy.stall_timeout_us",
        "held_us >= policy.stall_timeout_us",
        "sc2_stalled_is_strict sc3_any_other_check_resets sc4_exactly_the_stalled_checks_warn"
        " sc9a_the_first_stalled_check sc9b_the_first_stalled_check"
        " sc9a_the_upper_end_is_tight_first sc9b_the_upper_end_is_tight_first"
        " cx5_a_send_timeout_within_the_limit_never_warns",
    ),
    (
        "stalled_one_after_the_limit",
        "on_check",
        "held_us > policy.stall_timeout_us",
        "held_us > policy.stall_timeout_us + 1",
        "sc2_stalled_is_strict sc4_exactly_the_stalled_checks_warn"
        " sc9a_the_lower_end_is_tight_first sc9b_the_lower_end_is_tight_first"
        " sc13_a_new_connection_counts_from_nothing",
    ),
    (
        "counts_across_sends",
        "on_check",
        "count.stalled_checks + 1 if same else 1",
        "count.stalled_checks + 1",
        "sc15_another_send_counts_from_one",
    ),
    (
        "counts_two",
        "on_check",
        "count.stalled_checks + 1 if same",
        "count.stalled_checks + 2 if same",
        "sc3_a_stalled_check_counts_one_up sc6_no_close_before_the_threshold"
        " sc9a_each_further_check sc9b_each_further_check",
    ),
    (
        "never_counts_beyond_one",
        "on_check",
        "count.stalled_checks + 1 if same else 1",
        "1",
        "sc3_a_stalled_check_counts_one_up sc7_the_threshold_closes sc9a_closed_by_the_upper_end"
        " sc9b_closed_by_the_upper_end",
    ),
    (
        "forgets_which_send_it_saw",
        "on_check",
        "StallCount(checks, snapshot.send_id)",
        "StallCount(checks, None)",
        "sc3_a_stalled_check_counts_one_up cx1_a_check_holds_together",
    ),
    (
        "a_healthy_check_keeps_the_count",
        "on_check",
        "return StallCount(0, snapshot.send_id)",
        "return StallCount(count.stalled_checks, snapshot.send_id)",
        "sc3_any_other_check_resets sc1_an_idle_connection_never_stalls"
        " sc9a_the_first_stalled_check"
        " cx1_a_check_while_idle_holds_together",
    ),
    (
        "closes_one_check_early",
        "on_check",
        "checks >= policy.checks_max",
        "checks + 1 >= policy.checks_max",
        "sc6_no_close_before_the_threshold sc6_the_monitor_keeps_it_open_before_the_threshold"
        " sc9a_no_close_at_or_before_the_lower_end sc9b_no_close_at_or_before_the_lower_end"
        " cx5a_a_send_timeout_within_the_lower_end_never_closes"
        " cx5b_a_send_timeout_within_the_lower_end_never_closes",
    ),
    (
        "closes_one_check_late",
        "on_check",
        "checks >= policy.checks_max",
        "checks > policy.checks_max",
        "sc7_the_threshold_closes sc7_the_monitor_closes_at_the_threshold"
        " sc9a_closed_by_the_upper_end sc9b_closed_by_the_upper_end"
        " cx5a_a_send_timeout_beyond_the_lower_end_may_close"
        " cx5b_a_send_timeout_beyond_the_lower_end_may_close",
    ),
    (
        "closes_at_any_stalled_check",
        "on_check",
        "checks >= policy.checks_max",
        "checks >= 1",
        "sc6_no_close_before_the_threshold sc15_another_send_counts_from_one"
        " sc9a_no_close_at_or_before_the_lower_end sc9b_no_close_at_or_before_the_lower_end",
    ),
    (
        "closes_in_warn_only",
        "on_check",
        "policy.close_stalled and checks",
        "checks",
        "sc5_warn_only_counts_and_never_closes sc5_warn_only_never_closes_the_connection"
        " cx1_a_check_holds_together",
    ),
    (
        "warn_only_does_not_count",
        "on_check",
        "count.stalled_checks + 1 if same",
        "count.stalled_checks + 1 if policy.close_stalled",
        "sc5_warn_only_counts_and_never_closes",
    ),
    (
        "closes_again",
        "on_check",
        "checks_max and not snapshot.closing",
        "checks_max",
        "sc8_a_stall_that_outlasts_the_closing_is_not_closed_again sc8_a_check_closes_at_most_once"
        " sc8_a_check_asks_exactly_for_the_closing_it_begins"
        " sd5_two_closers_in_a_row_close_once",
    ),
    (
        "warns_only_when_it_closes",
        "on_check",
        "CheckDecision(held_us, True, True, closes, False)",
        "CheckDecision(held_us, True, closes, closes, False)",
        "sc4_exactly_the_stalled_checks_warn",
    ),
    (
        "heartbeat_to_a_stalled_connection",
        "on_check",
        "CheckDecision(held_us, True, True, closes, False)",
        "CheckDecision(held_us, True, True, closes, snapshot.heartbeats)",
        "sc10_no_heartbeat_while_a_send_is_in_flight",
    ),
    (
        "heartbeat_while_sending",
        "on_check",
        "and snapshot.send_id is None",
        "and True",
        "sc10_no_heartbeat_while_a_send_is_in_flight",
    ),
    (
        "heartbeat_where_forbidden",
        "on_check",
        "snapshot.heartbeats\n",
        "True\n",
        "sc10_a_transport_that_forbids_heartbeats_gets_none",
    ),
    (
        "heartbeat_while_closing",
        "on_check",
        "snapshot.heartbeats\n        and not snapshot.closing\n",
        "snapshot.heartbeats\n",
        "sc10_a_heartbeat_is_due_after_the_interval",
    ),
    (
        "heartbeat_at_the_interval",
        "is_idle",
        "now_us - received_us > policy",
        "now_us - received_us >= policy",
        "sc10_a_heartbeat_is_due_after_the_interval",
    ),
    (
        "never_received_is_not_idle",
        "is_idle",
        "received_us is None or",
        "received_us is not None and",
        "sc10_a_connection_that_never_received_is_idle",
    ),
    (
        "warn_only_never_resets",
        "on_check",
        "return StallCount(0, snapshot.send_id)",
        "return StallCount(0 if policy.close_stalled else count.stalled_checks, snapshot.send_id)",
        "sc3_any_other_check_resets sc1_an_idle_connection_never_stalls",
    ),
    (
        "the_first_check_counts_down",
        "on_check",
        "count.stalled_checks + 1 if same else 1",
        "count.stalled_checks + 1 if same else -1 if count.send_id is None else 1",
        "cx1_a_check_holds_together sc13_a_new_connection_counts_from_nothing",
    ),
]
