"""Mutants of SC-2 to SC-13: a monitor that passes over those who are at rest."""

from functools import partial

from proofs.mutants.mutant import Mutant

in_monitor = partial(Mutant, file="reference/stallproof/drivers/monitor.py")
in_roll = partial(Mutant, file="reference/stallproof/drivers/roll.py")
in_watch = partial(Mutant, file="reference/stallproof/drivers/watch.py")
in_guarded = partial(Mutant, file="reference/stallproof/drivers/guarded.py")

_TESTS = "test:tests/drivers/test_published.py::"
_SAME = f"{_TESTS}test_who_is_passed_over_would_have_been_left_alone"
_SAME_LONG = f"{_TESTS}test_long_lives_are_the_same"

MUTANTS = (
    in_roll(
        id="who_sends_is_passed_over",
        says="among many connections one that sends is left out of the pass, and its stall with it",
        breaks=("SC-7", "SC-12"),
        caught_by=(
            f"{_TESTS}test_one_stall_among_many_is_closed_strictly_after_the_limit[1-1]",
            f"{_SAME_LONG}[0-100]",
        ),
        old="if conn.lock_holder is not None or conn.closing_begun",
        new="if conn.closing_begun",
    ),
    in_roll(
        id="who_closes_is_passed_over",
        says="a connection that has closed is never looked at again, and stays under watch",
        breaks=("SC-13.2",),
        caught_by=(f"{_SAME_LONG}[0-100]",),
        old="if conn.lock_holder is not None or conn.closing_begun",
        new="if conn.lock_holder is not None",
    ),
    in_roll(
        id="the_few_are_looked_at_in_any_order",
        says="of several that are stalled the last that came is closed first",
        breaks=("SC-12",),
        caught_by=(f"{_TESTS}test_those_that_are_closed_in_one_pass_are_closed_in_order",),
        old="key=_place)",
        new="key=_place, reverse=True)",
    ),
    in_roll(
        id="the_restless_are_forgotten",
        says="who sent at the last check is left out at the next one, and keeps its count",
        breaks=("SC-3.2",),
        caught_by=(f"{_SAME_LONG}[0-100]",),
        old="        called = self._restless\n",
        new="        called = list[Watch]()\n",
    ),
    in_roll(
        id="a_newcomer_has_to_stir_first",
        says="a new connection is not checked before it sends or closes, and gets no heartbeat",
        breaks=("SC-10.2", "SC-12"),
        caught_by=(f"{_SAME_LONG}[0-100]",),
        old="[watch for watch in line if not watch.is_at_rest]",
        new="[watch for watch in line if watch.send_id is not None]",
    ),
    in_roll(
        id="a_heartbeat_is_looked_for_too_late",
        says="who is at rest is looked at a microsecond after its heartbeat is due",
        breaks=("SC-10.2",),
        caught_by=(f"{_TESTS}test_a_heartbeat_is_due_strictly_after_the_interval[1-1]",),
        old="due[0][0] < now_us:",
        new="due[0][0] + 1 < now_us:",
    ),
    in_roll(
        id="who_was_never_heard_rests",
        says="a connection that never received anything counts as one without heartbeats",
        breaks=("SC-10.3",),
        caught_by=(f"{_SAME_LONG}[0-100]",),
        old="        if not conn.heartbeats:\n",
        new="        if not conn.heartbeats or conn.received_us is None:\n",
    ),
    in_roll(
        id="who_has_gone_is_kept_for_its_heartbeat",
        says="a connection that is gone stays in memory until its heartbeat would have been due",
        breaks=("SC-13.2",),
        caught_by=(f"{_TESTS}test_who_has_gone_is_let_go_at_the_next_pass",),
        old="[entry for entry in self._due if entry[2] in watched]",
        new="[*self._due]",
    ),
    in_roll(
        id="who_comes_twice_is_counted_anew",
        says="a connection that is added again, though it is watched, loses its count",
        breaks=("SC-3.1",),
        caught_by=(f"{_TESTS}test_who_is_added_twice_keeps_its_count",),
        old="            if id(conn) not in self._watches:\n",
        new="            if True:\n",
    ),
    in_roll(
        id="an_interrupted_pass_forgets_the_restless",
        says="after an interrupted pass those behind it are passed over until they stir",
        breaks=("SC-12",),
        caught_by=(f"{_TESTS}test_an_interrupt_makes_the_next_pass_begin_with_everyone",),
        old="        self._arranged = None\n        called, ",
        new="        called, ",
    ),
    in_watch(
        id="a_send_at_rest_keeps_its_count",
        says="an idle check leaves the count of the last stall standing",
        breaks=("SC-3.2",),
        caught_by=(f"{_SAME_LONG}[0-2]",),
        old="                watch.stalled_checks = 0\n",
        new="",
    ),
    in_watch(
        id="a_stall_is_counted_from_one_each_time",
        says="each check that finds a stall puts its count back to one, and nothing is closed",
        breaks=("SC-3.1", "SC-7"),
        caught_by=(_SAME, f"{_SAME_LONG}[0-2]"),
        old="watch.stalled_checks + 1 if number == watch.send_id else 1",
        new="1",
    ),
    in_watch(
        id="sends_in_place_are_counted_together",
        says="stalls of two sends that are read in place are counted together",
        breaks=("SC-15",),
        caught_by=(f"{_SAME_LONG}[0-2]",),
        old="watch.stalled_checks + 1 if number == watch.send_id else 1",
        new="watch.stalled_checks + 1",
    ),
    in_watch(
        id="stalled_in_place_at_the_limit",
        says="a stall that is read in place counts at the limit, a microsecond early",
        breaks=("SC-2", "SC-6"),
        caught_by=(f"{_SAME_LONG}[0-2]",),
        old="if now_us - taken_us > watch.limit_us:",
        new="if now_us - taken_us >= watch.limit_us:",
    ),
    in_watch(
        id="a_busy_check_keeps_the_count",
        says="a send that is read in place and not stalled leaves the count as it was",
        breaks=("SC-3.2",),
        caught_by=(f"{_SAME_LONG}[0-2]",),
        old="                checks = 0\n",
        new="                checks = watch.stalled_checks\n",
    ),
    in_watch(
        id="the_machine_is_asked_a_check_late",
        says="a stall that is read in place is closed one check after its threshold",
        breaks=("SC-7",),
        caught_by=(
            f"{_TESTS}test_one_stall_among_many_is_closed_strictly_after_the_limit[1-1]",
            f"{_SAME_LONG}[0-2]",
        ),
        old="if checks < watch.checks_max:",
        new="if checks <= watch.checks_max:",
    ),
    in_watch(
        id="whatever_is_overridden_is_read_in_place",
        says="a connection whose snapshot says something else is read by its attributes",
        breaks=("SC-12",),
        caught_by=(f"{_TESTS}test_who_says_something_else_than_it_publishes_is_asked",),
        old="    return getattr(conn.snapshot, _MARK, False)\n",
        new="    return conn is not None\n",
    ),
    in_watch(
        id="who_finishes_is_never_asked",
        says="an idle connection that closes is settled in place, and stays under watch",
        breaks=("SC-13.2",),
        caught_by=(f"{_SAME_LONG}[0-2]",),
        old="elif watch.is_timed and not conn.closing_begun:",
        new="elif watch.is_timed:",
    ),
    in_monitor(
        id="who_listens_is_not_told_of_who_is_at_rest",
        says="checks of connections at rest are not recorded",
        breaks=("SC-12",),
        caught_by=(f"{_TESTS}test_every_check_is_told_to_who_listens",),
        old="record is not ignore or steps is not BARE",
        new="steps is not BARE",
    ),
    in_guarded(
        id="nobody_can_read_that_closing_began",
        says="a connection that closes looks to the monitor as if it were open and at rest",
        breaks=("SC-8",),
        caught_by=(f"{_TESTS}test_a_guarded_connection_publishes_what_it_says",),
        old="        self.closing_begun = True\n",
        new="",
    ),
)
