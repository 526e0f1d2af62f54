"""Mutants of what sends have for speed: the first write, the release, the last moments."""

from functools import partial

from proofs.mutants.mutant import Mutant

in_sender = partial(Mutant, file="reference/stallproof/drivers/sender.py")
in_frame = partial(Mutant, file="reference/stallproof/drivers/frame.py")
in_io = partial(Mutant, file="reference/stallproof/drivers/io.py")
in_brief_wait = partial(Mutant, file="reference/stallproof/drivers/brief_wait.py")
in_ticket_lock = partial(Mutant, file="reference/stallproof/drivers/ticket_lock.py")

TESTS = "test:tests/drivers/test_first_write.py::"
PLAYED_TWICE = TESTS + "test_so_it_is_in_a_thousand_scripts_by_chance"

MUTANTS = (
    in_sender(
        id="a_first_write_is_made_into_the_closing",
        says="a small frame is written although the connection is closing",
        breaks=("SD-12", "SD-10"),
        caught_by=(PLAYED_TWICE,),
        old="if not (is_due or self.is_closing or (",
        new="if not (is_due or (",
    ),
    in_sender(
        id="a_first_write_is_made_when_it_is_due",
        says="a small frame is written although its deadline has come before its first write",
        breaks=("SD-2",),
        caught_by=(PLAYED_TWICE,),
        old="if not (is_due or self.is_closing or (",
        new="if not (self.is_closing or (",
    ),
    in_sender(
        id="a_first_write_may_begin_at_the_deadline",
        says="a small frame is due only when its deadline is over, and not when it has come",
        breaks=("SD-2",),
        caught_by=(PLAYED_TWICE,),
        old="is_due = began_us - taken_us >= self.policy",
        new="is_due = began_us - taken_us > self.policy",
    ),
    in_sender(
        id="a_first_write_reads_no_clock",
        says="the reading from the lock stands for the moment of a small frame's first write",
        breaks=("SD-2",),
        caught_by=(PLAYED_TWICE,),
        old="                began_us = self._clock()\n                is_due",
        new="                began_us = taken_us\n                is_due",
    ),
    in_sender(
        id="a_first_write_hears_nobody_give_up",
        says="a small frame is written although its caller had given it up",
        breaks=("SD-18",),
        caught_by=(PLAYED_TWICE,),
        old=" or (give_up is not None and give_up.is_set)):",
        new="):",
    ),
    in_sender(
        id="the_tail_of_a_first_write_is_lost",
        says="whatever the first write of a small frame took counts as all of it",
        breaks=("SD-9",),
        caught_by=(PLAYED_TWICE,),
        old="                        if wrote == len(joined):\n",
        new="                        if wrote > 0:\n",
    ),
    in_sender(
        id="the_progress_of_a_first_write_is_forgotten",
        says="what is left of a small frame is sent from its beginning",
        breaks=("SD-9",),
        caught_by=(PLAYED_TWICE,),
        old="                            first = began_us, taken(wrote)\n",
        new="                            first = began_us, 0\n",
    ),
    in_sender(
        id="a_first_write_uses_no_number",
        says="a small frame that left whole leaves its number to the next one",
        breaks=("SD-14",),
        caught_by=(PLAYED_TWICE,),
        old="                            self._sequence = sequence\n",
        new="                            pass\n",
    ),
    in_sender(
        id="the_numbers_of_first_writes_do_not_wrap",
        says="after 65535 comes a number that no prefix holds",
        breaks=("SD-14",),
        caught_by=(PLAYED_TWICE,),
        old="sequence = (self._sequence + 1) % SEQUENCES",
        new="sequence = self._sequence + 1",
    ),
    in_sender(
        id="a_first_write_is_not_told",
        says="no event tells that a small frame was written",
        breaks=("SD-9",),
        caught_by=(PLAYED_TWICE,),
        old="                            self._wrote(wrote, send_id, began_us, self._clock())\n",
        new="                            pass\n",
    ),
    in_sender(
        id="an_interrupt_leaves_a_torn_first_write_open",
        says="whoever interrupts the write of a small frame leaves the connection as it is",
        breaks=("SD-6",),
        caught_by=(PLAYED_TWICE,),
        old="        self.begin_closing(Cause.TORN_FRAME)\n        raise error\n",
        new="        raise error\n",
    ),
    in_sender(
        id="a_failed_first_write_is_made_again",
        says="what the kernel said to the first write of a small frame is not heard",
        breaks=("SD-7",),
        caught_by=(PLAYED_TWICE,),
        old="                        first = began_us, self._answer(error)\n",
        new="                        first = began_us, 0 if self._answer(error) else 0\n",
    ),
    in_sender(
        id="a_first_write_asks_nobodys_steps",
        says="who brings steps of his own is not asked about small frames",
        breaks=("SD-1",),
        caught_by=(TESTS + "test_who_brings_steps_of_his_own_is_asked_about_each_write",),
        old="return steps is BARE and one._attempt",
        new="return one._attempt",
    ),
    in_io(
        id="a_first_write_blocks",
        says="a small frame that finds no room is waited for in the kernel, with the lock held",
        breaks=("SD-3",),
        caught_by=(
            TESTS + "test_a_small_frame_that_finds_no_room_waits_for_no_longer_than_its_deadline",
        ),
        old="    write_flags = _WRITE_FLAGS\n",
        new="    write_flags = 0\n",
    ),
    in_frame(
        id="a_frame_in_one_piece_has_no_header",
        says="what stands between prefix and payload is left out of a small frame",
        breaks=("SD-9",),
        caught_by=(TESTS + "test_a_frame_in_one_piece_is_what_it_is_in_two",),
        old="    return prefix + header + payload\n",
        new="    return prefix + payload\n",
    ),
    in_brief_wait(
        id="the_last_moments_are_waited_for_with_select_alone",
        says="the last millisecond is a select on the first descriptor that select does not know",
        breaks=("SD-11",),
        caught_by=(
            "test:tests/drivers/test_io.py::test_a_brief_wait_on_a_high_descriptor_is_a_poll",
        ),
        old="    if max(rooms + rings) >= SELECT_DESCRIPTORS:",
        new="    if max(rooms + rings) > SELECT_DESCRIPTORS:",
    ),
    in_brief_wait(
        id="the_last_moments_are_deaf",
        says="who gives up in the last millisecond of a send is not heard",
        breaks=("SD-18",),
        caught_by=(
            "test:tests/drivers/test_io.py::test_a_brief_wait_ends_with_room_or_with_the_bell",
        ),
        old="select.select(rings, rooms,",
        new="select.select([], rooms,",
    ),
    in_ticket_lock(
        id="who_waits_alone_is_not_woken",
        says="a release looks for waiters before it serves, and who parks in between sleeps on",
        breaks=("CX-4", "SD-3"),
        caught_by=(
            "test:tests/drivers/test_ticket_lock.py::"
            "test_who_parks_while_a_release_looks_for_waiters_goes_on_by_itself",
        ),
        old="""\
            serving = self._serving + 1
            self._serving = serving
            if not self._waiting:
                return
""",
        new="""\
            if not self._waiting:
                self._serving += 1
                return
            serving = self._serving + 1
            self._serving = serving
""",
    ),
)
