// The policy: the knobs in force, in core units (microseconds, bytes, counts), and reading them.
//
// The complication: a bad value that is let in is a stall that nobody configured. NaN compares
// false with everything, so that nothing ever expires, and `true` is 1. So whatever is not allowed
// is refused.

import { Refused } from "../kits/node/index.js";

const SECONDS = { allowed: "seconds from 0.000001 to 1000000", unit: 1e6, least: 1, most: 1e12 };
const WHOLE_SECONDS = {
  allowed: "whole seconds from 1 to 1000000", unit: 1e6, least: 1e6, most: 1e12, whole: true,
};
const NUMBER = {
  allowed: "an integer from 1 to 9007199254740991", unit: 1, least: 1,
  most: Number.MAX_SAFE_INTEGER, whole: true,
};
const SWITCH = { allowed: "true or false" };

/** Name, field of the policy, kind, default, and what a smaller value becomes. */
const KNOBS = [
  ["streaming_send_timeout", "sendTimeoutUs", SECONDS, 30e6],
  ["streaming_ack_progress_timeout", "progressTimeoutUs", SECONDS, 60e6],
  ["streaming_ack_progress_check_interval", "checkIntervalUs", SECONDS, 5e6, 10_000],
  ["streaming_ack_wait", "ackWaitUs", WHOLE_SECONDS, 300e6],
  ["streaming_window_size", "windowBytes", NUMBER, 16 * 1024 * 1024],
  ["streaming_chunk_size", "chunkBytes", NUMBER, 1024 * 1024],
  ["sfm_send_stall_timeout", "stallTimeoutUs", SECONDS, 45e6],
  ["sfm_close_stalled_connection", "closesStalled", SWITCH, false],
  ["sfm_send_stall_consecutive_checks", "checksMax", NUMBER, 3, 1],
  ["heartbeat_interval", "heartbeatIntervalUs", WHOLE_SECONDS, 60e6],
];

/** Return the policy that `knobs` (name -> value) make; throw `Refused`. */
export function policyOf(knobs) {
  const policy = {};
  for (const [name, field, kind, normal, clamp] of KNOBS) {
    const asked = Object.hasOwn(knobs, name) ? knobs[name] : null;
    policy[field] = asked === null ? normal : valueOf(name, kind, clamp, asked);
  }
  return policy;
}

function valueOf(name, kind, clamp, asked) {
  if (kind === SWITCH) {
    if (typeof asked !== "boolean") throw new Refused(name, asked, kind.allowed);
    return asked;
  }
  const isNumber = typeof asked === "number" && Number.isFinite(asked);
  if (!isNumber || (kind.whole && !Number.isInteger(asked))) {
    throw new Refused(name, asked, kind.allowed);
  }
  // Less than a microsecond would be nothing, however it is rounded.
  const value = asked * kind.unit < 1 ? 0 : Math.round(asked * kind.unit);
  if (clamp !== undefined && value < clamp) return clamp;
  if (value < kind.least || asked * kind.unit > kind.most) {
    throw new Refused(name, asked, kind.allowed);
  }
  return value;
}

/** Return the values in force in the knobs' own units. */
export function effectiveOf(policy) {
  const effective = {};
  for (const [name, field, kind] of KNOBS) {
    effective[name] = kind === SWITCH ? policy[field] : policy[field] / kind.unit;
  }
  return effective;
}
