"""Mutants of the oracle's own dealing with time: false words, and faults that would be excused.

They break what is judged, not what judges: each names a requirement of which it would tell wrongly.
"""

from functools import partial

from proofs.mutants.mutant import Mutant

_DELAYS = "test:tests/judge/test_delays.py::"
_CHANNEL = "test:tests/judge/test_channel.py::"
_BROKEN = "test:tests/judge/test_broken_off.py::"
_CLOCK = "test:tests/runner/sut/test_clock.py::"

in_evaluate = partial(Mutant, file="reference/stallproof/judge/evaluate.py", breaks=("CX-2",))
in_run = partial(Mutant, file="reference/stallproof/judge/evidence/run.py", breaks=("SD-9",))
in_onto = partial(Mutant, file="reference/stallproof/judge/evidence/onto.py", breaks=("SD-9",))
in_moment = partial(Mutant, file="reference/stallproof/judge/evidence/moment.py", breaks=("CX-2",))
in_dated = partial(Mutant, file="reference/stallproof/judge/evidence/dated.py", breaks=("CX-2",))
in_channel = partial(
    Mutant, file="reference/stallproof/judge/evidence/channel.py", breaks=("SC-11",)
)
in_passes = partial(Mutant, file="reference/stallproof/judge/evidence/passes.py", breaks=("SC-4",))
in_clock = partial(Mutant, file="reference/stallproof/runner/sut/clock.py", breaks=("AP-1",))
in_lines = partial(Mutant, file="reference/stallproof/runner/sut/lines.py", breaks=("AP-1",))
in_client = partial(Mutant, file="reference/stallproof/runner/sut/client.py", breaks=("SD-8",))
in_delays = partial(Mutant, file="reference/stallproof/runner/delays.py", breaks=("CX-2",))

MUTANTS = (
    in_onto(
        id="a_kill_is_a_close",
        says="an end that the oracle made, or a death, is a closing of the implementation",
        caught_by=(_BROKEN + "test_an_end_that_the_oracle_made_is_no_close",),
        old="if event.at_us < run.alive_until_us:",
        new="if event.at_us < run.end_us + run.grace_us:",
    ),
    in_run(
        id="a_death_is_found_at_once",
        says="what the peer saw just before a death was found out is a closing",
        caught_by=(_BROKEN + "test_an_end_that_the_oracle_made_is_no_close",),
        old="return max(self.begun.at_us, broke_us - self.grace_us)",
        new="return max(self.begun.at_us, broke_us)",
    ),
    in_run(
        id="watches_the_dead",
        says="a send is late that its dead process could not end",
        caught_by=(
            _BROKEN + "test_a_send_that_broke_off_with_the_harness_did_not_outlive_its_deadline",
        ),
        old="return until_us if not self.broken else min(until_us, self.alive_until_us)",
        new="return until_us",
    ),
    in_evaluate(
        id="accuses_by_the_hearing",
        says="who is late only by its hearing is accused",
        caught_by=(_DELAYS + "test_a_word_that_is_heard_late_neither_fails_nor_passes",),
        old="elif seen.late.least_us > allowed_us:",
        new="elif seen.late.most_us > allowed_us:",
    ),
    in_evaluate(
        id="praises_by_the_own_date",
        says="who is on time only by its own date passes",
        caught_by=(_DELAYS + "test_a_word_that_is_heard_late_neither_fails_nor_passes",),
        old="elif seen.late.most_us <= run.grace_us:",
        new="elif seen.late.least_us <= run.grace_us:",
    ),
    in_moment(
        id="lateness_from_the_earliest_beginning",
        says="lateness for certain counts from the earliest beginning",
        caught_by=(
            _CHANNEL + "test_lateness_takes_the_ends_that_accuse_least_and_praise_least",
            _DELAYS + "test_no_delay_makes_a_right_implementation_fail",
        ),
        old="self.since_us - begin.by_us - bound_us",
        new="self.since_us - begin.since_us - bound_us",
    ),
    in_moment(
        id="lateness_at_most_from_the_latest_beginning",
        says="what was begun late by its hearing has so much longer",
        caught_by=(_CHANNEL + "test_lateness_takes_the_ends_that_accuse_least_and_praise_least",),
        old="self.by_us - begin.since_us - bound_us",
        new="self.by_us - begin.by_us - bound_us",
    ),
    in_dated(
        id="a_request_is_read_at_once",
        says="what was asked for counts as read at once, however late the channel is",
        caught_by=(_DELAYS + "test_no_delay_makes_a_right_implementation_fail",),
        old="return self.channel.taken(asked)",
        new="return Moment(asked.at_us, asked.at_us)",
    ),
    in_channel(
        id="an_answer_is_as_late_as_it_was_heard",
        says="an answer counts as said when it was heard",
        caught_by=(
            _CHANNEL + "test_an_answer_was_not_said_before_what_was_heard_first_was_asked",
        ),
        old="return Moment(max(asked.at_us, since_us), own.at_us)",
        new="return Moment(own.at_us, own.at_us)",
    ),
    in_channel(
        id="unheard_until_the_end",
        says="what was not heard by the end counts as not said, whatever is in the channel",
        caught_by=(_CHANNEL + "test_what_was_never_heard_came_after_the_last_look",),
        old="return Moment(self._asked_us[-1] if self._ids else end_us, FOREVER)",
        new="return Moment(end_us, FOREVER)",
    ),
    in_passes(
        id="a_check_belongs_to_the_pass_that_was_asked_for_last",
        says="a check belongs to the pass that had been asked for last, by its own late date",
        caught_by=(_DELAYS + "test_no_delay_breaks_what_is_kept",),
        old="    for one in reversed(run.passes if told else []):\n",
        new="    told = run.of(ev.Checked)\n"
        "    for one in run.passes:\n"
        "        one.checks.clear()\n"
        "    for one in reversed(run.passes):\n",
    ),
    in_clock(
        id="drift_is_not_looked_for",
        says="what a clock shows later in a run is not looked at",
        caught_by=(_CLOCK + "test_drift_shows_by_what_is_read_later",),
        old="        if not self.is_shared:\n",
        new="        if not self.is_shared and not self._readings:\n",
    ),
    in_clock(
        id="any_reading_ties_the_clock",
        says="the first reading ties the clock, however wide it is",
        caught_by=(_CLOCK + "test_the_narrowest_reading_of_late_ties_the_clock",),
        old="narrowest = min(late, key=lambda one: (one.width_us, -one.heard_us))",
        new="narrowest = late[0]",
    ),
    in_lines(
        id="times_are_not_converted",
        says="the times of a clock that is not shared are taken for the oracle's",
        caught_by=("test:tests/runner/sut/test_client.py::"
                   "test_a_clock_of_its_own_is_brought_onto_the_oracles",),
        old="at_us = self.clock.to_oracle_us(event.at_us)",
        new="at_us = event.at_us",
    ),
    in_client(
        id="nobody_listens_at_the_end",
        says="a run ends without hearing what was said so far",
        caught_by=(
            "test:tests/runner/sut/test_client.py::test_a_run_does_not_end_before_all_is_heard",
        ),
        old="        self._is_over(pending, _SETTLE_S)\n\n    def _read_clock",
        new="\n    def _read_clock",
    ),
    in_delays(
        id="waits_are_counted_one_by_one",
        says="only the longest single wait counts, not what came together",
        caught_by=(
            "test:tests/runner/test_delays.py::"
            "test_what_came_together_is_summed_up_and_no_longer_than_it_took",
        ),
        old="return min(sum(look.waited_us for look in looks), max(span_us, longest_us))",
        new="return longest_us",
    ),
)  # fmt: skip
