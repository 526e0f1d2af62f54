"""Mutants of CX-8: what comes in while a send is blocked, and what answers it."""

from functools import partial

from proofs.mutants.mutant import Mutant

in_drivers_guarded = partial(Mutant, file="reference/stallproof/drivers/guarded.py")
in_reader = partial(Mutant, file="reference/stallproof/drivers/reader.py")
in_talking = partial(Mutant, file="reference/stallproof/judge/rules/talking.py")
in_building = partial(Mutant, file="reference/stallproof/runner/peer/building.py")
in_node_connection = partial(Mutant, file="tests/implementations/node/connection.js")
in_c_guarded = partial(Mutant, file="tests/implementations/c/guarded.c")
in_go_receiving = partial(Mutant, file="tests/implementations/go/guard/receiving.go")

MUTANTS = (
    in_drivers_guarded(
        id="the_reader_answers_a_heartbeat_with_the_lock",
        says="the reader answers a PING itself, and waits for the send lock to do so",
        caught_by=(
            "oracle:CX-8",
            "test:tests/drivers/test_receiving.py::"
            "test_whatever_a_peer_sends_is_received_while_a_send_is_blocked",
        ),
        old="        self._worker.do(self._answer_heartbeat)\n",
        new="""\
        self.lock.acquire()
        self._transmit_and_release(FrameType.PONG)
""",
    ),
    in_reader(
        id="the_reader_takes_the_lock_for_every_frame",
        says="whatever comes in is taken in under the send lock",
        caught_by=("vectors:CX-8",),
        old="""\
        at_us = self._clock()
        self.received_us = at_us
""",
        new="""\
        self.lock.acquire()
        self.lock.release()
        at_us = self._clock()
        self.received_us = at_us
""",
    ),
    in_reader(
        id="the_reader_takes_the_lock_for_an_ack",
        says="an ACK is applied under the send lock, which the frame that is blocked has",
        caught_by=("oracle:CX-8",),
        old="        if frame.kind == FrameType.PING:\n",
        new="""\
        if frame.kind == FrameType.ACK:
            self.lock.acquire()
            self.streams.take(frame)
            self.lock.release()
        elif frame.kind == FrameType.PING:
""",
    ),
    in_node_connection(
        id="node_receives_nothing_while_it_sends",
        says="what comes in while a send is in flight is dropped",
        caught_by=("vectors:CX-8",),
        old="    if (this.isClosing) return;\n    this.receivedUs",
        new="    if (this.isClosing || this.flight !== null) return;\n    this.receivedUs",
    ),
    in_c_guarded(
        id="c_reads_nothing_while_it_sends",
        says="what comes in while a send is in flight is dropped",
        caught_by=("vectors:CX-8",),
        old="""\
{
    conn->received = sp_received(conn->at, kind_name(kind));
""",
        new="""\
{
    if (conn->queue != NULL)
        return;
    conn->received = sp_received(conn->at, kind_name(kind));
""",
    ),
    in_go_receiving(
        id="go_reads_with_the_send_lock",
        says="the reader of a connection takes its send lock for each frame",
        caught_by=("oracle:CX-8",),
        old="\t\t\t\tc.Received(kind)\n",
        new="""\
				c.lock.lock(c.world, nil)
				c.Received(kind)
				c.lock.unlock()
""",
    ),
    in_talking(
        id="what_was_sent_before_a_look_counts_after_it",
        says="what the peer sent before a look is awaited once more after it, which is no law",
        breaks=("CX-8",),
        caught_by=(
            "test:tests/judge/test_talking.py::"
            "test_what_was_sent_before_a_look_is_not_awaited_again",
        ),
        old="base.frames + self._sums[place + 1] - self._sums[begin]",
        new="base.frames + self._sums[place + 1]",
    ),
    in_talking(
        id="the_time_counts_from_the_first_byte",
        says="a frame that has not left the peer counts as sent",
        breaks=("CX-8",),
        caught_by=(
            "test:tests/judge/test_talking.py::"
            "test_the_time_counts_from_when_the_frame_had_left_the_peer",
        ),
        old="            taken.after(run.left(sent)),\n",
        new="            taken.after(Moment(sent.at_us, sent.at_us)),\n",
    ),
    in_talking(
        id="a_burst_that_left_late_was_read",
        says="whatever left the peer in the end counts as read while the send was blocked",
        breaks=("CX-8",),
        caught_by=(
            "test:tests/judge/test_talking.py::test_who_counts_and_does_not_read_is_not_believed",
        ),
        old="    if _blocked_at(run, conn, done_us) is not None:\n",
        new="    if done_us < FOREVER:\n",
    ),
    in_building(
        id="an_ack_names_its_stream_in_one_place",
        says="of several places of a number only the first one is filled in",
        breaks=("CX-8",),
        caught_by=(
            "test:tests/runner/peer/test_acks.py::test_a_number_stands_in_each_of_its_places",
        ),
        old="        for place in places:\n            lowest",
        new="        for place in places[:1]:\n            lowest",
    ),
)
