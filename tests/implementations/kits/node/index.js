// The kit: everything that a harness in Node.js takes beside its connection.

export { RealClock, VirtualClock } from "./clock.js";
export { isAgain, outcomeOf, Refused, Unsupported } from "./errors.js";
export { text, whole } from "./fields.js";
export { Harness } from "./harness.js";
export { addressOf, Line, socketLine } from "./line.js";
export { PREFIXED, prefixed } from "./payload.js";
export { main, serve } from "./serve.js";
export { Session } from "./session.js";
export { connect, SocketTransport } from "./socket_transport.js";
export { VirtualTransport } from "./virtual_transport.js";
