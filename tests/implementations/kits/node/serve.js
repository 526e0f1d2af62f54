// The protocol loop: requests on standard input, replies and events on standard output.
//
// The intuition: on the real clock a request is carried out as soon as it is read, and its reply
// comes whenever it is over, so that nothing blocks the reader. In virtual time each one is over,
// with all that it brings about, before the next one is begun.
//
// Spec: spec/protocol.md (rules), spec/virtual.md (rule 2).

import { realpathSync } from "node:fs";
import { pathToFileURL } from "node:url";

import { lines, Output } from "./lines.js";
import { Session } from "./session.js";

const EXIT_MS = 500;

/** Serve if the file of this `url` is the program that runs, and not imported by a test of it. */
export function main(url, kind) {
  const program = process.argv[1];
  if (program !== undefined && pathToFileURL(realpathSync(program)).href === url) serve(kind);
}

/** Serve standard input and output with a harness of the class `kind` until told to stop. */
export async function serve(kind) {
  const output = new Output();
  const session = new Session(kind, (event) => output.say(event));
  for await (const found of lines(process.stdin)) {
    for (const line of found) {
      if (line !== null && line.trim() === "") continue;
      const done = answer(session, line, output);
      output.isHeld = session.isVirtual;
      if (session.isVirtual) await done;
      if (session.isOver) return stop(output, done);
    }
    output.flush();
  }
  return stop(output, null);
}

async function answer(session, line, output) {
  let id = 0;
  let reply;
  try {
    if (line === null) throw new Error("a line is at most 1 MiB of UTF-8");
    const request = JSON.parse(line);
    if (!Number.isSafeInteger(request?.id)) throw new Error("a request has an id");
    id = request.id;
    reply = await session.ask(request);
  } catch (error) {
    reply = { ok: false, error: "failed", message: error.message };
  }
  output.say({ id, ...reply });
}

/** Exit when what is left has been written, or when nobody takes it. */
async function stop(output, done) {
  setTimeout(() => process.exit(0), EXIT_MS).unref();
  await done;
  output.end(() => process.exit(0));
}
