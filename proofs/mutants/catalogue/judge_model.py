"""Mutants of the judge where it blames in virtual time, and where it looks at skipped ticks."""

from functools import partial

from proofs.mutants.mutant import Mutant

JUDGE = "reference/stallproof/judge"
ROOTS = "test:tests/judge/model/test_roots.py::"
LET_GO = "test:tests/judge/test_one_by_one.py::"
AGENDA = "test:tests/judge/model/test_agenda.py::"
TURNS = "test:tests/judge/model/test_turns.py::"
WITNESSES = "test:tests/judge/test_witnesses.py::"

in_one_by_one = partial(Mutant, file=f"{JUDGE}/one_by_one.py")
in_remembered = partial(Mutant, file=f"{JUDGE}/remembered.py")
in_codec = partial(Mutant, file="reference/stallproof/wire/codec.py")
in_agenda = partial(Mutant, file=f"{JUDGE}/model/agenda.py")
in_blame = partial(Mutant, file=f"{JUDGE}/model/blame.py")
in_blame_heartbeats = partial(Mutant, file=f"{JUDGE}/model/blame_heartbeats.py")
in_blame_monitor = partial(Mutant, file=f"{JUDGE}/model/blame_monitor.py")
in_blame_sends = partial(Mutant, file=f"{JUDGE}/model/blame_sends.py")
in_close_window = partial(Mutant, file=f"{JUDGE}/rules/close_window.py")
in_run = partial(Mutant, file=f"{JUDGE}/evidence/run.py")
in_turns = partial(Mutant, file=f"{JUDGE}/model/turns.py")
in_skipped_ticks = partial(Mutant, file=f"{JUDGE}/rules/skipped_ticks.py")
in_connections = partial(Mutant, file=f"{JUDGE}/model/connections.py")
in_monitor = partial(Mutant, file=f"{JUDGE}/model/monitor.py")

MUTANTS = (
    Mutant(
        file=f"{JUDGE}/evidence/arrange.py",
        id="judge_a_cut_trace_is_whole",
        says="a trace whose last line is missing is judged as if nothing were",
        breaks=("SD-13",),
        caught_by=(
            "test:tests/judge/test_cut_traces.py::test_a_trace_cut_at_any_line_is_incomplete",
        ),
        old="    if header.has_end is True and last is None:\n",
        new="    if header.has_end is True and last is not None:\n",
    ),
    in_one_by_one(
        id="judge_one_finding_too_few_is_kept",
        says="of many findings alike, one that a report shows is only counted",
        breaks=("SD-1",),
        caught_by=(f"{LET_GO}test_what_is_only_counted_is_what_no_report_shows",),
        old="        if self._times[name] <= FINDINGS_MAX:\n",
        new="        if self._times[name] < FINDINGS_MAX:\n",
    ),
    in_remembered(
        id="judge_every_run_is_kept",
        says="who remembers what the runs were for holds on to the runs",
        breaks=("SD-1",),
        caught_by=(f"{LET_GO}test_no_run_is_kept",),
        old="        self.trouble.add(run)\n",
        new="        self.trouble.add(run)\n        vars(self).setdefault('', []).append(run)\n",
    ),
    in_codec(
        id="judge_two_values_on_a_line_are_two_events",
        says="a line that holds two values is taken for two lines",
        breaks=("SD-1",),
        caught_by=("test:tests/wire/test_reading.py::test_lines_at_once_are_the_lines_one_by_one",),
        old="    return events if len(events) == count else None\n",
        new="    return events\n",
    ),
    in_agenda(
        id="judge_an_old_moment_counts",
        says="a send whose moment has moved is over at the old one as well",
        breaks=("SD-5", "CX-6"),
        caught_by=(f"{AGENDA}test_a_moment_that_moved_counts_where_it_is_now",),
        old="if one.due_us() == due_us and place not in self._left:\n",
        new="if place not in self._left:\n",
    ),
    in_blame(
        id="judge_closing_is_a_connection_left_out",
        says="a monitor that closes in place of its check is said to have left the connection out",
        breaks=("SC-5", "SC-6", "SC-10", "SC-12"),
        caught_by=(f"{ROOTS}test_what_a_pass_does_in_place_of_a_check_is_the_root",),
        old="        yield _in_place_of_a_check(scene, connection)\n",
        new="        continue\n",
    ),
    in_blame(
        id="judge_closing_before_the_check_behind_it",
        says="a closing is blamed although the check found something else than there was",
        breaks=("SC-1", "SC-6"),
        caught_by=(f"{ROOTS}test_a_check_that_found_something_else_is_the_root_of_its_closing",),
        old=" or any(scene.extra_of(CHECKED, name)):\n",
        new=":\n",
    ),
    in_blame_monitor(
        id="judge_every_late_pass_has_waited",
        says="a pass that comes when some send ends is said to have waited for it",
        breaks=("SC-9", "SC-11"),
        caught_by=(f"{ROOTS}test_a_pass_that_is_late_has_waited_only_if_nothing_else_explains_it",),
        old="        and all(at_us in ends for at_us in late)\n",
        new="",
    ),
    in_blame_monitor(
        id="judge_a_tick_left_out_has_waited",
        says="a tick that is left out until a send ends at the next one counts as a wait",
        breaks=("SC-9", "SC-11"),
        caught_by=(f"{ROOTS}test_a_tick_that_is_left_out_until_a_send_ends_is_no_wait",),
        old="        and first in late\n",
        new="",
    ),
    in_blame_monitor(
        id="judge_every_slip_after_a_jump_is_the_wall_clocks",
        says="a pass that does not come after a jump is blamed on the wall clock, however it slips",
        breaks=("SC-9", "SC-14"),
        caught_by=(f"{ROOTS}test_a_pass_that_slips_after_a_jump_of_the_wall_clock_only_slips",),
        old="    return late_us == -jumped_us or late_us % monitor.period_us == 0\n",
        new="    return True\n",
    ),
    in_blame_monitor(
        id="judge_every_pass_after_a_jump_is_the_wall_clocks",
        says="a pass that comes where none is due is blamed on any jump before it",
        breaks=("SC-9", "SC-14"),
        caught_by=(f"{ROOTS}test_a_pass_that_slips_after_a_jump_of_the_wall_clock_only_slips",),
        old="    return ran_us % monitor.period_us == 0 or",
        new="    return True or",
    ),
    in_blame_monitor(
        id="judge_a_tick_left_out_is_the_neighbours",
        says="a connection that the pass left out is said to be delayed by a stalled one beside it",
        breaks=("SC-12", "CX-3"),
        caught_by=(
            f"{ROOTS}test_a_check_that_is_left_out_until_the_next_pass_is_delayed_by_nobody",
        ),
        old=" and not at_a_pass:\n",
        new=":\n",
    ),
    in_blame_sends(
        id="judge_nothing_written_is_a_last_byte",
        says="a send that failed with nothing written is told to have written its last byte",
        breaks=("SD-7", "SD-9"),
        caught_by=(f"{ROOTS}test_a_failure_with_nothing_written_is_one_without_a_cause",),
        old='frame.outcome == "ok" and _said_written(',
        new='frame.outcome == "ok" and frame.size_bytes + _said_written(',
    ),
    in_blame_heartbeats(
        id="judge_the_interval_itself_is_the_wall_clocks",
        says="a heartbeat exactly at its interval is blamed on a wall clock that was moved",
        breaks=("SC-10", "SC-14"),
        caught_by=(f"{ROOTS}test_a_heartbeat_is_of_the_wall_clock_only_if_that_explains_it",),
        old="scene.at_us - heard_us == interval_us and",
        new="False and",
    ),
    in_blame_heartbeats(
        id="judge_a_silent_pass_refutes_no_wall_clock",
        says="the wall clock is blamed although a pass before it would have been too late by it",
        breaks=("SC-10", "SC-14"),
        caught_by=(f"{ROOTS}test_a_heartbeat_is_of_the_wall_clock_only_if_that_explains_it",),
        old=" and not any(age > interval_us for age in earlier)",
        new="",
    ),
    in_blame_sends(
        id="judge_a_send_that_sleeps_on_may",
        says="a send that lingers on after it was let go is blamed on nothing of its own",
        breaks=("CX-2",),
        caught_by=(f"{ROOTS}test_a_send_that_lingers_is_judged_by_its_own_laws",),
        old='        return Blame("CX-2", f"{what}: its transport had let it go {scene.when}.")\n',
        new='        return Blame("CX-6", f"{what}: its transport had let it go {scene.when}.")\n',
    ),
    in_connections(
        id="judge_nobody_lingers",
        says="the model of a transport that lingers lets its send go at once",
        breaks=("SC-8",),
        caught_by=(
            f"{ROOTS}test_a_stall_that_outlasts_its_closing_holds_what_it_puts_to_the_test",
        ),
        old="if self.flight is not None and self.linger_us:\n",
        new="if self.flight is not None and not self.linger_us < FOREVER:\n",
    ),
    in_monitor(
        id="judge_a_send_that_lingers_is_not_to_be_seen",
        says="who looks at a send that outlasts its closing is blamed for what it finds",
        breaks=("SC-1", "SC-4"),
        caught_by=(f"{ROOTS}test_who_looks_at_a_send_that_lingers_may_say_what_it_finds",),
        old="            self._lingering(connection, connection.flight)\n",
        new="",
    ),
    in_run(
        id="judge_the_last_event_of_a_run_is_not_seen",
        says="a run that ends with the death of its harness is judged as if it lived",
        breaks=("SD-5", "CF-1"),
        caught_by=(f"{TURNS}test_a_run_holds_what_it_holds_at_any_place[2]",),
        old="set(map(type, self.events))",
        new="set(map(type, self.events[:-1]))",
    ),
    in_run(
        id="judge_what_is_made_of_a_run_keeps_it",
        says="the streams of a run that was judged stay until someone searches for cycles",
        breaks=("AP-1",),
        caught_by=(f"{LET_GO}test_the_streams_of_a_run_are_gone_without_a_search",),
        old="        self.streams.sorted_out = None\n",
        new="",
    ),
    Mutant(
        file=f"{JUDGE}/model/state.py",
        id="judge_a_case_stays_until_it_is_searched_for",
        says="the model of a run that was judged stays until someone searches for cycles",
        breaks=("SD-1",),
        caught_by=(f"{LET_GO}test_the_case_of_a_run_is_gone_without_a_search",),
        old="        vars(self).clear()\n",
        new="        self.problems.clear()\n",
    ),
    Mutant(
        file=f"{JUDGE}/evidence/arrange.py",
        id="judge_a_missing_feature_is_not_seen_in_virtual_time",
        says="a run in virtual time for which a feature is missing counts as played",
        breaks=("AP-1",),
        caught_by=(f"{TURNS}test_what_kept_a_run_from_being_played_is_known[unsupported]",),
        old="            if run.holds(ev.HarnessFailed, ev.Unsupported):\n",
        new="            if run.holds(ev.HarnessFailed):\n",
    ),
    in_turns(
        id="judge_words_of_a_turn_are_said_in_the_next",
        says="what was said until a reply is said again until the next one",
        breaks=("SD-9",),
        caught_by=(f"{TURNS}test_turns_are_those_of_a_plain_reading",),
        old="            asked, keys, events = None, [], []\n",
        new="            asked = None\n",
    ),
    in_turns(
        id="judge_a_request_without_a_reply_is_no_turn",
        says="a request that was never answered does not end the case",
        breaks=("SD-9",),
        caught_by=(f"{TURNS}test_turns_are_those_of_a_plain_reading",),
        old="            if asked is not None:\n                turns",
        new="            if asked is None:\n                turns",
    ),
    Mutant(
        file=f"{JUDGE}/model/observed.py",
        id="judge_what_is_left_unsaid_at_the_end_is_not_missed",
        says="of what the law demands at once, what was not said is only missed in between",
        breaks=("SC-4", "SC-7"),
        caught_by=(
            "test:tests/judge/model/test_monitor.py::"
            "test_a_damage_is_blamed_on_its_own_law[a warning is missing]",
        ),
        old="turn.keys == case.demanded or",
        new="turn.keys == case.demanded[: len(turn.keys)] or",
    ),
    Mutant(
        file=f"{JUDGE}/rules/configured_answers.py",
        id="judge_the_last_knob_is_not_looked_at",
        says="a value that is not in force is missed where it belongs to the last of the knobs",
        breaks=("CF-1",),
        caught_by=("test:tests/judge/test_configured.py::test_a_knob_that_is_not_reported_fails",),
        old="    for name, knob in KNOBS.items():\n        # Where",
        new="    for name, knob in [*KNOBS.items()][:-1]:\n        # Where",
    ),
    Mutant(
        file=f"{JUDGE}/rules/configured_parts.py",
        id="judge_one_part_is_the_whole",
        says="a situation counts as witnessed as soon as one part of it was kept",
        breaks=("CF-3",),
        caught_by=(
            "test:tests/judge/test_configured_law.py::"
            "test_a_situation_counts_once_every_part_was_kept",
        ),
        old="== len(needed):",
        new=">= 1:",
    ),
    in_skipped_ticks(
        id="judge_skipped_ticks_are_not_looked_at",
        says="a close that skipped ticks put off is a failure of the close window",
        breaks=("SC-9",),
        caught_by=(
            f"{WITNESSES}test_a_tick_that_is_skipped_beyond_the_limit_moves_the_close_window",
            f"{WITNESSES}test_a_skipped_tick_takes_one_period_between_two_checks",
        ),
        old="        return max(0, self._by(by_us) - self._by(after_us))\n",
        new="        return 0\n",
    ),
    in_close_window(
        id="judge_skipping_ticks_buys_a_pass",
        says="a close that is late but for ticks that are said to be skipped passes",
        breaks=("SC-9",),
        caught_by=(
            f"{WITNESSES}test_a_tick_that_is_skipped_beyond_the_limit_moves_the_close_window",
        ),
        old="if late.most_us <= 0 and lasted_us > window.unmoved_us + run.grace_us:\n",
        new="if late.most_us <= 0 and lasted_us < 0:\n",
    ),
    in_skipped_ticks(
        id="judge_a_tick_in_time_may_be_skipped",
        says="a tick that is late by just what is allowed may be skipped",
        breaks=("SC-9",),
        caught_by=(f"{WITNESSES}test_a_tick_that_is_not_too_late_is_not_skipped",),
        old="        if said.late_us <= run.monitor_slack_us:\n",
        new="        if said.late_us < run.monitor_slack_us:\n",
    ),
    in_skipped_ticks(
        id="judge_the_lower_end_stays",
        says="a close that comes too early for the ticks that were skipped passes",
        breaks=("SC-9",),
        caught_by=(
            f"{WITNESSES}test_a_tick_that_is_skipped_beyond_the_limit_moves_the_close_window",
        ),
        old="    return sure * period_us, maybe",
        new="    return 0, maybe",
    ),
    in_skipped_ticks(
        id="judge_promises_without_a_check_before_the_limit",
        says="ticks that were skipped before the limit leave the premise as it is",
        breaks=("SC-9",),
        caught_by=(f"{WITNESSES}test_a_skipped_tick_before_the_limit_takes_a_longer_limit",),
        old="    if limit_us < (1 + early) * period_us + run.monitor_slack_us:\n",
        new="    if limit_us < period_us + run.monitor_slack_us:\n",
    ),
)
