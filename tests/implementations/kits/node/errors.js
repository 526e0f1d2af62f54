// What a harness says no with, and what an error of Node's means.
//
// Spec: spec/protocol.md (rules 2 and 3), spec/sd.md (the error table, SD-7).

/** An operation, or a value of one, that this harness does not have. */
export class Unsupported extends Error {}

/** A knob with a value that the implementation does not allow. */
export class Refused extends Error {
  constructor(knob, value, allowed) {
    super(`${knob} has to be ${allowed}, and ${JSON.stringify(value)} is not`);
    this.fields = { knob, value, allowed };
  }
}

/** The error table: the names of error numbers, and the outcome of a send that ends by one. */
const OUTCOMES = new Map([
  ["ETIMEDOUT", "timeout"],
  ...["EPIPE", "ECONNRESET", "ENOTCONN", "ECONNABORTED", "EBADF", "ESHUTDOWN"].map((code) => [
    code,
    "closed",
  ]),
]);
/** No failures: the write is made again. */
const AGAIN = new Set(["EAGAIN", "EWOULDBLOCK", "EINTR"]);

/** Return the outcome of a send that ends by an error with this `code`. */
export function outcomeOf(code) {
  return OUTCOMES.get(code) ?? "error";
}

/** Return what `own`, a Map from classes or codes to outcomes, says of `error`; undefined if nothing. */
export function meantBy(error, own) {
  if (own.has(error?.code)) return own.get(error.code);
  for (let kind = error?.constructor; kind; kind = Object.getPrototypeOf(kind)) {
    if (own.has(kind)) return own.get(kind);
  }
  return undefined;
}

/** Tell whether an error with this `code` only says that the write has to be made again. */
export function isAgain(code) {
  return AGAIN.has(code);
}

/** Return the fields of the reply that says no with `error`. */
export function answerOf(error) {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Unsupported) return { error: "unsupported", message };
  if (error instanceof Refused) return { error: "refused", message, ...error.fields };
  return { error: "failed", message };
}
