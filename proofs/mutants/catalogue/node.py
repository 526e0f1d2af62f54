"""Mutants of the example in Node.js.

They are those of an event loop and of JavaScript: callbacks that are believed, timers that nobody
cancels, buffers that take everything, a zero that counts as nothing, values that turn into numbers
by themselves.
"""

from functools import partial

from proofs.mutants.mutant import Mutant

in_case = partial(Mutant, file="tests/implementations/node/case.js")
in_connection = partial(Mutant, file="tests/implementations/node/connection.js")
in_machines = partial(Mutant, file="tests/implementations/node/machines.js")
in_monitor = partial(Mutant, file="tests/implementations/node/monitor.js")
in_sockets = partial(Mutant, file="tests/implementations/node/sockets.js")
in_stream = partial(Mutant, file="tests/implementations/node/stream.js")

MUTANTS = (
    in_case(
        id="node_cancel_at_the_next_look",
        says="a cancel is noticed when the stream next looks, up to a check interval later",
        caught_by=("vectors:AP-12",),
        old='    this.#findStream(request).end("cancelled");',
        new="""\
    const stream = this.#findStream(request);
    const lookUs = this.#clock.now() + this.#policy.checkIntervalUs;
    this.#clock.at(lookUs, () => stream.end("cancelled"));""",
    ),
    in_connection(
        id="node_transport_timeout_is_an_error",
        says="a time-out that the transport itself reports is taken for any other error",
        caught_by=("vectors:SD-7",),
        old='  ["ETIMEDOUT", TIMEOUT],\n',
        new="",
    ),
    in_connection(
        id="node_short_frames_first",
        says="short frames overtake long ones in the queue, for the good of the latency",
        caught_by=("vectors:CX-4",),
        old="    this.#queue.push({ frame, isReported, ended });\n",
        new="""\
    this.#queue.push({ frame, isReported, ended });
    this.#queue.sort((a, b) => a.frame.payloadBytes - b.frame.payloadBytes);
""",
    ),
    in_connection(
        id="node_freed_on_a_later_turn",
        says="who is blocked when the connection closes is freed a millisecond later, by a timer",
        caught_by=("vectors:CX-2",),
        old="    if (this.isClosing) return this.#end(SUPPRESSED, null);",
        new="""\
    if (this.isClosing && flight.isWriting) {
      flight.freeUs ??= this.#clock.now() + 1000;
      this.#clock.at(flight.freeUs, () => this.#run());
      if (this.#clock.now() < flight.freeUs) return false;
    }
    if (this.isClosing) return this.#end(SUPPRESSED, null);""",
    ),
    in_connection(
        id="node_lost_callback_is_ok",
        says="the callback of a write that closing has cut off tells of no error, and is believed",
        caught_by=("vectors:SD-10",),
        old="    if (this.isClosing) return this.#end(SUPPRESSED, null);",
        new="""\
    if (this.isClosing && flight.result === null) {
      return !flight.isWriting && this.#end(SUPPRESSED, null);
    }""",
    ),
    in_connection(
        id="node_timer_nobody_cancels",
        says="one timer for the connection, which no send cancels: it ends whoever sends by then",
        caught_by=("vectors:SD-4",),
        old="      flight.timer ??= this.#clock.at(flight.deadlineUs, () => this.#run());",
        new="""\
      this.timer ??= this.#clock.at(flight.deadlineUs, () => {
        this.timer = null;
        if (this.flight !== null) this.flight.deadlineUs = this.#clock.now();
        this.#run();
      });""",
    ),
    in_connection(
        id="node_one_sender_for_all",
        says="all connections share one turn to send, and who stalls keeps it",
        caught_by=("vectors:CX-3,CX-4",),
        old="  #takeLock() {\n",
        new="""\
  #takeLock() {
    const all = (this.#clock.all ??= new Set()).add(this);
    const holder = [...all].find((conn) => conn.flight !== null)?.flight;
    if (!this.isClosing && holder !== undefined) {
      const { ended } = holder;
      holder.ended = (how) => {
        ended(how);
        this.#run();
      };
      return false;
    }
""",
    ),
    in_connection(
        id="node_number_taken_by_asking",
        says=(
            "a send takes its sequence number when it gets the lock, also if it then writes nothing"
        ),
        caught_by=("vectors:SD-14",),
        old="sequence: (this.#sequence + 1) % 65536,",
        new="sequence: (this.#sequence = (this.#sequence + 1) % 65536),",
    ),
    in_connection(
        id="node_timer_restarted_by_progress",
        says="as with socket.setTimeout, each write that takes something starts the timer anew",
        caught_by=("vectors:SD-1,SD-2",),
        old="      flight.writtenBytes += bytes;\n",
        new="""\
      flight.writtenBytes += bytes;
      flight.deadlineUs = nowUs + this.policy.sendTimeoutUs;
      flight.timer?.cancel();
      flight.timer = null;
""",
    ),
    in_connection(
        id="node_position_forgotten",
        says="the position in the frame is what the last write took, and not the sum of all writes",
        caught_by=("vectors:SD-9",),
        old="flight.writtenBytes += bytes;",
        new="flight.writtenBytes = bytes;",
    ),
    in_connection(
        id="node_writes_counted_instead_of_bytes",
        says="a frame that a write has begun on counts as sent: writes are counted, and not bytes",
        caught_by=("vectors:SD-10",),
        old="return flight.writtenBytes < flight.sizeBytes || this.#end(OK, null);",
        new="return flight.writtenBytes < 0 || this.#end(OK, null);",
    ),
    in_connection(
        id="node_again_is_an_error",
        says="EAGAIN and EINTR have no row of their own, so that they are errors",
        caught_by=("vectors:SD-7",),
        old="return AGAIN.has(error.code) || this.#end(",
        new="return this.#end(",
    ),
    in_connection(
        id="node_closes_twice",
        says="the timer closes, and what cleans up after it closes again",
        caught_by=("vectors:SD-5",),
        old='    if (outcome === TIMEOUT) this.close("send_timeout");',
        new="""\
    if (outcome === TIMEOUT) {
      this.close("send_timeout");
      this.isClosing = false;
      this.close("send_timeout");
    }""",
    ),
    in_connection(
        id="node_timeout_closes_by_itself_only_if_torn",
        says="a TIMEOUT with nothing written is treated like any other failure: nothing is closed",
        caught_by=("vectors:SD-5",),
        old='if (outcome === TIMEOUT) this.close("send_timeout");',
        new='if (outcome === TIMEOUT && flight.writtenBytes > 0) this.close("send_timeout");',
    ),
    in_machines(
        id="node_no_retries_are_three",
        says="a maximum of zero counts as none given, and the default of three stands in for it",
        caught_by=("vectors:RT-1",),
        old="row === 0 || row > most",
        new="row === 0 || row > (most || 3)",
    ),
    in_machines(
        id="node_waits_double_for_ever",
        says="the wait before a retry is not bounded: the seventh is two minutes, and so on",
        caught_by=("vectors:RT-2",),
        old="Math.min(FIRST_US * 2 ** (row - 1), MOST_US)",
        new="FIRST_US * 2 ** (row - 1)",
    ),
    in_monitor(
        id="node_ticks_by_the_wall_clock",
        says="whether a tick is late is read off Date.now, which jumps",
        caught_by=("vectors:SC-14",),
        old="const lateUs = this.#clock.now() - dueUs;",
        new="const lateUs = Date.now() * 1000 - dueUs;",
    ),
    in_monitor(
        id="node_list_changed_under_the_pass",
        says="closed connections leave the list while it is walked, and the next one is left out",
        caught_by=("vectors:SC-12",),
        old="""\
    this.#connections = this.#connections.filter((conn) => !conn.isClosing);
    for (const conn of [...this.#connections]) {
""",
        new="""\
    const known = this.#connections;
    for (const conn of known) {
      if (conn.isClosing) {
        known.splice(known.indexOf(conn), 1);
        continue;
      }
""",
    ),
    in_monitor(
        id="node_lock_holder_left_behind",
        says="the lock holder of the last send is never cleared: an idle connection looks stalled",
        caught_by=("vectors:SC-1",),
        old="    const stallUs = flight === null ? 0 : Math.max(nowUs - flight.takenUs, 0);\n",
        new="""\
    if (flight !== null) conn.stampUs = flight.takenUs;
    const stallUs = conn.stampUs === undefined ? 0 : nowUs - conn.stampUs;
""",
    ),
    in_monitor(
        id="node_count_kept_by_name",
        says="counts are kept by the name of the connection, and a name comes back",
        caught_by=("vectors:SC-13",),
        old="""\
    const before = conn.stall.turn === turn ? conn.stall.count : 0; // Of one send alone (SC-15).
    const count = isStalled ? before + 1 : 0;
    conn.stall = { count, turn };
""",
        new="""\
    const known = (this.stalls ??= new Map()).get(conn.name);
    const count = isStalled ? (known?.turn === turn ? known.count : 0) + 1 : 0;
    this.stalls.set(conn.name, { count, turn });
""",
    ),
    in_monitor(
        id="node_monitor_never_closes",
        says="the monitor says that it would close, and leaves it at that",
        caught_by=("vectors:SC-7,SC-9",),
        old='conn.close("monitor");',
        new='this.#say({ event: "noted", at_us: nowUs, conn: conn.name, text: "to be closed" });',
    ),
    in_monitor(
        id="node_received_at_zero_is_never",
        says=(
            "whether anything was received is asked by truth, and a moment that is 0 counts as none"
        ),
        caught_by=("vectors:SC-10",),
        old="conn.receivedUs === null ||",
        new="!conn.receivedUs ||",
    ),
    in_sockets(
        id="node_buffered_is_written",
        says="what the buffer of a socket takes counts as written: it takes everything, at once",
        caught_by=("oracle:SD-10 beside SD-9",),
        old="""\
      this.#inTurn(() => done(error ?? null, error ? 0 : to - from, beganUs));
    });""",
        new="""\
      });
    this.#inTurn(() => done(null, to - from, beganUs));""",
    ),
    in_sockets(
        id="node_says_closed_and_writes_on",
        says="it says in time that it has closed, and leaves the socket open to write what is left",
        caught_by=("oracle:SD-5 beside SD-4",),
        old="    net.Socket.prototype.destroy.call(this.#socket);\n",
        new="    setTimeout(() => net.Socket.prototype.destroy.call(this.#socket), 3000);\n",
    ),
    in_stream(
        id="node_error_ack_is_told",
        says="the receiver is told of every end but a good one, also of the error that it reported",
        caught_by=("vectors:AP-9",),
        old='new Set(["no_progress", "ack_wait", "cancelled"])',
        new='new Set(["no_progress", "ack_wait", "cancelled", "ack_error"])',
    ),
    in_stream(
        id="node_last_chunk_past_the_window",
        says="the last chunk does not wait for the window: it is the last one, after all",
        caught_by=("vectors:AP-11",),
        old="    if (this.#sentBytes - this.#acknowledgedBytes <= policy.windowBytes) {",
        new="""\
    const isLast = this.#sentBytes + this.#chunkBytes === this.totalBytes;
    if (isLast || this.#sentBytes - this.#acknowledgedBytes <= policy.windowBytes) {""",
    ),
    in_stream(
        id="node_wait_of_each_look",
        says="the ACK wait bounds the sleep between two looks, so that no wait is ever too long",
        caught_by=("vectors:AP-5,AP-14",),
        old="const tooLongUs = this.#waitUs + policy.ackWaitUs;",
        new="const tooLongUs = nowUs + policy.ackWaitUs;",
    ),
    in_stream(
        id="node_looks_counted_instead_of_time",
        says="looks are counted, and not time: a wait that was looked at often enough has failed",
        caught_by=("vectors:AP-3,AP-4",),
        old="    if (nowUs >= stuckUs) {",
        new="""\
    this.looks = (this.looks ?? 0) + 1;
    if (this.looks * policy.checkIntervalUs > policy.progressTimeoutUs) {""",
    ),
    in_stream(
        id="node_any_ack_is_the_truth",
        says="each ACK sets the acknowledged offset and the clock, also one that is older",
        caught_by=("vectors:AP-1",),
        old="    } else if (offset > this.#acknowledgedBytes) {\n",
        new="    } else if (offset) {\n",
    ),
    in_stream(
        id="node_offset_turned_into_a_number",
        says="whatever comes as an offset is turned into a number first, null, true and text too",
        caught_by=("vectors:AP-10",),
        old="if (!Number.isInteger(offset)) return",
        new="if (!Number.isInteger(Number(offset))) return",
    ),
)
