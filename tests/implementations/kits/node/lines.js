// Lines in and lines out: one JSON object each, on standard input and standard output.
//
// The complication: process.stdout writes to a pipe synchronously, so that an oracle that reads
// slowly would stop the event loop, and with it every deadline. A socket over the same descriptor
// does not.

import net from "node:net";

const LINE_MAX_BYTES = 1024 * 1024;
const KEPT_MAX = 4096;
const NEWLINE = 10;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Yield the lines of `input`, all that came at once in one list: the text of each, null for one that
 * is none. The end is the end, also that of a pipe that breaks.
 */
export async function* lines(input) {
  let rest = [];
  let restBytes = 0;
  const take = (piece) => {
    rest.push(piece);
    restBytes += piece.length;
    // Of a line that is too long enough is kept to see that it is.
    if (restBytes > LINE_MAX_BYTES && rest.length > 1) rest = [rest[0]];
  };
  try {
    for await (const data of input) {
      const found = [];
      let from = 0;
      for (let at = data.indexOf(NEWLINE); at >= 0; at = data.indexOf(NEWLINE, from)) {
        take(data.subarray(from, at));
        found.push(restBytes > LINE_MAX_BYTES ? null : decoded(Buffer.concat(rest)));
        rest = [];
        restBytes = 0;
        from = at + 1;
      }
      if (from < data.length) take(data.subarray(from));
      yield found;
    }
  } catch {
    // What is left of a pipe that broke is no line.
  }
}

function decoded(bytes) {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}

/** Lines that wait until what is being done is done, or until they are many. */
export class Output {
  #stream;
  #kept = [];
  /** Keep lines until `flush`, unless they are many: whoever carries many requests out at once. */
  isHeld = false;

  constructor() {
    try {
      this.#stream = new net.Socket({ fd: 1, readable: false, writable: true });
    } catch {
      this.#stream = process.stdout; // A file: it never makes anybody wait.
    }
    this.#stream.on("error", () => process.exit(0)); // Nobody listens any more.
  }

  say(message) {
    if (this.#kept.length === 0 && !this.isHeld) process.nextTick(() => this.flush());
    this.#kept.push(JSON.stringify(message), "\n");
    if (this.#kept.length > KEPT_MAX) this.flush();
  }

  flush() {
    if (this.#kept.length === 0) return;
    this.#stream.write(this.#kept.join(""));
    this.#kept = [];
  }

  /** Write what is left, then call `done`. */
  end(done) {
    this.flush();
    this.#stream.write("", done);
  }
}
