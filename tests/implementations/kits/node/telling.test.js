// What the errors of a library tell, by the table of its harness, and what a payload is as a whole.

import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Harness } from "./index.js";
import { Payload } from "./payload.js";

class OwnError extends Error {}
class OwnTimeout extends OwnError {}
class OwnClosing extends OwnError {}

class Mine extends Harness {
  static outcomes = new Map([
    [OwnError, "error"],
    [OwnTimeout, "timeout"],
    [OwnClosing, "suppressed"],
    ["ERR_MINE", "closed"],
  ]);

  send(error) {
    throw error;
  }
}

function payload() {
  const signal = new AbortController().signal;
  return new Payload({ number: 7, size: 20, signal });
}

describe("an error tells", () => {
  for (const [says, error, outcome, raised] of [
    ["what its class means", new OwnTimeout("late"), "timeout", true],
    ["that its side is closing, which is no failure", new OwnClosing("bye"), "suppressed", false],
    ["what the nearest class means", new OwnError("?"), "error", true],
    ["what its code means", Object.assign(new Error("x"), { code: "ERR_MINE" }), "closed", true],
    ["by the error table", Object.assign(new Error("x"), { code: "EPIPE" }), "closed", true],
    ["by its own word first", Object.assign(new OwnTimeout("x"), { outcome: "error" }), "error", true],
    ["nothing that is known", new Error("x"), "error", true],
  ]) {
    it(says, async () => {
      const told = await new Mine({}).told(error, payload());
      assert.deepEqual({ outcome, raised, detail: String(error) }, told);
    });
  }
});

describe("a payload as a whole", () => {
  it("is what its pieces are together", () => {
    const one = payload();
    assert.equal(one.size, one.whole().length);
    assert.deepEqual(Buffer.concat([one.piece(0, 9), one.piece(9, 20)]), one.whole());
  });
});
