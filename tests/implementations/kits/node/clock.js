// Clocks: what time it is, and what is to be done when.
//
// The intuition: the guard asks one object for the time and leaves its timers there. The machine's
// clock and one that the oracle moves look the same to it, so it is the same code in both worlds.
//
// The complication: setTimeout counts whole milliseconds of a time that is read once for each turn
// of the event loop, so it may come early. An early deadline kills a healthy peer. So whoever
// is woken looks at the clock, and sleeps again for what is left.
//
// Whoever awaits a promise goes on a little later, but at the same virtual moment. So the clock that
// the oracle moves lets all of them go on before it moves any further.
//
// All times are integer microseconds of a monotonic clock. Date.now is for people, and decides
// nothing.

const machineWallMs = Date.now;

/** The monotonic clock of this machine. */
export class RealClock {
  now() {
    return Number(process.hrtime.bigint() / 1000n);
  }

  /** Do `deed` at `dueUs` or as soon as possible after it, never before; it can be cancelled. */
  at(dueUs, deed) {
    const timer = { handle: null, cancel: () => clearTimeout(timer.handle) };
    const sleep = () => {
      const leftUs = dueUs - this.now();
      timer.handle = setTimeout(wake, Math.ceil(Math.max(leftUs, 0) / 1000));
    };
    const wake = () => (this.now() < dueUs ? sleep() : deed());
    sleep();
    return timer;
  }

  /** Do `deed` after what is being done, and after all that has come in meanwhile. */
  soon(deed) {
    setImmediate(deed);
  }

  /** Nothing is ever left to be done at this moment: the event loop sees to it. */
  async settle() {}

  wallUs() {
    return machineWallMs() * 1000;
  }
}

/** Resolves when whoever awaits something that has come has gone on, as far as that goes. */
function continued() {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A clock that stands still until it is moved, with a heap of what is due. */
export class VirtualClock {
  #us = 0;
  #heap = [];
  #asked = 0;
  #soon = [];

  now() {
    return this.#us;
  }

  at(dueUs, deed) {
    const timer = { dueUs, order: this.#asked++, deed, cancel: () => (timer.deed = null) };
    this.#push(timer);
    return timer;
  }

  /** Do `deed` at this moment, after what is being done. */
  soon(deed) {
    this.#soon.push(deed);
  }

  /** Do all that is to be done at this moment, and all that awaits something of it. */
  async settle() {
    do {
      for (let next = 0; next < this.#soon.length; next++) this.#soon[next]();
      this.#soon.length = 0;
      await continued();
    } while (this.#soon.length > 0);
  }

  /** Let time pass while a write lasts; what falls due meanwhile is done after it. */
  pass(us) {
    this.#us += us;
  }

  /** Move to `toUs`, and do what is due up to then, each at its own time. */
  async advance(toUs) {
    while (this.#heap.length > 0 && this.#heap[0].dueUs <= toUs) {
      const timer = this.#pop();
      if (timer.deed === null) continue;
      this.#us = Math.max(this.#us, timer.dueUs);
      timer.deed();
      await this.settle();
    }
    this.#us = toUs;
  }

  wallUs() {
    return this.#us;
  }

  #push(timer) {
    const heap = this.#heap;
    let at = heap.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!isBefore(timer, heap[above])) break;
      heap[at] = heap[above];
      at = above;
    }
    heap[at] = timer;
  }

  #pop() {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below + 1 < heap.length && isBefore(heap[below + 1], heap[below])) below++;
      if (below >= heap.length || isBefore(last, heap[below])) break;
      heap[at] = heap[below];
      at = below;
    }
    heap[at] = last;
    return first;
  }
}

/** Of two timers of one moment the one that was asked for first comes first. */
function isBefore(one, other) {
  return one.dueUs === other.dueUs ? one.order < other.order : one.dueUs < other.dueUs;
}

/** The wall clock of this process: it can be made to jump, and Date.now jumps with it. */
export class WallClock {
  #clock;
  #jumpedUs = 0;

  constructor(clock) {
    this.#clock = clock;
    Date.now = () => Math.floor(this.readUs() / 1000);
  }

  readUs() {
    return this.#clock.wallUs() + this.#jumpedUs;
  }

  /** Move it by `byUs`; return its readings before and after. */
  jump(byUs) {
    const beforeUs = this.readUs();
    this.#jumpedUs += byUs;
    return { before_us: beforeUs, after_us: beforeUs + byUs };
  }
}
