// The harness: the protocol of the oracle on standard input and standard output.
//
//     stallproof conform --impl "node tests/implementations/node/harness.js"
//
// The intuition: whatever is asked for is a method of Case that says no by throwing. Nothing here
// waits for a peer, so nothing blocks the reader; in virtual time a request is over, with all that
// it brings about, before its reply is written.
//
// Spec: spec/protocol.md, spec/virtual.md.

import { Case, Unsupported } from "./case.js";
import { LAYOUT } from "./frames.js";
import { Output, readLines } from "./lines.js";
import { MACHINES } from "./machines.js";
import { SLACK_US } from "./monitor.js";
import { Refused } from "./policy.js";

const PROTOCOL = 1;
const EXIT_MS = 500;
const OPERATIONS = new Set([
  "received", "send", "stream", "ack", "cancel", "check", "monitor", "wall_jump", "close",
  "advance", "accept", "fail", "decide",
]);
const WHO = {
  name: "stallproof-node",
  version: "1",
  language: "node",
  features: [
    "unix", "tcp", "checks", "monitor", "heartbeats", "wall_jump", "sequence", "streams",
    "virtual_time", "decide",
  ],
  machines: Object.keys(MACHINES),
  frames: LAYOUT,
  monitor: { form: "b", slack_us: SLACK_US },
  notes: [
    "node:net cannot set SO_SNDBUF: sockets keep the system's default.",
    "wall_jump moves Date.now, and nothing is decided by it.",
  ],
};

const output = new Output();
const say = (event) => output.say(event);
let isVirtual = false;
let now = new Case({ isVirtual, knobs: {}, say });

function hello({ protocol, clock = "real" }) {
  if (protocol !== PROTOCOL) throw new Unsupported(`this harness speaks protocol ${PROTOCOL}`);
  if (!["real", "virtual"].includes(clock)) throw new Unsupported("the clock is real or virtual");
  isVirtual = clock === "virtual";
  now = new Case({ isVirtual, knobs: {}, say });
  return { ...WHO, clock: { name: "monotonic", resolution_us: 1, shared: true } };
}

/** Put knobs in force; in virtual time a new case begins, also when they are refused. */
function config({ knobs = {}, file = null, environment = {} }) {
  if (isVirtual) now = new Case({ isVirtual, knobs: {}, say });
  else if (now.isUsed) throw new Error("a configuration comes before anything is opened");
  if (file !== null || Object.keys(environment).length > 0) {
    throw new Unsupported("this implementation reads no file and no environment");
  }
  now = new Case({ isVirtual, knobs, say });
  return { effective: now.effective, notes: [], monitor_period_us: null };
}

function carryOut(request, reply) {
  const { op } = request;
  if (op === "open") {
    now.open(request, reply);
    return;
  }
  let fields;
  if (op === "hello") fields = hello(request);
  else if (op === "config") fields = config(request);
  else if (op === "stop") stop();
  else if (OPERATIONS.has(op)) fields = now[op](request);
  else throw typeof op === "string" ? new Unsupported(`no ${op}`) : new Error("op has to be text");
  now.settle();
  reply(null, fields);
}

function onLine(line) {
  if (line !== null && line.trim() === "") return;
  let id = 0;
  const reply = (error, fields) => {
    if (error === null) say({ id, ok: true, ...fields });
    else say({ id, ok: false, ...no(error) });
  };
  try {
    if (line === null) throw new Error("a line is at most 1 MiB of UTF-8");
    const request = JSON.parse(line);
    if (!Number.isSafeInteger(request?.id)) throw new Error("a request has an id");
    id = request.id;
    carryOut(request, reply);
  } catch (error) {
    now.settle();
    reply(error);
  }
}

function no(error) {
  const { message } = error;
  if (error instanceof Unsupported) return { error: "unsupported", message };
  if (error instanceof Refused) return { error: "refused", message, ...error.fields };
  return { error: "failed", message };
}

/** Exit when what is left has been written, or when nobody takes it. */
function stop() {
  setTimeout(() => process.exit(0), EXIT_MS).unref();
  setImmediate(() => output.end(() => process.exit(0)));
}

readLines(process.stdin, onLine, stop);
