// A session: whatever is asked of a harness, answered one request after the other.
//
// The intuition: the protocol loop and the player of vectors ask the same object, so that what a
// test in the same process sees is what the oracle sees.
//
// Spec: spec/protocol.md, spec/virtual.md.

import { Case } from "./case.js";
import { answerOf, Unsupported } from "./errors.js";

const PROTOCOL = 1;
const CLOCK = { name: "monotonic", resolution_us: 1, shared: true };

export class Session {
  #kind;
  #say;
  #case;
  /** Whether each request has to be over before the next one is asked. */
  isVirtual = false;
  /** Whether `stop` was asked for. */
  isOver = false;

  /** `kind`: the class of the harness. `say` takes events. */
  constructor(kind, say, { isVirtual = false } = {}) {
    this.isVirtual = isVirtual;
    this.#kind = kind;
    this.#say = say;
    this.#begin();
  }

  #begin() {
    this.#case = new Case({ kind: this.#kind, isVirtual: this.isVirtual, say: this.#say });
  }

  /** Carry a request out, and resolve to the fields of its reply; never rejects. */
  async ask(request) {
    let reply;
    try {
      reply = { ok: true, ...(await this.#carryOut(request)) };
    } catch (error) {
      reply = { ok: false, ...answerOf(error) };
    }
    await this.#case.settle();
    return reply;
  }

  #carryOut(request) {
    const { op } = request;
    if (typeof op !== "string") throw new Error("op has to be text");
    if (op === "hello") return this.#hello(request);
    if (op === "config") return this.#config(request);
    if (op !== "stop") return this.#case.carryOut(request);
    this.isOver = true;
    return {};
  }

  #hello({ protocol, clock }) {
    if (protocol !== PROTOCOL) throw new Unsupported(`this harness speaks protocol ${PROTOCOL}`);
    if (![undefined, "real", "virtual"].includes(clock)) {
      throw new Unsupported("the clock is real or virtual");
    }
    const isVirtual = clock === undefined ? this.isVirtual : clock === "virtual";
    if (isVirtual && !this.#kind.livesOnLines) throw new Unsupported("it has no virtual time");
    // A later hello without a clock only reads it again, and changes nothing.
    if (isVirtual !== this.isVirtual) {
      this.isVirtual = isVirtual;
      this.#begin();
    }
    return { ...this.#kind.hello(), clock: CLOCK };
  }

  /** Put knobs in force; in virtual time a new case begins, also when they are refused. */
  #config({ knobs = {}, file = null, environment = {} }) {
    if (this.isVirtual || !this.#case.isUsed) this.#begin();
    else throw new Error("a configuration comes before anything is opened");
    if (file !== null || Object.keys(environment).length > 0) {
      throw new Unsupported("this implementation reads no file and no environment");
    }
    return { effective: this.#case.configure(knobs), notes: [], monitor_period_us: null };
  }
}
