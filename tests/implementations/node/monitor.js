// The monitor: looks at every connection once a period, and waits for none of them.
//
// The intuition: it reads what the sender left behind (who has the lock, and since when) and counts
// in how many checks in a row the same send was stalled.
//
// The complication: the schedule is absolute, tick k at start + k * period, so that it never
// drifts. A tick for which the process wakes too late is left out, reported, and never made up: two
// checks would be closer together than a period, and a connection could be closed too early (form
// b). One that is not too late is never left out: each one moves the close window by a period.
//
// Spec: spec/sc.md.

/** How late a check may be. */
export const SLACK_US = 50_000;

export class Monitor {
  #clock;
  #say;
  #connections = [];
  #timer = null;
  #tick = 0;

  constructor(clock, say) {
    this.#clock = clock;
    this.#say = say;
  }

  add(conn) {
    this.#connections.push(conn);
  }

  /** Run a pass each `periodUs` from now on, the first one a period from now. */
  start(periodUs) {
    this.stop();
    this.#await(this.#clock.now(), periodUs, 1);
  }

  stop() {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #await(startUs, periodUs, tick) {
    const dueUs = startUs + tick * periodUs;
    this.#timer = this.#clock.at(dueUs, () => {
      const nowUs = this.#clock.now();
      const overUs = nowUs - dueUs - Math.min(SLACK_US, periodUs - 1);
      const ticks = Math.max(0, Math.ceil(overUs / periodUs));
      if (ticks === 0) this.runPass();
      else {
        const late_us = nowUs - dueUs - (ticks - 1) * periodUs; // The last one is the least late.
        this.#say({ event: "ticks_skipped", at_us: nowUs, tick, ticks, late_us });
      }
      this.#await(startUs, periodUs, tick + Math.max(1, ticks));
    });
  }

  /** Check every connection that is not closing, in the order of their opening. */
  runPass() {
    const tick = ++this.#tick;
    this.#say({ event: "pass_begun", at_us: this.#clock.now(), tick });
    this.#connections = this.#connections.filter((conn) => !conn.isClosing);
    for (const conn of [...this.#connections]) {
      try {
        this.#check(conn, this.#clock.now());
      } catch (error) {
        // One connection's failure does not end the pass for the others.
        this.#say({ event: "noted", at_us: this.#clock.now(), conn: conn.name, text: `${error}` });
      }
    }
    this.#say({ event: "pass_ended", at_us: this.#clock.now(), tick });
  }

  #check(conn, nowUs) {
    const { flight, policy } = conn;
    const stallUs = flight === null ? 0 : Math.max(nowUs - flight.takenUs, 0);
    const isStalled = stallUs > policy.stallTimeoutUs; // Strict.
    const turn = flight === null ? 0 : flight.turn;
    const before = conn.stall.turn === turn ? conn.stall.count : 0; // Of one send alone (SC-15).
    const count = isStalled ? before + 1 : 0;
    conn.stall = { count, turn };
    const found = { at_us: nowUs, conn: conn.name, stall_us: stallUs, count };
    this.#say({ event: "checked", ...found });
    if (isStalled) {
      this.#say({ event: "warned", ...found, threshold: policy.checksMax });
      if (policy.closesStalled && count >= policy.checksMax) conn.close("monitor");
      return;
    }
    const isIdle =
      conn.receivedUs === null || nowUs - conn.receivedUs > policy.heartbeatIntervalUs;
    // With a send in flight none is due: it would have to wait for the lock.
    if (flight === null && conn.allowsHeartbeats && isIdle) conn.queueHeartbeat();
  }
}
