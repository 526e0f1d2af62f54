// What the player of vectors takes for equal, and what not.

import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { canonical, differences } from "./decisions.js";

const LOCKED = { event: "lock_taken", at_us: 5, conn: "a", send: 1 };
const ENDED = { event: "send_ended", at_us: 5, conn: "a", send: 1, outcome: "timeout", raised: true };
const CLOSING = { event: "closing", at_us: 5, conn: "a" };
const CUT = { event: "stream_ended", at_us: 5, conn: "a", stream: 1, outcome: "send_failed" };
const NOTICE = { event: "notice_sent", at_us: 5, conn: "a", stream: 1 };
const ACK = { event: "ack_received", at_us: 5, conn: "a", stream: 1, accepted: true };
const CHECKED = { event: "checked", at_us: 5, conn: "a", stall_us: 0, count: 0 };

function told(expected, actual) {
  return differences([{ atUs: 5, expected, actual }]);
}

function wrote(bytes, beganUs = 5) {
  return { event: "written", at_us: 5, conn: "a", send: 1, began_us: beganUs, wrote_bytes: bytes };
}

describe("what differs", () => {
  for (const [says, expected, actual, count] of [
    ["a decision that is missing", [CLOSING], [], 1],
    ["a decision too many", [], [CLOSING], 1],
    ["the same one twice", [CLOSING], [CLOSING, CLOSING], 1],
    ["a microsecond too late", [CLOSING], [{ ...CLOSING, at_us: 6 }], 2],
    ["another outcome", [ENDED], [{ ...ENDED, outcome: "error" }], 2],
    ["bytes that are fewer", [wrote(3)], [wrote(2)], 2],
    ["writes that began apart", [wrote(3)], [wrote(1), wrote(2, 4)], 3],
    ["a check of an open connection", [], [CHECKED], 1],
    ["a check of a closing one that finds something", [], [{ ...CHECKED, isClosing: true, count: 1 }], 1],
    ["a notice of a stream that is done", [{ ...CUT, outcome: "done" }], [{ ...CUT, outcome: "done" }, NOTICE], 1],
    ["an ACK that is not accepted", [ACK], [{ ...ACK, accepted: false }], 2],
    ["a lock where something was written", [wrote(3), ENDED], [LOCKED, wrote(3), ENDED], 1],
  ]) {
    it(says, () => assert.equal(told(expected, actual).length, count));
  }
});

describe("what is left open", () => {
  for (const [says, expected, actual] of [
    ["the order within an instant", [CLOSING, ENDED], [ENDED, CLOSING]],
    ["events that are no decisions", [], [{ event: "opened", at_us: 5, conn: "a" }]],
    ["fields that do not count", [CLOSING], [{ ...CLOSING, cause: "local" }]],
    ["a lock of a send that ends with nothing written", [LOCKED, ENDED], [ENDED]],
    ["writes that began and ended alike", [wrote(3)], [wrote(1), wrote(2)]],
    ["whether giving up raises", [{ ...ENDED, outcome: "given_up", raised: false }],
      [{ ...ENDED, outcome: "given_up" }]],
    ["how a closing ends a stream", [CLOSING, CUT], [CLOSING, { ...CUT, outcome: "cancelled" }, NOTICE]],
    ["a notice after a cancel", [{ ...CUT, outcome: "cancelled" }], [{ ...CUT, outcome: "cancelled" }, NOTICE]],
    ["an ACK after the end", [{ ...ACK, isAfterEnd: true }], [{ ...ACK, accepted: false, isAfterEnd: true }]],
    ["a frame for a closing connection", [], [{ event: "received", at_us: 5, conn: "a", isClosing: true }]],
    ["a check of a closing one that finds nothing", [], [{ ...CHECKED, isClosing: true }]],
    ["a check of one that lingers", [], [{ ...CHECKED, isClosing: true, isLingering: true, count: 1 }]],
  ]) {
    it(says, () => assert.deepEqual(told(expected, actual), []));
  }
});

describe("the canonical form", () => {
  it("does not depend on the order of keys, at any depth", () => {
    assert.equal(canonical({ b: [{ d: 1, c: null }], a: 2 }), '{"a":2,"b":[{"c":null,"d":1}]}');
  });
});
