"""Mutants of what the drivers share."""

from functools import partial

from proofs.mutants.mutant import Mutant

in_io = partial(Mutant, file="reference/stallproof/drivers/io.py")

MUTANTS = (
    in_io(
        id="writes_block_once_there_is_room",
        says="the write after the poll blocks until the kernel has taken all of it",
        caught_by=("oracle:SD-3",),
        old="_WRITE_FLAGS = socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL",
        new="_WRITE_FLAGS = socket.MSG_NOSIGNAL",
    ),
    in_io(
        id="the_poll_takes_microseconds_for_milliseconds",
        says="the time left is handed to poll in the wrong unit, and the wait outlasts it",
        breaks=("SD-3",),
        caught_by=(
            "test:tests/drivers/test_sender.py::"
            "test_a_peer_that_never_reads_holds_nobody_past_the_bound[unix]",
        ),
        old="self._poll.poll(-(-wait_us // 1000))",
        new="self._poll.poll(wait_us)",
    ),
    in_io(
        id="waits_with_select",
        says="the wait for room is a select, which knows no descriptor from 1024 on",
        caught_by=("oracle:SD-11",),
        old="self._poll.poll(-(-wait_us // 1000))",
        new="select.select([], [self.socket], [], wait_us / 1_000_000)",
    ),
    in_io(
        id="closing_ends_only_the_reading",
        says="the writing direction of the transport stays open, and a blocked send blocked",
        breaks=("SD-5",),
        caught_by=("oracle:CX-2",),
        old="        self.socket.shutdown(socket.SHUT_RDWR)",
        new="        self.socket.shutdown(socket.SHUT_RD)",
    ),
)
