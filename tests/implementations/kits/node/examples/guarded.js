// A guarded connection on a line: one deadline for the whole frame, counted from the lock, and one
// closing. It runs over sockets and in virtual time.

import {
  Harness, isAgain, main, outcomeOf, PREFIXED, prefixed, socketLine,
} from "../index.js";

class Guarded {
  #line;
  #frameOf;
  #timeoutUs;
  isClosing = false;

  /** `frameOf`: what makes a frame of a payload. */
  constructor(line, frameOf, timeoutUs) {
    this.#line = line;
    this.#frameOf = frameOf;
    this.#timeoutUs = timeoutUs;
  }

  /** Send one frame; resolves to how it ended. */
  async send(payload) {
    const frame = this.#frameOf(payload);
    const release = await this.#line.lock(frame);
    try {
      return await this.#written(frame);
    } finally {
      release();
    }
  }

  async #written(frame) {
    const deadlineUs = this.#line.now() + this.#timeoutUs;
    let written = 0;
    while (!this.isClosing) {
      if (this.#line.now() >= deadlineUs) return this.#failed("timeout", written);
      try {
        written += await this.#line.write(frame, written, deadlineUs);
      } catch (error) {
        if (this.isClosing) break;
        if (this.#line.now() >= deadlineUs) return this.#failed("timeout", written);
        if (!isAgain(error.code)) return this.#failed(outcomeOf(error.code), written);
      }
      if (written === frame.size) return { outcome: "ok", raised: false };
    }
    return { outcome: "suppressed", raised: false };
  }

  /** Begin the closing where the end of a send demands it: a frame that is cut in half. */
  #failed(outcome, written) {
    if (outcome === "timeout") this.close("send_timeout");
    else if (written > 0) this.close("torn_frame");
    return { outcome, raised: true };
  }

  /** Close once; whoever sends or waits for its turn ends at this moment. */
  close(cause) {
    this.isClosing = true;
    this.#line.shut(cause);
  }
}

export class GuardedHarness extends Harness {
  static who = { name: "guarded-on-a-line", version: "1" };
  static frames = PREFIXED;

  get #timeoutUs() {
    return Math.round(this.knobs.streaming_send_timeout * 1e6);
  }

  async connect(request) {
    return new Guarded(await socketLine(request, this), prefixed, this.#timeoutUs);
  }

  over(line) {
    // In virtual time a frame is as long as its payload.
    return new Guarded(line, (payload) => payload, this.#timeoutUs);
  }

  send(conn, payload) {
    return conn.send(payload);
  }

  close(conn) {
    conn.close("local");
  }
}

main(import.meta.url, GuardedHarness);
