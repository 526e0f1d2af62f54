// The transport that the oracle plays in virtual time (spec/virtual.md): a number called room.

export class VirtualTransport {
  #clock;
  #roomBytes;
  #lateUs = 0;
  #failures = [];
  #waiting = null;
  #isShut = false;

  /** Take `roomBytes` before a write would block; null: whatever comes. */
  constructor(clock, roomBytes) {
    this.#clock = clock;
    this.#roomBytes = roomBytes ?? Infinity;
  }

  /** Take as much of `frame` from byte `from` on as there is room for, now or as soon as there is. */
  write(frame, from, done) {
    this.#waiting = { leftBytes: frame.size - from, done };
    this.#serve();
  }

  /** Make room; the write that waits for it returns `lateUs` later. If none waits, none is late. */
  accept(bytes, lateUs) {
    this.#roomBytes += bytes;
    this.#lateUs = this.#waiting === null ? 0 : lateUs;
    this.#serve();
  }

  /** Let the next write fail by `cause`: the name of an error number, or "zero". */
  fail(cause) {
    this.#failures.push(cause);
    this.#serve();
  }

  /** Take nothing any more. The write that waits is lost, and like a socket of Node's it lies. */
  shut() {
    this.#isShut = true;
    if (this.#waiting === null) return;
    const { leftBytes, done } = this.#waiting;
    this.#waiting = null;
    this.#clock.soon(() => done(null, leftBytes, this.#clock.now()));
  }

  #serve() {
    if (this.#waiting === null || this.#isShut) return;
    if (this.#failures.length === 0 && this.#roomBytes === 0) return;
    const { leftBytes, done } = this.#waiting;
    this.#waiting = null;
    const beganUs = this.#clock.now();
    if (this.#failures.length > 0) {
      const cause = this.#failures.shift();
      const error = cause === "zero" ? null : Object.assign(new Error(cause), { code: cause });
      done(error, 0, beganUs);
      return;
    }
    const bytes = Math.min(this.#roomBytes, leftBytes);
    this.#roomBytes -= bytes;
    this.#clock.pass(this.#lateUs);
    this.#lateUs = 0;
    done(null, bytes, beganUs);
  }
}
