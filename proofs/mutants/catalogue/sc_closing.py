"""Mutants of SC-5 to SC-9: when the monitor closes."""

from functools import partial

from proofs.mutants.mutant import Mutant

in_window = partial(Mutant, file="proofs/assumptions/window.py")
in_drivers_monitor = partial(Mutant, file="reference/stallproof/drivers/monitor.py")
in_close_window = partial(Mutant, file="reference/stallproof/machines/close_window.py")
in_connection = partial(Mutant, file="reference/stallproof/machines/connection.py")
in_stall_count = partial(Mutant, file="reference/stallproof/machines/stall_count.py")
in_guarded = partial(Mutant, file="tests/implementations/c/guarded.c")
in_node_monitor = partial(Mutant, file="tests/implementations/node/monitor.js")
in_observed = partial(Mutant, file="reference/stallproof/judge/model/observed.py")
in_blame_connections = partial(Mutant, file="reference/stallproof/judge/model/blame_connections.py")

MUTANTS = (
    Mutant(
        id="the_oracle_takes_a_monitor_without_a_form",
        file="reference/stallproof/runner/sut/hello.py",
        says="a schedule whose close window nobody declared is played, and judged by no form",
        breaks=("SC-9",),
        caught_by=(
            "test:tests/runner/sut/test_layout_faults.py::"
            "test_a_monitor_declares_which_form_it_follows",
        ),
        old='if "monitor" in hello.features and hello.monitor is None:',
        new='if "monitor" in hello.features and hello.monitor == 0:',
    ),
    Mutant(
        id="half_of_the_lateness_is_declared",
        file="reference/stallproof/harness/reference.py",
        says="the monitor declares half the lateness that its schedule allows itself",
        breaks=("SC-9.3",),
        caught_by=(
            "test:tests/harness/test_reference_harness.py::"
            "test_the_monitor_declares_the_form_and_the_lateness_of_its_schedule",
        ),
        old='MONITOR = MonitorClaim(form="b", slack_us=SLACK_US)',
        new='MONITOR = MonitorClaim(form="b", slack_us=SLACK_US // 2)',
    ),
    in_window(
        id="lower_end_a_loosened_by_one",
        says="lower end a loosened by one",
        breaks=("SC-9",),
        caught_by=(
            "proof:sc9a_the_lower_end_is_tight_further",
            "proof:cx5a_a_send_timeout_beyond_the_lower_end_may_close",
        ),
        old="    return policy.stall_timeout_us + (policy.checks_max - 1) * gaps.min_us\n",
        new="    return policy.stall_timeout_us + (policy.checks_max - 1) * gaps.min_us - 1\n",
    ),
    in_window(
        id="lower_end_a_tightened_by_one",
        says="lower end a tightened by one",
        breaks=("SC-9",),
        caught_by=(
            "proof:sc9a_no_close_at_or_before_the_lower_end",
            "proof:sc9a_the_first_stalled_check",
            "proof:cx5a_a_send_timeout_within_the_lower_end_never_closes",
        ),
        old="    return policy.stall_timeout_us + (policy.checks_max - 1) * gaps.min_us\n",
        new="    return policy.stall_timeout_us + (policy.checks_max - 1) * gaps.min_us + 1\n",
    ),
    in_window(
        id="lower_end_a_as_the_origin_first_gave_it",
        says="lower end a as the origin first gave it",
        breaks=("SC-9",),
        caught_by=("proof:sc9a_the_lower_end_is_tight_further",),
        old="(policy.checks_max - 1) * gaps.min_us",
        new="0",
    ),
    in_window(
        id="upper_end_a_loosened_by_one",
        says="upper end a loosened by one",
        breaks=("SC-9",),
        caught_by=("proof:sc9a_the_upper_end_is_tight_further",),
        old="    return policy.stall_timeout_us + policy.checks_max * gaps.max_us\n",
        new="    return policy.stall_timeout_us + policy.checks_max * gaps.max_us + 1\n",
    ),
    in_window(
        id="upper_end_a_tightened_by_one",
        says="upper end a tightened by one",
        breaks=("SC-9",),
        caught_by=("proof:sc9a_closed_by_the_upper_end", "proof:sc9a_the_first_stalled_check"),
        old="    return policy.stall_timeout_us + policy.checks_max * gaps.max_us\n",
        new="    return policy.stall_timeout_us + policy.checks_max * gaps.max_us - 1\n",
    ),
    in_window(
        id="lower_end_b_without_lateness",
        says="lower end b without lateness",
        breaks=("SC-9", "SC-6"),
        caught_by=("proof:sc9b_no_close_at_or_before_the_lower_end",),
        old="    later_us = (policy.checks_max - 1) * ticks.period_us - ticks.late_us\n",
        new="    later_us = (policy.checks_max - 1) * ticks.period_us\n",
    ),
    in_window(
        id="lower_end_b_loosened_by_one",
        says="lower end b loosened by one",
        breaks=("SC-9",),
        caught_by=(
            "proof:sc9b_the_lower_end_is_tight_further",
            "proof:cx5b_a_send_timeout_beyond_the_lower_end_may_close",
        ),
        old="(later_us if later_us > 0 else 0) + moved_us\n",
        new="(later_us if later_us > 0 else 0) + moved_us - 1\n",
    ),
    in_window(
        id="lower_end_b_tightened_by_one",
        says="lower end b tightened by one",
        breaks=("SC-9",),
        caught_by=(
            "proof:sc9b_no_close_at_or_before_the_lower_end",
            "proof:sc9b_the_first_stalled_check",
            "proof:cx5b_a_send_timeout_within_the_lower_end_never_closes",
        ),
        old="(later_us if later_us > 0 else 0) + moved_us\n",
        new="(later_us if later_us > 0 else 0) + moved_us + 1\n",
    ),
    in_window(
        id="upper_end_b_loosened_by_one",
        says="upper end b loosened by one",
        breaks=("SC-9",),
        caught_by=("proof:sc9b_the_upper_end_is_tight_further",),
        old="policy.checks_max * ticks.period_us + ticks.late_us + moved_us\n",
        new="policy.checks_max * ticks.period_us + ticks.late_us + moved_us + 1\n",
    ),
    in_window(
        id="upper_end_b_tightened_by_one",
        says="the late end of the close window is a microsecond early",
        breaks=("SC-9",),
        caught_by=("proof:sc9b_closed_by_the_upper_end", "proof:sc9b_the_first_stalled_check"),
        old="policy.checks_max * ticks.period_us + ticks.late_us + moved_us\n",
        new="policy.checks_max * ticks.period_us + ticks.late_us + moved_us - 1\n",
    ),
    in_drivers_monitor(
        id="schedule_drifts",
        says="the period counts from the end of a pass and of what it took to wake up",
        breaks=("SC-9.3",),
        caught_by=("vectors:SC-9",),
        old="            due_us = start_us + tick * period_us\n",
        new="            due_us = start_us + tick * period_us + tick - 1\n",
    ),
    in_drivers_monitor(
        id="sleeps_a_period_between_passes",
        says="the next pass comes a period after the one before it, and the schedule drifts",
        breaks=("SC-9.3",),
        caught_by=(
            "test:tests/drivers/test_monitor_on_sockets.py::"
            "test_missed_ticks_are_skipped_and_never_made_up",
        ),
        old="            due_us = start_us + tick * period_us\n",
        new="            due_us = self._clock() + period_us\n",
    ),
    in_drivers_monitor(
        id="the_period_is_twice_as_long",
        says="a pass runs at every second tick of the schedule",
        breaks=("SC-9.2",),
        caught_by=("oracle:SC-9",),
        old="            due_us = start_us + tick * period_us\n",
        new="            due_us = start_us + 2 * tick * period_us\n",
    ),
    in_window(
        id="skipped_ticks_move_no_lower_end",
        says="a window whose lower end stays where it is, however many ticks are skipped",
        breaks=("SC-9",),
        caught_by=(
            "proof:sc9b_the_lower_end_is_tight_further",
            "proof:sc9b_the_lower_end_of_one_check_is_tight",
        ),
        old="(later_us if later_us > 0 else 0) + moved_us\n",
        new="(later_us if later_us > 0 else 0)\n",
    ),
    in_window(
        id="skipped_ticks_move_no_upper_end",
        says="a window whose upper end stays where it is, however many ticks are skipped",
        breaks=("SC-9",),
        caught_by=("proof:sc9b_closed_by_the_upper_end", "proof:sc9b_the_first_stalled_check"),
        old="policy.checks_max * ticks.period_us + ticks.late_us + moved_us\n",
        new="policy.checks_max * ticks.period_us + ticks.late_us\n",
    ),
    in_window(
        id="ticks_before_the_limit_count_as_skipped",
        says="a tick that was skipped before the limit moves the window as well",
        breaks=("SC-9",),
        caught_by=("proof:sc9b_the_first_stalled_check",),
        old="border_us + ticks.period_us > policy.stall_timeout_us",
        new="border_us + ticks.period_us > 0",
    ),
    in_drivers_monitor(
        id="missed_ticks_are_made_up",
        says="ticks for which the monitor came too late are run one right after the other",
        breaks=("SC-9.1",),
        caught_by=(
            "test:tests/drivers/test_monitor_on_sockets.py::"
            "test_missed_ticks_are_skipped_and_never_made_up",
            "oracle:SC-9",
        ),
        old="            skipped = ticks_missed(late_us, period_us, slack_us)\n",
        new="            skipped = 0\n",
    ),
    in_drivers_monitor(
        id="a_late_tick_takes_the_next_one_with_it",
        says="after a tick that came too late the next one is left out, however late it is",
        breaks=("SC-9.4",),
        caught_by=(
            "test:tests/drivers/test_monitor_schedule.py::"
            "test_a_tick_is_skipped_only_for_more_than_the_slack",
        ),
        old="    return max(0, late_us - slack_us + period_us - 1) // period_us\n",
        new="    return late_us // period_us + 1 if late_us > slack_us else 0\n",
    ),
    in_drivers_monitor(
        id="ticks_are_skipped_without_a_word",
        says="a tick that came too late is skipped, and nobody is told",
        breaks=("SC-9.5",),
        caught_by=(
            "test:tests/drivers/test_monitor_schedule.py::test_each_skipped_tick_is_reported",
        ),
        old="                self._record(\n                    TicksSkipped(",
        new="                ignore(\n                    TicksSkipped(",
    ),
    in_drivers_monitor(
        id="a_peer_that_spoke_is_never_closed",
        says="a stalled connection whose peer was ever heard of is not closed",
        breaks=("SC-7",),
        caught_by=(
            "test:tests/drivers/test_monitor.py::"
            "test_a_stall_is_counted_strictly_and_closes_at_the_threshold_once",
        ),
        old="        if decision.closes:\n",
        new="        if decision.closes and snapshot.received_us is None:\n",
    ),
    in_drivers_monitor(
        id="the_monitor_closes_whatever_the_switch_says",
        says="the monitor closes whatever the switch says",
        breaks=("SC-5",),
        caught_by=("test:tests/drivers/test_monitor.py::test_warn_only_never_closes",),
        old="if decision.closes:",
        new="if decision.warns:",
    ),
    in_drivers_monitor(
        id="monitor_closes_twice",
        says="the monitor shuts the transport down a second time, to be sure",
        caught_by=("vectors:SC-8",),
        old="            conn.begin_closing(Cause.MONITOR)\n",
        new="""\
            conn.begin_closing(Cause.MONITOR)
            conn._closing_latch.release()
            conn.begin_closing(Cause.MONITOR)
""",
    ),
    in_drivers_monitor(
        id="what_is_still_stalled_is_closed_again",
        says="a stall that outlasts its closing is closed at each check that finds it",
        caught_by=("vectors:SC-8",),
        old="""\
        if decision.closes:
            conn.begin_closing(Cause.MONITOR)
""",
        new="""\
        if conn.policy.close_stalled and checks >= conn.policy.checks_max:
            if not conn.begin_closing(Cause.MONITOR):
                conn._closing_latch.release()
                conn.begin_closing(Cause.MONITOR)
""",
    ),
    in_close_window(
        id="told_premise_without_lateness",
        says="told premise without lateness",
        breaks=("SC-9",),
        caught_by=("proof:sc9b_the_window_told_is_the_window_proved",),
        old="    return schedule.period_us + schedule.late_us\n",
        new="    return schedule.period_us\n",
    ),
    in_close_window(
        id="told_premise_one_short",
        says="told premise one short",
        breaks=("SC-9",),
        caught_by=(
            "proof:sc9a_the_window_told_is_the_window_proved",
            "proof:sc9b_the_window_told_is_the_window_proved",
        ),
        old="policy.stall_timeout_us >= needed_us",
        new="policy.stall_timeout_us + 1 >= needed_us",
    ),
    in_close_window(
        id="the_first_check_is_counted_twice",
        says="the early end of the window is one gap late",
        breaks=("SC-9",),
        caught_by=("search:agreement",),
        old="limit_us + (checks - 1) * schedule.min_us, limit_us",
        new="limit_us + checks * schedule.min_us, limit_us",
    ),
    in_close_window(
        id="told_lower_end_a_is_the_limit",
        says="the window that operators are told begins at the stall timeout",
        breaks=("SC-9",),
        caught_by=("proof:sc9a_the_window_told_is_the_window_proved",),
        old="limit_us + (checks - 1) * schedule.min_us",
        new="limit_us",
    ),
    in_close_window(
        id="told_lower_end_a_with_the_largest_gap",
        says="told lower end a with the largest gap",
        breaks=("SC-9",),
        caught_by=(
            "proof:sc9a_the_window_told_is_the_window_proved",
            "proof:cx5a_a_configuration_that_may_not_close_never_does",
        ),
        old="(checks - 1) * schedule.min_us",
        new="(checks - 1) * schedule.max_us",
    ),
    in_close_window(
        id="told_upper_end_a_with_the_smallest_gap",
        says="told upper end a with the smallest gap",
        breaks=("SC-9",),
        caught_by=("proof:sc9a_the_window_told_is_the_window_proved",),
        old="checks * schedule.max_us",
        new="checks * schedule.min_us",
    ),
    in_close_window(
        id="told_lower_end_b_moves_the_wrong_way",
        says="told lower end b moves the wrong way",
        breaks=("SC-9",),
        caught_by=(
            "proof:sc9b_more_lateness_never_narrows_the_window",
            "proof:sc9b_the_window_told_is_the_window_proved",
            "proof:sc9b_contains_the_window_of_gaps_of_one_period",
        ),
        old="- schedule.late_us)",
        new="+ schedule.late_us)",
    ),
    in_close_window(
        id="told_lower_end_b_one_early",
        says="told lower end b one early",
        breaks=("SC-9",),
        caught_by=(
            "proof:sc9b_the_window_told_is_the_window_proved",
            "proof:cx5b_a_configuration_that_may_close_can",
        ),
        old="- schedule.late_us)",
        new="- schedule.late_us - 1)",
    ),
    in_close_window(
        id="told_lower_end_b_one_late",
        says="told lower end b one late",
        breaks=("SC-9",),
        caught_by=(
            "proof:sc9b_the_window_told_is_the_window_proved",
            "proof:cx5b_the_cases_are_those_of_the_table",
            "proof:cx5b_a_configuration_that_may_not_close_never_does",
        ),
        old="- schedule.late_us)",
        new="- schedule.late_us + 1)",
    ),
    in_close_window(
        id="told_upper_end_b_without_lateness",
        says="told upper end b without lateness",
        breaks=("SC-9",),
        caught_by=(
            "proof:sc9b_the_window_told_is_the_window_proved",
            "proof:sc9b_more_lateness_never_narrows_the_window",
            "proof:cf5_an_outer_timeout_that_is_long_enough_outlasts_every_close",
        ),
        old="checks * schedule.period_us + schedule.late_us",
        new="checks * schedule.period_us",
    ),
    in_close_window(
        id="told_skips_cost_nothing",
        says="the window that operators are told does not move with a skipped tick",
        breaks=("SC-9",),
        caught_by=("proof:sc9b_the_window_told_is_the_window_proved",),
        old="    moved_us = skipped * one_skip_us(schedule)\n",
        new="    moved_us = 0\n",
    ),
    in_close_window(
        id="told_premise_without_skips",
        says="ticks that are skipped before the limit leave the premise as it is",
        breaks=("SC-9",),
        caught_by=("proof:sc9b_a_check_falls_in_the_stall_before_the_limit",),
        old="needed_us = longest_gap_us(schedule) + skipped * one_skip_us(schedule)",
        new="needed_us = longest_gap_us(schedule)",
    ),
    in_connection(
        id="the_monitor_sees_only_its_own_closing",
        says="the monitor closes a connection that somebody else is closing",
        breaks=("SC-8", "SD-5"),
        caught_by=("search:monitor",),
        old="conn.heartbeats, conn.closed_by is not None\n",
        new="conn.heartbeats, conn.closed_by is Cause.MONITOR\n",
    ),
    in_connection(
        id="the_monitor_blames_the_owner",
        says="the monitor blames the owner",
        breaks=("SC-7",),
        caught_by=("proof:sc7_the_monitor_closes_at_the_threshold",),
        old="Cause.MONITOR",
        new="Cause.LOCAL",
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
        breaks=("SC-6", "SC-9.1"),
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
        id="closes_one_check_late",
        says="the monitor closes one check after the threshold",
        breaks=("SC-7.1", "SC-9.2"),
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
        breaks=("SC-7.1", "SC-9.2"),
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
    in_guarded(
        id="c_warnings_close",
        says="the switch that allows the monitor to close is not looked at",
        caught_by=("vectors:SC-5",),
        old="if (sp_policy.close_stalled && conn->stalled_checks",
        new="if (conn->stalled_checks",
    ),
    in_guarded(
        id="c_closes_one_check_late",
        says="the count has to exceed the threshold",
        breaks=("SC-7.1", "SC-9.2"),
        caught_by=("vectors:SC-7,SC-9",),
        old="conn->stalled_checks >= sp_policy.checks_max)",
        new="conn->stalled_checks > sp_policy.checks_max)",
    ),
    in_node_monitor(
        id="node_monitor_never_closes",
        says="the monitor says that it would close, and leaves it at that",
        breaks=("SC-7.1", "SC-9.2"),
        caught_by=("vectors:SC-7,SC-9",),
        old='conn.close("monitor");',
        new='this.#say({ event: "noted", at_us: nowUs, conn: conn.name, text: "to be closed" });',
    ),
    in_observed(
        id="the_judge_looks_back_to_the_request",
        says="the model just before a mistake stays at the last request, however long ago it was",
        breaks=("SC-9",),
        caught_by=(
            "test:tests/judge/model/test_near_misses.py::"
            "test_a_pass_that_comes_early_within_one_advance_is_blamed_on_the_schedule",
        ),
        old="        before.advance(max(before.now_us, until_us))\n",
        new="",
    ),
    in_blame_connections(
        id="the_judge_blames_a_schedule_that_nobody_has",
        says="a closing that nothing called for breaks the schedule although there is none",
        breaks=("SC-9",),
        caught_by=(
            "test:tests/judge/model/test_near_misses.py::"
            "test_a_closing_that_nothing_called_for_breaks_the_schedule_where_both_are[False-True]",
        ),
        old="connection.flight is not None and scene.before.monitor.period_us is not None",
        new="connection.flight is not None or scene.before.monitor.period_us is not None",
    ),
)
