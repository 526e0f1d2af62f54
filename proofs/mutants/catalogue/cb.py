"""Mutants of CB: callbacks on workers of their own."""

from functools import partial

from proofs.mutants.mutant import Mutant

in_isolation = partial(Mutant, file="reference/stallproof/machines/callback_isolation.py")
in_pool = partial(Mutant, file="reference/stallproof/drivers/callback_pool.py")
TESTS = "test:tests/drivers/test_callback_pool.py::"

MUTANTS = (
    in_pool(
        id="a_pool_has_the_submitter_run_what_finds_no_worker",
        says="a callback that finds no worker free is run by whoever submits it, a stream's worker",
        breaks=("CB-1.2",),
        caught_by=(
            f"{TESTS}test_streams_move_over_a_socket_with_every_callback_worker_busy_for_ever",
        ),
        old="            self._known[number] = stream, callback\n",
        new="            if len(self._pool.running) == self._pool.workers:\n"
        "                callback()\n"
        "            self._known[number] = stream, callback\n",
    ),
    in_pool(
        id="a_pool_loses_a_worker_with_an_exception",
        says="an exception that is no ValueError ends the thread of its worker",
        breaks=("CB-2.2",),
        caught_by=(f"{TESTS}test_whoever_is_told_may_fail_as_well",),
        old="            except (Exception, SystemExit) as error:",
        new="            except ValueError as error:",
    ),
    in_pool(
        id="a_pool_is_at_the_mercy_of_its_log",
        says="a log that cannot be written ends the worker that wanted to write it",
        breaks=("CB-2.2",),
        caught_by=(f"{TESTS}test_whoever_is_told_may_fail_as_well",),
        old="        with contextlib.suppress(Exception):\n            self._told.logged",
        new="        if True:\n            self._told.logged",
    ),
    in_pool(
        id="a_pool_logs_and_stops_nothing",
        says="an exception is logged, and its stream, of which nobody hears, waits for ever",
        breaks=("CB-2.1",),
        caught_by=(
            f"{TESTS}test_streams_move_over_a_socket_with_every_callback_worker_busy_for_ever",
        ),
        old="                self._told.stopped(work.stream, error)",
        new="                pass",
    ),
    in_pool(
        id="a_pool_drops_what_waits_at_its_end",
        says="what waits at the shutdown is dropped, as a queue that nobody reads any more",
        breaks=("CB-3.2",),
        caught_by=(f"{TESTS}test_a_shutdown_hands_back_what_waits_and_lets_go_on_what_runs",),
        old="            self._changed.notify_all()\n        self._hand_back(refused)",
        new="            self._changed.notify_all()",
    ),
    in_pool(
        id="a_pool_takes_work_after_its_end",
        says="whoever submits after the shutdown is told that the callback was taken",
        breaks=("CB-3.1",),
        caught_by=(f"{TESTS}test_a_shutdown_hands_back_what_waits_and_lets_go_on_what_runs",),
        old="                return False\n",
        new="                return True\n",
    ),
    in_isolation(
        id="busy_callbacks_keep_data_waiting",
        says="callbacks share the pool that moves data, so that enough of them stop every stream",
        breaks=("CB-1.1",),
        caught_by=("proof:cb1_data_moves_while_every_worker_is_busy",),
        old="    return Taken.NOBODY if stream in pool.stopped else Taken.STREAMS",
        new="    if len(pool.running) >= pool.workers:\n"
        "        return Taken.NOBODY\n"
        "    return Taken.NOBODY if stream in pool.stopped else Taken.STREAMS",
    ),
    in_isolation(
        id="callbacks_share_the_pool_of_the_streams",
        says="a callback that finds no worker free is run by one that moves data",
        breaks=("CB-1.2",),
        caught_by=("oracle:CB-1", "vectors:CB-1"),
        old="tuple(one.callback for one in pool.waiting)\n    return Iso",
        new="tuple(\n"
        "        one.callback for one in pool.waiting if len(pool.running) < workers\n"
        "    )\n    return Iso",
    ),
    in_isolation(
        id="a_callback_is_taken_by_a_stream_worker",
        says="callbacks are submitted to the workers that move data",
        breaks=("CB-1.2",),
        caught_by=("proof:cb1_no_callback_is_taken_by_a_stream_worker",),
        old="waiting=(*pool.waiting, work)), Taken.CALLBACKS",
        new="waiting=(*pool.waiting, work)), Taken.STREAMS",
    ),
    in_isolation(
        id="an_exception_kills_the_worker",
        says="an exception ends the worker that ran the callback",
        breaks=("CB-2.2",),
        caught_by=("proof:cb2_an_exception_frees_its_worker",),
        old="    after = on_ended(pool, callback)\n",
        new="    after = pool\n",
    ),
    in_isolation(
        id="an_exception_stops_nothing",
        says="an exception is logged, and its stream goes on without its callback",
        breaks=("CB-2.1",),
        caught_by=("proof:cb2_an_exception_stops_its_own_stream",),
        old="replace(after, waiting=left, stopped=stopped), refused",
        new="replace(after, waiting=left), refused",
    ),
    in_isolation(
        id="an_exception_is_not_logged",
        says="an exception that is not the first of all is not logged",
        breaks=("CB-2.1",),
        caught_by=("oracle:CB-2", "vectors:CB-2"),
        old="                logged += (callback,)",
        new="                logged = logged or (callback,)",
    ),
    in_isolation(
        id="a_stopped_stream_leaves_its_callbacks_waiting",
        says="what waited for a stream that was stopped is dropped in silence",
        breaks=("CB-3.2",),
        caught_by=("proof:cb3_a_stopped_stream_leaves_nothing_waiting",),
        old="    return replace(after, waiting=left, stopped=stopped), refused",
        new="    return replace(after, waiting=left, stopped=stopped), ()",
    ),
    in_isolation(
        id="a_shutdown_drops_what_waits",
        says="what waits at a shutdown is dropped in silence",
        breaks=("CB-3.2",),
        caught_by=("proof:cb3_a_shutdown_refuses_what_waits",),
        old="    return replace(pool, waiting=(), is_down=True), refused",
        new="    return replace(pool, waiting=(), is_down=True), ()",
    ),
    in_isolation(
        id="work_after_the_shutdown_is_lost",
        says="a callback that is submitted after the shutdown vanishes, and nobody is told",
        breaks=("CB-3.1",),
        caught_by=("oracle:CB-3", "vectors:CB-3"),
        old="if taken is Taken.NOBODY else ()",
        new="if taken is Taken.NOBODY and not pool.is_down else ()",
    ),
    in_isolation(
        id="an_exception_refuses_all_that_waits",
        says="an exception refuses what waits for other streams, too",
        breaks=("CB-3.3",),
        caught_by=("vectors:CB-3",),
        old="    left = tuple(one for one in after.waiting if one.stream != stream)\n"
        "    refused = tuple(one.callback for one in after.waiting if one.stream == stream)\n",
        new="    left = ()\n    refused = tuple(one.callback for one in after.waiting)\n",
    ),
    in_isolation(
        id="work_for_a_stopped_stream_is_lost",
        says="a callback that is submitted for a stopped stream vanishes, and nobody is told",
        breaks=("CB-3.1",),
        caught_by=("vectors:CB-3",),
        old="if taken is Taken.NOBODY else ()",
        new="if taken is Taken.NOBODY and pool.is_down else ()",
    ),
)
