"""Wrong implementations in Node.js: each is the example with one piece of its text exchanged.

The mistakes are those of an event loop and of JavaScript: callbacks that are believed, timers that
nobody cancels, buffers that take everything, a zero that counts as nothing, values that turn into
numbers by themselves. Mended, and with nothing else changed, each is the example again, and passes.
"""

from tests.implementations.negative.wrong import Wrong

FOLDER = "tests/implementations/node"


def _wrong(name: str, says: str, file: str, old: str, new: str, *breaks: str) -> Wrong:
    """Return one that is judged in virtual time by everything."""
    return Wrong(
        name=name, language="node", says=says, file=f"{FOLDER}/{file}", old=old, new=new,
        breaks=frozenset(breaks),
    )  # fmt: skip


def _slow(name: str, says: str, old: str, new: str, only: str, *breaks: str) -> Wrong:
    """Return one that only real sockets show; it is judged by the requirements of `only`."""
    return Wrong(
        name=name, language="node", says=says, file=f"{FOLDER}/sockets.js", old=old, new=new,
        breaks=frozenset(breaks), clock="real", only=frozenset(only.split()),
    )  # fmt: skip


SENDS = (
    _wrong(
        "lost_callback_is_ok",
        "The callback of a write that closing has cut off tells of no error, and is believed.",
        "connection.js",
        "if (this.isClosing) return this.#end(SUPPRESSED, null);",
        "if (this.isClosing && flight.result === null) {\n"
        "      return !flight.isWriting && this.#end(SUPPRESSED, null);\n    }",
        "SD-10",
    ),
    _wrong(
        "timer_restarted_by_progress",
        "As with socket.setTimeout, each write that takes something starts the timer anew.",
        "connection.js",
        "      flight.writtenBytes += bytes;\n",
        "      flight.writtenBytes += bytes;\n"
        "      flight.deadlineUs = nowUs + this.policy.sendTimeoutUs;\n"
        "      flight.timer?.cancel();\n      flight.timer = null;\n",
        "SD-1",
        "SD-2",
    ),
    _wrong(
        "timer_nobody_cancels",
        "One timer for the connection, which no send cancels: it ends whoever sends by then.",
        "connection.js",
        "flight.timer ??= this.#clock.at(flight.deadlineUs, () => this.#run());",
        "this.timer ??= this.#clock.at(flight.deadlineUs, () => {\n"
        "        this.timer = null;\n"
        "        if (this.flight !== null) this.flight.deadlineUs = this.#clock.now();\n"
        "        this.#run();\n      });",
        "SD-4",
    ),
    _wrong(
        "writes_counted_instead_of_bytes",
        "A frame that a write has begun on counts as sent: writes are counted, and not bytes.",
        "connection.js",
        "return flight.writtenBytes < flight.sizeBytes || this.#end(OK, null);",
        "return flight.writtenBytes < 0 || this.#end(OK, null);",
        "SD-10",
    ),
    _wrong(
        "position_forgotten",
        "The position in the frame is what the last write took, and not the sum of all writes.",
        "connection.js",
        "flight.writtenBytes += bytes;",
        "flight.writtenBytes = bytes;",
        "SD-9",
    ),
    _wrong(
        "again_is_an_error",
        "EAGAIN and EINTR have no row of their own, so that they are errors.",
        "connection.js",
        "return AGAIN.has(error.code) || this.#end(",
        "return this.#end(",
        "SD-7",
    ),
    _wrong(
        "transport_timeout_is_an_error",
        "A time-out that the transport itself reports is taken for any other error.",
        "connection.js",
        '  ["ETIMEDOUT", TIMEOUT],\n',
        "",
        "SD-7",
    ),
    _wrong(
        "closes_twice",
        "The timer closes, and what cleans up after it closes again.",
        "connection.js",
        'if (outcome === TIMEOUT) this.close("send_timeout");',
        'if (outcome === TIMEOUT) {\n      this.close("send_timeout");\n'
        '      this.isClosing = false;\n      this.close("send_timeout");\n    }',
        "SD-5",
    ),
    _wrong(
        "timeout_closes_by_itself_only_if_torn",
        "A TIMEOUT with nothing written is treated like any other failure: nothing is closed.",
        "connection.js",
        'if (outcome === TIMEOUT) this.close("send_timeout");',
        'if (outcome === TIMEOUT && flight.writtenBytes > 0) this.close("send_timeout");',
        "SD-5",
    ),
    _wrong(
        "short_frames_first",
        "Short frames overtake long ones in the queue, for the good of the latency.",
        "connection.js",
        "    this.#queue.push({ frame, isReported, ended });\n",
        "    this.#queue.push({ frame, isReported, ended });\n"
        "    this.#queue.sort((a, b) => a.frame.payloadBytes - b.frame.payloadBytes);\n",
        "CX-4",
    ),
    _wrong(
        "freed_on_a_later_turn",
        "Who is blocked when the connection closes is freed a millisecond later, by a timer.",
        "connection.js",
        "if (this.isClosing) return this.#end(SUPPRESSED, null);",
        "if (this.isClosing && flight.isWriting) {\n"
        "      flight.freeUs ??= this.#clock.now() + 1000;\n"
        "      this.#clock.at(flight.freeUs, () => this.#run());\n"
        "      if (this.#clock.now() < flight.freeUs) return false;\n    }\n"
        "    if (this.isClosing) return this.#end(SUPPRESSED, null);",
        "CX-2",
    ),
    _wrong(
        "one_sender_for_all",
        "All connections share one turn to send, and who stalls keeps it.",
        "connection.js",
        "  #takeLock() {\n",
        "  #takeLock() {\n"
        "    const all = (this.#clock.all ??= new Set()).add(this);\n"
        "    const holder = [...all].find((conn) => conn.flight !== null)?.flight;\n"
        "    if (!this.isClosing && holder !== undefined) {\n"
        "      const { ended } = holder;\n"
        "      holder.ended = (how) => {\n        ended(how);\n        this.#run();\n      };\n"
        "      return false;\n    }\n",
        "CX-3",
        "CX-4",
    ),
    _wrong(
        "number_taken_by_asking",
        "A send takes its sequence number when it gets the lock, also if it then writes nothing.",
        "connection.js",
        "sequence: (this.#sequence + 1) % 65536,",
        "sequence: (this.#sequence = (this.#sequence + 1) % 65536),",
        "SD-14",
    ),
)

CHECKS = (
    _wrong(
        "received_at_zero_is_never",
        "Whether anything was received is asked by truth, and a moment that is 0 counts as none.",
        "monitor.js",
        "conn.receivedUs === null ||",
        "!conn.receivedUs ||",
        "SC-10",
    ),
    _wrong(
        "list_changed_under_the_pass",
        "Closed connections leave the list while it is walked, and the next one is left out.",
        "monitor.js",
        "    this.#connections = this.#connections.filter((conn) => !conn.isClosing);\n"
        "    for (const conn of [...this.#connections]) {\n",
        "    const known = this.#connections;\n    for (const conn of known) {\n"
        "      if (conn.isClosing) {\n        known.splice(known.indexOf(conn), 1);\n"
        "        continue;\n      }\n",
        "SC-12",
    ),
    _wrong(
        "count_kept_by_name",
        "Counts are kept by the name of the connection, and a name comes back.",
        "monitor.js",
        "    const before = conn.stall.turn === turn ? conn.stall.count : 0; // Of one send alone "
        "(SC-15).\n"
        "    const count = isStalled ? before + 1 : 0;\n"
        "    conn.stall = { count, turn };\n",
        "    const known = (this.stalls ??= new Map()).get(conn.name);\n"
        "    const count = isStalled ? (known?.turn === turn ? known.count : 0) + 1 : 0;\n"
        "    this.stalls.set(conn.name, { count, turn });\n",
        "SC-13",
    ),
    _wrong(
        "ticks_by_the_wall_clock",
        "Whether a tick is late is read off Date.now, which jumps.",
        "monitor.js",
        "const lateUs = this.#clock.now() - dueUs;",
        "const lateUs = Date.now() * 1000 - dueUs;",
        "SC-14",
    ),
    _wrong(
        "monitor_never_closes",
        "The monitor says that it would close, and leaves it at that.",
        "monitor.js",
        'conn.close("monitor");',
        'this.#say({ event: "noted", at_us: nowUs, conn: conn.name, text: "to be closed" });',
        "SC-7",
        "SC-9",
    ),
    _wrong(
        "stamp_left_behind",
        "The stamp of the last send is never cleared: an idle connection looks stalled.",
        "monitor.js",
        "    const stallUs = flight === null ? 0 : Math.max(nowUs - flight.takenUs, 0);\n",
        "    if (flight !== null) conn.stampUs = flight.takenUs;\n"
        "    const stallUs = conn.stampUs === undefined ? 0 : nowUs - conn.stampUs;\n",
        "SC-1",
    ),
)

STREAMS = (
    _wrong(
        "offset_turned_into_a_number",
        "Whatever comes as an offset is turned into a number first, null, true and text too.",
        "stream.js",
        "if (!Number.isInteger(offset)) return",
        "if (!Number.isInteger(Number(offset))) return",
        "AP-10",
    ),
    _wrong(
        "any_ack_is_the_truth",
        "Each ACK sets the acknowledged offset and the clock, also one that is older.",
        "stream.js",
        "    } else if (offset > this.#acknowledgedBytes) {\n",
        "    } else if (offset) {\n",
        "AP-1",
    ),
    _wrong(
        "looks_counted_instead_of_time",
        "Looks are counted, and not time: a wait that was looked at often enough has failed.",
        "stream.js",
        "if (nowUs >= stuckUs) {",
        "this.looks = (this.looks ?? 0) + 1;\n"
        "    if (this.looks * policy.checkIntervalUs > policy.progressTimeoutUs) {",
        "AP-3",
        "AP-4",
    ),
    _wrong(
        "wait_of_each_look",
        "The ACK wait bounds the sleep between two looks, so that no wait is ever too long.",
        "stream.js",
        "const tooLongUs = this.#waitUs + policy.ackWaitUs;",
        "const tooLongUs = nowUs + policy.ackWaitUs;",
        "AP-5",
        "AP-14",
    ),
    _wrong(
        "last_chunk_past_the_window",
        "The last chunk does not wait for the window: it is the last one, after all.",
        "stream.js",
        "if (this.#sentBytes - this.#acknowledgedBytes <= policy.windowBytes) {",
        "const isLast = this.#sentBytes + this.#chunkBytes === this.totalBytes;\n"
        "    if (isLast || this.#sentBytes - this.#acknowledgedBytes <= policy.windowBytes) {",
        "AP-11",
    ),
    _wrong(
        "error_ack_is_told",
        "The receiver is told of every end but a good one, also of the error that it reported.",
        "stream.js",
        'new Set(["no_progress", "ack_wait", "cancelled"])',
        'new Set(["no_progress", "ack_wait", "cancelled", "ack_error"])',
        "AP-9",
    ),
    _wrong(
        "cancel_at_the_next_look",
        "A cancel is noticed when the stream next looks, up to a check interval later.",
        "case.js",
        'this.#findStream(request).end("cancelled");',
        "const stream = this.#findStream(request);\n"
        "    const lookUs = this.#clock.now() + this.#policy.checkIntervalUs;\n"
        '    this.#clock.at(lookUs, () => stream.end("cancelled"));',
        "AP-12",
    ),
)

ON_SOCKETS = (
    _slow(
        "buffered_is_written",
        "What the buffer of a socket takes counts as written: it takes everything, at once.",
        "this.#inTurn(() => done(error ?? null, error ? 0 : to - from, beganUs));\n    });",
        "});\n    this.#inTurn(() => done(null, to - from, beganUs));",
        "SD-10 SD-9",
        "SD-10",
    ),
    _slow(
        "says_closed_and_writes_on",
        "It says in time that it has closed, and leaves the socket open to write what is left.",
        "    net.Socket.prototype.destroy.call(this.#socket);\n",
        "    setTimeout(() => net.Socket.prototype.destroy.call(this.#socket), 3000);\n",
        "SD-4 SD-5",
        "SD-5",
    ),
)

DECISIONS = (
    _wrong(
        "no_retries_are_three",
        "A maximum of zero counts as none given, and the default of three stands in for it.",
        "machines.js",
        "row === 0 || row > most",
        "row === 0 || row > (most || 3)",
        "RT-1",
    ),
    _wrong(
        "waits_double_for_ever",
        "The wait before a retry is not bounded: the seventh is two minutes, and so on.",
        "machines.js",
        "Math.min(FIRST_US * 2 ** (row - 1), MOST_US)",
        "FIRST_US * 2 ** (row - 1)",
        "RT-2",
    ),
)

WRONG = (*SENDS, *CHECKS, *STREAMS, *DECISIONS, *ON_SOCKETS)
