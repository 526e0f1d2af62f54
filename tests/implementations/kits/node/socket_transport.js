// The transport over a socket of node:net.
//
// The intuition: a frame is handed over in pieces, one at a time. The callback of a write is the
// only sign that bytes reached the kernel. `write` returning false, `writableLength` and "drain"
// speak of Node's own buffer, which takes whatever it is given: a frame of a gigabyte would be
// "written" at once, and nobody would learn that the peer does not read.
//
// The complications:
// - A piece that is under way when the socket is destroyed is lost, and its callback is called
//   without an error all the same. By then the send has ended (the guard sees to that).
// - Of a piece that fails nobody learns how much of it left. So the first piece of a frame is a
//   single byte: it left or it did not, and that decides whether the frame is torn.
// - Node destroys a socket at its first failed write. Whether a failure closes is the guard's
//   decision, so `destroy` is taken over; and what comes in is read with `onread`, which
//   goes on.
// - Callbacks of writes that the kernel takes at once come before anything else is looked at. A
//   peer that reads fast would starve timers and other connections, hence the turns.

import net from "node:net";

const PIECE_BYTES = 64 * 1024;
const TURN_PIECES = 32;
const CONNECT_MS = 5000;

export class SocketTransport {
  #socket;
  #clock;
  #broken = null;
  #turn = 0;
  /** Set by whoever wants to know: the peer's direction has ended, `orderly` or by an `error`. */
  onPeerEnded = () => {};

  constructor(socket, clock) {
    this.#socket = socket;
    this.#clock = clock;
    socket.destroy = (error) => {
      if (error?.syscall === "read") this.onPeerEnded("error");
      return socket;
    };
    socket.on("error", () => {});
    socket.on("end", () => this.onPeerEnded("orderly"));
  }

  /** Hand over a piece of `frame` from byte `from` on; `done(error, bytes, beganUs)` is called once. */
  write(frame, from, done) {
    if (this.#broken !== null) {
      // The writing side of a stream of Node is dead after its first error.
      done(this.#broken, 0, this.#clock.now());
      return;
    }
    const to = from === 0 ? 1 : Math.min(from + PIECE_BYTES, frame.size);
    const beganUs = this.#clock.now();
    this.#socket.write(frame.piece(from, to), (error) => {
      if (error) this.#broken = error;
      this.#inTurn(() => done(error ?? null, error ? 0 : to - from, beganUs));
    });
  }

  #inTurn(deed) {
    this.#turn = (this.#turn + 1) % TURN_PIECES;
    if (this.#turn === 0) setImmediate(deed);
    else deed();
  }

  /** Shut the transport down: the descriptor is released, and what is unwritten never leaves. */
  shut() {
    net.Socket.prototype.destroy.call(this.#socket);
  }
}

/**
 * Connect to `address` ({path} or {host, port}); resolves to a `SocketTransport`, or to one of
 * `kind`. `onBytes(transport, bytes)` is told what comes in, and says whether that makes sense.
 */
export function connect(address, clock, { kind = SocketTransport, onBytes = () => true } = {}) {
  let transport = null;
  let isReadable = true;
  const socket = net.connect({
    ...address,
    allowHalfOpen: true, // That the peer has finished does not end our direction.
    noDelay: true,
    onread: {
      buffer: Buffer.alloc(PIECE_BYTES),
      callback: (count, buffer) => {
        if (isReadable && !onBytes(transport, buffer.subarray(0, count))) {
          isReadable = false; // Not made of frames: what follows means nothing.
          transport.onPeerEnded("error");
        }
        return true;
      },
    },
  });
  return new Promise((resolve, reject) => {
    const failed = (error) => {
      clearTimeout(patience);
      socket.destroy();
      reject(error);
    };
    const patience = setTimeout(() => failed(new Error("nobody answered")), CONNECT_MS);
    socket.once("error", failed);
    socket.once("connect", () => {
      clearTimeout(patience);
      socket.off("error", failed);
      transport = new kind(socket, clock);
      resolve(transport);
    });
  });
}
