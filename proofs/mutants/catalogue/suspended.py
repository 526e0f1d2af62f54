"""Mutants around a process that is suspended and continued: of who is judged, and of the judge.

What stands still with the process (a sum of waits, ticks that queue up, what is left of a wait) is
the mistake of those who are judged. The judge's would be a word against who could do nothing, or an
excuse for who could.
"""

from functools import partial

from proofs.mutants.mutant import Mutant

JUDGE = "reference/stallproof/judge"
in_sender = partial(Mutant, file="reference/stallproof/drivers/sender.py")
in_node_monitor = partial(Mutant, file="tests/implementations/node/monitor.js")
in_guarded = partial(Mutant, file="tests/implementations/c/guarded.c")
in_go_window = partial(Mutant, file="tests/implementations/go/guard/window.go")
in_dated = partial(Mutant, file=f"{JUDGE}/evidence/dated.py")
in_run = partial(Mutant, file=f"{JUDGE}/evidence/run.py")
in_evaluate = partial(Mutant, file=f"{JUDGE}/evaluate.py")
in_counting = partial(Mutant, file=f"{JUDGE}/rules/counting.py")
in_skipped_ticks = partial(Mutant, file=f"{JUDGE}/rules/skipped_ticks.py")
in_close_window = partial(Mutant, file=f"{JUDGE}/rules/close_window.py")
in_going_on = partial(Mutant, file=f"{JUDGE}/rules/going_on.py")
in_suspension = partial(Mutant, file="reference/stallproof/runner/sut/suspension.py")

STORIES = "test:tests/judge/test_suspended.py::"
SIGNALS = "test:tests/runner/sut/test_suspension.py::"

MUTANTS = (
    in_sender(
        id="the_deadline_is_a_sum_of_waits",
        says="the timeout counts down by the waits that were asked for, so that suspended time "
        "does not count",
        caught_by=("oracle:SD-3",),
        old="                self._transport.wait(decision.wait_us)\n",
        new="""\
                slice_us, began_us = min(50_000, decision.wait_us), self._clock()
                self._transport.wait(slice_us)
                over_us = max(0, self._clock() - began_us - slice_us)
                send = Send(
                    send.taken_us, send.deadline_us + over_us, send.size_bytes, send.written_bytes
                )
""",
    ),
    in_guarded(
        id="c_a_gap_begins_the_deadlines_again",
        says="who was not run for long takes that for a jump of the clock, and gives each send "
        "what was left of its timeout",
        caught_by=("oracle:SD-3",),
        old="""\
    return due;
}

/* Do what is due and what can go on without waiting; tell whether there is more of it. */
static bool run_all(void)
{
    bool more = false;
""",
        new="""\
    return sp_is_virtual() ? due : nearest(due, sp_now() + 50000);
}

static bool run_all(void)
{
    static Time before;
    Time over = before == 0 || sp_is_virtual() ? 0 : sp_now() - before - 50000;
    for (struct Conn *conn = conns; over > 150000 && conn != NULL; conn = conn->next)
        if (conn->queue != NULL && conn->queue->turn != 0)
            conn->queue->deadline += over;
    before = sp_now();
    bool more = false;
""",
    ),
    in_guarded(
        id="c_room_comes_before_the_clock",
        says="who finds room when it wakes writes before it looks whether the deadline has come",
        breaks=("SD-2.2",),
        caught_by=("oracle:SD-2",),
        old="} else if (began >= send->deadline) {",
        new="} else if (began >= send->deadline && !conn->may_write) {",
    ),
    in_node_monitor(
        id="node_ticks_are_made_up",
        says="each tick that was missed has its check later, all of them in a row",
        caught_by=("oracle:SC-9",),
        old="Math.max(0, Math.ceil(overUs / periodUs))",
        new="Math.min(0, Math.ceil(overUs / periodUs))",
    ),
    in_go_window(
        id="go_a_wait_is_a_sum_of_intervals",
        says="the watchdog counts the sleeps between its checks, and not the time that they took",
        caught_by=("oracle:AP-6,AP-14",),
        old="		s.parkUnlocked(untilUS)\n",
        new="""\
		s.parkUnlocked(untilUS)
		if over := s.world.NowUS() - untilUS; over > 0 {
			beganUS, s.progressUS = beganUS+over, s.progressUS+over
		}
""",
    ),
    in_dated(
        id="judge_being_suspended_excuses_nothing",
        says="who could do nothing when a thing was due is accused of it",
        breaks=("SD-3",),
        caught_by=(f"{STORIES}test_two_suspensions_count_both",),
        old="self.suspensions.at_most(due.by_us, what.since_us)",
        new="0",
    ),
    in_dated(
        id="judge_having_been_suspended_puts_a_date_off",
        says="what was due long after it went on may come later by the time of its suspension",
        breaks=("SD-3", "AP-14"),
        caught_by=(
            f"{STORIES}test_a_stream_is_judged_by_the_same_rule",
            f"{STORIES}test_what_is_due_at_its_end_or_later_keeps_its_date",
        ),
        old="self.suspensions.at_most(due.by_us, what.since_us)",
        new="self.suspensions.at_most(0, what.since_us)",
    ),
    in_dated(
        id="judge_who_passes_is_taken_for_suspended_longest",
        says="the time that the signals take lets pass what came too late",
        breaks=("SD-3",),
        caught_by=(f"{STORIES}test_nobody_passes_or_fails_by_the_time_that_a_signal_takes",),
        old="self.suspensions.at_least(due.since_us, what.by_us)",
        new="self.suspensions.at_most(due.since_us, what.by_us)",
    ),
    in_evaluate(
        id="judge_all_of_a_suspension_excuses_everything",
        says="of what has a date, all the time of the run in which it was suspended is excused",
        breaks=("SD-3",),
        caught_by=(f"{STORIES}test_what_is_due_at_its_end_or_later_keeps_its_date",),
        old="(run.measured_noise_us if seen.late.is_awake else run.noise_us)",
        new="run.noise_us",
    ),
    in_run(
        id="judge_a_suspension_is_no_delay",
        says="what has no date of its own is not excused by a suspension",
        breaks=("CX-3",),
        caught_by=(f"{STORIES}test_what_has_no_date_of_its_own_is_excused_by_all_of_it",),
        old="return self.measured_noise_us + self.suspensions.total_us",
        new="return self.measured_noise_us",
    ),
    in_counting(
        id="judge_a_clock_may_stand_still",
        says="a stall time without the time in which it was suspended passes",
        breaks=("SC-1",),
        caught_by=(
            f"{STORIES}test_the_stall_time_counts_the_time_in_which_it_was_suspended",
        ),
        old="            .whatever_held_it_up(),\n",
        new="            ,\n",
    ),
    in_skipped_ticks(
        id="judge_ticks_may_be_made_up",
        says="a suspension moves the upper end of the close window, and not the lower one",
        breaks=("SC-9",),
        caught_by=(f"{STORIES}test_the_lower_end_moves_by_each_tick_that_lay_in_it",),
        old="            lower_us += max(0, (surely_us - slack_us) // period_us) * period_us\n",
        new="            lower_us += period_us * (surely_us < 0)\n",
    ),
    in_close_window(
        id="judge_no_check_may_be_held_up",
        says="a check that a suspension held up is taken for one that was made up",
        breaks=("SC-9",),
        caught_by=(
            f"{STORIES}test_a_check_that_was_held_up_may_come_close_to_the_next_and_no_other_may",
        ),
        old="            elif not run.suspensions.at_most(before_us, before.at_us):\n",
        new="            else:\n",
    ),
    in_going_on(
        id="judge_what_comes_afterwards_may_have_lain_there",
        says="what comes when a send goes on may have been written before, whatever the peer saw",
        breaks=("SD-2",),
        caught_by=(f"{STORIES}test_what_comes_out_of_empty_buffers_was_written_afterwards",),
        old="if in_it and seen.unread_bytes == 0 and",
        new="if in_it and seen.unread_bytes > 0 and",
    ),
    in_suspension(
        id="what_has_left_the_group_is_not_stopped",
        says="only the group of a harness is suspended",
        breaks=("SD-3",),
        caught_by=(f"{SIGNALS}test_all_of_it_is_stopped_and_goes_on_afterwards",),
        old="            self._signal(running, signal.SIGSTOP)\n",
        new="",
    ),
)  # fmt: skip
