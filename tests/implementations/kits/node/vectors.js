// A player of vectors, in this process: no oracle, no Python, no pipes.
//
// The intuition: a vector is a script with the decisions that the law demands. It is asked of a
// session, as the oracle would ask it, and what was said between two steps is compared.
//
// The complication: a simple player leaves some things out. It says so: `whyLeftOut`. A passed
// vector is no verdict; only the oracle looks at everything else that was said.
//
// Spec: spec/vectors/README.md.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { canonical, differences } from "./decisions.js";
import { Session } from "./session.js";

/** Where the vectors of this checkout lie. */
export const FOLDER = fileURLToPath(new URL("../../../../spec/vectors/", import.meta.url));

/** What a vector leaves out is set to these, so that nobody's defaults come into it. */
export const KNOBS = {
  streaming_send_timeout: 30,
  streaming_ack_progress_timeout: 60,
  streaming_ack_progress_check_interval: 5,
  sfm_send_stall_timeout: 45,
  sfm_close_stalled_connection: false,
  sfm_send_stall_consecutive_checks: 3,
  streaming_ack_wait: 300,
  streaming_window_size: 16777216,
  streaming_chunk_size: 1048576,
  heartbeat_interval: 60,
};
/** Times count in whole microseconds, the nearest to what was asked for. */
const HALF_MICROSECOND_S = 5.1e-7;
/** What a smaller value of these becomes. */
export const LEAST = { streaming_ack_progress_check_interval: 0.01, sfm_send_stall_consecutive_checks: 1 };

/** Return the vectors of `folder`, each as its file has it; throws where it is not in order. */
export function load(folder = FOLDER) {
  const manifest = JSON.parse(readFileSync(`${folder}/manifest.json`, "utf8"));
  if (manifest.schema !== "stallproof.vectors/1") throw new Error(`${folder}: no such vectors`);
  return manifest.vectors.map(({ file, sha256 }) => {
    const bytes = readFileSync(`${folder}/${file}`);
    const digest = createHash("sha256").update(bytes).digest("hex");
    if (digest !== sha256) throw new Error(`${file} is not the file that the manifest lists`);
    return JSON.parse(bytes.toString("utf8"));
  });
}

/** Return why a harness of the class `kind` is not asked this vector, or null. */
export function whyLeftOut(kind, vector, { profile = "hardened" } = {}) {
  if (vector.steps.some((step) => step.do?.op === "config")) return "configurations: ask the oracle";
  if (profile === "seed" && vector.profile === "hardened") return "the profile hardened";
  const { features, machines } = kind.hello();
  const has = new Set([...features, ...machines]);
  const onlyDecides = vector.steps.every((step) => [undefined, "decide"].includes(step.do?.op));
  const needs = onlyDecides ? vector.needs : ["virtual_time", ...vector.needs];
  const missing = needs.filter((need) => !has.has(need));
  return missing.length > 0 ? `not declared: ${missing.join(", ")}` : null;
}

/** Play a vector; resolves to what differs from what it expects, one text for each. */
export async function play(kind, vector) {
  const machineNow = Date.now;
  const player = new Player(kind);
  try {
    await player.begin(vector.knobs);
    for (const step of vector.steps) await player.step(step);
  } catch (error) {
    return [error.message];
  } finally {
    Date.now = machineNow; // A case puts its own in its place.
  }
  const isNumbered = kind.hello().features.includes("sequence");
  return [...differences(player.steps), ...(isNumbered ? player.outOfSequence() : [])];
}

class Player {
  #session;
  #said = [];
  #ended = new Set();
  #closing = new Set();
  #lingering = new Set();
  steps = [];

  constructor(kind) {
    this.#session = new Session(kind, (event) => this.#hear(event), { isVirtual: true });
  }

  /** Keep an event, with what was true when it was said. */
  #hear(event) {
    const { conn, stream } = event;
    const isClosing = this.#closing.has(conn);
    const isAfterEnd = this.#ended.has(canonical([conn, stream]));
    this.#said.push({ ...event, isClosing, isAfterEnd, isLingering: this.#lingering.has(conn) });
    if (event.event === "closing") this.#closing.add(conn);
  }

  async begin(knobs) {
    const asked = { ...KNOBS, ...knobs };
    const { effective } = await this.#ask({ op: "config", knobs: asked });
    for (const [name, value] of Object.entries(effective)) {
      const wanted = Math.max(asked[name] ?? value, LEAST[name] ?? -Infinity);
      const isOther = Math.abs(Number(value) - wanted) > HALF_MICROSECOND_S;
      if (isOther) throw new Error(`${name} is ${value} and not ${wanted}`);
    }
  }

  async step({ at_us: atUs, do: request, expect = [] }) {
    const before = this.#said.length;
    await this.#ask({ op: "advance", to_us: atUs });
    // What ended before the request is over when it comes.
    for (const { event, conn, stream } of this.#said.slice(before)) {
      if (event === "stream_ended") this.#ended.add(canonical([conn, stream]));
    }
    if (request !== undefined) await this.#carryOut(request, atUs);
    const actual = this.#said.slice(before);
    for (const { event, conn, stream } of actual) {
      if (event === "stream_ended") this.#ended.add(canonical([conn, stream]));
    }
    this.steps.push({ atUs, expected: this.#known(expect), actual });
  }

  async #carryOut(request, atUs) {
    const { op, conn, stream } = request;
    if (op === "open") this.#closing.delete(conn);
    if (op === "open" && request.linger_us > 0) this.#lingering.add(conn);
    const reply = await this.#session.ask(request);
    if (reply.ok) return;
    if (op !== "ack" || reply.error !== "refused") throw failed(request, reply);
    // Where the interface takes no such offset, that it refuses says the same.
    this.#hear({ event: "ack_received", at_us: atUs, conn, stream, accepted: false });
  }

  /** Return what is expected, with what is known of streams that have ended. */
  #known(expect) {
    const acks = this.#said.filter((said) => said.event === "ack_received");
    return expect.map((event) => {
      if (event.event !== "ack_received") return event;
      const said = acks.findLast(({ at_us, conn, stream }) =>
        canonical([at_us, conn, stream]) === canonical([event.at_us, event.conn, event.stream]));
      return { ...event, isAfterEnd: said?.isAfterEnd ?? false };
    });
  }

  async #ask(request) {
    const reply = await this.#session.ask(request);
    if (!reply.ok) throw failed(request, reply);
    return reply;
  }

  /** Return where the sequence numbers of a connection do not rise by one (SD-14). */
  outOfSequence() {
    const streaming = new Set(this.#said.filter((e) => e.stream !== undefined).map((e) => e.conn));
    const firsts = new Map();
    const numbers = new Map();
    for (const { event, conn, send, sequence } of this.#said) {
      if (streaming.has(conn)) continue;
      const key = canonical([conn, send]);
      if (event === "opened") firsts.set(conn, []); // A name that comes back counts anew.
      if (event === "written" && !firsts.get(conn).includes(key)) firsts.get(conn).push(key);
      if (event === "send_ended") numbers.set(key, sequence);
    }
    return [...firsts.values()].flatMap((keys) => {
      const known = keys.filter((key) => numbers.has(key));
      return known.slice(1).flatMap((key, before) => {
        const last = numbers.get(known[before]);
        const next = numbers.get(key);
        return next === (last + 1) % 65536 ? [] : [`${key} has the number ${next} after ${last}`];
      });
    });
  }
}

function failed(request, { error, message }) {
  return new Error(`${canonical(request)} was answered with ${error}: ${message}`);
}
