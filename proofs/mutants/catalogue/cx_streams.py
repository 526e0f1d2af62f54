"""Mutants of CX-7 and CX-9: streams beside others on a connection, and under its closing."""

from functools import partial

from proofs.mutants.mutant import Mutant

in_stream_progress = partial(Mutant, file="reference/stallproof/drivers/stream_progress.py")
in_stream_sender = partial(Mutant, file="reference/stallproof/drivers/stream_sender.py")
in_node_connection = partial(Mutant, file="tests/implementations/node/connection.js")
in_node_stream = partial(Mutant, file="tests/implementations/node/stream.js")
in_go_window = partial(Mutant, file="tests/implementations/go/guard/window.go")

MUTANTS = (
    in_stream_sender(
        id="a_stream_waits_with_the_lock",
        says="a stream takes the send lock before it looks whether its window has room",
        caught_by=("vectors:CX-7", "oracle:CX-7"),
        old="        offset = self._begin(len(view), ready_us)\n",
        new="""\
        self._conn.lock.acquire()
        try:
            offset = self._begin(len(view), ready_us)
        finally:
            self._conn.lock.release()
""",
    ),
    in_stream_progress(
        id="a_stopped_stream_keeps_the_lock",
        says="a stream that an error stops while it waits leaves with the send lock in its hands",
        caught_by=("vectors:CX-7", "oracle:CX-7"),
        old="""\
                if not isinstance(look, AwaitAck):
                    return None
""",
        new="""\
                if not isinstance(look, AwaitAck):
                    if stream.outcome is StreamOutcome.ACK_ERROR:
                        self._conn.lock.try_acquire()
                    return None
""",
    ),
    in_stream_progress(
        id="closing_tells_an_outcome_once_more",
        says="closing tells the outcome of each stream, over or not",
        breaks=("CX-9.1", "AP-13.1"),
        caught_by=("vectors:CX-9", "oracle:CX-9,AP-13"),
        old="        self._stop(StreamOutcome.SEND_FAILED, why)\n",
        new="""\
        name, number = self._conn.name, self.number
        self._stop(StreamOutcome.SEND_FAILED, why)
        self._record(
            StreamEnded(at_us=self._clock(), conn=name, stream=number, outcome="send_failed")
        )
""",
    ),
    in_go_window(
        id="a_wait_in_go_holds_the_lock",
        says="the wait for the window is made under the send lock",
        caught_by=("vectors:CX-7",),
        old="""\
	s.mu.Lock()
	defer s.mu.Unlock()
	beganUS := s.world.NowUS()
""",
        new="""\
	s.conn.lock.lock(s.world, nil)
	defer s.conn.lock.unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	beganUS := s.world.NowUS()
""",
    ),
    in_node_connection(
        id="a_closing_in_node_forgets_the_streams",
        says="closing ends the sends, and leaves the streams to their watchdogs",
        caught_by=("vectors:CX-9",),
        old='    for (const stream of this.streams.values()) stream.end("send_failed");\n',
        new="",
    ),
    in_node_stream(
        id="a_closing_in_node_ends_what_is_over",
        says="a stream that is over is ended by the closing all the same",
        caught_by=("vectors:CX-9",),
        old="    if (this.#outcome !== null) return;\n    this.#outcome = outcome;\n",
        new="""\
    if (this.#outcome !== null && outcome !== "send_failed") return;
    this.#outcome = outcome;
""",
    ),
)
