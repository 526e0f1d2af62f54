// Pure machines: what decides without a socket, each a function from its input to its decision.
//
// Spec: spec/protocol.md (decide), spec/rt.md.

const FIRST_US = 2_000_000;
const MOST_US = 60_000_000;

/** What follows the requests of a download that ended so. */
function download_retry({ max_retries: most, outcomes }) {
  if (!Number.isSafeInteger(most) || !Array.isArray(outcomes)) throw new Error("no such input");
  if (most < 0) return { action: "refuse", wait_us: 0 };
  let row = 0;
  let next = { action: "go_on", wait_us: 0 };
  for (const outcome of outcomes) {
    if (next.action === "fail") throw new Error("nothing is asked for after a failure");
    row = outcome === "timeout" ? row + 1 : 0;
    if (outcome === "ok") next = { action: "go_on", wait_us: 0 };
    else if (row === 0 || row > most) next = { action: "fail", wait_us: 0 };
    else next = { action: "retry", wait_us: Math.min(FIRST_US * 2 ** (row - 1), MOST_US) };
  }
  return next;
}

export const MACHINES = { download_retry };
