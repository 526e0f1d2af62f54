// Any connection in Node.js as a harness, with the lines that only its owner can write.
//
// The use: extend `Harness`, say who it is, write `connect`, `send` and `close`, and hand the class
// to `serve`. `docs/tutorial-node.md` does it step by step.
//
// The complication: a harness must not help. What a call returned or threw is reported as it is, by
// the error table of SD-7; nothing is tried again, and nothing is known better.
//
// One object lives for one case: in virtual time each `config` begins another one, from nothing.
//
// Spec: spec/protocol.md.

import { meantBy, outcomeOf, Refused, Unsupported } from "./errors.js";

export class Harness {
  /** Who is judged: name and version. */
  static who = null;
  /** How a frame looks on the wire; `PREFIXED` for those of `prefixed`. */
  static frames = null;
  /** What it has, in the words of spec/protocol.md; every feature left out is not judged. */
  static features = ["unix", "tcp"];
  /** What a reader of the report should know, such as options that were set. */
  static notes = [];
  /** Its monitor: form, slack_us and period_us, or null. */
  static monitor = null;
  /** The pure machines that it has: each a function from its input to its decision. */
  static machines = {};
  /**
   * What its own errors mean: classes of errors, or codes, each with an outcome. Of several classes
   * that fit, the nearest tells; what is not in here is told by the error table.
   */
  static outcomes = new Map();
  /** The knobs that it has, with their defaults. */
  static knobs = { streaming_send_timeout: 30 };

  /** `clock`: what time it is, and what is to be done when. `say` takes events. */
  constructor({ clock, say, isVirtual }) {
    this.clock = clock;
    this.say = say;
    this.isVirtual = isVirtual;
    this.knobs = { ...this.constructor.knobs };
  }

  /** Return whether connections can be made over a line, for virtual time. */
  static get livesOnLines() {
    return this.prototype.over !== Harness.prototype.over;
  }

  /** Return the answer to `hello`, but for the clock. */
  static hello() {
    const machines = Object.keys(this.machines);
    const { who, frames, monitor, notes } = this;
    const more = [
      "wall_jump",
      ...(this.livesOnLines ? ["virtual_time"] : []),
      ...(machines.length > 0 ? ["decide"] : []),
    ];
    const features = [...this.features, ...more];
    return { ...who, language: "node", features, machines, frames, monitor, notes };
  }

  // --- what a subclass writes --------------------------------------------------------------------

  /** Return a connection, or a promise of one, to the address in the request; it may send at once. */
  connect(request) {
    throw new Unsupported(`there is no transport ${request.transport}`);
  }

  /** Return a connection over `line`, for who takes clock, lock and transport from outside. */
  over(line, request) {
    throw new Unsupported("this implementation has no virtual time");
  }

  /**
   * Send one frame. What it returns, or what its promise resolves to, means ok, unless it is an
   * object with an `outcome` (and `raised`). An error is told by its `outcome`, by `outcomes`, or else
   * by its `code`. `payload.whole()` is what is to be sent, as a Buffer.
   */
  send(conn, payload) {
    throw new Unsupported("this implementation sends nothing");
  }

  /** Close from this side; return, or resolve, when the call that closes has. */
  close(conn) {
    throw new Unsupported("this implementation closes nothing");
  }

  /** Send one frame, and tell what the call returned or threw. */
  async told(conn, payload) {
    try {
      const told = await this.send(conn, payload);
      return typeof told?.outcome === "string" ? told : { outcome: "ok", raised: false };
    } catch (error) {
      const isGivenUp = payload.signal.aborted && error?.name === "AbortError";
      const meant = meantBy(error, this.constructor.outcomes);
      const known = error?.outcome ?? meant;
      const outcome = known ?? (isGivenUp ? "given_up" : outcomeOf(error?.code));
      // A class that says "closing", and nothing else, tells of no failure (SD-15).
      return { outcome, raised: meant !== "suppressed", detail: String(error) };
    }
  }

  // --- what a subclass may write ------------------------------------------------------------------

  /**
   * Put the knobs in force that it has, and return all of these. Throws `Refused` for a bad value.
   * What is not in `effective` is not in force, and that is no reason to refuse.
   */
  configure(knobs) {
    for (const [name, normal] of Object.entries(this.constructor.knobs)) {
      const value = Object.hasOwn(knobs, name) ? knobs[name] : normal;
      const isRight = typeof value === typeof normal && (value === true || value === false || value > 0);
      if (!isRight || value === Infinity) {
        throw new Refused(name, value, typeof normal === "number" ? "a positive number" : "true or false");
      }
      this.knobs[name] = value;
    }
    return this.knobs;
  }

  /** Return whether the connection is closed, so that its name may come back. */
  isClosed(conn) {
    return conn.isClosing === true;
  }

  /** Return the number of the descriptor, where it can be told. */
  descriptor(conn) {
    return null;
  }

  /** Return how many frames came in so far. */
  received(conn) {
    throw new Unsupported("this implementation does not count what comes in");
  }

  /** Take in a frame that arrives now, in virtual time; return how many came in so far. */
  arrive(conn, line) {
    return line.arrive();
  }

  /** Make a stream that starts by itself, and return it: {number, totalBytes, pausesUs, startAfterUs}. */
  stream(conn, plan) {
    throw new Unsupported("this implementation has no streams");
  }

  /** Hand an ACK to a stream. */
  ack(stream, { offset, origin, error }) {
    throw new Unsupported("this implementation has no streams");
  }

  /** Stop a stream. */
  cancel(stream) {
    throw new Unsupported("this implementation has no streams");
  }

  /** Make one pass of the monitor over all connections. */
  check() {
    throw new Unsupported("this implementation has no monitor");
  }

  /** Start the monitor, or stop it where `periodUs` is null; return its form and slack_us. */
  watch(periodUs) {
    throw new Unsupported("this implementation has no monitor");
  }
}
