// A guarded connection: a fair send lock, and one deadline for each frame.
//
// The stall it guards against: a peer stops reading, and whoever holds the send lock then keeps it
// for as long as the peer likes, with everybody else queueing behind.
//
// The intuition: whoever takes the lock gets a deadline, once. From then on there is one loop,
// #run: is the connection closing, is the deadline there, is a write under way? Only if none of it
// is so, the next piece is handed over. Whatever happens (a write returns, a timer fires, somebody
// closes) just runs the loop again.
//
// The complication: what was written counts before the deadline, and the deadline before an error.
// And in Node the callback of a write that was lost in closing tells of no error. So
// closing is looked at first: it ends the send at once, and nobody listens to its write any more.
//
// Spec: spec/sd.md, spec/cx.md.

import { isAgain, outcomeOf } from "../kits/node/errors.js";
import { PING, PONG, Frame } from "./frames.js";

const OK = "ok";
const TIMEOUT = "timeout";
const CLOSED = "closed";
const SUPPRESSED = "suppressed";

export class GuardedConnection {
  #transport;
  #clock;
  #say;
  #queue = [];
  #turns = 0;
  #sequence = 0;
  #isRunning = false;
  /** The send that has the lock, or null. */
  flight = null;
  /** Closing has begun; that is never undone. */
  isClosing = false;
  receivedUs = null;
  receivedFrames = 0;
  /** What the monitor remembers of this connection, and of no other. */
  stall = { count: 0, turn: 0 };
  streams = new Map();

  constructor({ name, transport, policy, clock, say, heartbeats }) {
    this.name = name;
    this.policy = policy;
    this.allowsHeartbeats = heartbeats;
    this.#transport = transport;
    this.#clock = clock;
    this.#say = say;
  }

  /** Ask for the lock for `frame`; `ended` is told the one end of its send. Never waits. */
  send(frame, { isReported = false, ended = () => {} } = {}) {
    this.#queue.push({ frame, isReported, ended });
    this.#run();
  }

  /** Begin the closing unless it has begun; all sends end at this moment. */
  close(cause) {
    if (this.isClosing) return;
    this.isClosing = true;
    this.#say({ event: "closing", at_us: this.#clock.now(), conn: this.name, cause });
    this.#transport.shut();
    this.#say({ event: "closed", at_us: this.#clock.now(), conn: this.name });
    for (const stream of this.streams.values()) stream.end("send_failed");
    this.#run();
  }

  onFrame(kind, kindName) {
    if (this.isClosing) return;
    this.receivedUs = this.#clock.now();
    this.receivedFrames++;
    this.#say({ event: "received", at_us: this.receivedUs, conn: this.name, kind: kindName });
    // With a send in flight the peer sees that this side lives: nothing is to queue behind it.
    if (kind === PING && this.flight === null) this.send(new Frame({ kind: PONG }));
  }

  /** Send a heartbeat; the monitor calls it when no send is in flight. */
  queueHeartbeat() {
    this.#say({ event: "heartbeat_queued", at_us: this.#clock.now(), conn: this.name });
    if (this.#transport.carriesHeartbeats) this.send(new Frame({ kind: PING }));
  }

  // --- the send lock and the deadline ------------------------------------------------------------

  /** Go on until something has to be waited for. Whoever is called from here may call it again. */
  #run() {
    if (this.#isRunning) return;
    this.#isRunning = true;
    while (this.#step());
    this.#isRunning = false;
  }

  #step() {
    if (this.flight === null && !this.#takeLock()) return false;
    const flight = this.flight;
    // Closing comes first. A write that it cuts off is lost, whatever its callback says later.
    if (this.isClosing) return this.#end(SUPPRESSED, null);
    if (flight.result !== null) return this.#apply(flight, flight.result);
    if (this.#clock.now() >= flight.deadlineUs) return this.#end(TIMEOUT, null);
    if (flight.isWriting) {
      flight.timer ??= this.#clock.at(flight.deadlineUs, () => this.#run());
      return false;
    }
    flight.isWriting = true;
    this.#transport.write(flight, (error, bytes, beganUs) => {
      flight.result = { error, bytes, beganUs };
      this.#run();
    });
    return true;
  }

  /** Let the first of the queue have the lock; its deadline counts from now. */
  #takeLock() {
    const asked = this.#queue.shift();
    if (asked === undefined) return false;
    const nowUs = this.#clock.now();
    this.flight = {
      ...asked,
      turn: ++this.#turns, // Tells the sends of one connection apart.
      takenUs: nowUs,
      deadlineUs: nowUs + this.policy.sendTimeoutUs,
      sizeBytes: this.#transport.frameBytes(asked.frame),
      writtenBytes: 0,
      sequence: (this.#sequence + 1) % 65536,
      isWriting: false,
      result: null,
      timer: null,
    };
    if (!this.isClosing) this.#report("lock_taken", nowUs, {});
    return true;
  }

  /** Apply the result of a write: what was written first, then expiry, and an error last. */
  #apply(flight, { error, bytes, beganUs }) {
    const nowUs = this.#clock.now();
    flight.result = null;
    flight.isWriting = false;
    if (bytes > 0) {
      // The first byte of a frame uses up its number, and no earlier moment does.
      this.#sequence = flight.sequence;
      flight.writtenBytes += bytes;
      this.#report("written", nowUs, { began_us: beganUs, wrote_bytes: bytes });
      return flight.writtenBytes < flight.sizeBytes || this.#end(OK, null);
    }
    if (nowUs >= flight.deadlineUs) return this.#end(TIMEOUT, error);
    if (error === null) return this.#end(CLOSED, null); // Nothing written: the peer has closed.
    return isAgain(error.code) || this.#end(outcomeOf(error.code), error);
  }

  /** End the send in flight and release the lock; begin the closing where the end demands it. */
  #end(outcome, error) {
    const flight = this.flight;
    flight.timer?.cancel();
    // Closing begins while the lock is held, so that nobody gets in between.
    if (outcome === TIMEOUT) this.close("send_timeout");
    else if (outcome !== OK && flight.writtenBytes > 0) this.close("torn_frame");
    this.flight = null;
    flight.ended({
      outcome,
      raised: outcome !== OK && outcome !== SUPPRESSED,
      written_bytes: flight.writtenBytes,
      sequence: flight.writtenBytes > 0 ? flight.sequence : null,
      detail: error === null ? null : error.message,
    });
    return true;
  }

  #report(event, atUs, fields) {
    const { isReported, frame } = this.flight;
    const said = { event, at_us: atUs, conn: this.name, send: frame.number };
    if (isReported) this.#say({ ...said, ...fields });
  }
}
