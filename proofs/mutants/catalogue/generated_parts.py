"""Mutants of what is generated in parts and drawn by a seed: not what one process would make."""

from functools import partial

from proofs.mutants.mutant import Mutant

_PARTS = "test:tests/generate/test_parts.py::"
_SAMPLING = "test:tests/generate/test_sampling.py::"
_WHOLE = _PARTS + "test_three_processes_come_to_what_one_does"
_FAILS = _PARTS + "test_what_fails_in_any_part_is_shrunk_once"
_WORTH = _PARTS + "test_a_part_is_worth_its_process"
_AS_DRAWN = _SAMPLING + "test_a_seed_means_what_it_meant_when_hypothesis_drew[0]"
_FROM = _SAMPLING + "test_a_part_is_drawn_as_in_the_whole"

in_parts = partial(Mutant, file="reference/stallproof/generate/parts.py", breaks=("SD-3",))
in_series = partial(Mutant, file="reference/stallproof/generate/series.py", breaks=("SD-3",))
in_simulated = partial(Mutant, file="reference/stallproof/generate/simulated.py", breaks=("SD-3",))
in_sampling = partial(Mutant, file="reference/stallproof/generate/sampling.py", breaks=("SD-3",))

MUTANTS = (
    in_parts(
        id="no_script_makes_no_part",
        says="where there is no script there is no part either, and nothing to divide by",
        caught_by=(_WORTH,),
        old="parts = max(1, min(jobs, count // PART_MIN))",
        new="parts = min(jobs, count // PART_MIN)",
    ),
    in_parts(
        id="a_part_may_be_too_small",
        says="a process is begun for a rest that is not worth it",
        caught_by=(_WORTH,),
        old="min(jobs, count // PART_MIN)",
        new="min(jobs, -(-count // PART_MIN))",
    ),
    in_parts(
        id="there_are_more_parts_than_jobs",
        says="as many processes are begun as there are parts worth one",
        caught_by=(_WORTH,),
        old="max(1, min(jobs, count // PART_MIN))",
        new="max(1, count // PART_MIN)",
    ),
    in_parts(
        id="the_first_part_is_played_twice",
        says="the part of whoever asks is played by a process as well",
        caught_by=(_WHOLE,),
        old="pairwise(bounds[1:])",
        new="pairwise(bounds)",
    ),
    in_parts(
        id="a_part_has_no_trace",
        says="the trace lacks what other processes played",
        caught_by=(_PARTS + "test_a_part_has_the_events_of_a_trace_that_is_wanted[True]",),
        old="events if is_traced else None",
        new="None",
    ),
    in_parts(
        id="a_part_always_has_a_trace",
        says="all events are sent, whether or not a trace is written",
        caught_by=(_PARTS + "test_a_part_has_the_events_of_a_trace_that_is_wanted[False]",),
        old="events if is_traced else None",
        new="events",
    ),
    in_parts(
        id="a_part_without_a_harness_is_empty",
        says="a part that could not be played counts as played, and nothing failed in it",
        caught_by=(_PARTS + "test_a_part_without_a_harness_is_played_by_nobody",),
        old="    except HarnessBroken:\n        return None\n",
        new="    except HarnessBroken:\n        pass\n",
    ),
    in_parts(
        id="a_process_that_dies_ends_the_run",
        says="a process that is gone is taken for one that has a part",
        caught_by=(_PARTS + "test_a_process_that_is_gone_has_lost_its_part",),
        old="future.cancelled() or future.exception() is not None",
        new="future.cancelled()",
    ),
    in_parts(
        id="what_was_taken_is_left_over_as_well",
        says="parts that were added up already are added once more when a run is ended",
        caught_by=(_PARTS + "test_what_is_left_of_an_ended_run_was_neither_taken_nor_lost",),
        old="for future in self._futures[self._taken :]:",
        new="for future in self._futures:",
    ),
    in_parts(
        id="an_ended_run_waits_for_its_parts",
        says="what is still played is waited for when a run is ended",
        caught_by=(_PARTS + "test_what_is_left_of_an_ended_run_was_neither_taken_nor_lost",),
        old="if future.done() and (part := _of(future)) is not None:",
        new="if (part := future.exception(0.1) or _of(future)) is not None:",
    ),
    in_simulated(
        id="a_lost_part_is_left_out",
        says="scripts of a part that was lost are never played, and count as if they were",
        caught_by=(_PARTS + "test_a_part_that_is_lost_is_played_by_whoever_asks",),
        old="                series.play(first, count, self._judged)\n",
        new="                continue\n",
    ),
    in_simulated(
        id="parts_after_the_end_count",
        says="what other processes played after the script that broke the harness counts",
        caught_by=(_PARTS + "test_all_parts_end_where_the_harness_broke",),
        old="            if series.broke is not None:\n                break\n",
        new="",
    ),
    in_series(
        id="the_last_of_equals_is_shrunk",
        says="among scripts of one length the last one is told, and not the first",
        caught_by=(_PARTS + "test_the_first_of_the_smallest_scripts_is_told",),
        old="len(failure.script.steps) < len(known.script.steps)",
        new="len(failure.script.steps) <= len(known.script.steps)",
    ),
    in_series(
        id="what_broke_in_a_part_is_forgotten",
        says="a harness that broke in a part goes on as if it had not",
        caught_by=(_PARTS + "test_all_parts_end_where_the_harness_broke",),
        old="        self.broke = part.broke\n",
        new="",
    ),
    in_series(
        id="what_failed_elsewhere_is_not_shrunk",
        says="failures of other processes are counted, and no script of theirs is told",
        caught_by=(_FAILS,),
        old="for failure in part.failures.values():",
        new="for failure in ():",
    ),
    in_series(
        id="cases_are_counted_from_each_part",
        says="the number of a case says which of its part it is, and leads to another script",
        caught_by=(_PARTS + "test_a_case_has_the_number_that_it_has_in_the_whole",),
        old="enumerate(every, first + 1)",
        new="enumerate(every, 1)",
    ),
    in_sampling(
        id="a_part_begins_where_its_batch_does",
        says="a part plays scripts of the one before it, and leaves some of its own",
        caught_by=(_FROM,),
        old="itertools.islice(contents, passed, passed + count)",
        new="itertools.islice(contents, 0, count)",
    ),
    in_sampling(
        id="each_batch_is_the_first",
        says="all batches of a seed are alike",
        caught_by=(_AS_DRAWN,),
        old='source = Random(f"{number}/{batch}")',
        new='source = Random(f"{number}/0")',
    ),
    in_sampling(
        id="a_seed_means_other_scripts",
        says="a number that was drawn before is not passed over: a seed means other scripts",
        caught_by=(_AS_DRAWN, _SAMPLING + "test_the_scripts_of_a_seed_stay_what_they_are"),
        old="            source.random()\n",
        new="",
    ),
    in_sampling(
        id="no_batch_begins_with_the_plainest",
        says="the plainest script of all is never played",
        caught_by=(_AS_DRAWN,),
        old="        yield bytes(choices)\n        for _ in range(BATCH - 1):\n",
        new="        for _ in range(BATCH):\n",
    ),
    in_sampling(
        id="a_batch_has_one_too_many",
        says="a batch ends one script late, so that parts behind it begin elsewhere",
        caught_by=(_AS_DRAWN, _FROM),
        old="for _ in range(BATCH - 1):",
        new="for _ in range(BATCH):",
    ),
    in_sampling(
        id="the_lowest_byte_is_the_choice",
        says="a choice is the lowest byte of a word, and not the highest",
        caught_by=(_AS_DRAWN,),
        old='"little")[_WORD_BYTES - 1 :: _WORD_BYTES]',
        new='"little")[::_WORD_BYTES]',
    ),
)
