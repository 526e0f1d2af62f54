// Comparing what a vector expects with what was decided.
//
// The intuition: of each event only some fields count, and within one instant the order does not. So
// both sides become lists of text that have to be equal when they are sorted.
//
// The complication: some things are left open by the law, and neither way is wrong. They are made
// alike on both sides before anything is compared.
//
// Spec: spec/vectors/README.md (Comparing).

/** The events that are decisions, and their fields that count. */
const COUNTED = {
  lock_taken: ["conn", "send"],
  written: ["conn", "send", "began_us", "wrote_bytes"],
  send_ended: ["conn", "send", "outcome", "raised"],
  closing: ["conn"],
  received: ["conn"],
  checked: ["conn", "stall_us", "count"],
  warned: ["conn", "count", "threshold"],
  heartbeat_queued: ["conn"],
  chunk_begun: ["conn", "stream", "offset"],
  ack_received: ["conn", "stream", "accepted"],
  stream_ended: ["conn", "stream", "outcome"],
  notice_sent: ["conn", "stream"],
  decided: ["machine", "input", "decision"],
};

/** Return what differs between the `steps` (each with `expected` and `actual`), one text for each. */
export function differences(steps) {
  const open = openings(steps.flatMap(({ expected }) => expected));
  return steps.flatMap(({ atUs, expected, actual }, number) => {
    const left = lines(expected, open);
    const added = [];
    for (const line of lines(actual, open)) {
      const at = left.indexOf(line);
      if (at < 0) added.push(line);
      else left.splice(at, 1);
    }
    const where = `step ${number + 1}, at ${atUs} us`;
    return [
      ...left.map((line) => `${where}: missing ${line}`),
      ...added.map((line) => `${where}: not expected ${line}`),
    ];
  });
}

/** Return the decisions of one step as text, made alike in all that is left open. */
function lines(events, open) {
  const writes = new Map();
  const found = [];
  for (const event of events) {
    if (!Object.hasOwn(COUNTED, event.event) || isOptional(event, open)) continue;
    const fields = COUNTED[event.event].map((name) => [name, event[name]]);
    const decision = alike({ event: event.event, at_us: event.at_us, ...Object.fromEntries(fields) }, open, event);
    if (decision.event !== "written") found.push(canonical(decision));
    else {
      // Several writes that began and ended alike count as one.
      const { wrote_bytes: bytes, ...key } = decision;
      const name = canonical(key);
      writes.set(name, { ...key, wrote_bytes: (writes.get(name)?.wrote_bytes ?? 0) + bytes });
    }
  }
  return [...found, ...[...writes.values()].map(canonical)];
}

/** Return what the expected `events` leave open. */
function openings(events) {
  const wrote = new Set(events.filter((e) => e.event === "written").map(sendAt));
  const closed = new Set(events.filter((e) => e.event === "closing").map(connAt));
  const untouched = new Set();
  const unannounced = new Set();
  for (const event of events) {
    if (event.event === "send_ended" && !wrote.has(sendAt(event))) untouched.add(sendAt(event));
    if (event.event !== "stream_ended") continue;
    if (event.outcome === "cancelled" || closed.has(connAt(event))) unannounced.add(streamOf(event));
  }
  return { untouched, unannounced, closed };
}

/** Tell whether an event may be said or not. */
function isOptional(event, { untouched, unannounced }) {
  // Of a send that ends at this instant with nothing written.
  if (event.event === "lock_taken") return untouched.has(sendAt(event));
  // After a cancel, or of a stream that a closing ended.
  if (event.event === "notice_sent") return unannounced.has(streamOf(event));
  if (!event.isClosing) return false;
  if (event.event === "received") return true;
  const isNothing = event.stall_us === 0 && event.count === 0;
  return event.isLingering
    ? ["checked", "warned"].includes(event.event)
    : event.event === "checked" && isNothing;
}

/** Return a decision without the values that either way may have. */
function alike(decision, { closed }, { isAfterEnd }) {
  const { event, outcome } = decision;
  if (event === "send_ended" && outcome === "given_up") return { ...decision, raised: false };
  if (event === "ack_received" && isAfterEnd) return { ...decision, accepted: false };
  const isCut = ["send_failed", "cancelled"].includes(outcome) && closed.has(connAt(decision));
  if (event === "stream_ended" && isCut) return { ...decision, outcome: "send_failed" };
  // The words of a reason are the oracle's to judge: here it is only empty or not.
  if (typeof decision.decision?.reason === "string") {
    const reason = decision.decision.reason === "" ? "" : "a reason";
    return { ...decision, decision: { ...decision.decision, reason } };
  }
  return decision;
}

const sendAt = ({ conn, send, at_us }) => JSON.stringify([conn, send, at_us]);
const connAt = ({ conn, at_us }) => JSON.stringify([conn, at_us]);
const streamOf = ({ conn, stream }) => JSON.stringify([conn, stream]);

/** Return a value as JSON with its keys in order, so that equal values are equal texts. */
export function canonical(value) {
  return JSON.stringify(value, (_key, part) =>
    part !== null && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
}
