// Fields of a request: each is there and has its type, or the request has failed.

/** Return the text of the field `name`; throws where there is none. */
export function text(request, name) {
  if (typeof request[name] !== "string") throw new Error(`${name} has to be text`);
  return request[name];
}

/** Return the field `name`, a whole number of at least `least`; throws for anything else. */
export function whole(request, name, least = 0) {
  const value = request[name];
  if (!Number.isSafeInteger(value) || value < least) {
    throw new Error(`${name} has to be an integer of at least ${least}`);
  }
  return value;
}

/** Return the field `name`, a whole number of at least `least`, or `normal` where it is missing. */
export function optional(request, name, normal = 0, least = 0) {
  return request[name] === undefined ? normal : whole(request, name, least);
}
