"""Mutants of SD-18: sends that are given up, in the reference, in Go and in the judge."""

from functools import partial

from proofs.mutants.mutant import Mutant

in_brief_wait = partial(Mutant, file="reference/stallproof/drivers/brief_wait.py")
in_asyncio_front = partial(Mutant, file="reference/stallproof/drivers/asyncio_front.py")
in_give_up = partial(Mutant, file="reference/stallproof/drivers/give_up.py")
in_guarded = partial(Mutant, file="reference/stallproof/drivers/guarded.py")
in_io = partial(Mutant, file="reference/stallproof/drivers/io.py")
in_sender = partial(Mutant, file="reference/stallproof/drivers/sender.py")
in_sending = partial(Mutant, file="reference/stallproof/drivers/sending.py")
in_send_deadline = partial(Mutant, file="reference/stallproof/machines/send_deadline.py")
in_ticket_lock = partial(Mutant, file="reference/stallproof/drivers/ticket_lock.py")
in_callers = partial(Mutant, file="reference/stallproof/harness/giving_up.py")
in_go_fairlock = partial(Mutant, file="tests/implementations/go/guard/fairlock.go")
in_go_sending = partial(Mutant, file="tests/implementations/go/guard/sending.go")
in_go_working = partial(Mutant, file="tests/implementations/go/working.go")
in_rule = partial(Mutant, file="reference/stallproof/judge/rules/giving_up.py")
in_model = partial(Mutant, file="reference/stallproof/judge/model/given_up.py")
in_blame = partial(Mutant, file="reference/stallproof/judge/model/blame_given_up.py")

DRIVERS = "test:tests/drivers/test_giving_up.py"
STORIES = "test:tests/judge/test_giving_up.py"

MUTANTS = (
    # --- the machine ------------------------------------------------------------------------------
    in_send_deadline(
        id="giving_up_leaves_a_torn_frame_open",
        says="a send that is given up never closes its connection, torn frame or not",
        breaks=("SD-18.5",),
        caught_by=("vectors:SD-18", "oracle:SD-18", "proof:sd18_a_torn_frame_closes"),
        old="    return End(Outcome.GIVEN_UP, send.written_bytes > 0)",
        new="    return End(Outcome.GIVEN_UP, False)",
    ),
    in_send_deadline(
        id="giving_up_always_closes",
        says="a send that is given up closes its connection, though nothing of it has left",
        breaks=("SD-18.5",),
        caught_by=(
            "vectors:SD-18",
            "oracle:SD-18",
            "proof:sd18_an_unwritten_frame_leaves_the_connection_open",
        ),
        old="    return End(Outcome.GIVEN_UP, send.written_bytes > 0)",
        new="    return End(Outcome.GIVEN_UP, True)",
    ),
    in_send_deadline(
        id="giving_up_is_ok",
        says="a send that is given up is told as one that was sent",
        breaks=("SD-18.1",),
        caught_by=(
            "vectors:SD-18",
            "proof:sd18_it_always_ends",
            "proof:sd18_before_its_deadline_it_is_given_up",
        ),
        old="    return End(Outcome.GIVEN_UP, send.written_bytes > 0)",
        new="    return End(Outcome.OK, send.written_bytes > 0)",
    ),
    in_send_deadline(
        id="giving_up_beats_the_deadline",
        says="a give-up at the deadline or after it wins over the TIMEOUT",
        breaks=("SD-18", "SD-2.1"),
        caught_by=("proof:sd18_at_its_deadline_it_has_expired",),
        old="""\
    if closing or now_us >= send.deadline_us:
        return End(Outcome.SUPPRESSED if closing""",
        new="""\
    if closing:
        return End(Outcome.SUPPRESSED if closing""",
    ),
    in_send_deadline(
        id="giving_up_beats_the_closing",
        says="a send that is given up while its connection closes is not told as suppressed",
        breaks=("SD-18", "SD-10.2"),
        caught_by=("proof:sd18_while_closing_it_is_suppressed",),
        old="""\
    if closing or now_us >= send.deadline_us:
        return End(Outcome.SUPPRESSED if closing""",
        new="""\
    if now_us >= send.deadline_us:
        return End(Outcome.SUPPRESSED if closing""",
    ),
    # --- the drivers ------------------------------------------------------------------------------
    in_sender(
        id="given_up_only_at_the_deadline",
        says="a send in flight is never looked at again once it waits: it goes on to its deadline",
        breaks=("SD-18.1",),
        caught_by=("vectors:SD-18", "oracle:SD-18"),
        old="            if give_up is not None and give_up.is_set:\n",
        new="            if give_up is not None and give_up.is_set and not send.taken_us:\n",
    ),
    in_sender(
        id="writes_once_more_after_it_was_given_up",
        says="what is given up is looked at after the next write only, and not before it",
        breaks=("SD-18.3",),
        caught_by=(f"{DRIVERS}::test_what_is_given_up_before_it_is_sent_writes_nothing",),
        old="            if give_up is not None and give_up.is_set:\n",
        new="            if give_up is not None and give_up.is_set and send.written_bytes:\n",
    ),
    in_sending(
        id="who_is_given_up_waits_for_its_turn",
        says="a send that waits for the lock learns only at its turn that it was given up",
        breaks=("SD-18.1",),
        caught_by=("vectors:SD-18", "oracle:SD-18"),
        old="lock.wait_for(ticket, give_up)",
        new="lock.wait_for(ticket)",
    ),
    in_sending(
        id="who_leaves_the_queue_closes",
        says="a send that is given up in the queue closes the connection under the one in flight",
        breaks=("SD-18.4",),
        caught_by=("vectors:SD-18", "oracle:SD-18"),
        old="            return Outcome.SUPPRESSED if self.is_closing else Outcome.GIVEN_UP\n",
        new="""\
            self.begin_closing(Cause.TORN_FRAME)
            return Outcome.GIVEN_UP
""",
    ),
    in_ticket_lock(
        id="the_turn_of_who_left_is_lost",
        says="a waiter that was given up leaves no mark, and its turn is nobody's for ever",
        breaks=("SD-18.4",),
        caught_by=("vectors:SD-18", "oracle:SD-18"),
        old="        return self._abandon(ticket) if left else True\n",
        new="        return not left\n",
    ),
    in_ticket_lock(
        id="a_turn_that_comes_while_leaving_is_lost",
        says="a waiter that leaves does not look whether its turn has come meanwhile",
        breaks=("SD-18.4", "CX-4"),
        caught_by=(f"{DRIVERS}::test_a_waiter_that_leaves_as_its_turn_comes_loses_it_for_nobody",),
        old="        return self._abandon(ticket) if left else True\n",
        new="""\
        if left:
            self.waiting[ticket] = None
        return not left
""",
    ),
    in_give_up(
        id="a_give_up_before_the_wait_is_lost",
        says="who comes to wait after the give-up is not woken by it",
        breaks=("SD-18.1",),
        caught_by=(f"{DRIVERS}::test_who_gave_up_before_it_queued_does_not_queue",),
        old="""\
            if self._is_set:
                wake()
            else:
                self._wakers.append(wake)
""",
        new="            self._wakers.append(wake)\n",
    ),
    in_give_up(
        id="who_was_to_be_woken_is_woken_for_ever",
        says="what wakes a send stays when it has ended: to give it up then rings a bell of others",
        breaks=("SD-18.6",),
        caught_by=(f"{DRIVERS}::test_who_is_given_up_after_its_end_wakes_nobody",),
        old="""\
            with self._mutex, contextlib.suppress(ValueError):
                self._wakers.remove(wake)
""",
        new="            pass\n",
    ),
    in_callers(
        id="a_connection_has_one_caller",
        says="all sends of a connection share one flag: to give up one that is over hits the next",
        breaks=("SD-18.6", "SD-18.2"),
        caught_by=("vectors:SD-18",),
        old="        give_up = GiveUp()\n",
        new="""\
        others = (one for (conn, _), one in self._sends.items() if conn == request.conn)
        give_up = next(others, GiveUp())
""",
    ),
    in_io(
        id="the_bell_rings_for_ever",
        says="a bell that woke its listener rings on, and every later wait ends at once",
        breaks=("SD-18",),
        caught_by=(f"{DRIVERS}::test_a_ring_that_came_too_late_leaves_the_next_wait_in_peace",),
        old="            self._bell.hush()\n",
        new="            pass\n",
    ),
    in_asyncio_front(
        id="a_cancelled_task_leaves_its_send_behind",
        says="a task that is cancelled ends at once, and its send some time later",
        breaks=("SD-18",),
        caught_by=(f"{DRIVERS}::test_a_cancelled_task_ends_no_sooner_than_its_send_returns",),
        old="        await _over(ended)\n",
        new="        await asyncio.sleep(0)\n",
    ),
    in_asyncio_front(
        id="a_cancelled_task_gives_nothing_up",
        says="a task that is cancelled waits for its send as if nothing had been said",
        breaks=("SD-18.1",),
        caught_by=(f"{DRIVERS}::test_a_cancelled_task_gives_its_send_up_and_waits_for_its_end",),
        old="        give_up.set()\n",
        new="",
    ),
    # --- the example in Go ------------------------------------------------------------------------
    in_go_fairlock(
        id="go_keeps_the_place_of_who_left",
        says="a waiter that was given up stays in the queue, and is handed a lock that it ignores",
        breaks=("SD-18.4",),
        caught_by=("vectors:SD-18",),
        old="			l.queue = append(l.queue[:i:i], l.queue[i+1:]...)\n",
        new="			_ = i\n",
    ),
    in_go_sending(
        id="go_leaves_a_torn_frame_open",
        says="a context that is done ends the send, and the connection stays with half a frame",
        breaks=("SD-18.5",),
        caught_by=("vectors:SD-18",),
        old="	case result.Outcome == OK || result.Outcome == Suppressed:",
        new="	case f.failed == nil || f.failed == errGivenUp || result.Outcome == Suppressed:",
    ),
    in_go_sending(
        id="go_gives_up_at_the_deadline_only",
        says="the wait for room is ended by the deadline and by nothing else",
        breaks=("SD-18.1",),
        caught_by=("vectors:SD-18",),
        old="	awake := s.GiveUp.waking(c.transport.Wake)\n",
        new="	awake := s.GiveUp.waking(func() {})\n",
    ),
    in_go_sending(
        id="go_writes_what_was_given_up_in_the_queue",
        says="who was given up in the queue has its frame sent all the same when its turn comes",
        breaks=("SD-18.1", "SD-18.3"),
        caught_by=("vectors:SD-18",),
        old="	if !c.lock.lock(c.world, s.GiveUp) {\n",
        new="	if s.GiveUp = nil; !c.lock.lock(c.world, s.GiveUp) {\n",
    ),
    in_go_working(
        id="go_gives_up_everybody",
        says="one context is done for all sends: to give up one of them gives up the others",
        breaks=("SD-18.2",),
        caught_by=("vectors:SD-18",),
        old="""\
	if giveUp != nil {
		giveUp.Give()
	}
""",
        new="""\
	for _, giveUp = range s.callers {
		giveUp.Give()
	}
""",
    ),
    # --- the judge --------------------------------------------------------------------------------
    in_rule(
        id="a_start_heard_late_was_not_blocked",
        says="a send whose start is heard of after its first byte was seen witnesses nothing",
        breaks=("SD-18",),
        caught_by=(f"{STORIES}::test_a_start_that_is_heard_of_late_is_a_start_all_the_same",),
        old="blocked_us = max(begun_us, send.started_us)",
        new="blocked_us = begun_us",
    ),
    in_rule(
        id="a_late_end_of_who_was_given_up_is_forgiven",
        says="how long a send takes to end that was given up is not looked at",
        breaks=("SD-18",),
        caught_by=(f"{STORIES}::test_what_a_give_up_must_not_come_to",),
        old="        return run.ended_at(self.send).after(self.taken)\n",
        new="        return self.taken.after(self.taken)\n",
    ),
    in_rule(
        id="a_give_up_behind_the_end_accuses",
        says="a send that was over when it was given up is judged as if it had been under way",
        breaks=("SD-18",),
        caught_by=(f"{STORIES}::test_who_was_refused_before_is_no_story_of_a_give_up",),
        old="    is_over = before_us > run.uncertainty_us\n",
        new="    is_over = False\n",
    ),
    in_rule(
        id="a_refusal_by_the_peer_explains_nothing",
        says="a send that the peer refused as it was given up has to end with GIVEN_UP",
        breaks=("SD-18",),
        caught_by=(
            f"{STORIES}::test_a_send_that_was_refused_as_it_was_given_up_goes_by_the_table",
        ),
        old="    if conn.meddling or run.asked",
        new="    if run.asked",
    ),
    in_rule(
        id="time_before_the_lock_counts_for_who_was_given_up",
        says="who says nothing of its lock is late by what it did before it asked for it",
        breaks=("SD-18",),
        caught_by=(f"{STORIES}::test_who_says_nothing_of_its_lock_is_not_late_for_certain",),
        old="        if self.is_charged or late.most_us <= run.grace_us:\n",
        new="        if True:\n",
    ),
    in_model(
        id="the_model_closes_for_whoever_is_given_up",
        says="in the model of the law a give-up closes though nothing of the frame was written",
        breaks=("SD-18",),
        caught_by=(
            "test:tests/judge/model/test_given_up.py::"
            "test_what_the_law_makes_of_a_give_up_breaks_nothing",
        ),
        old="    if frame.wrote_bytes:\n",
        new="    if frame.size_bytes:\n",
    ),
    in_blame(
        id="a_lost_turn_is_told_of_the_queue",
        says="a turn that was lost with who left the queue is laid to the order of the lock",
        breaks=("SD-18",),
        caught_by=(
            "test:tests/judge/model/test_given_up.py::"
            "test_what_is_wrong_with_a_give_up_has_one_root",
        ),
        old="        if ahead is None or ahead.outcome != GIVEN_UP or worked:\n",
        new="        if True:\n",
    ),
    in_sending(
        id="a_first_write_hears_nobody_give_up",
        says="a small frame is written although its caller had given it up",
        breaks=("SD-18.3",),
        caught_by=(
            "test:tests/drivers/test_first_write.py::test_so_it_is_in_a_thousand_scripts_by_chance",
        ),
        old=" or (give_up and give_up.is_set)):",
        new="):",
    ),
    in_brief_wait(
        id="the_last_moments_are_deaf",
        says="who gives up in the last millisecond of a send is not heard",
        breaks=("SD-18.1",),
        caught_by=(
            "test:tests/drivers/test_io.py::test_a_brief_wait_ends_with_room_or_with_the_bell",
        ),
        old="select.select(rings, rooms,",
        new="select.select([], rooms,",
    ),
)
