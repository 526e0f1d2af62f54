// A stream: chunk after chunk, no more outstanding than the window, and a watchdog on ACK progress.
//
// The stall it guards against: the receiver is gone or stuck, and the sender waits for its ACK for
// ever, with its data, its worker and its caller.
//
// The intuition: a chunk that is ready either begins or waits, and a wait has two ends that are
// known in advance: no progress for too long, and a wait that is too long as a whole. The stream
// sleeps until the nearer of them, at most for the check interval; an ACK makes it look at once.
//
// The complication: silence while nobody waits is no stall. So the progress clock starts anew with
// each wait.
//
// Spec: spec/ap.md.

import { chunkFrame, noticeFrame } from "./frames.js";

/** The ends of which the receiver is told: it may be waiting for the rest. */
const TOLD = new Set(["no_progress", "ack_wait", "cancelled"]);

export class Stream {
  #conn;
  #clock;
  #say;
  #sentBytes = 0;
  #acknowledgedBytes = 0;
  #progressUs;
  #waitUs = null;
  #chunks = 0;
  #isReady = false;
  #isCarrying = false;
  #isNoticeDue = false;
  #timer = null;
  #outcome = null;

  /** `pausesUs`: the pauses that its source makes before each chunk, 0 where there are no more. */
  constructor({ conn, number, totalBytes, pausesUs, startAfterUs, clock, say }) {
    this.number = number;
    this.totalBytes = totalBytes;
    this.pausesUs = pausesUs;
    this.#conn = conn;
    this.#clock = clock;
    this.#say = say;
    this.#progressUs = clock.now();
    this.#tell("stream_made", {});
    if (conn.isClosing) this.end("send_failed");
    else this.#pause(startAfterUs);
  }

  // --- the source --------------------------------------------------------------------------------

  #pause(moreUs) {
    const pauseUs = moreUs + (this.pausesUs[this.#chunks++] ?? 0);
    const handOver = () => this.#handOver();
    if (pauseUs === 0) this.#clock.soon(handOver);
    else this.#timer = this.#clock.at(this.#clock.now() + pauseUs, handOver);
  }

  #handOver() {
    if (this.#outcome !== null) return;
    this.#isReady = true;
    this.#tell("chunk_ready", { chunk_bytes: this.#chunkBytes });
    this.#look();
  }

  get #chunkBytes() {
    return Math.min(this.#conn.policy.chunkBytes, this.totalBytes - this.#sentBytes);
  }

  // --- the window and the watchdog ---------------------------------------------------------------

  /** With a chunk ready: begin it, give up, or wait. */
  #look() {
    this.#timer?.cancel();
    const { policy } = this.#conn;
    const nowUs = this.#clock.now();
    if (this.#sentBytes - this.#acknowledgedBytes <= policy.windowBytes) {
      this.#begin();
      return;
    }
    this.#waitUs ??= nowUs;
    const stuckUs = Math.max(this.#progressUs, this.#waitUs) + policy.progressTimeoutUs;
    const tooLongUs = this.#waitUs + policy.ackWaitUs;
    if (nowUs >= stuckUs) {
      this.end("no_progress");
    } else if (nowUs >= tooLongUs) {
      this.end("ack_wait");
    } else {
      // Nobody sleeps past a moment that is known.
      const nextUs = Math.min(nowUs + policy.checkIntervalUs, stuckUs, tooLongUs);
      this.#timer = this.#clock.at(nextUs, () => this.#look());
    }
  }

  /** Send the chunk that is ready; it counts as sent from here on. */
  #begin() {
    const offset = this.#sentBytes;
    const bytes = this.#chunkBytes;
    this.#sentBytes += bytes;
    this.#isReady = false;
    this.#waitUs = null;
    this.#isCarrying = true;
    this.#tell("chunk_begun", { offset: this.#sentBytes });
    const frame = chunkFrame(this.number, offset, bytes, this.#sentBytes === this.totalBytes);
    this.#conn.send(frame, { ended: ({ outcome }) => this.#carried(outcome === "ok") });
  }

  #carried(isSent) {
    this.#isCarrying = false;
    if (!isSent) this.end("send_failed");
    else if (this.#sentBytes === this.totalBytes) this.end("done");
    else if (this.#outcome === null) this.#pause(0);
    this.#notify();
  }

  // --- ACKs and ends -----------------------------------------------------------------------------

  /** Take an ACK as it came. One that cannot be true changes nothing, and is told. */
  onAck(offset, origin, error) {
    const why = this.#untrue(offset, origin, error);
    this.#tell("ack_received", { offset, origin, accepted: why === null, why });
    if (why !== null) return;
    if (error !== null) {
      this.end("ack_error");
    } else if (offset > this.#acknowledgedBytes) {
      this.#acknowledgedBytes = offset;
      this.#progressUs = this.#clock.now();
      if (this.#isReady) this.#look();
    }
  }

  #untrue(offset, origin, error) {
    if (this.#outcome !== null) return "the stream has ended";
    if (origin !== null) return "it comes from another origin";
    if (error !== null) return null; // Of an error only the origin counts.
    if (!Number.isInteger(offset)) return "the offset is not an integer";
    if (offset < 0) return "the offset is negative";
    if (offset > this.#sentBytes) return "the offset lies beyond what was sent";
    return null;
  }

  /** End the stream unless it is over: the first outcome is the only one. */
  end(outcome) {
    if (this.#outcome !== null) return;
    this.#outcome = outcome;
    this.#isReady = false;
    this.#timer?.cancel();
    const counts = { offset: this.#sentBytes, acknowledged: this.#acknowledgedBytes };
    this.#tell("stream_ended", { outcome, ...counts });
    this.#isNoticeDue = TOLD.has(outcome);
    this.#notify();
  }

  /** Tell the receiver, once, and after the chunk that may still be under way. */
  #notify() {
    if (!this.#isNoticeDue || this.#isCarrying) return;
    this.#isNoticeDue = false;
    // A notice that the connection does not take counts as sent: there is no other way.
    this.#conn.send(noticeFrame(this.number), { ended: () => this.#tell("notice_sent", {}) });
  }

  #tell(event, fields) {
    const conn = this.#conn.name;
    this.#say({ event, at_us: this.#clock.now(), conn, stream: this.number, ...fields });
  }
}
