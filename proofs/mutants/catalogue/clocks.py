"""Mutants of SD-17 and AP-15: bounds that are read off the wall clock, and judges of them."""

from functools import partial

from proofs.mutants.mutant import Mutant

in_sender = partial(Mutant, file="reference/stallproof/drivers/sender.py")
in_stream_progress = partial(Mutant, file="reference/stallproof/drivers/stream_progress.py")
in_c_guarded = partial(Mutant, file="tests/implementations/c/guarded.c")
in_node_connection = partial(Mutant, file="tests/implementations/node/connection.js")
in_node_stream = partial(Mutant, file="tests/implementations/node/stream.js")
in_clocks = partial(Mutant, file="reference/stallproof/judge/rules/clocks.py")
in_ack_clocks = partial(Mutant, file="reference/stallproof/judge/rules/ack_clocks.py")
in_consequences = partial(Mutant, file="reference/stallproof/judge/consequences.py")
in_blame_clocks = partial(Mutant, file="reference/stallproof/judge/model/blame_clocks.py")

TOLD = "test:tests/judge/test_clocks.py::"
BLAMED = "test:tests/judge/model/test_clocks.py::"

MUTANTS = (
    in_clocks(
        id="judge_a_timeout_from_the_call_is_blamed_on_the_clock",
        says="a queued send whose timeout counts from its call is said to go by the wall clock",
        caught_by=(f"{TOLD}test_a_timeout_that_counts_from_the_call_is_no_matter_of_clocks",),
        breaks=("SD-17",),
        old="    return -slack_us <= over_us <= run.grace_us",
        new="    return -slack_us < over_us <= run.grace_us",
    ),
    in_sender(
        id="the_deadline_is_read_off_the_wall_clock",
        says="the deadline is a time of day, and so is what it is compared with",
        breaks=("SD-17.1", "SD-17.2"),
        caught_by=("vectors:SD-17", "oracle:SD-17"),
        old="        self._steps = steps\n",
        new="""\
        import time
        from typing import Any

        ahead_us = time.time_ns() // 1000 - self._clock()

        def by_the_wall(step: Any) -> Any:
            def at(*state: Any, now_us: int, **more: Any) -> Any:
                return step(*state, now_us=time.time_ns() // 1000 - ahead_us, **more)

            return at

        taken, step = by_the_wall(steps.on_lock_taken), by_the_wall(steps.on_step)
        failed, given_up = by_the_wall(steps.on_failed), by_the_wall(steps.on_given_up)
        self._steps = Steps(taken, step, failed, given_up, steps.on_check)
""",
    ),
    in_sender(
        id="the_wait_is_measured_by_the_wall_clock",
        says="the deadline is monotonic, and how long to wait for it is told by the time of day",
        breaks=("SD-17.2",),
        caught_by=("vectors:SD-17", "oracle:SD-17"),
        old="                self._transport.wait(decision.wait_us)\n",
        new="""\
                import time

                wall_us = time.time_ns() // 1000
                ends = self.__dict__.setdefault("ends", {})
                until_us = ends.setdefault(send.taken_us, wall_us + decision.wait_us)
                self._transport.wait(max(0, until_us - wall_us) or decision.wait_us)
""",
    ),
    in_stream_progress(
        id="a_waiting_sender_sleeps_by_the_wall_clock",
        says="when a stream fails is monotonic, and how long its sender sleeps is told by the day",
        breaks=("AP-15.2",),
        caught_by=("vectors:AP-14,AP-15",),
        old="                self._changed.wait(look.wait_us / MICROSECONDS)\n",
        new="""\
                import time

                wall_us = time.time_ns() // 1000
                ends = self.__dict__.setdefault("ends", {})
                until_us = ends.setdefault(stream.sent_bytes, wall_us + look.wait_us)
                self._changed.wait(max(0, until_us - wall_us) / MICROSECONDS or 0.01)
""",
    ),
    in_stream_progress(
        id="the_watchdog_reads_the_wall_clock",
        says="a waiting stream looks at a clock that can be set",
        breaks=("AP-15.1", "AP-15.2"),
        caught_by=("vectors:AP-15", "oracle:AP-15"),
        old="        self._steps = steps\n",
        new="""\
        import time
        from typing import Any

        ahead_us = time.time_ns() // 1000 - self._clock()

        def by_the_wall(step: Any) -> Any:
            def at(*state: Any, now_us: int, **more: Any) -> Any:
                return step(*state, now_us=time.time_ns() // 1000 - ahead_us, **more)

            return at

        self._steps = StreamSteps(
            by_the_wall(steps.on_made), by_the_wall(steps.on_look), steps.on_chunk_begun,
            by_the_wall(steps.on_ack), steps.on_stop,
        )
""",
    ),
    in_c_guarded(
        id="c_deadline_by_the_wall_clock",
        says="the deadline of a send is a time of day",
        breaks=("SD-17.1", "SD-17.2"),
        caught_by=("vectors:SD-17",),
        old="""\
    send->deadline = send->taken + sp_policy.send_timeout; /* One for the whole frame. */
""",
        new="""\
    send->deadline = send->taken + sp_wall_jumped_us + sp_policy.send_timeout;
#define deadline deadline - sp_wall_jumped_us
""",
    ),
    in_c_guarded(
        id="c_watchdog_by_the_wall_clock",
        says="how long a stream has waited is read off the time of day",
        breaks=("AP-15.1", "AP-15.2"),
        caught_by=("vectors:AP-15",),
        old="""\
        stream->wait_began = at;
    }
    /* A pause is no stall: the clock starts anew with the wait. */
    Time began = stream->wait_began;
""",
        new="""\
        stream->wait_began = at + sp_wall_jumped_us;
    }
    Time began = stream->wait_began - sp_wall_jumped_us;
""",
    ),
    in_node_connection(
        id="node_deadline_by_date_now",
        says="whether the deadline has come is asked of Date.now",
        breaks=("SD-17.1", "SD-17.2"),
        caught_by=("oracle:SD-17",),
        old="    if (this.#clock.now() >= flight.deadlineUs) return this.#end(TIMEOUT, null);\n",
        new="""\
    flight.endsMs ??= Date.now() + Math.ceil((flight.deadlineUs - this.#clock.now()) / 1000);
    if (Date.now() >= flight.endsMs) return this.#end(TIMEOUT, null);
    if (this.#clock.now() >= flight.deadlineUs) flight.timer = null;
""",
    ),
    in_node_stream(
        id="node_watchdog_by_date_now",
        says="a waiting stream asks Date.now how long it has waited",
        breaks=("AP-15.1", "AP-15.2"),
        caught_by=("oracle:AP-15",),
        old="""\
    if (nowUs >= stuckUs) {
      this.end("no_progress");
    } else if (nowUs >= tooLongUs) {
      this.end("ack_wait");
    } else {
      // Nobody sleeps past a moment that is known.
      const nextUs = Math.min(nowUs + policy.checkIntervalUs, stuckUs, tooLongUs);
""",
        new="""\
    const aheadMs = Date.now() - Math.floor(nowUs / 1000);
    this.aheadMs ??= aheadMs;
    const wallUs = nowUs + (aheadMs - this.aheadMs) * 1000;
    if (wallUs >= stuckUs) {
      this.end("no_progress");
    } else if (wallUs >= tooLongUs) {
      this.end("ack_wait");
    } else {
      const leftUs = Math.min(policy.checkIntervalUs, stuckUs - wallUs, tooLongUs - wallUs);
      const nextUs = nowUs + leftUs;
""",
    ),
    in_clocks(
        id="judge_blames_the_clock_for_what_is_wrong_without_a_jump",
        says="a deadline that moves anyhow is laid to the jump that it met",
        breaks=("SD-17",),
        caught_by=(f"{TOLD}test_what_is_wrong_without_a_jump_as_well_is_no_matter_of_clocks",),
        old="    elif not kept:\n",
        new="    elif not kept and early_us == late.most_us:\n",
    ),
    in_ack_clocks(
        id="judge_blames_the_clock_for_a_watchdog_that_is_always_wrong",
        says="a watchdog that is late anyhow is laid to the jump that it met",
        breaks=("AP-15",),
        caught_by=(f"{TOLD}test_what_is_wrong_without_a_jump_as_well_is_no_matter_of_clocks",),
        old="    elif not kept:\n",
        new="    elif not kept and late is None:\n",
    ),
    in_clocks(
        id="judge_blames_a_jump_for_what_came_before_it",
        says="a send that may have ended before the jump is said to have been moved by it",
        breaks=("SD-17",),
        caught_by=(f"{TOLD}test_what_was_dated_before_the_jump_and_heard_after_it_accuses_nobody",),
        old="    elif run.ended_at(send).since_us < jump.asked_us:\n",
        new="    elif run.ended_at(send).since_us < 0:\n",
    ),
    in_blame_clocks(
        id="judge_every_early_timeout_after_a_jump_is_the_wall_clocks",
        says="a deadline that counts from the request is laid to a jump that was far enough",
        breaks=("SD-17",),
        caught_by=(
            f"{BLAMED}test_a_deadline_that_moved_is_of_the_wall_clock_only_if_that_explains_it",
        ),
        old="    if scene.at_us == frame.asked_us + timeout_us:\n",
        new="    if scene.at_us == frame.asked_us + timeout_us + 1:\n",
    ),
    in_blame_clocks(
        id="judge_every_late_end_after_a_jump_is_the_wall_clocks",
        says="whatever comes late after a jump back is laid to that, however late it is",
        breaks=("SD-17", "AP-15"),
        caught_by=(
            f"{BLAMED}test_a_deadline_that_moved_is_of_the_wall_clock_only_if_that_explains_it",
            f"{BLAMED}test_a_failure_that_moved_is_of_the_wall_clock_only_if_that_explains_it",
        ),
        old="    return later.at_us >= due_us + back_us if by_itself else",
        new="    return later.at_us >= due_us if by_itself else",
    ),
    in_consequences(
        id="judge_whatever_met_a_jump_follows_from_the_clock",
        says="what fails without a jump too is told as a consequence of the clock",
        breaks=("SD-17",),
        caught_by=(f"{TOLD}test_what_fails_without_a_jump_too_is_a_mistake_of_its_own",),
        old="    if not roots or not all(map(_met_a_jump, own)):\n",
        new="    if not roots or not any(map(_met_a_jump, own)):\n",
    ),
)
