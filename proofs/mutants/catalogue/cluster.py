"""Mutants of judging on a cluster: whose work a worker does, and what is told of it."""

from functools import partial

from proofs.mutants.mutant import Mutant

_CALLERS = "test:tests/cluster/test_callers.py::"
_LEAVES = _CALLERS + "test_who_leaves_ends_what_played_for_it_alone"
_LAST_WORDS = _CALLERS + "test_a_process_that_cannot_play_is_told_with_its_last_words"

in_work = partial(Mutant, file="reference/stallproof/cluster/work.py", breaks=("SD-3",))
in_connection = partial(Mutant, file="reference/stallproof/cluster/connection.py", breaks=("SD-3",))

MUTANTS = (
    in_work(
        id="who_leaves_a_cluster_ends_what_plays_for_others",
        says="whoever leaves a worker ends the processes of all callers",
        caught_by=(_LEAVES,),
        old="for guard in _guards.get(caller, ()):",
        new="for guard in [one for its_own in _guards.values() for one in its_own]:",
    ),
    in_work(
        id="callers_share_a_process",
        says="a process that is idle plays for whoever asks, and ends with any of them",
        caught_by=(_LEAVES,),
        old="        its_own = _guards.setdefault(caller, [])\n",
        new='        its_own = _guards.setdefault("", [])\n        _guards[caller] = its_own\n',
    ),
    in_work(
        id="a_dead_process_plays",
        says="a process that has ended is asked to play the next part",
        caught_by=(_LAST_WORDS,),
        old="if not one.is_alive and not one.is_busy]",
        new="if one.is_busy and not one.is_alive]",
    ),
    in_work(
        id="a_process_is_begun_for_each_part",
        says="no process plays a second part, and each keeps its harness",
        caught_by=(_LEAVES,),
        old="next((one for one in its_own if one.is_free), None)",
        new="next((one for one in its_own if one.is_busy), None)",
    ),
    in_work(
        id="who_was_ended_is_asked_again",
        says="a process that was told to end is given the next part of its caller",
        caught_by=(_CALLERS + "test_who_comes_again_after_its_end_is_played_for",),
        old="return not self.is_busy and not self._process.stdin.closed",
        new="return not self.is_busy",
    ),
    in_work(
        id="what_plays_dies_without_a_word",
        says="whoever asked is not told what a process complained of before it ended",
        caught_by=(_LAST_WORDS,),
        old="has ended{self._last_words()}",
        new="has ended",
    ),
    in_connection(
        id="clients_have_one_name",
        says="two clients ask by the same name, so that one ends what plays for the other",
        caught_by=(_CALLERS + "test_two_who_share_a_worker_leave_each_other_in_peace",),
        old="self.caller: str = client.id",
        new='self.caller: str = "client"',
    ),
)
