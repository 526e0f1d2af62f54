// One case: a clock, connections, streams and a monitor, and what can be asked of them.
//
// The intuition: on the real clock there is one case in a process; in virtual time each `config`
// begins another one, from nothing, so that nothing of an earlier case shows in a later one.
//
// Spec: spec/protocol.md (operations), spec/virtual.md.

import { RealClock, VirtualClock, WallClock } from "./clock.js";
import { GuardedConnection } from "./connection.js";
import { ACK, DATA, PING, STREAM_MARK, sendFrame } from "./frames.js";
import { MACHINES } from "./machines.js";
import { Monitor, SLACK_US } from "./monitor.js";
import { effectiveOf, policyOf } from "./policy.js";
import { connect } from "./sockets.js";
import { Stream } from "./stream.js";
import { VirtualTransport } from "./virtual_transport.js";

/** How many frames a repeated send may have for each of them to be told of. */
const REPORTED_REPEATS = 64;
const KIND_NAMES = { [DATA]: "data", [PING]: "heartbeat", [ACK]: "ack" };

/** An operation, or a value of one, that this harness does not have. */
export class Unsupported extends Error {}

export class Case {
  #isVirtual;
  #clock;
  #wall;
  #say;
  #policy;
  #monitor;
  #conns = new Map();

  constructor({ isVirtual, knobs, say }) {
    this.#isVirtual = isVirtual;
    this.#clock = isVirtual ? new VirtualClock() : new RealClock();
    this.#wall = new WallClock(this.#clock);
    this.#say = say;
    this.#policy = policyOf(knobs);
    this.#monitor = new Monitor(this.#clock, say);
  }

  get isUsed() {
    return this.#conns.size > 0;
  }

  get effective() {
    return effectiveOf(this.#policy);
  }

  /** Do everything that a request has brought about at this moment. */
  settle() {
    this.#clock.settle();
  }

  // --- connections -------------------------------------------------------------------------------

  /** Answer by `reply(error, fields)`, for connecting takes its time. */
  open(request, reply) {
    const name = text(request, "conn");
    const transport = text(request, "transport");
    if (this.#conns.get(name)?.conn.isClosing === false) {
      throw new Error(`connection ${name} is open already`);
    }
    if (this.#isVirtual) {
      if (transport !== "virtual") throw new Unsupported(`no ${transport} in virtual time`);
      const room = request.room_bytes == null ? null : whole(request, "room_bytes");
      this.#opened(name, new VirtualTransport(this.#clock, room), request);
      reply(null, { descriptor: null });
      return;
    }
    if (request.lowest_descriptor != null) {
      throw new Unsupported("net tells no descriptor, and takes none");
    }
    connect(addressOf(transport, request), this.#clock, (error, socket) => {
      if (error === null) this.#opened(name, socket, request);
      reply(error, { descriptor: null });
    });
  }

  #opened(name, transport, request) {
    const conn = new GuardedConnection({
      name,
      transport,
      policy: this.#policy,
      clock: this.#clock,
      say: this.#say,
      heartbeats: request.heartbeats !== false,
    });
    this.#conns.set(name, { conn, transport });
    this.#monitor.add(conn);
    transport.onFrame = (kind, ack) => {
      conn.onFrame(kind, KIND_NAMES[kind] ?? "other");
      if (kind === ACK && ack) conn.streams.get(ack.stream)?.onAck(ack.offset, null, ack.error);
    };
    transport.onPeerEnded = (how) => {
      if (conn.isClosing) return;
      this.#say({ event: "peer_ended", at_us: this.#clock.now(), conn: name, how });
    };
    this.#say({ event: "opened", at_us: this.#clock.now(), conn: name });
  }

  #find(request) {
    const found = this.#conns.get(text(request, "conn"));
    if (found === undefined) throw new Error(`no connection is called ${request.conn}`);
    return found;
  }

  close(request) {
    this.#find(request).conn.close("local");
  }

  received(request) {
    const { conn } = this.#find(request);
    if (this.#isVirtual) conn.onFrame(DATA, KIND_NAMES[DATA]);
    return { frames: conn.receivedFrames };
  }

  // --- sends -------------------------------------------------------------------------------------

  send(request) {
    const { conn } = this.#find(request);
    const first = whole(request, "send");
    const bytes = whole(request, "size_bytes", this.#isVirtual ? 1 : 0);
    const repeat = request.repeat === undefined ? 1 : whole(request, "repeat", 1);
    if ((request.kind ?? "data") !== "data") throw new Unsupported("only data can be asked for");
    if (first + repeat > STREAM_MARK) throw new Error("the number of a send is below 2^31");
    sendFrame(first, bytes); // Throws before anything is said of a frame that cannot be.
    const isReported = repeat <= REPORTED_REPEATS;
    let completed = 0;
    const next = () => conn.send(sendFrame(first + completed, bytes), { isReported, ended });
    const ended = (how) => {
      if (how.outcome === "ok" && ++completed < repeat) {
        next();
        return;
      }
      const said = { event: "send_ended", at_us: this.#clock.now(), conn: conn.name, send: first };
      this.#say({ ...said, ...how, completed });
    };
    this.#say({ event: "send_started", at_us: this.#clock.now(), conn: conn.name, send: first });
    next();
  }

  // --- streams -----------------------------------------------------------------------------------

  stream(request) {
    const { conn } = this.#find(request);
    const number = whole(request, "stream");
    if (number >= STREAM_MARK || conn.streams.has(number)) {
      throw new Error("a stream has a number of its own, below 2^31");
    }
    const pausesUs = request.chunk_ready_us ?? [];
    if (!Array.isArray(pausesUs) || !pausesUs.every((us) => Number.isSafeInteger(us) && us >= 0)) {
      throw new Error("chunk_ready_us is a list of pauses");
    }
    const startAfterUs = optional(request, "start_after_us");
    const totalBytes = whole(request, "total_bytes", 1);
    const parts = { clock: this.#clock, say: this.#say };
    const stream = new Stream({ conn, number, totalBytes, pausesUs, startAfterUs, ...parts });
    conn.streams.set(number, stream);
  }

  #findStream(request) {
    const stream = this.#find(request).conn.streams.get(whole(request, "stream"));
    if (stream === undefined) throw new Error(`no stream has the number ${request.stream}`);
    return stream;
  }

  ack(request) {
    const { offset = null, origin = null, error = null } = request;
    this.#findStream(request).onAck(offset, origin, error);
  }

  cancel(request) {
    this.#findStream(request).end("cancelled");
  }

  // --- the monitor and the wall clock ------------------------------------------------------------

  check() {
    const beganUs = this.#clock.now();
    this.#monitor.runPass();
    return { began_us: beganUs, ended_us: this.#clock.now() };
  }

  monitor(request) {
    if (request.period_us == null) this.#monitor.stop();
    else this.#monitor.start(whole(request, "period_us", 1));
    return { form: "b", slack_us: SLACK_US };
  }

  wall_jump(request) {
    const jumped = this.#wall.jump(whole(request, "by_us", -Number.MAX_SAFE_INTEGER));
    this.#say({ event: "wall_jumped", at_us: this.#clock.now(), ...jumped });
    return jumped;
  }

  // --- pure machines ------------------------------------------------------------------------------

  decide(request) {
    const { machine, input } = request;
    if (!Object.hasOwn(MACHINES, machine)) throw new Unsupported(`no machine ${machine}`);
    const decision = MACHINES[machine](input);
    this.#say({ event: "decided", at_us: this.#clock.now(), machine, input, decision });
  }

  // --- virtual time ------------------------------------------------------------------------------

  advance(request) {
    this.#onlyVirtual();
    const toUs = whole(request, "to_us");
    if (toUs < this.#clock.now()) throw new Error("the clock never goes back");
    this.#clock.advance(toUs);
  }

  accept(request) {
    this.#onlyVirtual();
    const { transport } = this.#find(request);
    transport.accept(whole(request, "wrote_bytes", 1), optional(request, "late_us"));
  }

  fail(request) {
    this.#onlyVirtual();
    const cause = text(request, "cause");
    if (!/^(zero|E[A-Z0-9]+)$/.test(cause)) throw new Error(`no error is called ${cause}`);
    this.#find(request).transport.fail(cause);
  }

  #onlyVirtual() {
    if (!this.#isVirtual) throw new Unsupported("this is for virtual time");
  }
}

function addressOf(transport, request) {
  if (transport === "unix") return { path: text(request, "path") };
  if (transport === "tcp") return { host: text(request, "host"), port: whole(request, "port", 1) };
  throw new Unsupported(`there is no transport ${transport}`);
}

function text(request, name) {
  if (typeof request[name] !== "string") throw new Error(`${name} has to be text`);
  return request[name];
}

function whole(request, name, least = 0) {
  const value = request[name];
  if (!Number.isSafeInteger(value) || value < least) {
    throw new Error(`${name} has to be an integer of at least ${least}`);
  }
  return value;
}

function optional(request, name) {
  return request[name] === undefined ? 0 : whole(request, name);
}
