"""Mutants of verdicts that are open, and of runs that end: of the judge, not of what it judges."""

from functools import partial

from proofs.mutants.mutant import Mutant

in_standing = partial(Mutant, file="reference/stallproof/judge/standing.py")
in_remembered = partial(Mutant, file="reference/stallproof/judge/remembered.py")
in_whole = partial(Mutant, file="reference/stallproof/judge/whole.py")
in_sharing = partial(Mutant, file="reference/stallproof/runner/scenarios/sharing.py")
in_scenario = partial(Mutant, file="reference/stallproof/runner/scenarios/scenario.py")
in_descendants = partial(Mutant, file="reference/stallproof/runner/sut/descendants.py")
in_harness = partial(Mutant, file="reference/stallproof/runner/sut/harness.py")
in_results = partial(Mutant, file="reference/stallproof/runner/sut/results.py")
in_news = partial(Mutant, file="reference/stallproof/runner/sut/news.py", breaks=("SD-3",))
in_record = partial(
    Mutant, file="reference/stallproof/runner/scenarios/record.py", breaks=("SD-3",)
)
in_aside = partial(Mutant, file="reference/stallproof/runner/sut/aside.py", breaks=("SD-3",))
in_ending = partial(Mutant, file="reference/stallproof/runner/sut/ending.py", breaks=("SD-3",))
in_workers = partial(Mutant, file="reference/stallproof/runner/workers.py", breaks=("SD-3",))
in_output = partial(Mutant, file="reference/stallproof/runner/sut/output.py")

STANDING = "test:tests/judge/test_standing.py"
WHOLE = "test:tests/judge/test_whole.py"
RESULTS = "test:tests/runner/sut/test_results.py"
NEWS = "test:tests/runner/sut/test_news.py"
ASIDE = "test:tests/runner/sut/test_aside.py"
AIMS = "test:tests/runner/scenarios/test_aims.py"
ENDING = "test:tests/runner/test_ending.py"

MUTANTS = (
    in_workers(
        id="a_signal_ends_what_workers_come_from",
        says="a signal to the whole run ends what workers are copied from, while some are started",
        caught_by=(
            "test:tests/runner/test_workers.py::"
            "test_no_signal_to_the_whole_run_reaches_what_workers_are_copied_from",
        ),
        old="        with signals_held():\n            forkserver.ensure_running()",
        new="        forkserver.ensure_running()",
    ),
    in_results(
        id="who_waits_for_results_holds_a_lock",
        says="a wait that is broken off leaves a lock held, and the run never ends",
        breaks=("SD-3",),
        caught_by=(f"{RESULTS}::test_who_breaks_the_waiting_off_holds_nobody_up",),
        old="from queue import Empty, SimpleQueue\n",
        new="from queue import Empty\nfrom queue import Queue as SimpleQueue\n",
    ),
    in_record(
        id="who_waits_for_news_holds_a_lock",
        says="all who wait share a lock, and one who is broken off leaves it held: nobody is heard",
        caught_by=(f"{NEWS}::test_who_breaks_the_waiting_off_holds_nobody_up",),
        old="        self._news = News()\n",
        new="""\
        from threading import Condition

        class Shared(Condition):
            def tell(self):
                with self:
                    self.notify_all()

            def wait_for(self, holds, timeout_s):
                with self:
                    return super().wait_for(holds, timeout_s)

        self._news = Shared()
""",
    ),
    in_news(
        id="each_word_is_a_look",
        says="all events are looked through again for each of a thousand that came meanwhile",
        caught_by=(f"{NEWS}::test_many_words_are_one_look",),
        old="                    while True:\n",
        new="                    while False:\n",
    ),
    in_news(
        id="one_waits_at_most",
        says="of several who wait one is told of a change, and the others wait in vain",
        caught_by=(f"{NEWS}::test_whoever_waits_looks_again_with_each_word",),
        old="for one in tuple(self._waiting):",
        new="for one in tuple(self._waiting[-1:]):",
    ),
    in_aside(
        id="what_is_done_aside_fails_in_silence",
        says="what was raised on another thread is nothing that was returned",
        caught_by=(f"{ASIDE}::test_what_is_raised_aside_is_raised_here",),
        old="            raise failed\n",
        new="            return None\n",
    ),
    in_ending(
        id="another_thread_keeps_the_end_away",
        says="a shelter on another thread takes the main thread's leave to be broken off",
        caught_by=(f"{ASIDE}::test_a_shelter_on_another_thread_is_none_for_the_main_one",),
        old="what the main thread may do is not its to say.\n        yield\n        return\n",
        new="what the main thread may do is not its to say.\n        pass\n",
    ),
    in_standing(
        id="a_missing_feature_hides_what_was_played",
        says="one play that was left out makes all that did not occur unsupported",
        breaks=("SD-1",),
        caught_by=(
            f"{STANDING}::test_a_situation_that_did_not_occur_is_never_laid_to_a_missing_feature",
        ),
        old="    if any(lacking) and not (played and is_named):\n",
        new="    if any(lacking):\n",
    ),
    in_remembered(
        id="a_feature_of_one_requirement_is_all_that_is_lacked",
        says="what one requirement alone takes leaves out the others of the play",
        breaks=("CX-1",),
        caught_by=(f"{STANDING}::test_what_one_requirement_lacks_is_lacked_by_it_alone",),
        old="        if not one.requirements or requirement in one.requirements\n",
        new="",
    ),
    in_sharing(
        id="closing_is_played_with_a_monitor_only",
        says="who has no check to ask for is not seen closing",
        breaks=("CX-2", "CX-6"),
        caught_by=(f"{AIMS}::test_closing_needs_no_monitor",),
        old="        features=TCP,\n",
        new='        features=TCP | {"checks"},\n',
    ),
    in_whole(
        id="what_is_allowed_lets_everything_pass",
        says="one reason that is allowed stands for all of them",
        breaks=("SD-3",),
        caught_by=(f"{WHOLE}::test_only_what_is_allowed_may_stay_open",),
        old="set(why) - set(report.allowed)",
        new="not set(why) <= set(why) - set(report.allowed)",
    ),
    in_whole(
        id="a_run_cut_short_passes",
        says="a run that ended before its time is complete if all that it judged passed",
        breaks=("SD-3",),
        caught_by=(f"{WHOLE}::test_a_broken_harness_and_a_run_cut_short_are_never_a_pass",),
        old="    if interrupted is not None:\n",
        new="    if interrupted == '':\n",
    ),
    in_scenario(
        id="too_much_grace_is_taken",
        says="more grace than a tenth of a bound is not refused",
        breaks=("SD-3",),
        caught_by=(f"{AIMS}::test_grace_up_to_a_tenth_of_the_smallest_bound_is_allowed",),
        old="        if one.most_grace_us < most_us:\n",
        new="        if one.most_grace_us > most_us:\n",
    ),
    in_descendants(
        id="a_daemon_outlives_its_harness",
        says="only the group of a harness is ended",
        breaks=("CX-6",),
        caught_by=(
            "test:tests/runner/sut/test_descendants.py::test_a_daemon_ends_with_its_harness",
        ),
        old='if entry in _read(pid, "environ"))',
        new='if entry == b"")',
    ),
    in_harness(
        id="a_bad_end_is_only_a_note",
        says="a harness that ends with another status than 0 is no trouble",
        breaks=("CX-6",),
        caught_by=(
            "test:tests/runner/sut/test_client.py::test_a_harness_that_ends_badly_has_failed",
        ),
        old='            self.failed_end = HarnessBroken("died", self.complaint)\n',
        new="",
    ),
    in_output(
        id="the_first_words_are_forgotten",
        says="of a long standard error only the end is kept, so that a panic says nothing",
        breaks=("CX-6",),
        caught_by=(
            "test:tests/runner/sut/test_output.py::test_the_first_line_is_kept_however_much_follows",
        ),
        old="        self._first_words = (self._first_words + data)[:_FIRST_WORDS_BYTES]\n",
        new="        self._first_words = (self._first_words + data)[-_FIRST_WORDS_BYTES:]\n",
    ),
)
