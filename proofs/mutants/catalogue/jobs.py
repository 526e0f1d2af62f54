"""Mutants of how many scenarios play at once: right verdicts would be drowned, or come late."""

from functools import partial

from proofs.mutants.mutant import Mutant

_JOBS = "test:tests/runner/test_jobs.py::"
_SCHEDULER = "test:tests/runner/test_scheduler.py::"
_BOUNDS = _JOBS + "test_a_run_is_spoilt_by_more_than_half_the_grace_and_room_is_below_a_quarter"

in_jobs = partial(Mutant, file="reference/stallproof/runner/jobs.py", breaks=("SD-2",))
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
)
