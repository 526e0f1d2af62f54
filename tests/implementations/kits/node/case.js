// One case: a clock, connections and streams, and what can be asked of them.
//
// The intuition: each operation is a method of the same name. It reads the request, asks the
// harness, and says no by throwing; what it returns stands in the reply. Nothing of an earlier case
// shows in a later one, since nothing is kept outside of it.
//
// Spec: spec/protocol.md (operations), spec/virtual.md.

import { RealClock, VirtualClock, WallClock } from "./clock.js";
import { Unsupported } from "./errors.js";
import { optional, text, whole } from "./fields.js";
import { Line } from "./line.js";
import { Payload } from "./payload.js";
import { VirtualTransport } from "./virtual_transport.js";

/** Numbers of sends and streams are below this. */
const NUMBER_END = 2 ** 31;
/** How many frames a repeated send may have for each of them to be told of. */
const REPORTED_REPEATS = 64;
/** What can be asked of a case, and the features of which one has to be declared for it, if any. */
const OPERATIONS = {
  open: [], send: [], close: [], advance: [], accept: [], fail: [], decide: [], wall_jump: [],
  received: ["checks", "heartbeats"], give_up: ["give_up"], check: ["checks"], monitor: ["monitor"],
  stream: ["streams"], ack: ["streams"], cancel: ["streams"],
};

export class Case {
  #kind;
  #isVirtual;
  #clock;
  #wall;
  #say;
  #harness;
  #conns = new Map();

  /** `kind`: the class of the harness. `say` takes events. */
  constructor({ kind, isVirtual, say }) {
    this.#kind = kind;
    this.#isVirtual = isVirtual;
    this.#clock = isVirtual ? new VirtualClock() : new RealClock();
    this.#wall = new WallClock(this.#clock);
    this.#say = say;
    this.#harness = new kind({ clock: this.#clock, say, isVirtual });
  }

  get isUsed() {
    return this.#conns.size > 0;
  }

  /** Carry a request out; what is returned, or resolved to, are the fields of the reply. */
  carryOut(request) {
    const { op } = request;
    if (!Object.hasOwn(OPERATIONS, op)) throw new Unsupported(`no ${op}`);
    const needed = this.#isVirtual && op === "received" ? [] : OPERATIONS[op];
    if (needed.length > 0 && !needed.some((one) => this.#kind.features.includes(one))) {
      throw new Unsupported(`${needed.join(" or ")} is not declared`);
    }
    return this[op](request);
  }

  /** Put knobs in force, and return those that the harness has; throws `Refused`. */
  configure(knobs) {
    return this.#harness.configure(knobs);
  }

  /** Do everything that a request has brought about at this moment. */
  settle() {
    return this.#clock.settle();
  }

  #tell(event, fields) {
    this.#say({ event, at_us: this.#clock.now(), ...fields });
  }

  // --- connections -------------------------------------------------------------------------------

  async open(request) {
    const name = text(request, "conn");
    const transport = text(request, "transport");
    const before = this.#conns.get(name);
    if (before !== undefined && !before.isClosed && !this.#harness.isClosed(before.conn)) {
      throw new Error(`connection ${name} is open already`);
    }
    const made = this.#isVirtual ? this.#over(request) : await this.#connected(request);
    this.#conns.set(name, { ...made, name, isClosed: false, sends: new Map(), streams: new Map() });
    const descriptor = this.#harness.descriptor(made.conn);
    this.#tell("opened", { conn: name, descriptor });
    return { descriptor };
  }

  #over(request) {
    if (request.transport !== "virtual") throw new Unsupported("there are no sockets in virtual time");
    const room = request.room_bytes == null ? null : whole(request, "room_bytes");
    const transport = new VirtualTransport(this.#clock, room);
    const line = new Line({ transport, clock: this.#clock, say: this.#say, conn: request.conn });
    return { line, conn: this.#harness.over(line, request) };
  }

  async #connected(request) {
    const { features } = this.#kind;
    if (!features.includes(request.transport)) {
      throw new Unsupported(`there is no transport ${request.transport}`);
    }
    if (request.lowest_descriptor != null && !features.includes("descriptor")) {
      throw new Unsupported("it takes no lowest descriptor");
    }
    return { line: null, conn: await this.#harness.connect(request) };
  }

  #find(request) {
    const found = this.#conns.get(text(request, "conn"));
    if (found === undefined) throw new Error(`no connection is called ${request.conn}`);
    return found;
  }

  async close(request) {
    const entry = this.#find(request);
    await this.#harness.close(entry.conn);
    entry.isClosed = true;
  }

  received(request) {
    const { conn, line } = this.#find(request);
    return { frames: line ? this.#harness.arrive(conn, line) : this.#harness.received(conn) };
  }

  // --- sends -------------------------------------------------------------------------------------

  send(request) {
    const entry = this.#find(request);
    const first = whole(request, "send");
    const size = whole(request, "size_bytes", this.#isVirtual ? 1 : 0);
    const repeat = optional(request, "repeat", 1, 1);
    if ((request.kind ?? "data") !== "data") throw new Unsupported("only data can be asked for");
    if (first + repeat > NUMBER_END) throw new Error("the number of a send is below 2^31");
    const giveUp = new AbortController();
    const parts = { size, isReported: repeat <= REPORTED_REPEATS, signal: giveUp.signal };
    const payload = (completed) => new Payload({ number: first + completed, ...parts });
    payload(0); // Throws before anything is said of a frame that cannot be.
    entry.sends.set(first, giveUp);
    this.#tell("send_started", { conn: entry.name, send: first });
    this.#carry(entry, first, repeat, payload);
  }

  /** Send frame after frame until one is not ok; tell the one end of them all. */
  async #carry(entry, first, repeat, payload) {
    let completed = 0;
    let told;
    do told = await this.#harness.told(entry.conn, payload(completed));
    while (told.outcome === "ok" && ++completed < repeat);
    entry.sends.delete(first);
    this.#tell("send_ended", { conn: entry.name, send: first, ...told, completed });
  }

  give_up(request) {
    this.#find(request).sends.get(whole(request, "send"))?.abort();
  }

  // --- streams -----------------------------------------------------------------------------------

  stream(request) {
    const { conn, streams } = this.#find(request);
    const number = whole(request, "stream");
    if (number >= NUMBER_END || streams.has(number)) {
      throw new Error("a stream has a number of its own, below 2^31");
    }
    const pausesUs = request.chunk_ready_us ?? [];
    if (!Array.isArray(pausesUs) || !pausesUs.every((us) => Number.isSafeInteger(us) && us >= 0)) {
      throw new Error("chunk_ready_us is a list of pauses");
    }
    const startAfterUs = optional(request, "start_after_us");
    const totalBytes = whole(request, "total_bytes", 1);
    const plan = { number, totalBytes, pausesUs, startAfterUs };
    streams.set(number, this.#harness.stream(conn, plan));
  }

  #findStream(request) {
    const stream = this.#find(request).streams.get(whole(request, "stream"));
    if (stream === undefined) throw new Error(`no stream has the number ${request.stream}`);
    return stream;
  }

  ack(request) {
    const { offset = null, origin = null, error = null } = request;
    this.#harness.ack(this.#findStream(request), { offset, origin, error });
  }

  cancel(request) {
    this.#harness.cancel(this.#findStream(request));
  }

  // --- the monitor, the wall clock, pure machines ------------------------------------------------

  async check() {
    const beganUs = this.#clock.now();
    await this.#harness.check();
    return { began_us: beganUs, ended_us: this.#clock.now() };
  }

  monitor(request) {
    return this.#harness.watch(
      request.period_us == null ? null : whole(request, "period_us", 1),
    );
  }

  wall_jump(request) {
    const jumped = this.#wall.jump(whole(request, "by_us", -Number.MAX_SAFE_INTEGER));
    this.#tell("wall_jumped", jumped);
    return jumped;
  }

  decide(request) {
    const { machine, input } = request;
    const { machines } = this.#kind;
    if (!Object.hasOwn(machines, machine)) throw new Unsupported(`no machine ${machine}`);
    this.#tell("decided", { machine, input, decision: machines[machine](input) });
  }

  // --- virtual time ------------------------------------------------------------------------------

  async advance(request) {
    this.#onlyVirtual();
    const toUs = whole(request, "to_us");
    if (toUs < this.#clock.now()) throw new Error("the clock never goes back");
    await this.#clock.advance(toUs);
  }

  accept(request) {
    this.#onlyVirtual();
    const { transport } = this.#find(request).line;
    transport.accept(whole(request, "wrote_bytes", 1), optional(request, "late_us"));
  }

  fail(request) {
    this.#onlyVirtual();
    const cause = text(request, "cause");
    if (!/^(zero|E[A-Z0-9]+)$/.test(cause)) throw new Error(`no error is called ${cause}`);
    this.#find(request).line.transport.fail(cause);
  }

  #onlyVirtual() {
    if (!this.#isVirtual) throw new Unsupported("this is for virtual time");
  }
}
