"""Mutants of DS-1 and DS-2: stopping later."""

from functools import partial

from proofs.mutants.mutant import Mutant

in_machine = partial(Mutant, file="reference/stallproof/machines/deferred_stop.py")
in_driver = partial(Mutant, file="reference/stallproof/drivers/deferred_stop.py")
DRIVEN = "test:tests/drivers/test_deferred_stop.py::"

MUTANTS = (
    in_driver(
        id="stops_under_the_lock",
        says="what was found failing is stopped under the lock, as it once was in the origin",
        breaks=("DS-1.1",),
        caught_by=(
            f"{DRIVEN}test_a_stop_that_takes_long_keeps_nobody_from_the_map",
            f"{DRIVEN}test_each_hold_does_afterwards_what_the_law_decides",
        ),
        old="                    yield visit\n",
        new="                    yield visit\n                    self._do_later(visit)\n",
    ),
    in_machine(
        id="decides_to_stop_under_the_lock",
        says="a failure is to be acted on at once, while the lock is held",
        breaks=("DS-2.2", "DS-1.1"),
        caught_by=("proof:ds1_nothing_is_stopped_under_the_lock", "oracle:DS-1"),
        old="        now = history.take(event)\n",
        new="        now = history.take(event) or history.later\n",
    ),
    in_machine(
        id="each_failure_stops",
        says="each failure of a task stops it, also one that was recorded",
        breaks=("DS-1.3",),
        caught_by=("proof:ds1_a_task_is_stopped_once",),
        old="    return Task.RECORDED, Later.STOP if task is Task.RUNNING else Later.NOTHING\n",
        new="    return Task.RECORDED, Later.STOP\n",
    ),
    in_machine(
        id="each_failure_is_written_down",
        says="each failure of a task is written down for a stop",
        breaks=("DS-1.3",),
        caught_by=("oracle:DS-1 beside DS-2", "vectors:DS-1"),
        old=(
            "        if later is not Later.NOTHING:\n"
            "            self.later.append((later, name, self.made.get(name, 0)))\n"
        ),
        new=(
            "        what = later if task is None else Later.STOP\n"
            "        self.later.append((what, name, self.made.get(name, 0)))\n"
        ),
    ),
    in_driver(
        id="the_record_is_not_kept",
        says="that a task was recorded is not kept, so that the next visit stops it again",
        breaks=("DS-1.3",),
        caught_by=(f"{DRIVEN}test_two_who_find_a_task_failing_at_once_stop_it_once",),
        old="            self._tasks[name] = task, after\n",
        new="            pass\n",
    ),
    in_machine(
        id="what_was_recorded_is_stopped_at_each_release",
        says="what was recorded is stopped again whenever the lock is released",
        breaks=("DS-1.3",),
        caught_by=("oracle:DS-1 beside DS-2",),
        old="                now, self.later = self.later, []\n",
        new=(
            "                now = self.later\n"
            "                self.later = [one for one in now if one[0] is Later.STOP]\n"
        ),
    ),
    in_driver(
        id="a_body_that_raises_stops_nothing",
        says="what was recorded is forgotten when the body of the visit raises",
        breaks=("DS-1.2",),
        caught_by=(f"{DRIVEN}test_what_was_recorded_is_stopped_though_the_body_raises",),
        old="        finally:\n            self._do_later(visit)\n",
        new="            self._do_later(visit)\n        finally:\n            pass\n",
    ),
    in_driver(
        id="a_stop_that_raises_keeps_the_others_from_theirs",
        says="a stop that raises ends the stops, and nobody hears of it",
        breaks=("DS-1.2",),
        caught_by=(f"{DRIVEN}test_a_stop_that_raises_is_reported_and_the_others_follow",),
        old='                words.append(f"stopping',
        new='                break\n                words.append(f"stopping',
    ),
    in_machine(
        id="an_error_makes_a_task",
        says="an error for an unknown stream makes a task, as it once did in the origin",
        breaks=("DS-2.1",),
        caught_by=("proof:ds2_an_unknown_stream_is_only_reported",),
        old="        return None, Later.REPORT\n",
        new="        return Task.RECORDED, Later.REPORT\n",
    ),
    in_machine(
        id="an_unknown_stream_is_passed_over_in_silence",
        says="an error for an unknown stream is passed over, and nobody hears of it",
        breaks=("DS-2.2",),
        caught_by=("proof:ds2_an_unknown_stream_is_only_reported",),
        old="        return None, Later.REPORT\n",
        new="        return None, Later.NOTHING\n",
    ),
    in_machine(
        id="an_unknown_name_is_put_into_the_map",
        says="the name of an unknown stream is put into the map with its error",
        breaks=("DS-2.1",),
        caught_by=("oracle:DS-2 beside DS-1", "vectors:DS-2"),
        old="        if task is not None:\n            self.tasks[name] = task\n",
        new="        self.tasks[name] = task or Task.RECORDED\n",
    ),
    in_machine(
        id="only_stops_are_written_down",
        says="an error for an unknown stream is not written down, and nobody hears of it",
        breaks=("DS-2.2",),
        caught_by=("oracle:DS-2 beside DS-1", "vectors:DS-2"),
        old="        if later is not Later.NOTHING:\n",
        new="        if later is Later.STOP:\n",
    ),
    in_driver(
        id="unknown_streams_are_not_reported",
        says="an error for an unknown stream is not kept for the report",
        breaks=("DS-2.2",),
        caught_by=(f"{DRIVEN}test_each_hold_does_afterwards_what_the_law_decides",),
        old="            self.unknown.append(name)\n",
        new="            pass\n",
    ),
    in_machine(
        id="a_stop_knows_nothing_but_a_name",
        says="a stop means whatever task has the name when the lock is released",
        breaks=("DS-1.4",),
        caught_by=("oracle:DS-1", "vectors:DS-1"),
        old="(name, number) for what, name, number in now",
        new="(name, history.made[name]) for what, name, _ in now",
    ),
)
