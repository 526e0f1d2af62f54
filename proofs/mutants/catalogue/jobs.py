"""Mutants of how plays are scheduled: right verdicts would drown, come late, or be mixed up."""

from functools import partial

from proofs.mutants.mutant import Mutant

_JOBS = "test:tests/runner/test_jobs.py::"
_SCHEDULER = "test:tests/runner/test_scheduler.py::"
_PIECES = "test:tests/runner/test_pieces.py::"
_KEPT = "test:tests/runner/test_kept.py::"
_BOUNDS = _JOBS + "test_a_run_is_spoilt_by_more_than_half_the_grace_and_room_is_below_a_quarter"

in_jobs = partial(Mutant, file="reference/stallproof/runner/jobs.py", breaks=("SD-2",))
in_pieces = partial(Mutant, file="reference/stallproof/runner/pieces.py", breaks=("SD-2",))
in_kept = partial(Mutant, file="reference/stallproof/runner/kept.py", breaks=("SD-2",))
in_reference = partial(Mutant, file="reference/stallproof/harness/reference.py", breaks=("CF-1",))
in_scheduler = partial(Mutant, file="reference/stallproof/runner/scheduler.py", breaks=("SD-2",))

MUTANTS = (
    in_jobs(
        id="jobs_taken_at_the_bound",
        says="noise of just half the grace, which spoils no run, takes jobs",
        caught_by=(_BOUNDS,),
        old="if noise_us * 2 > grace_us:",
        new="if noise_us * 2 >= grace_us:",
    ),
    in_jobs(
        id="jobs_taken_at_the_grace",
        says="noise that spoils runs takes no job before it is all of the grace",
        caught_by=(_BOUNDS,),
        old="if noise_us * 2 > grace_us:",
        new="if noise_us > grace_us:",
    ),
    in_jobs(
        id="jobs_not_added_at_the_bound",
        says="noise of just a quarter of the grace leaves no room for another job",
        caught_by=(_BOUNDS,),
        old="elif noise_us * 4 <= grace_us and",
        new="elif noise_us * 4 < grace_us and",
    ),
    in_jobs(
        id="jobs_fall_to_none",
        says="on a noisy machine nothing plays any more",
        caught_by=(_JOBS + "test_it_is_one_at_least_and_the_most_at_most",),
        old="self.now = max(LEAST, playing * left // of)",
        new="self.now = playing * left // of",
    ),
    in_jobs(
        id="jobs_beyond_the_most",
        says="a quiet machine is given more jobs than it may have",
        caught_by=(_JOBS + "test_a_scripted_noise_monitor_takes_and_gives_jobs",),
        old="self.now = min(self.most, self.now + more)",
        new="self.now = self.now + more",
    ),
    in_jobs(
        id="jobs_added_fast_after_noise",
        says="after noise jobs are added as fast as before, so that noise comes again and again",
        caught_by=(_JOBS + "test_quiet_adds_a_quarter_until_the_first_noise_and_then_one",),
        old="more = 1 if self.fewer else max(1, self.now // SHARE_ADDED)",
        new="more = max(1, self.now // SHARE_ADDED)",
    ),
    in_jobs(
        id="jobs_taken_for_what_was_begun_before",
        says="jobs are taken again while those that made the noise have not ended yet",
        caught_by=(_JOBS + "test_noise_counts_against_the_number_that_made_it",),
        old="not 0 < playing <= self.now:",
        new="not 0 < playing:",
    ),
    in_jobs(
        id="jobs_asked_for_are_changed",
        says="the noise changes the number that somebody asked for",
        caught_by=(_JOBS + "test_a_number_that_was_asked_for_stays",),
        old="if self.is_fixed or not",
        new="if not",
    ),
    in_scheduler(
        id="noise_counts_twice",
        says="each look at the noise begins where the one before began",
        caught_by=(_SCHEDULER + "test_the_noise_since_the_last_look_says_how_many_play",),
        old="        self._looked_us = until_us\n",
        new="",
    ),
    in_scheduler(
        id="all_play_at_once",
        says="however few jobs there may be, all scenarios are begun",
        caught_by=(_SCHEDULER + "test_no_more_play_than_may",),
        old="if len(self._waiting) >= self._jobs.now:",
        new="if len(self._waiting) > self._jobs.most:",
    ),
    in_scheduler(
        id="taken_with_its_first_piece",
        says="a scenario counts as played when the first of its repetitions is over",
        caught_by=(_SCHEDULER + "test_a_scenario_is_taken_when_its_last_piece_is_over",),
        old="if len(pieces) < self._of[piece.name]:",
        new="if not pieces:",
    ),
    in_pieces(
        id="parted_beyond_the_bound",
        says="a play of just the length from which plays are parted is played in one piece",
        caught_by=(_PIECES + "test_a_play_is_parted_from_so_many_seconds_on",),
        old="if scenario.play_s < SIDE_BY_SIDE_S:",
        new="if scenario.play_s <= SIDE_BY_SIDE_S:",
    ),
    in_pieces(
        id="shortest_piece_first",
        says="the longest pieces are begun last, so that all wait for them",
        caught_by=(_PIECES + "test_every_repetition_is_played_once_and_the_longest_piece_first",),
        old="key=lambda one: -one.play_s)",
        new="key=lambda one: one.play_s)",
    ),
    in_kept(
        id="kept_undeclared",
        says="a harness is kept that never said it could begin anew",
        caught_by=(_KEPT + "test_a_harness_that_does_not_begin_anew_is_not_kept",),
        old="if ANEW not in harness.hello.features or harness.owes or",
        new="if harness.owes or",
    ),
    in_kept(
        id="kept_owing",
        says="a harness that did not answer plays the next scenario, and its late reply breaks it",
        caught_by=(_KEPT + "test_a_harness_that_owes_a_reply_is_not_kept",),
        old=" or harness.owes or",
        new=" or",
    ),
    in_kept(
        id="kept_for_another_environment",
        says="what is kept for one environment is taken for another",
        caught_by=(_KEPT + "test_another_command_or_environment_has_a_process_of_its_own",),
        old="self._of == _identity(command, environment):",
        new="self._of == _identity(command, None):",
    ),
    in_kept(
        id="kept_under_way",
        says="a harness whose streams have not ended plays the next scenario",
        caught_by=(_KEPT + "test_a_play_is_over_when_all_that_was_asked_for_has_ended",),
        old='case Requested(op="stream"):',
        new='case Requested(op="streams"):',
    ),
    in_reference(
        id="watches_from_before",
        says="another configuration leaves the connections of the one before",
        caught_by=(
            "test:tests/harness/test_reference_harness.py::test_another_configuration_begins_anew",
        ),
        old="        if self._links:\n            self._monitor.stop()\n"
        "            self.begin(self._io, self._record)\n",
        new="",
    ),
)
