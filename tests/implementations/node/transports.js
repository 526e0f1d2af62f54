// Frames over the transports of the kit: a socket that finds frames in what comes in, and the room
// that the oracle gives in virtual time.
//
// In virtual time a frame is as long as its payload, and a heartbeat takes nothing at all.

import { connect, SocketTransport } from "../kits/node/index.js";
import { FrameReader } from "./frames.js";

class FrameSocket extends SocketTransport {
  carriesHeartbeats = true;
  /** Set by the connection: `onFrame(kind, ack)` is told each frame that came in. */
  onFrame = () => {};
  #reader = new FrameReader((kind, ack) => this.onFrame(kind, ack));

  frameBytes(frame) {
    return frame.size;
  }

  write({ frame, sizeBytes, sequence, writtenBytes }, done) {
    const piece = (from, to) => frame.piece(from, to, sequence);
    super.write({ size: sizeBytes, piece }, writtenBytes, done);
  }

  /** Take in bytes; tell whether they make sense as frames. */
  feed(bytes) {
    return this.#reader.feed(bytes);
  }
}

/** Connect to `address`; resolves to a transport. */
export function frameSocket(address, clock) {
  return connect(address, clock, {
    kind: FrameSocket,
    onBytes: (transport, bytes) => transport.feed(bytes),
  });
}

/** The transport of a line, as a connection uses it. */
export class Room {
  carriesHeartbeats = false;
  #transport;

  constructor(line) {
    this.#transport = line.transport;
  }

  frameBytes(frame) {
    return Math.max(frame.payloadBytes, 1);
  }

  write({ sizeBytes, writtenBytes }, done) {
    this.#transport.write({ size: sizeBytes }, writtenBytes, done);
  }

  shut() {
    this.#transport.shut();
  }
}
