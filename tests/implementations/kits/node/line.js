// A line: the lock, the clock and the transport of a connection that takes them from outside.
//
// The intuition: a connection that reads no clock and waits by promises of its line alone can be run
// by anybody's. Over a socket the line waits for the kernel; in virtual time the oracle says what
// there is room for, and the same connection is judged to the microsecond.
//
// The complication: what Node has taken cannot be taken back. A write that is not over when its time
// is goes on, so that the only thing to do with the line is to shut it.
//
// Who wants no promises has `transport` and `clock`, and says its events itself.
//
// Spec: spec/virtual.md.

import { text, whole } from "./fields.js";
import { connect } from "./socket_transport.js";
import { Unsupported } from "./errors.js";

export class Line {
  #say;
  #conn;
  #turn = Promise.resolve();
  #wake = null;
  #isShut = false;
  #received = 0;

  /** `say` takes events, `conn` is the name of the connection in them. */
  constructor({ transport, clock, say, conn }) {
    this.transport = transport;
    this.clock = clock;
    this.#say = say;
    this.#conn = conn;
  }

  /** Return the time, in microseconds of the line's own clock. */
  now() {
    return this.clock.now();
  }

  /** Wait for the lock, first come, first served, to be held over `frame`; resolves to its release. */
  async lock(frame) {
    const turn = this.#turn;
    let release;
    this.#turn = new Promise((resolve) => (release = resolve));
    await turn;
    if (!this.#isShut) this.#report(frame, "lock_taken", {});
    return release;
  }

  /**
   * Write some of `frame` from byte `from` on, and resolve to how many bytes that were: 0 when it is
   * `untilUs`, or when the line was shut. Rejects as sockets fail.
   */
  write(frame, from, untilUs) {
    if (this.#wake !== null) return Promise.reject(new Error("a write is under way"));
    if (this.#isShut) return Promise.resolve(0);
    return new Promise((resolve, reject) => {
      let isOver = false;
      let timer = null;
      const end = (settle, value) => {
        if (isOver) return;
        isOver = true;
        timer?.cancel();
        settle(value);
      };
      this.#wake = () => end(resolve, 0);
      this.transport.write(frame, from, (error, bytes, beganUs) => {
        if (isOver) return;
        this.#wake = null;
        if (error !== null) return end(reject, error);
        if (bytes === 0) return end(reject, Object.assign(new Error("closed"), { code: "EPIPE" }));
        this.#report(frame, "written", { began_us: beganUs, wrote_bytes: bytes });
        end(resolve, bytes);
      });
      if (!isOver) timer = this.clock.at(untilUs, () => end(resolve, 0));
    });
  }

  /** Shut the transport down, once: whoever waits is woken, and no write succeeds any more. */
  shut(cause) {
    if (this.#isShut) return;
    this.#isShut = true;
    const said = { conn: this.#conn, cause };
    this.#say({ event: "closing", at_us: this.now(), ...said });
    this.transport.shut();
    this.#say({ event: "closed", at_us: this.now(), conn: this.#conn });
    this.#wake?.();
  }

  /** Say that a frame of the peer has arrived; return how many have. After the closing nothing does. */
  arrive() {
    if (this.#isShut) return this.#received;
    this.#say({ event: "received", at_us: this.now(), conn: this.#conn });
    return ++this.#received;
  }

  #report({ number, isReported }, event, fields) {
    if (!isReported) return;
    this.#say({ event, at_us: this.now(), conn: this.#conn, send: number, ...fields });
  }
}

/** Connect to the address in the request `open`; resolves to a line over that socket. */
export async function socketLine(request, { clock, say }) {
  const transport = await connect(addressOf(request), clock);
  return new Line({ transport, clock, say, conn: request.conn });
}

/** Return the address in the request `open`, as `net.connect` takes it. */
export function addressOf(request) {
  const { transport } = request;
  if (transport === "unix") return { path: text(request, "path") };
  if (transport === "tcp") return { host: text(request, "host"), port: whole(request, "port", 1) };
  throw new Unsupported(`there is no transport ${transport}`);
}
